/** Asking as one types, and the keyboard's way through the results. */
import { describe, expect, it } from 'vitest';
import {
  countText,
  inReadingOrder,
  limitText,
  moreText,
  rowAfter,
  rowsOf,
} from '../../../renderer/features/search/result-order.ts';
import { newestOnly } from '../../../renderer/hooks/newest-only.ts';
import type { FoundDocument } from '../../../shared/domain.ts';

describe('asking as one types', () => {
  function recorder() {
    const asked: string[] = [];
    const told: string[] = [];
    const answers: (() => void)[] = [];
    const failures: ((reason: Error) => void)[] = [];
    const ask = newestOnly<string, string>({
      ask: (wanted) => {
        asked.push(wanted);
        return new Promise((resolve, reject) => {
          answers.push(() => resolve(wanted.toUpperCase()));
          failures.push(reject);
        });
      },
      onAnswer: (answer, wanted) => void told.push(`${wanted}=${answer}`),
      onError: (thrown, wanted) => void told.push(`${wanted}!${(thrown as Error).message}`),
    });
    return { ask, asked, told, answers, failures };
  }
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  // Catches: an answer to earlier letters that comes late and takes the place of the right one.
  it('asks for the newest alone once an answer came, and tells no stale one', async () => {
    const { ask, asked, told, answers } = recorder();
    ask('c');
    ask('cr');
    ask('cra');
    expect(asked).toEqual(['c']);
    answers[0]?.();
    await settle();
    expect(asked).toEqual(['c', 'cra']);
    expect(told).toEqual([]);
    answers[1]?.();
    await settle();
    expect(told).toEqual(['cra=CRA']);
  });

  it('tells a failure, and goes on after it', async () => {
    const { ask, told, answers, failures } = recorder();
    ask('a');
    failures[0]?.(new Error('gone'));
    await settle();
    ask('b');
    answers[1]?.();
    await settle();
    expect(told).toEqual(['a!gone', 'b=B']);
  });
});

describe('the list of results', () => {
  const page = (number: number) => ({ page: number, chunkId: number, snippet: { text: '', ranges: [] } });
  const documents: readonly FoundDocument[] = [
    { documentId: 'a', title: 'A', pageCount: 9, pages: [page(2), page(1)], foundPages: 7 },
    { documentId: 'b', title: 'B', pageCount: 1, pages: [page(1)], foundPages: 1 },
  ];
  const all = { documents, isCut: false };

  // Catches: a document's further pages told, and out of reach.
  it('is one list over all documents, with a line that leads to the pages that are not shown', () => {
    expect(rowsOf(all, 2).map((row) => `${row.document.title}${row.page?.page ?? '…'}`)).toEqual([
      'A2',
      'A1',
      'A…',
      'B1',
    ]);
    expect(documents.map((document) => moreText(document, false, 2))).toEqual(['5 more pages', null]);
  });

  it('says what is not known', () => {
    expect(documents.map((document) => moreText(document, true, 2))).toEqual(['At least 5 more pages', null]);
    expect(moreText({ ...documents[1]!, pages: [page(1), page(2)], foundPages: 2 }, true, 2)).toBe(
      'Perhaps more pages',
    );
    expect(countText(all)).toBe('8 pages in 2 documents');
    expect(countText({ documents: documents.slice(1), isCut: true })).toBe('At least 1 page in 1 document');
    expect(countText({ documents: [], isCut: false })).toBe('');
  });

  it('tells the limit that it reached, and no other', () => {
    expect(limitText(all, 40)).toBeNull();
    expect(limitText({ documents, isCut: true }, 2)).toContain('first 2 documents');
    expect(limitText({ documents, isCut: true }, 40)).toContain('may be more pages');
    expect(limitText({ documents: documents.slice(1), isCut: false }, null)).toBeNull();
    expect(limitText({ documents: documents.slice(0, 1), isCut: false }, null)).toContain('best 2 pages');
  });

  it('of one document is in the order of its pages', () => {
    expect(documents.slice(0, 1).map((document) => inReadingOrder(document).pages.map(({ page: at }) => at))).toEqual([
      [1, 2],
    ]);
  });

  it('stays within the list', () => {
    expect(rowAfter('ArrowDown', 0, 3)).toBe(1);
    expect(rowAfter('ArrowDown', 2, 3)).toBe(2);
    expect(rowAfter('PageUp', 2, 3)).toBe(0);
    expect(rowAfter('ArrowDown', 0, 0)).toBeNull();
    expect(rowAfter('x', 0, 3)).toBeNull();
  });
});
