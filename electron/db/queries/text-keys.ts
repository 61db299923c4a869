/**
 * The number that stands for a chunk's text: the first 52 bits of its content hash.
 *
 * Vectors hang on it, so that equal texts share one, and no table is needed that gives numbers to hashes. Two texts of
 * a million share a key with a chance of one in 9,000 libraries; one of them is then found by the other's vector.
 */
const HEX_DIGITS = 13;

/** Exact as a JavaScript number. */
export function textKeyOf(contentHash: string): number {
  return Number.parseInt(contentHash.slice(0, HEX_DIGITS), 16);
}
