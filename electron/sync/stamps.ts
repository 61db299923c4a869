/**
 * Stamps: hybrid logical clocks (Kulkarni et al. 2014), as text that compares like time. Pure.
 *
 * A stamp is 16 digits of microseconds by the server's clock, a hyphen, and the first 8 hex digits of the device's id.
 */
import { AppError } from '../../shared/errors.ts';
import type { Stamp } from './entity.ts';

const DIGITS = 16;
const LATEST = 10 ** DIGITS - 1;
const pattern = /^\d{16}-[0-9a-f]{8}$/;
const DEVICE_DIGITS = 8;

/**
 * What everything is stamped with that was there before sync was turned on: earlier than any change, so that a library
 * that was restored from an old backup wins over nothing.
 */
export const BEFORE_SYNC = 1;

/**
 * Microseconds since the epoch from which on no stamp is believed: the year 2200. Whoever took one in would stamp
 * everything later than that, and soon find no time that is later still.
 */
const UNBELIEVABLE = Date.UTC(2200) * 1_000;

export function isStamp(text: unknown): text is Stamp {
  return typeof text === 'string' && pattern.test(text) && timeOf(text) < UNBELIEVABLE;
}

/**
 * The time of the next stamp: the clock's, and later than the last one in any case.
 * @param last Microseconds of the last stamp given or seen.
 * @param now Milliseconds since the epoch by this computer's clock.
 * @param offset Milliseconds that the server's clock is ahead of it.
 * @returns Microseconds.
 */
export function nextTime(last: number, now: number, offset: number): number {
  const clock = Math.round((now + offset) * 1_000);
  return Math.max(Number.isFinite(clock) ? clock : 0, last + 1);
}

/** @param time Microseconds since the epoch. Errors: `internal` for a time that no stamp can hold. */
export function stampOf(time: number, deviceId: string): Stamp {
  if (!Number.isSafeInteger(time) || time < 0 || time > LATEST) {
    throw new AppError('internal', `No change can be stamped with the time ${time}.`, {
      hint: 'Set the clock of this computer, and of the server.',
    });
  }
  return `${String(time).padStart(DIGITS, '0')}-${deviceOf(deviceId)}`;
}

/** Microseconds since the epoch. */
export function timeOf(stamp: Stamp): number {
  return Number(stamp.slice(0, DIGITS));
}

/** Whether a device gave the stamp. */
export function isOwn(stamp: Stamp, deviceId: string): boolean {
  return stamp.slice(DIGITS + 1) === deviceOf(deviceId);
}

function deviceOf(deviceId: string): string {
  return deviceId.slice(0, DEVICE_DIGITS);
}
