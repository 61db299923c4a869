/**
 * Tells text that no person reads from text: what a PDF gives whose fonts do not say what their codes mean. Such pages are
 * recognised from their picture instead. Pure; about 0.1 ms a page.
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

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unreadable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ue000-\uf8ff\ufff0-\uffff]/g;

/** Share of characters that are no text: controls, private use, replacement characters; 1 when there are none. */
export function unreadableShare(text: string): number {
  return text.length === 0 ? 1 : (text.match(unreadable)?.length ?? 0) / text.length;
}

/** True when a page's text can't be read by anybody; also when there is none. */
export function isGarbage(text: string): boolean {
  if (unreadableShare(text) > mostUnreadable) return true;
  let letters = 0;
  let common = 0;
  let latinWords = 0;
  let otherWords = 0;
  for (const word of text.match(/\S*\p{L}\S*/gu) ?? []) {
    const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    if (!/^[\p{Script=Latin}\p{M}]+$/u.test(bare)) {
      if (/[^\p{Script=Latin}\P{L}]/u.test(bare)) otherWords += 1;
      continue;
    }
    if (bare.length > longestWord) continue;
    latinWords += 1;
    // Letters with accents count as those without.
    for (const letter of bare.normalize('NFD').toLowerCase()) {
      if (letter >= '\u0300' && letter <= '\u036f') continue;
      letters += 1;
      if ('eainrots'.includes(letter)) common += 1;
    }
  }
  if (letters < leastLetters || latinWords < mostlyLatin * (latinWords + otherWords)) return false;
  return common < leastCommon * letters;
}
