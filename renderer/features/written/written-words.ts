/** What is said about written pieces. Pure. */
import type { AnswerSource } from '../../../shared/domain.ts';
import type { PieceKind, PieceState, PieceSummary, WritingEstimate, WritingProgress } from '../../../shared/written.ts';
import { countOf } from '../../components/format.ts';
import { isThisComputer } from '../../../shared/this-computer.ts';

export const kindNames: Readonly<Record<PieceKind, string>> = {
  summary: 'Summary',
  'key-points': 'Key points',
  outline: 'Outline',
  questions: 'Questions to ask',
  figures: 'Table of figures',
  prompt: 'Own prompt',
};

/** What a kind is with a model, and without one. */
export const kindNotes: Readonly<Record<PieceKind, { readonly written: string; readonly quoted: string }>> = {
  summary: {
    written: 'What it is and what it says, in up to 400 words',
    quoted: 'The sentences that stand for the whole, in their order',
  },
  'key-points': {
    written: 'The most important points, one sentence each',
    quoted: 'The sentences that tell most, best first',
  },
  outline: { written: 'Its sections, and what each says', quoted: 'Its headings, with their pages' },
  questions: {
    written: 'What a careful reader should ask about it',
    quoted: 'The headings with most text under them',
  },
  figures: {
    written: 'The figures that matter, with period and unit',
    quoted: 'The rows of its tables, under their columns’ names',
  },
  prompt: { written: 'Whatever you ask for', quoted: 'Needs a model' },
};

export const stateNames: Readonly<Record<PieceState, string>> = {
  writing: 'Being written',
  complete: 'Complete',
  stopped: 'Stopped',
  interrupted: 'Interrupted',
  failed: 'Failed',
};

/** Questions that no model wrote are topics, and are called so. */
export function kindName({ kind, source }: Pick<PieceSummary, 'kind' | 'source'>): string {
  return kind === 'questions' && source?.kind === 'extractive' ? 'Topics to ask about' : kindNames[kind];
}

/** `Part 3 of 12`, `Putting the parts together, 1 of 3`, `Writing`. */
export function progressText(progress: WritingProgress | null): string {
  if (!progress) return 'Beginning';
  const { stage, done, total } = progress;
  switch (stage) {
    case 'reading':
      return total <= 1 ? 'Reading' : `Part ${Math.min(done + 1, total)} of ${total}`;
    case 'joining':
      return `Putting the parts together, ${Math.min(done + 1, total)} of ${total}`;
    case 'writing':
      return 'Writing';
  }
}

/** 0 to 1; null where the end is not known. */
export function progressValue(progress: WritingProgress | null): number | null {
  return progress?.stage === 'reading' && progress.total > 1 ? progress.done / progress.total : null;
}

export function originText(source: AnswerSource): string {
  if (source.kind === 'extractive') return 'Quoted from the text · nothing was generated, nothing left this computer';
  const writer = `Written by ${source.model ?? 'a model'}`;
  if (source.host === null) return writer;
  return isThisComputer(source.host)
    ? `${writer} on this computer (${source.host})`
    : `${writer} · the text went to ${source.host}`;
}

/** Why a piece is not complete, and what is kept; null for one that is or that failed, which says so itself. */
export function endingText(state: PieceState, keptParts: number): string | null {
  const kept =
    keptParts > 0 ? ` ${countOf(keptParts, 'finished part')} kept: going on does not ask for them again.` : '';
  switch (state) {
    case 'stopped':
      return `Stopped.${kept}`;
    case 'interrupted':
      return `Interrupted, because Quire was closed.${kept}`;
    case 'complete':
    case 'writing':
    case 'failed':
      return null;
  }
}

/** What writing takes, before it begins. */
export function estimateText({ passages, parts, tokens, writer }: WritingEstimate): string {
  const read = countOf(passages, 'passage');
  if (!writer) return `${read} read on this computer. Nothing leaves it.`;
  const requests = parts === 1 ? 'one request' : `${parts.toLocaleString('en')} parts, then put together`;
  const where = writer.local ? `${writer.host}, this computer` : writer.host;
  return `${read} ${passages === 1 ? 'goes' : 'go'} to ${where}: ${requests}, about ${roughly(tokens)} tokens.`;
}

function roughly(tokens: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, tokens))) - 1);
  const step = 10 ** digits;
  return (Math.round(tokens / step) * step).toLocaleString('en');
}

/** `Annual report 2022`, `Annual report 2022 and 2 more`. */
export function documentsText(documents: PieceSummary['documents']): string {
  const [first, ...others] = documents;
  if (!first) return 'No document';
  return others.length === 0 ? first.title : `${first.title} and ${others.length.toLocaleString('en')} more`;
}
