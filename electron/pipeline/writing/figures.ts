/**
 * The figures of a document's tables: each row with its label, its columns' names and its unit, cited. Pure.
 */
import { segmentsOf } from '../answer-segments.ts';
import { escapeMarkdown } from '../extractive.ts';
import type { ExtractedBlock } from './extract.ts';
import { isName } from './headings.ts';
import type { SourceChunk } from './sentences.ts';

/** Rows of a piece; a filing has thousands. */
const mostRows = 240;

export interface FigureRow {
  readonly chunk: SourceChunk;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** As many as the columns. */
  readonly values: readonly string[];
}

export interface FigureTable {
  /** The heading that it stands under. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly FigureRow[];
}

/** Tables whose columns are named, in order; rows whose columns are not known are left out. */
export function* figureTables(chunks: readonly SourceChunk[]): Generator<void, FigureTable[]> {
  const tables: { name: string; columns: readonly string[]; rows: FigureRow[] }[] = [];
  const seen = new Set<string>();
  for (const chunk of chunks) {
    for (const segment of segmentsOf(chunk.hit.text)) {
      if (segment.kind !== 'row') continue;
      const row = readRow(segment.text);
      if (!row || seen.has(`${chunk.hit.page} ${segment.text}`)) continue;
      seen.add(`${chunk.hit.page} ${segment.text}`);
      const name = [tableName(chunk), row.group].filter((part) => part !== '').join(': ');
      const last = tables.at(-1);
      const { label, values } = row;
      const figure = { chunk, start: segment.start, end: segment.end, label, values };
      const isSame = last && last.name === name && last.columns.join() === row.columns.join();
      if (isSame) last.rows.push(figure);
      else tables.push({ name, columns: row.columns, rows: [figure] });
    }
    yield;
  }
  return tables;
}

/** `Interest (Consumer Health Pharmaceutical MedTech; in millions)`: a table's head that is no part of a row's name. */
const groupPattern = /^(.+?) \(([^()]{24,}?)(?:; (in \w+))?\)$/;

/** `Net sales (in millions) — 2022: $34,229 · 2021: $35,355`, as `describeRow` writes it; null without column names. */
interface NamedRow {
  readonly label: string;
  /** What groups of columns are called, where the row repeats that; empty where it does not. */
  readonly group: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

function readRow(text: string): NamedRow | null {
  const at = text.indexOf(' — ');
  if (at <= 0) return null;
  const [, own, group = '', unit = ''] = groupPattern.exec(text.slice(0, at).trim()) ?? [];
  const label = own === undefined ? text.slice(0, at).trim() : [own, unit && `(${unit})`].filter(Boolean).join(' ');
  const cells = text
    .slice(at + 3)
    .split(' · ')
    .map((cell) => /^([^:]{1,40}): (.+)$/.exec(cell));
  if (!/\p{L}{2}/u.test(label) || cells.some((cell) => cell === null)) return null;
  return { label, group, columns: cells.map((cell) => cell?.[1] ?? ''), values: cells.map((cell) => cell?.[2] ?? '') };
}

/** The nearest heading that names something: `As of` and a unit do not. */
function tableName({ hit }: SourceChunk): string {
  return hit.headingPath.findLast((heading) => isName(heading) && heading.length > 5) ?? '';
}

export function* figureBlocks(
  chunks: readonly SourceChunk[],
  documentCount: number,
): Generator<void, ExtractedBlock[]> {
  const tables = yield* figureTables(chunks);
  const all = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  let left = Math.max(20, Math.floor(mostRows / documentCount));
  const blocks: ExtractedBlock[] = [];
  for (const { name, columns, rows } of tables) {
    if (left <= 0) break;
    const shown = rows.slice(0, left);
    left -= shown.length;
    const heading = name === '' ? '' : `### ${escapeMarkdown(name)}\n\n`;
    const head = ['', ...columns, 'Page'].join(' | ');
    const rule = ['---', ...columns.map(() => '---:'), '---'].join(' | ');
    blocks.push({
      before: `${blocks.length > 0 ? '\n' : ''}${heading}| ${head} |\n| ${rule} |\n`,
      quote: null,
      after: '',
    });
    for (const { chunk, start, end, label, values } of shown) {
      const cells = [label, ...values].map(escapeMarkdown).join(' | ');
      blocks.push({ before: `| ${cells} |`, quote: { hit: chunk.hit, start, end }, after: ' |\n' });
    }
  }
  const hidden = all - blocks.filter(({ quote }) => quote).length;
  if (hidden > 0) {
    const text = `\n${hidden.toLocaleString('en')} more rows are not listed. Ask about them, or write about fewer pages.\n`;
    blocks.push({ before: text, quote: null, after: '' });
  }
  return blocks;
}
