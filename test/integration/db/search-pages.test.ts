/** Search as one types, on a real library. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import { addDocument, makeChunk, openTestLibrary } from '../../helpers/library.ts';
import type { TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
});
afterEach(async () => library.close());

const search = (text: string, documents: readonly string[] = []) =>
  database.search.pages({ text, documents, limit: 10, pagesEach: 3 });
const find = async (text: string, documents: readonly string[] = []) => (await search(text, documents)).documents;

const pagesOf = async (text: string, documents: readonly string[] = []) =>
  (await find(text, documents)).flatMap(({ title, pages }) => pages.map(({ page }) => `${title} ${page}`));

describe('search as one types', () => {
  it('finds pages by document with every further letter, with the words marked', async () => {
    await addDocument(database, ['The ferry leaves', 'The harbour crane lifts', 'A crane bird'], {
      name: 'Harbour.pdf',
    });
    await addDocument(database, ['Cranes of the north'], { name: 'Birds.pdf' });
    for (const typed of ['c', 'cr', 'cra', 'cran', 'crane', 'cranes']) {
      expect((await pagesOf(typed)).sort(), typed).toEqual(['Birds.pdf 1', 'Harbour.pdf 2', 'Harbour.pdf 3']);
    }
    const [found] = await find('harbour cr');
    expect(found).toMatchObject({ title: 'Harbour.pdf', foundPages: 1, pages: [{ page: 2 }] });
    expect(found?.pages[0]?.snippet).toEqual({
      text: 'The harbour crane lifts',
      ranges: [
        { start: 4, end: 11 },
        { start: 12, end: 17 },
      ],
    });
  });

  // Catches: `**` and addresses in what a search shows, and marks that stand beside the word that was typed.
  it('shows Markdown as it is read, with the words marked', async () => {
    await addDocument(database, ['- The **fast** [ferry](https://example.org/x) leaves'], { name: 'notes.md' });
    const [found] = await find('fast fer');
    const { text, ranges } = found?.pages[0]?.snippet ?? { text: '', ranges: [] };
    expect(text).toBe('The fast ferry leaves');
    expect(ranges.map(({ start, end }) => text.slice(start, end))).toEqual(['fast', 'ferry']);
  });

  // Catches: nothing found between `busine` and `business`, whose stem is shorter than what was typed.
  it('finds a word by every beginning of it, also by those that are longer than its stem', async () => {
    await addDocument(database, ['Our business is relational']);
    for (const typed of ['busi', 'busin', 'busine', 'busines', 'business', 'relation', 'relationa', 'relational']) {
      expect(await find(typed), typed).toHaveLength(1);
    }
    expect(await find('businessmen')).toEqual([]);
  });

  it('wants all words, keeps phrases together and looks in the text, not in titles and headings', async () => {
    await addDocument(database, ['net sales rose', 'sales were net of tax']);
    expect(await find('sales ferry')).toEqual([]);
    expect((await find('net sales '))[0]?.foundPages).toBe(2);
    expect((await find('"net sales" '))[0]?.foundPages).toBe(1);
    expect((await find('"net sal'))[0]?.foundPages).toBe(1);
    expect(await find('annual report')).toEqual([]);
  });

  it('looks in the given documents alone', async () => {
    const first = await addDocument(database, ['a crane'], { name: 'one.pdf' });
    await addDocument(database, ['a crane'], { name: 'two.pdf' });
    expect(await pagesOf('crane', [first])).toEqual(['one.pdf 1']);
    expect(await pagesOf('cra', [first])).toEqual(['one.pdf 1']);
  });

  it.each(['', '   ', '"', '*', 'a"b', 'NEAR(a b)', '-', '(', "'", 'AND', 'a AND', '^a', 'body : a', '\0'])(
    'finds nothing for %j, and does not fail',
    async (typed) => {
      await addDocument(database, ['The ferry']);
      expect(await find(typed)).toEqual([]);
    },
  );

  it('finds nothing of a document that was deleted', async () => {
    const id = await addDocument(database, ['a crane']);
    await database.documents.delete([id]);
    expect(await find('crane')).toEqual([]);
  });

  // Catches: `and 1 more page of it` where a passage that runs over to page 2 has the word there alone.
  it('counts the pages that have the words, not those on which their passages begin', async () => {
    const texts = ['The ferry waits', 'for the harbour crane', 'The crane is slow'];
    const id = await addDocument(database, texts.slice(0, 2));
    const over = {
      ...makeChunk(0, texts.slice(0, 2).join('\n'), 1),
      pageEnd: 2,
      ranges: texts.slice(0, 2).map((text, at) => ({ page: at + 1, start: 0, end: text.length })),
    };
    await database.chunks.begin(id);
    await database.chunks.append(id, [over, makeChunk(1, texts[2] ?? '', 2)]);
    await database.chunks.finish(id);
    const [found] = await find('crane');
    expect(found).toMatchObject({ foundPages: 1, pages: [{ page: 2 }] });
  });

  // Catches: a limit that is reached without a word.
  it('says when there may be more than it tells', async () => {
    const many = Array.from({ length: 12 }, (_, at) => `crane.${at}`);
    for (const name of many) await addDocument(database, ['A crane'], { name });
    expect(await search('crane')).toMatchObject({ isCut: true });
    expect((await search('crane')).documents).toHaveLength(10);
    const long = await addDocument(
      database,
      Array.from({ length: 250 }, () => 'A lighthouse'),
      { name: 'Long.pdf' },
    );
    expect(await search('lighthouse', [long])).toMatchObject({ isCut: true, documents: [{ foundPages: 200 }] });
    await addDocument(database, ['A ferry', 'A ferry', 'A ferry', 'A ferry'], { name: 'Ferry.pdf' });
    expect(await search('ferry')).toMatchObject({ isCut: false, documents: [{ foundPages: 4 }] });
  });

  // Catches: in a large library, common words and beginnings taking other ways than in a small one, and finding less.
  it('finds the same in a large library, where words are common', async () => {
    const texts = Array.from({ length: 600 }, (_, at) => `The company ${at} had common costs and a margin`);
    for (let part = 0; part < 10; part += 1) await addDocument(database, texts, { name: `Filler ${part}.pdf` });
    await addDocument(database, ['The company sold the harbour crane'], { name: 'Rare.pdf' });
    expect(await pagesOf('crane')).toEqual(['Rare.pdf 1']);
    expect(await pagesOf('the company crane ')).toEqual(['Rare.pdf 1']);
    expect(await pagesOf('the company cra')).toEqual(['Rare.pdf 1']);
    expect(await pagesOf('harb')).toEqual(['Rare.pdf 1']);
    expect(await find('com')).toHaveLength(10);
    expect(await find('the company ')).not.toEqual([]);
    expect(await find('the company com')).not.toEqual([]);
    expect(await find('comet')).toEqual([]);
    // The stem of what is typed is longer than the word's own, beside a common word.
    expect(await pagesOf('the harbou')).toEqual(['Rare.pdf 1']);
  });
});
