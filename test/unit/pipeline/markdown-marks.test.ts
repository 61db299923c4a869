/** Markdown told without its signs: what a reader of the page sees, and nothing of other formats touched. */
import { describe, expect, test } from 'vitest';
import { citeHit } from '../../../electron/pipeline/answer-quote.ts';
import { extractiveAnswer } from '../../../electron/pipeline/extractive.ts';
import { asRead } from '../../../electron/pipeline/markdown-marks.ts';
import type { Hit } from '../../../shared/domain.ts';

test.each([
  ['The ferry to **Brevik** is driven by *Solveig*.', 'The ferry to Brevik is driven by Solveig.'],
  [
    'See [the annexe](https://example.org/a), run `engine --start` and ~~wait~~.',
    'See the annexe, run engine --start and wait.',
  ],
  ['## Part _two_', 'Part two'],
  ['- [x] life jackets', 'life jackets'],
  ['* **Weight:** 40 t', 'Weight: 40 t'],
  ['> Fog is no reason to hurry.', 'Fog is no reason to hurry.'],
  ['| North | 41 | 6.5 m |', 'North | 41 | 6.5 m'],
  ['# One\n- two\n\n3 * 4 and snake_case', 'One\ntwo\n\n3 * 4 and snake_case'],
])('%s', (written, read) => {
  expect(asRead(written, '/notes/Ferry.md')).toBe(read);
  // Stars in other formats are what the author wrote.
  expect(asRead(written, '/notes/Ferry.txt')).toBe(written);
  expect(asRead(written, '/notes/Ferry.pdf')).toBe(written);
});

describe('an answer from Markdown', () => {
  const text = 'The night ferry to **Brevik** is driven by Captain *Solveig* Aamodt since April.';
  const hit: Hit = {
    rank: 1,
    chunkId: 1,
    documentId: 'notes',
    title: 'Ferry notes',
    path: '/notes/ferry.md',
    page: 1,
    headingPath: ['Ferry notes'],
    text,
    boxes: [],
    score: 1,
    textRank: 1,
    bm25: -1,
    vectorRank: null,
    cosine: null,
  };
  const read = 'The night ferry to Brevik is driven by Captain Solveig Aamodt since April.';

  // Catches: `**Brevik**` in the answer and in the citation's card, and a place that no longer covers the words as stored.
  test('tells its words, and is located by its characters as they are stored', async () => {
    const asked: [number, number][] = [];
    const locate = (_hit: Hit, start: number, end: number) => {
      asked.push([start, end]);
      return { boxes: [], ranges: [{ page: 1, start, end }] };
    };
    const input = { question: 'Who drives the night ferry?', hits: [hit], embedder: null, scopeName: 'your documents' };
    const parts = [];
    for await (const part of extractiveAnswer({ ...input, locate, signal: undefined })) parts.push(part);
    const told = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
    expect(told).toContain(`- ${read} [1]`);
    expect(parts.find(({ type }) => type === 'citation')).toMatchObject({
      citation: { quote: read, ranges: [{ page: 1, start: 0, end: text.length }] },
    });
    expect(asked).toEqual([[0, text.length]]);
  });

  test('a whole passage is quoted without its signs, too', async () => {
    expect((await citeHit(1, hit, [], undefined)).quote).toBe(read);
  });
});
