/** Reads fixtures with one engine or as the app does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSourceReaders } from '../../electron/adapters/source-readers.ts';
import { openSource } from '../../electron/pipeline/extract.ts';
import { boxesForRange, encodeLayout } from '../../electron/pipeline/geometry.ts';
import type { ExtractedPage, PdfReader } from '../../electron/pipeline/ports/pdf-reader.ts';
import type { ReadInfo } from '../../electron/pipeline/ports/pipeline-host.ts';
import type { StoredPage } from '../../electron/pipeline/stored-page.ts';
import type { Box, DocumentFormat } from '../../shared/domain.ts';
import type { PlacedWord } from './fixtures.ts';

/** All pages of a file, read with one engine. */
export async function readPages(reader: PdfReader, bytes: Uint8Array): Promise<ExtractedPage[]> {
  const document = await reader.open(bytes, { fileName: 'fixture.pdf' });
  try {
    const pages: ExtractedPage[] = [];
    for (let number = 1; number <= document.pageCount; number++) pages.push(await document.readPage(number));
    return pages;
  } finally {
    await document.close();
  }
}

export interface ReadSource {
  readonly pages: readonly StoredPage[];
  readonly info: ReadInfo;
}

/** Reads a file as the pipeline host does: second opinion, title, language, no thumbnail. */
export async function readSource(
  bytes: Uint8Array,
  fileName: string,
  format: DocumentFormat = 'pdf',
): Promise<ReadSource> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-fixture-'));
  try {
    const file = join(folder, 'stored');
    await writeFile(file, bytes);
    const source = await openSource({ file: { path: file, key: null }, fileName, format }, createSourceReaders());
    try {
      const pages: StoredPage[] = [];
      for (let number = 1; number <= source.pageCount; number++) pages.push(await source.readPage(number));
      return { pages, info: await source.readInfo(null) };
    } finally {
      await source.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The box of a word's nth occurrence on a page, through the packed geometry; throws when it is not in the text. */
export function boxOf(page: ExtractedPage, word: string): Box {
  const start = page.text.indexOf(word);
  const boxes = boxesForRange(encodeLayout(page.layout), page.number, start, start + word.length);
  if (start < 0 || boxes.length !== 1) throw new Error(`${word} has ${boxes.length} boxes in: ${page.text}`);
  return boxes[0]!;
}

/** How far a box's edges lie from where the word was drawn, in points: along the writing, and of the middle across it. */
export function distanceTo(box: Box, word: PlacedWord, vertical = false): { along: number; across: number } {
  const x = Math.max(Math.abs(box.x0 - word.x0), Math.abs(box.x1 - word.x1));
  const y = Math.max(Math.abs(box.y0 - word.y0), Math.abs(box.y1 - word.y1));
  const middleX = Math.abs(box.x0 + box.x1 - word.x0 - word.x1) / 2;
  const middleY = Math.abs(box.y0 + box.y1 - word.y0 - word.y1) / 2;
  return vertical ? { along: y, across: middleX } : { along: x, across: middleY };
}
