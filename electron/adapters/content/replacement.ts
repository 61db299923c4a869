/** Text that a file gives for a few glyphs by itself. */
import type { Direction } from '../../pipeline/segments.ts';
import type { ContentFont } from './fonts.ts';

/** A ligature or another sign whose text the file gives by itself (14.9.4). */
export interface Replacement {
  readonly text: string;
  /** Of marked content. */
  readonly depth: number;
  /** Where its glyphs stand; null before the first. */
  show: { direction: Direction; from: number; to: number; base: number; height: number; font: ContentFont } | null;
}

/** Longest replacement that is taken: of more, the glyphs tell better what stands where. */
const longestReplacement = 4;

/** The replacement that an /ActualText asks for at this depth of marked content; null for a long one. */
export function replacementOf(bytes: Uint8Array, depth: number): Replacement | null {
  const wide = bytes[0] === 0xfe && bytes[1] === 0xff;
  const text = new TextDecoder(wide ? 'utf-16be' : 'windows-1252').decode(bytes).normalize('NFKC');
  return text.length <= longestReplacement && /^\S+$/.test(text) ? { text, depth, show: null } : null;
}
