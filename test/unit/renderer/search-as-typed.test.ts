/** Asking as one types, and the keyboard's way through the results. */
import { describe, expect, it } from 'vitest';
import { countText, rowAfter, rowsOf } from '../../../renderer/features/search/result-order.ts';
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
    { documentId: 'a', title: 'A', pageCount: 9, pages: [page(1), page(2)], foundPages: 7 },
    { documentId: 'b', title: 'B', pageCount: 1, pages: [page(1)], foundPages: 1 },
  ];

  it('is one list over all documents', () => {
    expect(rowsOf(documents).map((row) => `${row.document.title}${row.page.page}`)).toEqual(['A1', 'A2', 'B1']);
    expect(countText(documents)).toBe('8 pages in 2 documents');
    expect(countText(documents.slice(1))).toBe('1 page in 1 document');
  });

  it('stays within the list', () => {
    expect(rowAfter('ArrowDown', 0, 3)).toBe(1);
    expect(rowAfter('ArrowDown', 2, 3)).toBe(2);
    expect(rowAfter('PageUp', 2, 3)).toBe(0);
    expect(rowAfter('ArrowDown', 0, 0)).toBeNull();
    expect(rowAfter('x', 0, 3)).toBeNull();
  });
});
