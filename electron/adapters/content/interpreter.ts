/** Runs a page's content for its text alone (ISO 32000-1, 9.3 and 9.4): where each glyph stands, in user space. */
import type { PdfFile } from './file.ts';
import { codeKinds, type ContentFont } from './fonts.ts';
import { identity, multiply, type Matrix } from './matrix.ts';
import { replacementOf, type Replacement } from './replacement.ts';
import { Stream, Unsupported, type Dictionary, type PdfObject } from './objects.ts';
import type { Segmenter } from './segmenter.ts';
import { textFrame, type TextFrame } from './text-frame.ts';
import { ContentTokens, operatorCode as op } from './tokens.ts';

interface GraphicsState {
  matrix: Matrix;
  font: ContentFont | null;
  size: number;
  characterSpace: number;
  wordSpace: number;
  /** Horizontal scale, 1 is 100 %. */
  scale: number;
  leading: number;
  rise: number;
}

/** Forms within forms. */
const deepestForm = 12;
/** Saved states; a page with more is broken. */
const mostSaved = 512;
/** Font sizes: characters moved apart by less than this stand side by side. */
const closest = 0.08;
/** Share of shown bytes without a known text, above which another engine reads the page. */
const mostUnknown = 0.005;

const [q, Q, cm, BT, Tf, Td, TD, Tm, TStar] = [
  op('q'),
  op('Q'),
  op('cm'),
  op('BT'),
  op('Tf'),
  op('Td'),
  op('TD'),
  op('Tm'),
  op('T*'),
];
const [Tc, Tw, Tz, TL, Ts, Tj, TJ, quote, doubleQuote] = [
  op('Tc'),
  op('Tw'),
  op('Tz'),
  op('TL'),
  op('Ts'),
  op('Tj'),
  op('TJ'),
  op("'"),
  op('"'),
];
const [Do, gs, BMC, BDC, EMC] = [op('Do'), op('gs'), op('BMC'), op('BDC'), op('EMC')];

