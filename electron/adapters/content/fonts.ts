/** Fonts as text needs them: what each code means, how wide it is, how high letters stand (ISO 32000-1, 9.5 to 9.10). */
import { readToUnicode } from './cmap.ts';
import { encodingByName, standardFont, textOfGlyph, type CodeTable, type StandardFont } from './encodings.ts';
import type { PdfFile } from './file.ts';
import { Name, Stream, Unsupported, type Dictionary } from './objects.ts';

/** What a code is: no known text, white space, or a character. */
export const codeKinds = { unknown: 0, space: 1, character: 2 } as const;

/** Columns by code, all of one length; codes beyond are unknown and `defaultWidth` wide. */
export interface ContentFont {
  /** Codes have two bytes. */
  readonly wide: boolean;
  /** Of `codeKinds`. */
  readonly kinds: Uint8Array;
  readonly texts: readonly string[];
  /** Em. */
  readonly widths: Float64Array;
  readonly defaultWidth: number;
  /** Em. */
  readonly ascent: number;
  readonly descent: number;
  readonly bold: boolean;
  /** The file says what each code means, by a ToUnicode map or a named encoding; else it was concluded. */
  readonly stated: boolean;
}

/** Columns from sparse ones. */
function columns(
  sparseTexts: readonly (string | undefined)[],
  sparseWidths: readonly (number | undefined)[],
  defaultWidth: number,
): Pick<ContentFont, 'kinds' | 'texts' | 'widths' | 'defaultWidth'> {
  const length = Math.min(0x10000, Math.max(sparseTexts.length, sparseWidths.length, 256));
  const kinds = new Uint8Array(length);
  const widths = new Float64Array(length);
  const texts: string[] = [];
  for (let code = 0; code < length; code++) {
    const text = expandLigature(sparseTexts[code] ?? '');
    texts.push(text);
    widths[code] = sparseWidths[code] ?? defaultWidth;
    if (text !== '') kinds[code] = isBlank(text) ? codeKinds.space : codeKinds.character;
  }
  return { kinds, texts, widths, defaultWidth };
}

/** Ligatures written out, signs without width left out. */
function expandLigature(text: string): string {
  if (text.length > 1) return text.replace(/[\u200b\ufeff]/g, '');
  return text >= '\ufb00' && text <= '\ufb06' ? text.normalize('NFKC') : text;
}

/** Controls and the spaces of Unicode. */
function isBlank(text: string): boolean {
  const code = text.charCodeAt(0);
  if (text.length > 1) return text.trim() === '';
  return code <= 32 || code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || code === 0x3000 || code === 0xfeff;
}

/** Reads a font's dictionary. Throws `Unsupported` for Type 3 fonts, vertical writing and predefined CJK encodings. */
export function loadFont(file: PdfFile, dictionary: Dictionary): ContentFont {
  const subtype = file.name(dictionary.get('Subtype'));
  const toUnicode = file.resolve(dictionary.get('ToUnicode'));
  const mapped = toUnicode instanceof Stream ? readToUnicode(file.decode(toUnicode)) : null;
  if (subtype === 'Type0') return loadComposite(file, dictionary, mapped);
  if (subtype !== 'Type1' && subtype !== 'TrueType' && subtype !== 'MMType1') throw new Unsupported(`font ${subtype}`);
  return loadSimple(file, dictionary, mapped, subtype);
}

function baseName(file: PdfFile, dictionary: Dictionary): string {
  return (file.name(dictionary.get('BaseFont')) ?? '').replace(/^[A-Z]{6}\+/, '');
}

function isBold(name: string): boolean {
  return /bold|black|heavy|demi/i.test(name);
}

/** Ascent and descent in em from the descriptor, within what letters can be. */
function heights(
  file: PdfFile,
  descriptor: Dictionary,
  standard: StandardFont | null,
): [ascent: number, descent: number] {
  const ascent = file.number(descriptor.get('Ascent'), 0) || standard?.ascent || 0;
  const descent = -Math.abs(file.number(descriptor.get('Descent'), 0) || standard?.descent || 0);
  return [
    ascent >= 400 && ascent <= 1_300 ? ascent / 1_000 : 0.9,
    descent <= -50 && descent >= -600 ? descent / 1_000 : -0.2,
  ];
}

