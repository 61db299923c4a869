/** Chunks of real pages: nothing lost, nothing too long, headers repeated, every range in its page. */
import { beforeAll, describe, expect, it } from 'vitest';
import { chunkDocument, type Chunk } from '../../../electron/pipeline/chunk.ts';
import { chunkText, estimateTokens, quotePlace, rangesInChunk } from '../../../electron/pipeline/chunk-text.ts';
import type { StoredPage } from '../../../electron/pipeline/stored-page.ts';
import { readTextDocument } from '../../../electron/pipeline/text-document.ts';
import { makeFiling, type Filing } from '../../helpers/filing.ts';
import { makeHyphenated, makeLetter, makeRunningHeaders, makeTable, makeTwoColumns } from '../../helpers/fixtures.ts';
import { readSource } from '../../helpers/read-pdf.ts';

const source = { title: 'A title', format: 'pdf' } as const;

interface Sample {
  readonly name: string;
  readonly pages: readonly StoredPage[];
  readonly chunks: readonly Chunk[];
}

const samples: Sample[] = [];
let filing: Filing;

beforeAll(async () => {
  filing = await makeFiling({ pages: 60 });
  const files: [string, Uint8Array][] = [
    ['letter', await makeLetter()],
    ['filing', filing.bytes],
    ['columns', await makeTwoColumns()],
    ['table', await makeTable(90)],
    ['headers', await makeRunningHeaders(8)],
    ['hyphens', await makeHyphenated()],
    [
      'long',
      await makeLetter('Long', ['word '.repeat(1_500).trim(), 'Sentence number one is here. '.repeat(120).trim()]),
    ],
  ];
  for (const [name, bytes] of files) {
    const { pages } = await readSource(bytes, `${name}.pdf`);
    samples.push({ name, pages, chunks: chunkDocument(pages, source) });
  }
}, 60_000);

function sample(name: string): Sample {
  return samples.find((one) => one.name === name)!;
}

const textOf = (pages: readonly StoredPage[]) => (page: number) => pages[page - 1]?.text ?? '';

describe('every document', () => {
  it('has chunks whose ranges lie in their pages and make their text', () => {
    for (const { name, pages, chunks } of samples) {
      expect(chunks.length, name).toBeGreaterThan(0);
      chunks.forEach((chunk, index) => {
        expect(chunk.index).toBe(index);
        for (const { page, start, end } of chunk.ranges) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(textOf(pages)(page).length);
        }
        expect(chunkText(textOf(pages), chunk.ranges)).toBe(chunk.text);
        expect(chunk.page).toBeLessThanOrEqual(chunk.pageEnd);
        expect(chunk.contentHash).toMatch(/^[\da-f]{32}$/);
      });
    }
  });

  it('loses no text but running headers and footers', () => {
    for (const { name, pages, chunks } of samples) {
      for (const page of pages) {
        const covered = new Uint8Array(page.text.length);
        for (const chunk of chunks)
          for (const range of chunk.ranges) if (range.page === page.number) covered.fill(1, range.start, range.end);
        const lost = [...page.text].filter((sign, i) => !covered[i] && /\S/.test(sign)).join('');
        if (name === 'headers')
          expect(lost).toMatch(/^(?:AnnualReviewoftheHarbourAuthority)?(?:Confidential-notfordistribution)?\d*$/);
        else if (name === 'filing') expect(lost).toMatch(/^(?:MeridianTidewaterCorporationandSubsidiaries)?\d*$/);
        else expect(lost, `${name}, page ${page.number}`).toBe('');
      }
    }
  });

  it('keeps chunks within what the embedder reads', () => {
    for (const { chunks } of samples) for (const chunk of chunks) expect(chunk.tokenCount).toBeLessThanOrEqual(350);
    const sizes = sample('filing')
      .chunks.map(({ tokenCount }) => tokenCount)
      .sort((a, b) => a - b);
    expect(sizes[sizes.length >> 1]).toBeGreaterThan(120);
  });

  it('has boxes on the pages of its ranges, inside the page', () => {
    for (const { pages, chunks } of samples) {
      for (const chunk of chunks) {
        expect(chunk.boxes.length).toBeGreaterThan(0);
        for (const box of chunk.boxes) {
          const { width, height } = pages[box.page - 1]!;
          expect(chunk.ranges.some(({ page }) => page === box.page)).toBe(true);
          expect(box.x0).toBeLessThan(box.x1);
          expect(box.x1).toBeLessThanOrEqual(width + 1);
          expect(box.y1).toBeLessThanOrEqual(height + 1);
        }
      }
    }
  });

  it('cuts the same pages into the same chunks', () => {
    // Would catch an embedding cache that never hits.
    const { pages, chunks } = sample('filing');
    expect(chunkDocument(pages, source).map(({ contentHash }) => contentHash)).toEqual(
      chunks.map(({ contentHash }) => contentHash),
    );
    const renamed = chunkDocument(pages, { ...source, title: 'Another' });
    expect(renamed[0]!.contentHash).not.toBe(chunks[0]!.contentHash);
  });
});

