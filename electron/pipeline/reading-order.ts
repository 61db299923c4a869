/**
 * The order in which a page is read: columns one after another, table rows together.
 *
 * The content's own order is kept where it already runs down the page. Columns are found by a gutter with running text
 * on both sides (a recursive cut, after Nagy's XY-cut); a table has short cells there and stays in rows.
 */
import type { Atom } from './segments.ts';

/** Beyond this many atoms a page is a drawing or a huge table: columns are not looked for. */
const mostAtoms = 2_500;
/** Lines on each side of a gutter for it to part columns. */
const leastColumnLines = 4;
/** Words a line in the middle: running text, not cells. */
const leastWordsALine = 3.5;
/** Lines of a text that stands beside another. */
const leastSideLines = 3;
/** Share of a column's width that its lines fill in the mean. */
const leastFill = 0.55;

/** Atoms in reading order, a list for each region (column, or band across columns). */
export function readingRegions(atoms: readonly Atom[]): Atom[][] {
  if (atoms.length < 2 * leastColumnLines || atoms.length > mostAtoms) return [inRows(atoms)];
  return cut(atoms, 0);
}

function cut(atoms: readonly Atom[], depth: number): Atom[][] {
  const gutter = depth < 4 ? findGutter(atoms) : null;
  if (gutter === null) return [inRows(atoms)];
  const regions: Atom[][] = [];
  let across: Atom[] = [];
  const flushAcross = (): void => {
    if (across.length > 0) regions.push(inRows(inContentOrder(across, atoms)));
    across = [];
  };
  for (const { rows, columns } of bandsOf(atoms, gutter)) {
    const band = rows.flat();
    const left = band.filter((atom) => atom.u1 <= gutter);
    const right = band.filter((atom) => atom.u0 >= gutter);
    if (columns && isRunningText(left, leastColumnLines) && isRunningText(right, leastColumnLines)) {
      flushAcross();
      regions.push(...cut(inContentOrder(left, atoms), depth + 1), ...cut(inContentOrder(right, atoms), depth + 1));
    } else {
      across.push(...band);
    }
  }
  if (across.length === atoms.length) return [inRows(atoms)];
  flushAcross();
  return regions;
}

function inContentOrder(some: readonly Atom[], all: readonly Atom[]): Atom[] {
  const chosen = new Set(some);
  return all.filter((atom) => chosen.has(atom));
}

interface Band {
  rows: Atom[][];
  readonly columns: boolean;
}

/** Parts a region into bands: rows of two columns, and rows that run across the gutter or belong to a table. */
function bandsOf(atoms: readonly Atom[], gutter: number): Band[] {
  const bands: Band[] = [];
  /** Short rows belong to what comes before and after them, when that is the same. */
  let undecided: Atom[][] = [];
  const add = (rows: Atom[][], columns: boolean): void => {
    const last = bands.at(-1);
    if (last && last.columns === columns) last.rows.push(...rows);
    else bands.push({ rows, columns });
  };
  for (const row of rowsOf(atoms)) {
    const left = row.filter((atom) => atom.u1 <= gutter);
    const right = row.filter((atom) => atom.u0 >= gutter);
    const crosses = left.length + right.length < row.length;
    const sparse = left.length <= 2 && right.length <= 2;
    if (!crosses && sparse && row.some(isWordy)) {
      const inColumns = bands.at(-1)?.columns === true;
      if (undecided.length > 0) add(undecided, inColumns);
      undecided = [];
      add([row], true);
    } else if (!crosses && left.length <= 1 && right.length <= 1) {
      undecided.push(row);
    } else {
      add([...undecided, row], false);
      undecided = [];
    }
  }
  if (undecided.length > 0) add(undecided, bands.at(-1)?.columns === true);
  return bands;
}

/** Atoms on one height, rows from above. */
function rowsOf(atoms: readonly Atom[]): Atom[][] {
  const sorted = [...atoms].sort((a, b) => a.v0 + a.v1 - (b.v0 + b.v1));
  const rows: Atom[][] = [];
  let limit = -Infinity;
  for (const atom of sorted) {
    const middle = (atom.v0 + atom.v1) / 2;
    if (middle > limit) {
      rows.push([]);
      limit = middle + 0.4 * (atom.v1 - atom.v0);
    }
    rows.at(-1)!.push(atom);
  }
  return rows;
}

