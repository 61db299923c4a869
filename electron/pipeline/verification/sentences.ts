/**
 * Cuts a streamed answer into its sentences, each with the citations that stand in or behind it. A citation covers the
 * sentences before it in its paragraph, too, back to the one before it: those are told with it, so that an uncited
 * sentence waits for its line's next mark or end. Pure; how the text is cut into pieces changes nothing in the outcome.
 */
import { sentenceRanges } from '../answer-segments.ts';

/** A sentence as it is read: without citation marks and Markdown, each character with its place in the answer. */
export interface PlainText {
  readonly text: string;
  /** Place in the answer of each UTF-16 unit of `text`. */
  readonly offsets: readonly number[];
}

export interface AnswerSentence {
  /** Range of the answer's text, with the marks behind it. */
  readonly start: number;
  readonly end: number;
  readonly plain: PlainText;
  /** Numbers of the citations in and behind it, in order, each once; else of the sentence that it leads up to. */
  readonly citations: readonly number[];
  /** Its citations are those of a later sentence of its paragraph. */
  readonly isCovered: boolean;
}

export interface SentenceStream {
  push(text: string): AnswerSentence[];
  end(): AnswerSentence[];
}

const markPattern = /(?<!\\)\[(\d{1,3})\]/g;
/** What stands before the words of a line: quotes, headings, bullets, numbers. */
const leadPattern = /^\s*(?:>\s*)*(?:#{1,6}\s+|(?:[-*+]|\d{1,9}[.)])\s+)*/;
const fencePattern = /^\s*(?:`{3}|~{3})/;

/** What only leads up to a list, or is too short to claim anything, needs no citation. */
const fewestWordsOfClaim = 4;

export function createSentenceStream(): SentenceStream {
  let text = '';
  let from = 0;
  let inCode = false;
  /** Uncited ones of the line, in order. */
  let waiting: AnswerSentence[] = [];

  /** The sentences of the lines that are complete, and of the last line as far as another one has begun behind them. */
  function take(isEnd: boolean): AnswerSentence[] {
    const sentences: AnswerSentence[] = [];
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      sentences.push(...lineSentences(from, end));
      from = end + 1;
    }
    if (isEnd) {
      sentences.push(...lineSentences(from, text.length));
      from = text.length;
    } else if (!inCode && !fencePattern.test(text.slice(from))) {
      const begun = rangesOf(text, from, text.length);
      const last = begun.at(-1);
      // Whether a full stop ends a sentence depends on the word behind it.
      if (last && begun.length > 1 && /^\S+\s/.test(text.slice(last.start))) {
        sentences.push(...covered(begun.slice(0, -1)));
        from = last.start;
      }
    }
    return sentences;
  }

  function lineSentences(start: number, end: number): AnswerSentence[] {
    if (fencePattern.test(text.slice(start, end))) {
      inCode = !inCode;
      return [];
    }
    const sentences = inCode ? [] : covered(rangesOf(text, start, end));
    const rest = waiting;
    waiting = [];
    return [...sentences, ...rest];
  }

  /** In order, those without a citation before them once there is one. */
  function covered(ranges: readonly Range[]): AnswerSentence[] {
    return ranges.flatMap((range): AnswerSentence[] => {
      const sentence = sentenceAt(text, range);
      if (sentence.citations.length === 0) {
        waiting.push(sentence);
        return [];
      }
      const before = waiting.map((earlier) =>
        isClaim(earlier) ? { ...earlier, citations: sentence.citations, isCovered: true } : earlier,
      );
      waiting = [];
      return [...before, sentence];
    });
  }

  return {
    push(added) {
      text += added;
      return take(false);
    },
    end: () => take(true),
  };
}

function isClaim({ plain: { text } }: AnswerSentence): boolean {
  return (text.match(/\p{L}+|\d[\d.,]*/gu)?.length ?? 0) >= fewestWordsOfClaim && !/[:?]\s*$/.test(text);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangesOf(text: string, start: number, end: number): Range[] {
  const line = text.slice(start, end);
  // Same length, so that places stay; what is no word must not hide where a sentence ends.
  const blank = (part: string): string => ' '.repeat(part.length);
  const masked = line
    .replace(leadPattern, blank)
    .replace(markPattern, blank)
    .replace(/\*+|`+/g, blank);
  const ranges = sentenceRanges(masked, 0, masked.length);
  return ranges.map(([first], index) => {
    const next = ranges[index + 1]?.[0] ?? line.length;
    return { start: start + first, end: start + first + line.slice(first, next).trimEnd().length };
  });
}

function sentenceAt(text: string, { start, end }: Range): AnswerSentence {
  const marks = [...text.slice(start, end).matchAll(markPattern)].map((match) => Number(match[1]));
  return { start, end, plain: plainText(text, start, end), citations: [...new Set(marks)], isCovered: false };
}

/** Markdown and marks taken out; a mark or a cell's border leaves one space. */
export function plainText(text: string, start: number, end: number): PlainText {
  const source = text.slice(start, end);
  const pattern =
    /(?<!\\)\s*\[\d{1,3}\]|\\[!-/:-@[-`{-~]|\*+|`+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])|\[(?=[^\]]+\]\()|\]\([^)\s]*\)/gu;
  let plain = '';
  const offsets: number[] = [];
  const add = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      const character = source[index] ?? '';
      plain += character === '|' || /\s/.test(character) ? ' ' : character;
      offsets.push(start + index);
    }
  };
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    add(at, match.index);
    at = match.index + match[0].length;
    if (match[0].startsWith('\\')) add(at - 1, at);
    else if (match[0].endsWith(']') && plain !== '' && !/^[\s.,;:!?)]/.test(source.slice(at))) {
      plain += ' ';
      offsets.push(start + match.index);
    }
  }
  add(at, source.length);
  return { text: plain, offsets };
}

/** The range in the answer of a range of the plain text. */
export function answerRange({ offsets }: PlainText, start: number, end: number): Range {
  return { start: offsets[start] ?? 0, end: (offsets[end - 1] ?? -1) + 1 };
}
