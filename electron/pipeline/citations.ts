/**
 * Binds the `[n]` of a streamed answer to the passages that were put before the model, while it streams.
 *
 * Pure: takes the stream's text piece by piece, gives text and citations. How the text is cut into pieces changes
 * nothing in the outcome.
 */

export type CitedPiece =
  | { readonly type: 'text'; readonly text: string }
  /**
   * The text that follows carries `[number]`, which stands for this passage (from 0). Given at every use, with the
   * claim: the answer's words since the last sentence end.
   */
  | { readonly type: 'citation'; readonly number: number; readonly passage: number; readonly claim: string };

export interface CitationStream {
  push(text: string): CitedPiece[];
  /** What was held back because a citation might have begun. */
  end(): CitedPiece[];
}

/** Longer than `[Passages 1, 2, 3, 4-6]`; whatever is still open by then is text. */
const longestMark = 40;

/** A claim is looked for in this many characters before its citation. */
const longestClaim = 600;

/** `1`, `1, 2`, `1-3`, `^1`, `Passage 1`, `1†source`: the ways in which models write a citation. */
const markPattern =
  /^\s*\^?(?:(?:passages?|sources?|documents?|refs?\.?)\s*)?(\d{1,3}(?:\s*[,;&–—-]\s*\d{1,3})*)\s*(?:†.*)?$/i;
const markStart = /^\s*\^?(?:[a-z]{0,9}\.?\s*)?(?:\d[\d\s,;&–—-]*(?:†.*)?)?$/i;

/**
 * Numbers are given in the order of first use. A number that is no passage is dropped with the space before it; code
 * is left alone.
 *
 * @param passageCount Passages that the prompt numbered from 1.
 */
export function createCitationStream(passageCount: number): CitationStream {
  const numbers = new Map<number, number>();
  const code = createCodeTracker();
  let pieces: CitedPiece[] = [];
  let text = '';
  let claim = '';
  /** Spaces that go when the citation after them is dropped. */
  let spaces = '';
  /** From the opening bracket on; empty when none is open. */
  let mark = '';
  /** The last thing given was a citation: `(` or `:` right after it would make a Markdown link of it. */
  let afterCitation = false;
  let afterDropped = false;

  const write = (added: string): void => {
    text += added;
    claim = (claim + added).slice(-longestClaim);
  };
  const flushSpaces = (): void => {
    write(spaces);
    spaces = '';
  };
  const flushText = (): void => {
    if (text !== '') pieces.push({ type: 'text', text });
    text = '';
  };

  function closeMark(): void {
    const passages = readMark(mark.slice(1, -1));
    if (passages === null) {
      const literal = mark;
      mark = '';
      flushSpaces();
      for (const character of literal) code.take(character);
      write(literal);
      return;
    }
    mark = '';
    const known = passages.filter((passage) => passage >= 1 && passage <= passageCount);
    if (known.length === 0) {
      afterDropped = true;
      return;
    }
    const said = lastSentence(claim);
    flushSpaces();
    flushText();
    let marks = '';
    for (const passage of known) {
      const number = numbers.get(passage) ?? numbers.size + 1;
      numbers.set(passage, number);
      pieces.push({ type: 'citation', number, passage: passage - 1, claim: said });
      marks += `[${number}]`;
    }
    // Not part of the claim: two citations in a row support the same words.
    text += marks;
    afterCitation = true;
    afterDropped = false;
  }

  function take(character: string): void {
    if (mark !== '') {
      mark += character;
      if (isClosing(character)) closeMark();
      else if (mark.length > longestMark || !markStart.test(mark.slice(1))) openLiteral();
      return;
    }
    if (isOpening(character) && !code.inside) {
      mark = character;
      return;
    }
    if (character === ' ' || character === '\t') {
      code.take(character);
      afterCitation = false;
      if (code.inside) write(character);
      else if (!afterDropped || spaces === '') spaces += character;
      return;
    }
    if (afterDropped && /[.,;:!?)\n]/.test(character)) spaces = '';
    flushSpaces();
    if (afterCitation && (character === '(' || character === ':')) write(' ');
    afterCitation = false;
    afterDropped = false;
    code.take(character);
    write(character);
  }

  /** What looked like a citation is none: its first character is text, the rest is read again. */
  function openLiteral(): void {
    const [first = '', ...rest] = mark;
    mark = '';
    flushSpaces();
    afterCitation = false;
    afterDropped = false;
    code.take(first);
    write(first);
    for (const character of rest) take(character);
  }

  function drain(): CitedPiece[] {
    flushText();
    const done = pieces;
    pieces = [];
    return done;
  }

  return {
    push(added) {
      for (const character of added) take(character);
      return drain();
    },
    end() {
      while (mark !== '') openLiteral();
      if (!afterDropped) flushSpaces();
      return drain();
    },
  };
}

function isOpening(character: string): boolean {
  return character === '[' || character === '【';
}

function isClosing(character: string): boolean {
  return character === ']' || character === '】';
}

/** Passage numbers in the order written, each once; null when it is not a citation. */
function readMark(content: string): number[] | null {
  const list = markPattern.exec(content)?.[1];
  if (list === undefined) return null;
  const found = new Set<number>();
  for (const part of list.split(/[,;&]/)) {
    const [from = Number.NaN, to = from] = part.split(/[–—-]/).map(Number);
    // A range longer than any prompt has passages is a range of something else.
    if (to - from > 20) continue;
    for (let number = from; number <= to; number += 1) found.add(number);
  }
  return [...found];
}

/** The last sentence of a text, or the one before a trailing full stop. */
function lastSentence(text: string): string {
  const trimmed = text.trimEnd();
  const start = Math.max(
    trimmed.lastIndexOf('\n'),
    ...[...trimmed.slice(0, -1).matchAll(/[.!?](?=\s)/g)].map((match) => match.index),
  );
  return trimmed.slice(start + 1).trim();
}

interface CodeTracker {
  readonly inside: boolean;
  take(character: string): void;
}

/** Follows fenced blocks and code spans, character by character (CommonMark 4.5 and 6.1, as far as a stream lets). */
function createCodeTracker(): CodeTracker {
  let fence: { readonly character: string; readonly length: number } | null = null;
  let span = 0;
  let run = { character: '', length: 0, atLineStart: false };
  let lineStart = true;
  let fenceClosing = false;

  const endRun = (): void => {
    const { character, length, atLineStart } = run;
    run = { character: '', length: 0, atLineStart: false };
    if (length === 0) return;
    if (fence) {
      if (atLineStart && character === fence.character && length >= fence.length) fenceClosing = true;
    } else if (atLineStart && length >= 3) {
      fence = { character, length };
    } else if (character === '`') {
      if (span === 0) span = length;
      else if (span === length) span = 0;
    }
  };

  return {
    get inside() {
      endRun();
      return fence !== null || span > 0;
    },
    take(character) {
      if (character === '`' || character === '~') {
        if (run.length > 0 && run.character === character) run.length += 1;
        else {
          endRun();
          run = { character, length: 1, atLineStart: lineStart };
        }
        lineStart = false;
        return;
      }
      endRun();
      if (character === '\n') {
        if (fenceClosing) fence = null;
        fenceClosing = false;
        // A span that was not closed on its line was a stray backtick.
        span = 0;
        lineStart = true;
      } else if (character !== ' ') {
        // Text after the closing run means that it was none.
        if (fence) fenceClosing = false;
        lineStart = false;
      }
    },
  };
}