/** Where a gutter stands: the u that lies in most gaps between neighbours with running text on both sides. */
function findGutter(atoms: readonly Atom[]): number | null {
  const sorted = [...atoms].sort((a, b) => a.v0 - b.v0);
  const gaps: [number, number][] = [];
  for (let i = 0; i < sorted.length; i++) {
    const a = sorted[i]!;
    if (!isWordy(a)) continue;
    for (let k = i + 1; k < sorted.length && sorted[k]!.v0 < a.v1 - 0.2 * a.fontSize; k++) {
      const b = sorted[k]!;
      if (!isWordy(b)) continue;
      const [left, right] = a.u0 < b.u0 ? [a, b] : [b, a];
      if (right.u0 - left.u1 > 0.6 * a.fontSize) gaps.push([left.u1, right.u0]);
    }
  }
  if (gaps.length < leastColumnLines) return null;
  const edges = gaps
    .flatMap(([from, to]): [number, number][] => [
      [from, 1],
      [to, -1],
    ])
    .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let open = 0;
  let best = 0;
  let gutter = 0;
  for (let i = 0; i < edges.length; i++) {
    open += edges[i]![1];
    if (open > best) {
      best = open;
      gutter = (edges[i]![0] + edges[i + 1]![0]) / 2;
    }
  }
  return best < leastColumnLines ? null : gutter;
}

function isWordy(atom: Atom): boolean {
  return atom.upright && atom.words.length >= 3 && atom.u1 - atom.u0 > 6 * atom.fontSize;
}

function isRunningText(atoms: readonly Atom[], leastLines: number): boolean {
  if (atoms.length < leastLines) return false;
  let u0 = Infinity;
  let u1 = -Infinity;
  let words = 0;
  let width = 0;
  for (const atom of atoms) {
    u0 = Math.min(u0, atom.u0);
    u1 = Math.max(u1, atom.u1);
    words += atom.words.length;
    width += atom.u1 - atom.u0;
  }
  return words / atoms.length >= leastWordsALine && width / atoms.length >= leastFill * (u1 - u0);
}

/** Keeps the content's order where it runs down the page, else sorts by rows, or keeps what stands side by side apart. */
function inRows(atoms: readonly Atom[]): Atom[] {
  const runs: Atom[][] = [];
  let run: Atom[] = [];
  for (const atom of atoms) {
    const before = run.at(-1);
    if (before && !follows(before, atom)) {
      runs.push(run);
      run = [];
    }
    run.push(atom);
  }
  if (run.length > 0) runs.push(run);
  if (runs.length <= 1) return [...atoms];
  if (standSideBySide(runs)) return [...atoms];
  return sortByRows(atoms);
}

function follows(a: Atom, b: Atom): boolean {
  const middleA = (a.v0 + a.v1) / 2;
  const middleB = (b.v0 + b.v1) / 2;
  const tolerance = 0.4 * Math.max(a.v1 - a.v0, b.v1 - b.v0);
  if (middleB > middleA + tolerance) return true;
  return middleB > middleA - tolerance && b.u0 > a.u0 - tolerance;
}

/** True when two runs of text overlap vertically and each is running text: boxes of a magazine or a slide. */
function standSideBySide(runs: readonly Atom[][]): boolean {
  if (runs.length > 60) return false;
  const blocks = runs
    .flatMap((run) => (isRunningText(run, leastSideLines) ? [run] : proseOf(run)))
    .map((run) => ({ v0: Math.min(...run.map((atom) => atom.v0)), v1: Math.max(...run.map((atom) => atom.v1)), run }));
  return blocks.some((a, i) =>
    blocks.slice(i + 1).some((b) => Math.min(a.v1, b.v1) - Math.max(a.v0, b.v0) > 2 * a.run[0]!.fontSize),
  );
}

/** Paragraphs in a run that goes on with something else: figures, boxes, a table. */
function proseOf(run: readonly Atom[]): Atom[][] {
  const stretches: Atom[][] = [[]];
  for (const atom of run) {
    if (isWordy(atom)) stretches.at(-1)!.push(atom);
    else stretches.push([]);
  }
  return stretches.filter((stretch) => isRunningText(stretch, leastSideLines));
}

function sortByRows(atoms: readonly Atom[]): Atom[] {
  return rowsOf(atoms).flatMap((row) => row.sort((a, b) => a.u0 - b.u0));
}
