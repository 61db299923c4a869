/**
 * The figures of a document's tables: each row with its label, its columns' names and its unit, cited. Pure.
 */
import type { DescribedRow } from '../answer-rows.ts';
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

export interface Figures {
  readonly tables: readonly FigureTable[];
  /** Rows whose label or columns could not be read, and single figures that stand in no table. */
  readonly leftOut: number;
}

/** Tables in order; columns that nothing names are numbered. */
export function* figureTables(chunks: readonly SourceChunk[]): Generator<void, Figures> {
  const tables: { name: string; columns: readonly string[]; rows: FigureRow[] }[] = [];
  const seen = new Set<string>();
  let leftOut = 0;
  for (const chunk of chunks) {
    for (const { row, start, end } of segmentsOf(chunk.hit.text)) {
      if (!row || seen.has(`${chunk.hit.page} ${row.text}`)) continue;
      seen.add(`${chunk.hit.page} ${row.text}`);
      if (!/\p{L}{2}/u.test(row.label)) {
        leftOut += 1;
        continue;
      }
      const name = [tableName(chunk), row.group].filter((part) => part !== '').join(': ');
      const label = row.unit === '' ? row.label : `${row.label} (in ${row.unit})`;
      const columns = columnsOf(row);
      const figure = { chunk, start, end, label, values: row.cells };
      const last = tables.at(-1);
      const isSame = last && last.name === name && last.columns.join() === columns.join();
      if (isSame) last.rows.push(figure);
      else tables.push({ name, columns, rows: [figure] });
    }
    yield;
  }
  const whole = tables.filter(({ columns, rows }) => columns.length > 1 || rows.length > 1);
  return { tables: whole, leftOut: leftOut + tables.length - whole.length };
}

/** The same year twice with nothing to tell them apart would be a wrong one for half of the figures. */
function columnsOf({ columns, cells, group }: DescribedRow): readonly string[] {
  const isTold = columns.length > 0 && (group !== '' || new Set(columns).size === columns.length);
  return isTold ? columns : cells.map((_, index) => `col. ${index + 1}`);
}

/** The nearest heading that names something: `As of` and a unit do not. */
function tableName({ hit }: SourceChunk): string {
  return hit.headingPath.findLast((heading) => isName(heading) && heading.length > 5) ?? '';
}

export function* figureBlocks(
  chunks: readonly SourceChunk[],
  documentCount: number,
): Generator<void, ExtractedBlock[]> {
  const { tables, leftOut } = yield* figureTables(chunks);
  if (tables.length === 0) return [];
  const all = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  let left = Math.max(20, Math.floor(mostRows / documentCount));
  const blocks: ExtractedBlock[] = [];
  let before = '';
  for (const { name, columns, rows } of tables) {
    if (left <= 0) break;
    const shown = rows.slice(0, left);
    left -= shown.length;
    const heading = name === '' || name === before ? '' : `### ${escapeMarkdown(name)}\n\n`;
    before = name;
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
  if (leftOut > 0) {
    const rows = leftOut === 1 ? '1 row' : `${leftOut.toLocaleString('en')} rows`;
    const text = `\n${rows} whose label or columns could not be read ${leftOut === 1 ? 'is' : 'are'} left out.\n`;
    blocks.push({ before: text, quote: null, after: '' });
  }
  return blocks;
}