describe('tables', () => {
  it('stay row by row with their header repeated after each cut', () => {
    const { chunks } = sample('table');
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) {
      expect(chunk.text).toContain('(In thousands of euros) 2023 2022');
      expect(chunk.headingPath).toEqual(['HARBOUR DUES BY QUAY']);
    }
    const rows = chunks.flatMap(({ text }) => text.split('\n')).filter((row) => row.startsWith('Quay'));
    expect(rows).toHaveLength(90);
    expect(rows[41]).toBe('Quay number 42, dues and fees 1287 1105');
  });
});

describe('running headers and footers', () => {
  it('are in no chunk, but stay in the page', () => {
    const { pages, chunks } = sample('headers');
    expect(pages[3]!.text).toContain('Annual Review of the Harbour Authority');
    for (const chunk of chunks) {
      expect(chunk.text).not.toMatch(/Annual Review|Confidential/);
      expect(chunk.text).toContain(`On page ${chunk.page} the authority`);
    }
  });
});

describe('headings', () => {
  it('lead the passages below them', () => {
    const found = sample('filing').chunks.filter(({ page }) => page === 38);
    expect(found.length).toBeGreaterThan(0);
    for (const chunk of found) {
      expect(chunk.headingPath.join()).toContain('Item 4. Report on');
      expect(chunk.contextText).toContain('A title');
    }
  });

  it('of a statement are over each of its rows', () => {
    for (const fact of filing.facts.filter(({ sentence }) => sentence.startsWith('Revenue'))) {
      const chunk = sample('filing').chunks.find(
        ({ page, text }) => page === fact.page && text.includes(fact.sentence),
      );
      expect(chunk?.headingPath.at(-1)).toMatch(/^STATEMENT OF OPERATIONS/);
    }
  });
});

describe('facts of a filing', () => {
  it('stand in a chunk of their page, with boxes on their line', () => {
    const { pages, chunks } = sample('filing');
    for (const fact of filing.facts) {
      const chunk = chunks.find((one) => one.page === fact.page && one.text.includes(fact.answer));
      expect(chunk, fact.sentence).toBeDefined();
      const start = chunk!.text.indexOf(fact.answer);
      const { boxes } = quotePlace(pages, chunk!.ranges, start, start + fact.answer.length);
      expect(boxes.length).toBeGreaterThanOrEqual(1);
      expect(boxes.every(({ page }) => page === fact.page)).toBe(true);
    }
  });
});

describe('the way back from a chunk to its page', () => {
  it('finds each word where it stands although white space and leaders were collapsed', () => {
    const pages = ['Cash. . . . . . . . . . $ 876,560   $ 1,117,400\nInventories ........ 12\nend', 'next\tpage'];
    const ranges = [
      { page: 1, start: 0, end: pages[0]!.length - 4 },
      { page: 2, start: 0, end: 9 },
    ];
    const of = (page: number): string => pages[page - 1]!;
    const text = chunkText(of, ranges);
    expect(text).toBe('Cash $ 876,560 $ 1,117,400\nInventories 12\nnext page');
    for (const word of ['Cash', '1,117,400', 'Inventories', '12', 'next', 'page']) {
      const start = text.indexOf(word);
      const found = rangesInChunk(of, ranges, start, start + word.length);
      expect(found.map(({ page, start: from, end }) => of(page).slice(from, end))).toEqual([word]);
    }
  });
});

describe('token estimate', () => {
  it('counts words, figures and signs about as the vocabulary does', () => {
    expect(estimateTokens('The revenue was high')).toBe(4);
    expect(estimateTokens('$ 1,117,400')).toBe(6);
    expect(estimateTokens('internationalisation')).toBeGreaterThan(2);
    expect(estimateTokens('')).toBe(0);
  });
});

describe('a manual of a thousand pages', () => {
  // Catches: work that grows with the square of the pages, which takes longer than a test may.
  it('is chunked', () => {
    const { pages } = sample('filing');
    const many = Array.from({ length: 1_000 }, (_, i) => ({ ...pages[i % pages.length]!, number: i + 1 }));
    expect(chunkDocument(many, source).length).toBeGreaterThan(2_000);
  });
});

describe('Markdown', () => {
  it('makes the heading path of its headings, and has no boxes', () => {
    const text = `# Guide\n\nIntro text.\n\n## Install\n\n${'Run the installer and wait. '.repeat(40)}\n\n## Use\n\n${'Open a file. '.repeat(60)}`;
    const pages = readTextDocument(new TextEncoder().encode(text), 'markdown', 'guide.md');
    const chunks = chunkDocument(pages, { title: 'Guide', format: 'markdown' });
    expect(chunks.find((chunk) => chunk.text.includes('Run the installer'))!.headingPath).toEqual(['Guide', 'Install']);
    expect(chunks.find((chunk) => chunk.text.includes('Open a file'))!.headingPath).toEqual(['Guide', 'Use']);
    expect(chunks.flatMap(({ boxes }) => boxes)).toEqual([]);
  });
});
