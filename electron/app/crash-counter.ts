/** When crashes come too often to be answered by yet another start. Pure but for what it remembers. */

/** Crashes that are still answered by opening anew, within `SPAN` milliseconds. */
const ALLOWED = 3;
const SPAN = 60_000;

/** Counts a crash at a time in milliseconds; true when it is one too many, after which counting begins anew. */
export function crashCounter(): (time: number) => boolean {
  let times: number[] = [];
  return (time) => {
    times = [...times.filter((earlier) => time - earlier < SPAN), time];
    if (times.length <= ALLOWED) return false;
    times = [];
    return true;
  };
}