export class Interpreter {
  readonly #file: PdfFile;
  readonly #fontOf: (dictionary: Dictionary) => ContentFont;
  readonly #out: Segmenter;
  readonly #hidden: ReadonlySet<Dictionary>;
  #state: GraphicsState = {
    matrix: identity,
    font: null,
    size: 0,
    characterSpace: 0,
    wordSpace: 0,
    scale: 1,
    leading: 0,
    rise: 0,
  };
  /** As it was set; lines are moved in its space by `#lineX` and `#lineY`. */
  #lineMatrix: Matrix = identity;
  #lineX = 0;
  #lineY = 0;
  /** How far text was shown from the line's origin, in text space. */
  #shown = 0;
  /** Null when something changed that it is made of. */
  #frame: TextFrame | null = null;
  /** How many hidden layers the content stands on. */
  #hiddenDepth = 0;
  #bytes = 0;
  #unknown = 0;
  /** What the file says that the glyphs of the open marked content stand for. */
  #replacement: Replacement | null = null;
  #visible = false;

  constructor(
    file: PdfFile,
    fontOf: (dictionary: Dictionary) => ContentFont,
    out: Segmenter,
    hidden: ReadonlySet<Dictionary>,
  ) {
    this.#hidden = hidden;
    this.#file = file;
    this.#fontOf = fontOf;
    this.#out = out;
  }

  /** Whether anything but white space was shown, readable or not. */
  get hasShown(): boolean {
    return this.#visible || this.#unknown > 0;
  }

  /** Runs a whole page. Throws `Unsupported` when too many glyphs have no text. */
  runPage(content: Uint8Array, resources: Dictionary): void {
    this.#run(content, resources, 0);
    this.#out.end();
    if (this.#unknown > mostUnknown * this.#bytes) throw new Unsupported('glyphs without text');
  }

  #run(content: Uint8Array, resources: Dictionary, depth: number): void {
    const tokens = new ContentTokens(content);
    const { numbers } = tokens;
    const saved: GraphicsState[] = [];
    /** For each open marked content, whether it began to hide. */
    const marked: boolean[] = [];
    const fonts = new Map<string, ContentFont>();
    let name: string;
    let state = this.#state;
    for (;;) {
      switch (tokens.next()) {
        // The two that most of a page is made of; cases are tried in their order.
        case Td:
          this.#moveLine(numbers[0]!, numbers[1]!);
          break;
        case Tj:
        case TJ:
          this.#show(tokens);
          break;
        case 0:
          this.#state = saved[0] ?? state;
          this.#frame = null;
          this.#hiddenDepth -= marked.filter((hides) => hides).length;
          return;
        case q:
          if (saved.length > mostSaved) throw new Unsupported('too many saved states');
          saved.push(state);
          this.#state = state = { ...state };
          break;
        case Q:
          this.#state = state = saved.pop() ?? state;
          this.#frame = null;
          break;
        case cm:
          state.matrix = multiply(matrixOf(numbers), state.matrix);
          this.#frame = null;
          break;
        case BT:
          this.#setLine(identity);
          break;
        case Tf:
          name = tokens.name;
          fonts.set(name, (state.font = fonts.get(name) ?? this.#findFont(resources, name)));
          state.size = numbers[0]!;
          this.#frame = null;
          break;
        case TD:
          state.leading = -numbers[1]!;
          this.#moveLine(numbers[0]!, numbers[1]!);
          break;
        case Tm:
          this.#setLine(matrixOf(numbers));
          break;
        case TStar:
          this.#moveLine(0, -state.leading);
          break;
        case Tc:
          state.characterSpace = numbers[0]!;
          break;
        case Tw:
          state.wordSpace = numbers[0]!;
          break;
        case Tz:
          state.scale = numbers[0]! / 100;
          this.#frame = null;
          break;
        case TL:
          state.leading = numbers[0]!;
          break;
        case Ts:
          state.rise = numbers[0]!;
          break;
        case doubleQuote:
          state.wordSpace = numbers[0]!;
          state.characterSpace = numbers[1]!;
          this.#moveLine(0, -state.leading);
          this.#show(tokens);
          break;
        case quote:
          this.#moveLine(0, -state.leading);
          this.#show(tokens);
          break;
        case Do:
          this.#runForm(resources, tokens.name, depth);
          break;
        case BMC:
          marked.push(false);
          break;
        case BDC: {
          const hides =
            this.#hidden.size > 0 &&
            tokens.firstName === 'OC' &&
            this.#isHidden(this.#file.dictionary(resources.get('Properties')).get(tokens.name));
          marked.push(hides);
          if (hides) this.#hiddenDepth++;
          if (tokens.actualText >= 0 && this.#replacement === null) {
            this.#replacement = replacementOf(tokens.stringAt(tokens.actualText), marked.length);
          }
          break;
        }
        case EMC:
          if (this.#replacement?.depth === marked.length) this.#endReplacement();
          if (marked.pop()) this.#hiddenDepth--;
          break;
        case gs:
          if (this.#dictionaryIn(resources, 'ExtGState', tokens.name).has('Font')) throw new Unsupported('font by gs');
          break;
      }
    }
  }

  /** Whether what stands on a layer, or on a membership of layers, is not shown (8.11). */
  #isHidden(layer: PdfObject | undefined): boolean {
    if (this.#hidden.size === 0 || layer === undefined) return false;
    const group = this.#file.dictionary(layer);
    if (this.#file.name(group.get('Type')) !== 'OCMD') return this.#hidden.has(group);
    if (group.has('VE') || (this.#file.name(group.get('P')) ?? 'AnyOn') !== 'AnyOn')
      throw new Unsupported('layer policy');
    const members = this.#file.resolve(group.get('OCGs'));
    const groups = (Array.isArray(members) ? members : [members]).map((member) => this.#file.dictionary(member));
    return groups.length > 0 && groups.every((one) => this.#hidden.has(one));
  }

  #dictionaryIn(resources: Dictionary, kind: string, name: string): Dictionary {
    return this.#file.dictionary(this.#file.dictionary(resources.get(kind)).get(name));
  }

  #findFont(resources: Dictionary, name: string): ContentFont {
    const dictionary = this.#dictionaryIn(resources, 'Font', name);
    if (dictionary.size === 0) throw new Unsupported('missing font');
    return this.#fontOf(dictionary);
  }

  #runForm(resources: Dictionary, name: string, depth: number): void {
    const form = this.#file.resolve(this.#file.dictionary(resources.get('XObject')).get(name));
    if (!(form instanceof Stream) || this.#file.name(form.dictionary.get('Subtype')) !== 'Form') return;
    if (this.#isHidden(form.dictionary.get('OC'))) return;
    if (depth >= deepestForm) throw new Unsupported('forms nested too deeply');
    const outer = this.#state;
    const [lineMatrix, lineX, lineY, shown] = [this.#lineMatrix, this.#lineX, this.#lineY, this.#shown];
    const matrix = this.#file.array(form.dictionary.get('Matrix')).map((value) => this.#file.number(value, 0));
    this.#state = { ...outer };
    if (matrix.length === 6) this.#state.matrix = multiply(matrixOf(matrix), outer.matrix);
    this.#frame = null;
    const own = form.dictionary.get('Resources');
    this.#run(this.#file.decode(form), own === undefined ? resources : this.#file.dictionary(own), depth + 1);
    this.#state = outer;
    this.#setLine(lineMatrix);
    this.#moveLine(lineX, lineY);
    this.#shown = shown;
  }

  #setLine(matrix: Matrix): void {
    this.#lineMatrix = matrix;
    this.#lineX = 0;
    this.#lineY = 0;
    this.#shown = 0;
    this.#frame = null;
  }

  #moveLine(x: number, y: number): void {
    this.#lineX += x;
    this.#lineY += y;
    this.#shown = 0;
  }

  #endReplacement(): void {
    const { text, show } = this.#replacement!;
    this.#replacement = null;
    if (!show || this.#hiddenDepth > 0) return;
    const { ascent, descent, bold } = show.font;
    this.#out.glyphs(text, show.direction, show.from, show.to, show.base, show.height, ascent, descent, bold);
    this.#visible = true;
  }

  /** How far the strings of the operator move the pen, in text space. */
  #advance(tokens: ContentTokens, font: ContentFont): number {
    const { size, characterSpace, wordSpace, scale } = this.#state;
    let moved = 0;
    let at = 0;
    for (let item = 0; item < tokens.items; item++) {
      const end = tokens.ends[item]!;
      if (end < 0) moved -= (tokens.adjustments[item]! / 1_000) * size;
      while (at < end) {
        const code = font.wide ? tokens.strings[at]! * 256 + (tokens.strings[at + 1] ?? 0) : tokens.strings[at]!;
        at += font.wide ? 2 : 1;
        moved +=
          (font.widths[code] ?? font.defaultWidth) * size +
          characterSpace +
          (code === 32 && !font.wide ? wordSpace : 0);
      }
    }
    return moved * scale;
  }

  /** Shows the strings of the operator, moved by the numbers between them. */
  #show(tokens: ContentTokens): void {
    const { font, size, characterSpace, wordSpace, scale, rise } = this.#state;
    if (!font) throw new Unsupported('text without a font');
    this.#frame ??= textFrame(multiply(this.#lineMatrix, this.#state.matrix), size, scale);
    const { direction, along, across, height, perUnit } = this.#frame;
    const lineX = this.#lineX;
    const lineY = this.#lineY + rise;
    const originAlong = along[0] * lineX + along[1] * lineY + along[2];
    const base = across[0] * lineX + across[1] * lineY + across[2];
    const slope = across[0];
    const { wide, texts, kinds, widths, defaultWidth, ascent, descent, bold } = font;
    const known = kinds.length;
    const { strings } = tokens;
    const out = this.#out;
    const hidden = this.#hiddenDepth > 0;
    // Characters side by side go to the segmenter together; wider spacing lets it look at each gap.
    const together = Math.abs(characterSpace) < closest * Math.abs(size);
    let shown = this.#shown;
    let at = 0;
    let run = '';
    let runFrom = 0;
    let runTo = 0;
    let runBase = 0;
    if (this.#replacement) {
      const from = originAlong + shown * perUnit;
      const to = from + this.#advance(tokens, font) * perUnit;
      this.#replacement.show ??= { direction, from, to, base: base + shown * slope, height, font };
      this.#replacement.show.to = to;
      this.#shown = shown + (to - from) / perUnit;
      return;
    }
    for (let item = 0; item < tokens.items; item++) {
      const end = tokens.ends[item]!;
      if (end < 0) {
        const adjustment = tokens.adjustments[item]! / 1_000;
        if (run !== '' && (adjustment > closest || adjustment < -closest)) {
          out.glyphs(run, direction, runFrom, runTo, runBase, height, ascent, descent, bold);
          run = '';
        }
        shown -= adjustment * size * scale;
        continue;
      }
      while (at < end) {
        let code = strings[at++]!;
        if (wide) code = code * 256 + (at < end ? strings[at++]! : 0);
        const width = (code < known ? widths[code]! : defaultWidth) * size;
        const kind = code < known ? kinds[code]! : codeKinds.unknown;
        const from = originAlong + shown * perUnit;
        if (kind === codeKinds.character) {
          if (run === '') {
            runFrom = from;
            runBase = base + shown * slope;
          }
          run += texts[code]!;
          runTo = from + width * scale * perUnit;
          shown += (width + characterSpace) * scale;
          if (together && !hidden) continue;
        } else {
          shown += (width + characterSpace + (code === 32 && !wide ? wordSpace : 0)) * scale;
          if (kind === codeKinds.unknown && (code !== 32 || wide) && width !== 0) this.#unknown++;
        }
        if (run !== '' && !hidden) {
          out.glyphs(run, direction, runFrom, runTo, runBase, height, ascent, descent, bold);
        }
        run = '';
        if (kind === codeKinds.space && !hidden) out.space(from + width * scale * perUnit);
      }
    }
    if (run !== '' && !hidden) out.glyphs(run, direction, runFrom, runTo, runBase, height, ascent, descent, bold);
    this.#bytes += at;
    if (runTo !== 0) this.#visible = true;
    this.#shown = shown;
  }
}

function matrixOf(numbers: ArrayLike<number>): Matrix {
  return [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!, numbers[4]!, numbers[5]!];
}
