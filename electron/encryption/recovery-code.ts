/**
 * Recovery codes: what opens an encrypted library when its password is forgotten. Written down by a person, so it has
 * characters that are not taken for each other, groups, and two check characters.
 *
 * 26 random characters of 32 are 130 bits, beyond any guessing, so no slow function stands before them. The check is that
 * of ISO 7064's pure systems, for the radix 32: the whole code, read as a number, is 1 modulo a prime. 1021 is the largest
 * below 32 * 32. It finds every wrong character and every two that changed places.
 */
import { randomBytes } from 'node:crypto';

/** Without 0, 1, I and O, which are taken for each other. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const RANDOM_LENGTH = 26;
const CHECK_LENGTH = 2;
const MODULUS = 1021;
const RADIX = alphabet.length;
/** Characters between two hyphens. */
export const GROUP_LENGTH = 4;
export const GROUP_COUNT = (RANDOM_LENGTH + CHECK_LENGTH) / GROUP_LENGTH;

/** 28 characters, without hyphens. */
export function makeRecoveryCode(random: (size: number) => Uint8Array = randomBytes): string {
  // 32 characters: five bits of each byte, all equally likely.
  const code = [...random(RANDOM_LENGTH)].map((byte) => alphabet.charAt(byte % RADIX)).join('');
  return code + checkOf(code);
}

/** As it is shown: seven groups of four. */
export function formatRecoveryCode(code: string): string {
  return recoveryGroups(code).join('-');
}

export function recoveryGroups(code: string): readonly string[] {
  return Array.from({ length: GROUP_COUNT }, (_, index) =>
    code.slice(index * GROUP_LENGTH, (index + 1) * GROUP_LENGTH),
  );
}

/** What was typed, as `makeRecoveryCode` makes it, in whatever case and grouping; null when it can't be one. */
export function parseRecoveryCode(typed: string): string | null {
  const code = typed.replace(/[\s-]/gu, '').toUpperCase();
  const isCode = code.length === RANDOM_LENGTH + CHECK_LENGTH && [...code].every((letter) => alphabet.includes(letter));
  return isCode && remainderOf(code) === 1 ? code : null;
}

function checkOf(code: string): string {
  const check = (1 - remainderOf(code + alphabet.charAt(0).repeat(CHECK_LENGTH)) + MODULUS) % MODULUS;
  return alphabet.charAt(Math.floor(check / RADIX)) + alphabet.charAt(check % RADIX);
}

/** Of a code, read as a number, after the division by the modulus. */
function remainderOf(code: string): number {
  return [...code].reduce((rest, letter) => (rest * RADIX + alphabet.indexOf(letter)) % MODULUS, 0);
}
