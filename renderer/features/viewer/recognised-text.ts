/** The text of a recognised page as pdf.js lays it out: a picture has none of its own. Pure. */
import type { TextContent } from 'pdfjs-dist/types/src/display/api.d.ts';
import type { RecognisedLine } from '../../../shared/requests/viewer.ts';

const fontName = 'recognised';
/** Part of a line's height below its letters' foot: what most typefaces have. */
const descent = 0.2;

/** Unit vector of the writing, in user space: words run against their axis where the page was scanned upside down. */
function direction({ vertical, words }: RecognisedLine, rotation: number): readonly [number, number] {
  const first = words[0];
  const last = words[words.length - 1];
  const isReversed = first && last && first !== last ? last.from < first.from : rotation === (vertical ? 270 : 180);
  const sign = isReversed ? -1 : 1;
  return vertical ? [0, sign] : [sign, 0];
}

/**
 * One item for each word, as wide as it stands there and with the space behind it.
 * @param rotation The page's own /Rotate.
 */
export function recognisedContent(lines: readonly RecognisedLine[], rotation: number): TextContent {
  const items = lines.flatMap((line) => {
    const [x, y] = direction(line, rotation);
    const isReversed = x + y < 0;
    const height = line.vertical ? line.x1 - line.x0 : line.y1 - line.y0;
    // The writing's foot lies to its right hand: below it, or on the right where it runs upwards.
    const foot = line.vertical
      ? isReversed
        ? line.x0 + descent * height
        : line.x1 - descent * height
      : isReversed
        ? line.y1 - descent * height
        : line.y0 + descent * height;
    return line.words.map((word, index) => {
      const next = line.words[index + 1];
      const start = isReversed ? word.to : word.from;
      const ownEnd = isReversed ? word.from : word.to;
      const end = next ? (isReversed ? next.to : next.from) : ownEnd;
      return {
        str: next ? `${word.text} ` : word.text,
        dir: 'ltr',
        transform: [
          x * height,
          y * height,
          -y * height,
          x * height,
          ...(line.vertical ? [foot, start] : [start, foot]),
        ],
        width: Math.abs(end - start),
        height,
        fontName,
        hasEOL: !next,
      };
    });
  });
  const style = { ascent: 1 - descent, descent: -descent, vertical: false, fontFamily: 'sans-serif' };
  return { items, styles: { [fontName]: style }, lang: null };
}
