/** Numbers, times and sizes as people read them. Pure. */

/** `1,204 pages`, `1 page`. */
export function countOf(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

export { formatBytes } from '../../shared/format-bytes.ts';

/** `40 s left`, `1.2 min left`, `2 h left`. */
export function formatSecondsLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 600) return `${(seconds / 60).toFixed(1)} min left`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3_600).toFixed(1)} h left`;
}

const day = 86_400_000;

/** `Today`, `Yesterday`, `Tue`, `14 Mar`, `14 Mar 2023`: as much as tells the days apart. */
export function formatDay(time: number, now: number): string {
  const date = new Date(time);
  const startOfToday = new Date(now).setHours(0, 0, 0, 0);
  if (time >= startOfToday) return 'Today';
  if (time >= startOfToday - day) return 'Yesterday';
  if (time >= startOfToday - 6 * day) return date.toLocaleDateString('en', { weekday: 'short' });
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}
