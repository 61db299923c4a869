/**
 * Tells text that no person reads from text: what a PDF gives whose fonts do not say what their codes mean. Such pages are
 * recognised from their picture instead. Pure.
 *
 * Words in any script, formulas, program code and figures are text. The rules look for what none of these have.
 */

/** Share of characters that no person reads, above which a page's text is garbage. */
const mostUnreadable = 0.15;
/** Letters from which their frequencies say something. */
const leastLetters = 150;
/** Longer words are hashes, keys and names of variables. */
const longestWord = 24;
/**
 * Share of e, a, i, n, r, o, t and s among the letters of Latin script. They are the commonest of nearly every language
 * with this script, together 0.5 to 0.7 of its letters, 0.45 in lists of abbreviations; where a font's codes are moved
 * or mixed they are 0.1 to 0.35 (26 letters by chance: 0.31).
 */
const leastCommon = 0.38;
/** Share of words in Latin letters among all, from which that says something. */
const mostlyLatin = 0.8;

/** What a code below 0x80 is, as bits, and what ends or spoils a word. */
const space = 1;
const letter = 2;
const common = 4;
const digit = 8;
const unreadable = 16;

const commonLetters = 'eainrots';

/** By code; a table, as every character of every page is looked up. */
const kinds = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  let kind = code === 0x20 || (code >= 0x09 && code <= 0x0d) ? space : 0;
  if (character >= 'a' && character <= 'z') kind |= letter;
  if (commonLetters.includes(character)) kind |= common;
  if (character >= '0' && character <= '9') kind |= digit;
  if ((code < 0x20 && code !== 0x0a) || code === 0x7f) kind |= unreadable;
  return kind;
});

/** Controls but the line feed, private use, and the block of the replacement character. */
const isUnreadable = (code: number): boolean =>
  code < 0x80
    ? ((kinds[code] ?? 0) & unreadable) !== 0
    : code <= 0x9f || (code >= 0xe000 && code <= 0xf8ff) || code >= 0xfff0;

/** Share of characters that are no text: controls, private use, replacement characters; 1 when there are none. */
export function unreadableShare(text: string): number {
  if (text.length === 0) return 1;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) if (isUnreadable(text.charCodeAt(at))) count += 1;
  return count / text.length;
}

/** What is counted of a page's words. */
interface Counts {
  letters: number;
  common: number;
  latinWords: number;
  otherWords: number;
}

/** True when a page's text can't be read by anybody; also when there is none. */
export function isGarbage(text: string): boolean {
  if (unreadableShare(text) > mostUnreadable) return true;
  const counts = countWords(text);
  if (counts.letters < leastLetters || counts.latinWords < mostlyLatin * (counts.latinWords + counts.otherWords))
    return false;
  return counts.common < leastCommon * counts.letters;
}

/**
 * Every page is looked at, and nearly all words are ASCII: those are counted by their codes, which takes a fraction of
 * what Unicode's character classes do.
 */
function countWords(text: string): Counts {
  const counts: Counts = { letters: 0, common: 0, latinWords: 0, otherWords: 0 };
  for (let at = 0; at < text.length; at += 1) {
    const start = at;
    let letters = 0;
    let commons = 0;
    /** From the first letter or digit to behind the last. */
    let from = -1;
    let to = 0;
    let isAscii = true;
    let hasDigit = false;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) {
        isAscii = false;
        continue;
      }
      const kind = kinds[code] ?? 0;
      if ((kind & space) !== 0) break;
      if ((kind & (letter | digit)) === 0) continue;
      if (from < 0) from = at;
      to = at + 1;
      if ((kind & letter) !== 0) letters += 1;
      else hasDigit = true;
      if ((kind & common) !== 0) commons += 1;
    }
    if (!isAscii) countUnicode(text.slice(start, at), counts);
    else if (!hasDigit && letters > 0 && letters === to - from && letters <= longestWord) {
      counts.latinWords += 1;
      counts.letters += letters;
      counts.common += commons;
    }
  }
  return counts;
}

/** Any script; also what Unicode's own spaces part. */
function countUnicode(words: string, counts: Counts): void {
  for (const word of words.match(/\S*\p{L}\S*/gu) ?? []) {
    const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    if (!/^[\p{Script=Latin}\p{M}]+$/u.test(bare)) {
      if (/[^\p{Script=Latin}\P{L}]/u.test(bare)) counts.otherWords += 1;
      continue;
    }
    if (bare.length > longestWord) continue;
    counts.latinWords += 1;
    // Letters with accents count as those without.
    for (const character of bare.normalize('NFD').toLowerCase()) {
      if (character >= '\u0300' && character <= '\u036f') continue;
      counts.letters += 1;
      if (commonLetters.includes(character)) counts.common += 1;
    }
  }
}
