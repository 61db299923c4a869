/** A document's state in words and as a part of the way. Pure. */
import { isRecognising, type DocumentSummary } from '../../../shared/domain.ts';
import { countOf } from '../../components/format.ts';

export interface DocumentStatus {
  readonly tone: 'busy' | 'waiting' | 'ready' | 'failed';
  /** `Page 88 of 180`. */
  readonly text: string;
  /** One word, for the list. */
  readonly word: string;
  /** 0 to 1; null while it is not known, or when there is nothing to show. */
  readonly part: number | null;
  /** Said beside the state when something is missing: `12 of 80 pages have no text`. */
  readonly warning: string | null;
  /** What to do about a failure. */
  readonly hint?: string | null;
}

/** `12 pages recognised (93 % sure)`, with those that are doubtful; null when no page was. */
export function recognitionText(
  document: Pick<DocumentSummary, 'ocrPages' | 'ocrConfidence' | 'doubtfulPages'>,
): string | null {
  const { ocrPages, ocrConfidence, doubtfulPages } = document;
  if (ocrPages === 0 || ocrConfidence === null) return null;
  const doubt = doubtfulPages === 0 ? '' : `, ${doubtfulPages.toLocaleString('en')} doubtful`;
  return `${countOf(ocrPages, 'page')} recognised (${Math.floor(ocrConfidence)} % sure)${doubt}`;
}

function partOf({ done, total }: DocumentSummary['progress']): number | null {
  return total > 0 ? Math.min(1, done / total) : null;
}

function warningOf(document: DocumentSummary): string | null {
  if (document.state === 'ready' && document.fileGone) return 'Its file is gone; a copy is kept here';
  if (document.state === 'ready' && document.fileError) return 'Its file changed and could not be read';
  const empty = document.pageCount - document.textPages;
  if (document.state === 'ready' && document.doubtfulPages > 0 && empty === 0) return recognitionText(document);
  const isRead = document.searchable || document.state === 'ready';
  if (!isRead || document.format !== 'pdf' || document.pageCount === 0 || empty <= 0) return null;
  if (document.textPages === 0) return document.pageCount === 1 ? 'The page has no text' : 'No page has text';
  return `${empty.toLocaleString('en')} of ${document.pageCount.toLocaleString('en')} pages have no text`;
}

/**
 * Why reading failed, in words that stand under or beside the document's name and need not begin with it:
 * `Damaged: its pages cannot be read.` for `“report.pdf” is damaged: its pages cannot be read.`
 */
export function failureReason({ error, fileName }: Pick<DocumentSummary, 'error' | 'fileName'>): string {
  if (!error) return 'This document could not be read.';
  const name = `“${fileName}”`;
  const rest = error.message.startsWith(name)
    ? error.message.slice(name.length).replace(/^(?::| is)? /, '')
    : error.message.replace(` ${name}`, '');
  return rest === error.message ? rest : rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** A status with what to do about it, for tooltips. */
export function statusWithHint({ text, hint }: DocumentStatus): string {
  return [text, hint].filter(Boolean).join(' ');
}

export function documentStatus(document: DocumentSummary): DocumentStatus {
  const { progress } = document;
  const warning = warningOf(document);
  const of = `${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')}`;
  if (isRecognising(document)) {
    const { done, total } = document.recognition;
    const page = `page ${Math.min(done + 1, total).toLocaleString('en')} of ${total.toLocaleString('en')}`;
    return {
      tone: 'busy',
      text: document.searchable ? `Searchable · recognising ${page}` : `Recognising ${page}`,
      word: 'Recognising',
      part: partOf(document.recognition),
      warning,
    };
  }
  switch (document.state) {
    case 'queued':
      return { tone: 'waiting', text: 'Waiting to be read', word: 'Waiting', part: null, warning };
    case 'extracting':
      return {
        tone: 'busy',
        text: progress.total > 0 ? `Page ${of}` : 'Opening',
        word: 'Reading',
        part: partOf(progress),
        warning,
      };
    case 'chunking':
      return { tone: 'busy', text: 'Finding passages', word: 'Reading', part: partOf(progress), warning };
    case 'embedding': {
      const part = partOf(progress);
      const percent = part === null ? '' : ` ${Math.floor(part * 100)} %`;
      return { tone: 'busy', text: `Searchable · index${percent}`, word: 'Indexing', part, warning };
    }
    case 'failed':
      return {
        tone: 'failed',
        text: failureReason(document),
        word: 'Failed',
        part: null,
        warning: null,
        hint: document.error?.hint || null,
      };
    case 'ready':
      return {
        tone: 'ready',
        text: recognitionText(document) ?? pageCountText(document),
        word: 'Ready',
        part: null,
        warning,
      };
  }
}

/** `180 pages`. */
export function pageCountText(document: DocumentSummary): string {
  return countOf(document.pageCount, 'page');
}
