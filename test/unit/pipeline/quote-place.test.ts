/** Where the quotes of a citation stand in a text without geometry. */
import { describe, expect, it } from 'vitest';
import { chunkDocument } from '../../../electron/pipeline/chunk.ts';
import { citeHit } from '../../../electron/pipeline/answer-quote.ts';
import type { Locate, Quote } from '../../../electron/pipeline/answer-types.ts';
import { quotePlace } from '../../../electron/pipeline/chunk-text.ts';
import { readTextDocument } from '../../../electron/pipeline/text-document.ts';
import type { Citation, Hit } from '../../../shared/domain.ts';

/** A text file in its passages, and the way from a citation back to the words that it stands on. */
function textFile(text: string, format: 'text' | 'markdown' = 'text') {
  const pages = readTextDocument(new TextEncoder().encode(text), format, 'notes');
  const chunks = chunkDocument(pages, { title: 'Notes', format });
  const ranks = { rank: 1, score: 1, textRank: null, bm25: null, vectorRank: null, cosine: null };
  const hits = chunks.map(({ index, page, headingPath, text: own, boxes }): Hit => ({
    ...ranks,
    ...{ chunkId: index, documentId: 'd', title: 'Notes', path: 'notes', page, headingPath, text: own, boxes },
  }));
  const locate: Locate = ({ chunkId }, start, end) => quotePlace(pages, chunks[chunkId]?.ranges ?? [], start, end);
  const quotesOf = (words: string): Quote[] =>
    hits.flatMap((hit) =>
      [...hit.text.matchAll(new RegExp(words, 'g'))].map(({ index, 0: found }) => ({
        hit,
        start: index,
        end: index + found.length,
      })),
    );
  const wordsOf = ({ ranges = [] }: Citation) =>
    ranges.map(({ page, start, end }) => pages[page - 1]?.text.slice(start, end));
  return { pages, hits, locate, quotesOf, wordsOf };
}

const sentence = 'The stones are sound and the moorings hold. ';
const filler = sentence.repeat(30);

describe('a citation of a text file', () => {
  // Catches: the quotes looked for as one string in which an ellipsis stands for the words between them.
  it('has the characters of each of its quotes, also of those that stand apart', async () => {
    const file = textFile('The tide turns at six. The wind is light. The ferry leaves at seven.\n');
    const quotes = [...file.quotesOf('The tide[^.]*\\.'), ...file.quotesOf('The ferry[^.]*\\.')];
    const citation = await citeHit(1, file.hits[0]!, quotes, file.locate);
    expect(citation.quote).toContain(' … ');
    expect(file.wordsOf(citation)).toEqual(['The tide turns at six.', 'The ferry leaves at seven.']);
  });

  it('has all characters of a quote that is too long to be told whole', async () => {
    const long = `The harbour master notes that ${'the crane and the quay and '.repeat(40)}the end.`;
    const file = textFile(`Before it.\n\n${long}\n`);
    const citation = await citeHit(1, file.hits[0]!, file.quotesOf('The harbour[^.]*\\.').slice(0, 1), file.locate);
    expect(citation.quote.endsWith('…')).toBe(true);
    expect(file.wordsOf(citation).join(' ')).toContain('the crane and the quay and');
    expect(file.wordsOf(citation).join(' ').length).toBeGreaterThan(citation.quote.length);
  });

  // Catches: the first of two equal sentences marked, whichever was meant.
  it('tells which of two equal sentences is meant', async () => {
    const same = 'The depth is six metres.';
    const file = textFile(`# North\n\n${same} ${filler}\n\n# South\n\n${same} ${filler}\n`, 'markdown');
    const quotes = file.quotesOf('The depth is six metres\\.');
    expect(quotes).toHaveLength(2);
    const places = await Promise.all(
      quotes.map(async (quote) => (await citeHit(1, quote.hit, [quote], file.locate)).ranges?.[0]),
    );
    expect(places[0]).not.toEqual(places[1]);
    const text = file.pages[(places[1]?.page ?? 0) - 1]?.text ?? '';
    expect(text.slice(0, places[1]?.start)).toContain('South');
  });

  // Catches: a passage that is read with its neighbours, unmarked on the page that it runs over to.
  it('has its characters on each page, and begins with the first of them', async () => {
    const file = textFile(`The tide turns at six. ${filler}\n\n${filler}\n\n${filler}\n\nThe ferry leaves at seven.\n`);
    const quotes = [...file.quotesOf('The ferry[^.]*\\.'), ...file.quotesOf('The tide[^.]*\\.')];
    const citation = await citeHit(1, file.hits.at(-1)!, quotes, file.locate);
    expect(citation.ranges?.map(({ page }) => page)).toEqual([1, 2]);
    expect(citation.page).toBe(1);
    expect(file.wordsOf(citation)).toEqual(['The tide turns at six.', 'The ferry leaves at seven.']);
  });

  it('has those of its whole passage where no words of it were chosen, over the end of a page too', async () => {
    const over = 'Keeper Ingrid went up to the gallery\n\nand Keeper Oskar slept.';
    const file = textFile(`${sentence.repeat(27)}\n\n${sentence.repeat(34)}\n\n${over} ${sentence.repeat(7)}\n`);
    const hit = file.hits.find(({ text }) => text.includes('Ingrid'))!;
    const citation = await citeHit(1, hit, [], file.locate);
    expect(citation.ranges?.map(({ page }) => page)).toEqual([1, 2]);
    expect(file.wordsOf(citation).join('\n').replace(/\s+/g, ' ')).toBe(hit.text.replace(/\s+/g, ' '));
  });
});
