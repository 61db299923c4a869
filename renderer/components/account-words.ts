/** Names, addresses and passwords of accounts in words. Pure. */
import { longestPassword, shortestPassword } from '../../shared/accounts.ts';
import { isOwnWord, normalizePassword, type PasswordOwner } from '../../shared/own-words.ts';
import { countOf } from './format.ts';

/** `AL` for Ada Lovelace, `A` for Ada: what stands for a person where there is no room for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\p{Pd}]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return [first, last]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** Whether main would take it for an address (zod's rule, so that no request is made in vain). */
export function isEmail(text: string): boolean {
  const address = text.trim();
  return (
    address.length <= 254 &&
    /^(?!\.)(?!.*\.\.)[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/.test(address)
  );
}

export interface PasswordAdvice {
  readonly isFine: boolean;
  /** Whether it is told as a mistake: not while there is still something to type. */
  readonly isWrong: boolean;
  readonly text: string;
}

/** What is told while a password is chosen. Whether it is among the common ones only main knows. */
export function passwordAdvice(password: string, owner: PasswordOwner): PasswordAdvice {
  const length = [...normalizePassword(password)].length;
  if (length === 0) {
    const text = `At least ${shortestPassword} characters. Three or four words are good, and easy to remember.`;
    return { isFine: false, isWrong: false, text };
  }
  if (length < shortestPassword) {
    return { isFine: false, isWrong: false, text: `${countOf(shortestPassword - length, 'more character')}.` };
  }
  if (length > longestPassword) {
    return { isFine: false, isWrong: true, text: `At most ${longestPassword} characters.` };
  }
  if (isOwnWord(password, owner)) {
    return { isFine: false, isWrong: true, text: 'Choose something else than your name or e-mail.' };
  }
  return {
    isFine: true,
    isWrong: false,
    text: 'Long enough. Quire can’t show it to you again.',
  };
}

/** Whole seconds until a time, never negative. */
export function secondsUntil(time: number, now: number): number {
  return Math.max(0, Math.ceil((time - now) / 1_000));
}

/** `12 s`, `4 min`, `1 h 5 min`: as long as somebody has to wait. */
export function waitText(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
