/** ToUnicode maps (ISO 32000-1, 9.10.3). */
import { Keyword, Parser, type PdfObject } from './objects.ts';

/** Longest range that is written out; more is nonsense. */
const longestRange = 0x10000;

/** Codes to texts, ligatures written out. */
export function readToUnicode(data: Uint8Array): Map<number, string> {
  const map = new Map<number, string>();
  const parser = new Parser(data);
  let operands: PdfObject[] = [];
  for (;;) {
    const item = parser.next();
    if (!(item instanceof Keyword)) {
      operands.push(item);
      continue;
    }
    if (item.text === '') return map;
    if (item.text === 'endbfchar') {
      for (let i = 0; i + 1 < operands.length; i += 2) {
        const [code, text] = [operands[i], operands[i + 1]];
        if (code instanceof Uint8Array && text instanceof Uint8Array) map.set(codeOf(code), textOf(text));
      }
    } else if (item.text === 'endbfrange') {
      for (let i = 0; i + 2 < operands.length; i += 3) readRange(map, operands[i]!, operands[i + 1]!, operands[i + 2]!);
    }
    operands = [];
  }
}

function readRange(map: Map<number, string>, first: PdfObject, last: PdfObject, target: PdfObject): void {
  if (!(first instanceof Uint8Array) || !(last instanceof Uint8Array)) return;
  const from = codeOf(first);
  const to = Math.min(codeOf(last), from + longestRange);
  if (Array.isArray(target)) {
    target.forEach((text, i) => {
      if (text instanceof Uint8Array && from + i <= to) map.set(from + i, textOf(text));
    });
  } else if (target instanceof Uint8Array) {
    const text = textOf(target, false);
    const points = Array.from(text);
    const lastPoint = points.pop()?.codePointAt(0);
    if (lastPoint === undefined) return;
    for (let code = from; code <= to; code++) {
      const point = lastPoint + code - from;
      if (point <= 0x10ffff) map.set(code, expand(points.join('') + String.fromCodePoint(point)));
    }
  }
}

function codeOf(bytes: Uint8Array): number {
  let code = 0;
  for (const byte of bytes) code = code * 256 + byte;
  return code;
}

/** UTF-16, big-endian. */
function textOf(bytes: Uint8Array, expanded = true): string {
  let text = '';
  if (bytes.length === 1) text = String.fromCharCode(bytes[0]!);
  for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i]! * 256 + bytes[i + 1]!);
  return expanded ? expand(text) : text;
}

/** Ligatures as their letters; NUL means nothing. */
function expand(text: string): string {
  // eslint-disable-next-line no-control-regex -- maps of broken producers hold NULs
  return /[\ufb00-\ufb06\u0000]/.test(text) ? text.replace(/\u0000/g, '').normalize('NFKC') : text;
}
