/**
 * One-time codes: what is mailed to prove an address, and typed into the app. Quire has no web address that a link
 * could lead to.
 *
 * A code is 8 characters of 32, 40 bits: with 5 tries the chance to guess one is 1 in 2 * 10^11. It is kept as a hash
 * with its purpose, account and address, so that a code for one thing, or for the address of before, is none for
 * another. Whoever has the file can try 40 bits out, so the hash is as slow as a password's: at a million a second that
 * takes two weeks, and the code holds for half an hour.
 */
import { randomBytes } from 'node:crypto';
import { emailKey } from './email.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

/** Without 0, 1, I and O, which are taken for each other. */
export const codeAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
export const codeLength = 8;
/** Milliseconds that a code holds for, from when it was mailed. */
export const codeLifetime = 30 * 60_000;
export const mostTries = 5;

export type CodePurpose = 'verify-email' | 'reset-password';

/** What a code is good for. */
export interface CodeSubject {
  readonly purpose: CodePurpose;
  readonly accountId: string;
  /** The address that it was mailed to. */
  readonly email: string;
}

/** What is kept of a code. */
export interface StoredCode {
  /** PHC string. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** How often one was typed for it. */
  readonly tries: number;
}

export function makeCode(random: (size: number) => Uint8Array = randomBytes): string {
  // 32 characters: five bits of each byte, all equally likely.
  return [...random(codeLength)].map((byte) => codeAlphabet.charAt(byte % codeAlphabet.length)).join('');
}

/** As it is shown: `ABCD-EFGH`. */
export function formatCode(code: string): string {
  return `${code.slice(0, codeLength / 2)}-${code.slice(codeLength / 2)}`;
}

/** What was typed, as `makeCode` makes it; null for what can be no code. */
export function parseCode(typed: string): string | null {
  const code = typed.replace(/[\s-]/g, '').toUpperCase();
  return code.length === codeLength && [...code].every((letter) => codeAlphabet.includes(letter)) ? code : null;
}

/** Whether a code may still be typed; whoever asks counts the try first, so that nothing ends it uncounted. */
export function mayBeTried({ expiresAt, tries }: Pick<StoredCode, 'expiresAt' | 'tries'>, now: number): boolean {
  return now < expiresAt && tries < mostTries;
}

export async function storeCode(code: string, subject: CodeSubject, now: number): Promise<StoredCode> {
  return { hash: await hashPassword(wordsOf(code, subject)), expiresAt: now + codeLifetime, tries: 0 };
}

/**
 * Takes the same time for every answer.
 * @param stored Null where no code is kept: false then, after the same work.
 */
export function isCode(code: string, subject: CodeSubject, stored: Pick<StoredCode, 'hash'> | null): Promise<boolean> {
  return verifyPassword(stored?.hash ?? null, wordsOf(code, subject));
}

function wordsOf(code: string, { purpose, accountId, email }: CodeSubject): string {
  return JSON.stringify([purpose, accountId, emailKey(email), code]);
}
