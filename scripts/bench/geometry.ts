/**
 * Whether the boxes of a chunk give back its text: the words that poppler, another engine, finds within the boxes on the
 * page, against the chunk's own. Characters are compared as bags, in Unicode's NFKC form and without white space.
 */
import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Box } from '../../shared/domain.ts';
import { openBenchCore, withFolder } from './core.ts';
import { atLeast, atMost, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

const execute = promisify(execFile);
const FILES = 10;
/** Rows of dots that lead to a number in a table of contents; chunks leave them out. */
const LEADERS = /\.{4,}/g;
/** Points; poppler's words are as tall as their font says, ours as the text's lines. */
const SLACK = 1;

interface Word {
  readonly text: string;
  /** Middle of the word, in points from the left and the bottom of the page. */
  readonly x: number;
  readonly y: number;
}

interface Tally {
  chunks: number;
  pages: number;
  characters: number;
  /** Characters of chunks that stand in their boxes. */
  found: number;
  /** Characters in the boxes that are not the chunk's. */
  foreign: number;
  /** Chunks that give back less than 99 % of their characters. */
  poor: number;
}

export async function run(): Promise<BenchResult[]> {
  const files = (await pdfsIn(join(evaluationFolder(), 'pdfs'))).slice(0, FILES);
  const tally: Tally = { chunks: 0, pages: 0, characters: 0, found: 0, foreign: 0, poor: 0 };
  await withFolder(async (folder) => {
    const core = await openBenchCore(folder);
    const outcomes = await core.ingest.add(files);
    await core.ingest.idle();
    for (const { path, documentId } of outcomes) {
      if (documentId === null) throw new Error(`${basename(path)} was not added.`);
      const pages = await wordsOf(path);
      tally.pages += pages.length;
      const document = await core.database.documents.get(documentId);
      const chunks = await core.database.chunks.range(documentId, 0, document?.chunkCount ?? 0);
      for (const { text, boxes } of chunks) addChunk(tally, text, boxes, pages);
    }
    await core.close();
  });
  const scope = `${tally.chunks} chunks on ${tally.pages} pages of ${files.length} filings, words by poppler`;
  return [
    atLeast(
      'Characters of a chunk that its boxes give back',
      (100 * tally.found) / tally.characters,
      99,
      '%',
      `${scope}; ${tally.poor} chunks give back less than 99 %.`,
    ),
    atMost(
      'Characters in the boxes that are not the chunk’s',
      (100 * tally.foreign) / tally.characters,
      1,
      '%',
      'of the chunks’ characters; rows of dots before page numbers are not counted.',
    ),
  ];
}

function addChunk(tally: Tally, text: string, boxes: readonly Box[], pages: readonly (readonly Word[])[]): void {
  const wanted = bag(text);
  const inside = [...new Set(boxes.map(({ page }) => page))].flatMap((page) => {
    const own = boxes.filter((box) => box.page === page);
    return (pages[page - 1] ?? []).filter((word) => own.some((box) => holds(box, word))).map((word) => word.text);
  });
  let found = 0;
  let foreign = 0;
  for (const [character, count] of bag(inside.join(''))) {
    const own = Math.min(count, wanted.get(character) ?? 0);
    found += own;
    foreign += count - own;
  }
  const characters = [...wanted.values()].reduce((sum, count) => sum + count, 0);
  tally.chunks += 1;
  tally.characters += characters;
  tally.found += found;
  tally.foreign += foreign;
  if (found < 0.99 * characters) tally.poor += 1;
}

function holds(box: Box, { x, y }: Word): boolean {
  return x >= box.x0 - SLACK && x <= box.x1 + SLACK && y >= box.y0 - SLACK && y <= box.y1 + SLACK;
}

function bag(text: string): Map<string, number> {
  const characters = new Map<string, number>();
  for (const character of text.normalize('NFKC').replace(/\s+/g, '')) {
    characters.set(character, (characters.get(character) ?? 0) + 1);
  }
  return characters;
}

/** Words of each page. The filings' pages are upright and their crop box is the whole page. */
async function wordsOf(file: string): Promise<Word[][]> {
  const { stdout } = await execute('pdftotext', ['-bbox', file, '-'], { maxBuffer: 2 ** 28 });
  return stdout
    .split('<page ')
    .slice(1)
    .map((page) => {
      const height = Number(/height="([\d.]+)"/.exec(page)?.[1]);
      return [
        ...page.matchAll(/<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)<\/word>/gs),
      ].map(([, x0, y0, x1, y1, text = '']) => ({
        text: unescaped(text).replace(LEADERS, ''),
        x: (Number(x0) + Number(x1)) / 2,
        y: height - (Number(y0) + Number(y1)) / 2,
      }));
    });
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_whole, name: string) => entities[name] ?? '');
}
