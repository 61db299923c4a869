/** Opening and reading as the pipeline host does: second opinions, titles, thumbnails, refusals. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredFile } from '../../../electron/encryption/stored-file.ts';
import { createSourceReaders } from '../../../electron/adapters/source-readers.ts';
import { openSource, type SourceReaders } from '../../../electron/pipeline/extract.ts';
import type { ExtractedPage, PdfDocument, PdfReader } from '../../../electron/pipeline/ports/pdf-reader.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  makeEncrypted,
  makeLetter,
  makeMixed,
  makeOutlined,
  makeScanned,
  makeTruncated,
} from '../../helpers/fixtures.ts';
import { readSource } from '../../helpers/read-pdf.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-extract-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Uint8Array): Promise<StoredFile> {
  const path = join(folder, `${Math.random()}.pdf`);
  await writeFile(path, bytes);
  return { path, key: null };
}

/** An engine that answers the given text for every page and counts how often it is asked. */
function engine(text: string, pageCount: number): PdfReader & { asked: number } {
  const reader = {
    source: 'pdfjs' as const,
    asked: 0,
    async open(): Promise<PdfDocument> {
      const metadata = {
        title: null,
        author: null,
        subject: null,
        keywords: null,
        creator: null,
        producer: null,
        language: null,
      };
      const page = (number: number): ExtractedPage => ({
        number,
        width: 612,
        height: 792,
        rotation: 0,
        cropBox: { x0: 0, y0: 0, x1: 612, y1: 792 },
        text,
        layout: { lines: [] },
        source: 'pdfjs',
      });
      return {
        pageCount,
        metadata,
        readOutline: async () => [],
        readPage: async (number) => {
          reader.asked++;
          return page(number);
        },
        renderPage: async () => {
          throw new AppError('pdf-damaged', 'cannot be drawn');
        },
        close: async () => {},
      };
    },
  };
  return reader;
}

describe('second opinion', () => {
  const withEngines = (first: PdfReader, second: PdfReader): SourceReaders => ({
    ...createSourceReaders(),
    first,
    second,
  });

  it('is taken where the first engine finds only garbage', async () => {
    const readers = withEngines(engine('\ue001\ue002\ue003 \ue004', 1), engine('The real words', 1));
    const source = await openSource(
      { file: await fileOf(await makeLetter()), fileName: 'a.pdf', format: 'pdf' },
      readers,
    );
    expect((await source.readPage(1)).text).toBe('The real words');
    await source.close();
  });

  it('is not asked for good pages, and gives up on a scan after a few', async () => {
    // Would catch a scan of a thousand pages that is read twice.
    const second = engine('', 50);
    const good = await openSource(
      { file: await fileOf(await makeLetter()), fileName: 'a.pdf', format: 'pdf' },
      withEngines(engine('Good words', 50), second),
    );
    for (let number = 1; number <= 5; number++) await good.readPage(number);
    expect(second.asked).toBe(0);
    const scan = await openSource(
      { file: await fileOf(await makeLetter()), fileName: 'a.pdf', format: 'pdf' },
      withEngines(engine('', 50), second),
    );
    for (let number = 1; number <= 50; number++) expect((await scan.readPage(number)).hasText).toBe(false);
    expect(second.asked).toBeLessThanOrEqual(3);
  });
});

describe('what a file is called', () => {
  it('comes from the metadata, else from the largest heading', async () => {
    expect((await readSource(await makeOutlined(), 'x.pdf')).info).toMatchObject({
      title: 'Handbook of Cranes',
      author: 'A. Lindqvist',
      language: 'en',
    });
    const untitled = await readSource(await makeLetter('Untitled', ['Some words.']), 'x.pdf');
    expect(untitled.info.title).not.toBe('Untitled.pdf');
  });
});

describe('pages without text', () => {
  it('are told page by page', async () => {
    const { pages } = await readSource(await makeMixed(), 'mixed.pdf');
    expect(pages.map(({ hasText }) => hasText)).toEqual([true, false, false]);
    expect((await readSource(await makeScanned(2), 'scan.pdf')).pages.map(({ hasText }) => hasText)).toEqual([
      false,
      false,
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['a password', () => makeEncrypted('x'), 'pdf-encrypted'],
    ['a cut-off file', () => makeTruncated(), 'pdf-damaged'],
  ])('name the file and the reason: %s', async (_, make, code) => {
    await expect(readSource(await make(), 'plans.pdf')).rejects.toMatchObject({
      code,
      message: expect.stringContaining('plans.pdf'),
      hint: expect.stringMatching(/./),
    });
  });

  it('say when the file has gone', async () => {
    const gone = openSource(
      { file: { path: join(folder, 'gone.pdf'), key: null }, fileName: 'gone.pdf', format: 'pdf' },
      createSourceReaders(),
    );
    await expect(gone).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('thumbnail', () => {
  it('is a webp of the first page', async () => {
    const source = await openSource(
      { file: await fileOf(await makeLetter()), fileName: 'a.pdf', format: 'pdf' },
      createSourceReaders(),
    );
    const file = join(folder, 'thumb.webp');
    await source.readPage(1);
    expect((await source.readInfo({ path: file, key: null })).hasThumbnail).toBe(true);
    const bytes = await readFile(file);
    expect(bytes.subarray(0, 4).toString('latin1') + bytes.subarray(8, 12).toString('latin1')).toBe('RIFFWEBP');
    expect(bytes.length).toBeLessThan(60_000);
    await source.close();
  });

  it('that cannot be drawn is no reason to refuse the document', async () => {
    const readers = { ...createSourceReaders(), first: engine('words', 1) };
    const source = await openSource(
      { file: await fileOf(await makeLetter()), fileName: 'a.pdf', format: 'pdf' },
      readers,
    );
    expect((await source.readInfo({ path: join(folder, 'none.webp'), key: null })).hasThumbnail).toBe(false);
  });
});