function loadSimple(
  file: PdfFile,
  dictionary: Dictionary,
  mapped: Map<number, string> | null,
  subtype: string,
): ContentFont {
  const name = baseName(file, dictionary);
  const descriptor = file.dictionary(dictionary.get('FontDescriptor'));
  const standard = dictionary.has('Widths') && descriptor.size > 0 ? null : standardFont(name);
  const base = simpleEncoding(file, dictionary, descriptor, name, subtype);
  const stated = mapped !== null || file.resolve(dictionary.get('Encoding')) !== null;
  const texts: (string | undefined)[] = [];
  for (let code = 0; code < 256; code++) {
    const text = mapped?.get(code) ?? base?.[code];
    texts[code] = text === '' ? undefined : text;
  }
  const widths: (number | undefined)[] = [];
  const list = file.array(dictionary.get('Widths'));
  const first = file.number(dictionary.get('FirstChar'), 0);
  list.forEach((width, i) => (widths[first + i] = file.number(width, 0) / 1_000));
  if (list.length === 0) {
    if (!standard) throw new Unsupported('font without widths');
    for (let code = 0; code < 256; code++) {
      const width = standard.widths(base?.[code] ?? '');
      if (width !== undefined) widths[code] = width / 1_000;
    }
  }
  const [ascent, descent] = heights(file, descriptor, standard);
  const defaultWidth = file.number(descriptor.get('MissingWidth'), 0) / 1_000;
  return { wide: false, ...columns(texts, widths, defaultWidth), ascent, descent, bold: isBold(name), stated };
}

/** The table of codes; null where only the font program knows it. */
function simpleEncoding(
  file: PdfFile,
  dictionary: Dictionary,
  descriptor: Dictionary,
  name: string,
  subtype: string,
): CodeTable | null {
  const encoding = file.resolve(dictionary.get('Encoding'));
  if (encoding instanceof Name) return encodingByName(encoding.text);
  const symbolic = (file.number(descriptor.get('Flags'), 32) & 4) !== 0;
  const embedded = ['FontFile', 'FontFile2', 'FontFile3'].some((key) => descriptor.has(key));
  const own =
    embedded && (symbolic || subtype !== 'TrueType')
      ? null
      : (standardFont(name)?.table ?? encodingByName('StandardEncoding'));
  if (!(encoding instanceof Map)) return own;
  const baseEncoding = file.name(encoding.get('BaseEncoding'));
  const table: string[] = [...(encodingByName(baseEncoding) ?? own ?? Array.from({ length: 256 }, () => ''))];
  let code = 0;
  for (const item of file.array(encoding.get('Differences'))) {
    const value = file.resolve(item);
    if (typeof value === 'number') code = value;
    else if (value instanceof Name) table[code++] = textOfGlyph(value.text) ?? '';
  }
  return table;
}

function loadComposite(file: PdfFile, dictionary: Dictionary, mapped: Map<number, string> | null): ContentFont {
  const encoding = file.name(dictionary.get('Encoding'));
  if (encoding !== 'Identity-H' || !mapped) throw new Unsupported(`composite font with ${encoding}`);
  const descendant = file.dictionary(file.array(dictionary.get('DescendantFonts'))[0]);
  const descriptor = file.dictionary(descendant.get('FontDescriptor'));
  const texts: (string | undefined)[] = [];
  for (const [code, text] of mapped) texts[code] = text === '' ? undefined : text;
  const widths: (number | undefined)[] = [];
  const list = file.array(descendant.get('W'));
  for (let i = 0; i < list.length;) {
    const first = file.number(list[i], 0);
    const second = file.resolve(list[i + 1]);
    if (Array.isArray(second)) {
      second.forEach((width, k) => (widths[first + k] = file.number(width, 0) / 1_000));
      i += 2;
    } else {
      const width = file.number(list[i + 2], 0) / 1_000;
      const last = Math.min(Number(second), 0xffff);
      for (let code = first; code <= last; code++) widths[code] = width;
      i += 3;
    }
  }
  const [ascent, descent] = heights(file, descriptor, null);
  const defaultWidth = file.number(descendant.get('DW'), 1_000) / 1_000;
  return {
    wide: true,
    ...columns(texts, widths, defaultWidth),
    ascent,
    descent,
    bold: isBold(baseName(file, dictionary)),
    stated: true,
  };
}
