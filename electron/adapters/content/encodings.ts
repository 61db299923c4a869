/** What simple fonts' codes and glyph names mean (ISO 32000-1, annex D), from the standard fonts' metrics. */
import { Encodings, Font, FontNames } from '@pdf-lib/standard-fonts';

/** By code; empty where it has no character. */
export type CodeTable = readonly string[];

function decoderTable(label: string): string[] {
  const decoder = new TextDecoder(label);
  return Array.from({ length: 256 }, (_, code) => (code < 32 ? '' : decoder.decode(Uint8Array.of(code))));
}

const winAnsi = decoderTable('windows-1252');
// Annex D.2, footnotes: codes without a character show a bullet, 0xA0 and 0xAD a space and a hyphen.
for (let code = 0x7f; code < 0xa0; code++) if (/[\u0080-\u009f\u007f]/.test(winAnsi[code]!)) winAnsi[code] = '•';
winAnsi[0xa0] = ' ';
winAnsi[0xad] = '-';

const byName = new Map<string, string>([
  ['fi', 'fi'],
  ['fl', 'fl'],
  ['ff', 'ff'],
  ['ffi', 'ffi'],
  ['ffl', 'ffl'],
  ['nbspace', ' '],
  ['nonbreakingspace', ' '],
  ['sfthyphen', '-'],
  ['minus', '\u2212'],
  ['fraction', '\u2044'],
  ['middot', '·'],
  ['Delta', 'Δ'],
  ['Omega', 'Ω'],
  ['mu', 'µ'],
  ['notequal', '≠'],
  ['lessequal', '≤'],
  ['greaterequal', '≥'],
  ['infinity', '∞'],
  ['partialdiff', '∂'],
  ['summation', '∑'],
  ['product', '∏'],
  ['integral', '∫'],
  ['radical', '√'],
  ['approxequal', '≈'],
  ['lozenge', '◊'],
  ['dotlessi', 'ı'],
  ['Lslash', 'Ł'],
  ['lslash', 'ł'],
  ['square', '□'],
  ['filledbox', '■'],
  ['H18533', '■'],
  ['H22073', '□'],
  ['triangle', '△'],
]);

function symbolTable(encoding: (typeof Encodings)['Symbol']): string[] {
  const table: string[] = Array.from({ length: 256 }, () => '');
  for (const point of encoding.supportedCodePoints) {
    const { code, name } = encoding.encodeUnicodeCodePoint(point);
    const text = String.fromCodePoint(point);
    table[code] = text;
    if (!byName.has(name)) byName.set(name, text);
  }
  return table;
}

symbolTable(Encodings.WinAnsi);
const symbol = symbolTable(Encodings.Symbol);
const dingbats = symbolTable(Encodings.ZapfDingbats);
byName.set('space', ' ');

/** StandardEncoding (annex D.2): ASCII but for two quotes, and these above it. */
const standardUpper: readonly (readonly [first: number, names: string])[] = [
  [0xa1, 'exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft guillemotleft'],
  [0xac, 'guilsinglleft guilsinglright fi fl'],
  [0xb1, 'endash dagger daggerdbl periodcentered'],
  [0xb6, 'paragraph bullet quotesinglbase quotedblbase quotedblright guillemotright ellipsis perthousand'],
  [0xbf, 'questiondown'],
  [0xc1, 'grave acute circumflex tilde macron breve dotaccent dieresis'],
  [0xca, 'ring cedilla'],
  [0xcd, 'hungarumlaut ogonek caron emdash'],
  [0xe1, 'AE'],
  [0xe3, 'ordfeminine'],
  [0xe8, 'Lslash Oslash OE ordmasculine'],
  [0xf1, 'ae'],
  [0xf5, 'dotlessi'],
  [0xf8, 'lslash oslash oe germandbls'],
];
const standard = Array.from({ length: 256 }, (_, code) => (code >= 32 && code < 127 ? String.fromCharCode(code) : ''));
standard[0x27] = '’';
standard[0x60] = '‘';
for (const [first, names] of standardUpper) {
  names.split(' ').forEach((name, i) => (standard[first + i] = byName.get(name) ?? ''));
}

/** Null for what is not one of the encodings that a font may name. */
export function encodingByName(name: string | null): CodeTable | null {
  switch (name) {
    case 'WinAnsiEncoding':
      return winAnsi;
    case 'MacRomanEncoding':
      return (macRoman ??= decoderTable('macintosh'));
    case 'StandardEncoding':
      return standard;
    default:
      return null;
  }
}

let macRoman: CodeTable | null = null;

/** What a glyph's name means, by the Adobe Glyph List's rules for the names that are common; null when unknown. */
export function textOfGlyph(name: string): string | null {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const hex = /^(?:uni([\dA-F]{4})|u([\dA-F]{4,6}))(?:\..*)?$/.exec(name);
  if (hex) return String.fromCodePoint(parseInt((hex[1] ?? hex[2])!, 16));
  const dot = name.indexOf('.');
  return dot > 0 ? textOfGlyph(name.slice(0, dot)) : null;
}

export interface StandardFont {
  readonly widths: (glyphText: string) => number | undefined;
  readonly table: CodeTable;
  readonly ascent: number;
  readonly descent: number;
}

/** With the ascent and descent of Arial, Times New Roman and Courier New, which stand in for them everywhere. */
const families: readonly (readonly [RegExp, string, ascent: number, descent: number])[] = [
  [/^(?:Arial|ArialMT|Helvetica)(?:[,-]|MT|$)/i, 'Helvetica', 905, -212],
  [/^(?:Times|TimesNewRoman(?:PS)?(?:MT)?)(?:[,-]|$)/i, 'Times', 891, -216],
  [/^Courier(?:New(?:PS)?(?:MT)?)?(?:[,-]|$)/i, 'Courier', 833, -300],
];

/** Metrics of one of the 14 fonts that every viewer has; null when the name is not one of theirs. */
export function standardFont(baseFont: string): StandardFont | null {
  const name = standardName(baseFont);
  if (name === null) return null;
  const font = Font.load(name);
  const family = families.find(([pattern]) => pattern.test(baseFont));
  const widths = new Map<string, number>();
  const table = name === FontNames.Symbol ? symbol : name === FontNames.ZapfDingbats ? dingbats : standard;
  for (const { N, WX } of font.CharMetrics) {
    const text = byName.get(N);
    if (text !== undefined && !widths.has(text)) widths.set(text, WX);
  }
  return {
    widths: (text) => widths.get(text),
    table,
    ascent: family?.[2] ?? 800,
    descent: family?.[3] ?? -200,
  };
}

function standardName(baseFont: string): FontNames | null {
  if (baseFont === 'Symbol') return FontNames.Symbol;
  if (baseFont === 'ZapfDingbats') return FontNames.ZapfDingbats;
  const family = families.find(([pattern]) => pattern.test(baseFont))?.[1];
  if (!family) return null;
  const bold = /bold/i.test(baseFont);
  const italic = /italic|oblique/i.test(baseFont);
  const style =
    family === 'Times'
      ? bold
        ? italic
          ? 'BoldItalic'
          : 'Bold'
        : italic
          ? 'Italic'
          : 'Roman'
      : `${bold ? 'Bold' : ''}${italic ? 'Oblique' : ''}`;
  const wanted = style === '' ? family : `${family}-${style}`;
  return Object.values(FontNames).find((name) => name === wanted) ?? null;
}
