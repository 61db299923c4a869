/**
 * Retrieval on a set of PDFs with questions. The folder has `pdfs/` and `questions.jsonl` (id, question, document,
 * evidencePages from 1). A question is a hit at k when one of its evidence pages is among the first k distinct pages of
 * the ranked chunks; in the whole library the page must be of the right document, too. Nothing is tuned here.
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Core } from '../../electron/core/core.ts';
import type { Hit, RetrievalMode } from '../../shared/domain.ts';
import { openBenchCore } from '../bench/core.ts';

const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  document: z.string(),
  evidencePages: z.array(z.number().int().min(1)),
});
export type Question = z.infer<typeof questionSchema>;

export const cutoffs = [1, 3, 5, 10, 20] as const;
const modes: readonly RetrievalMode[] = ['hybrid', 'vector', 'text'];
const scopes = ['document', 'library'] as const;
/** Chunks asked for: enough for 20 distinct pages. */
const CHUNKS = 80;

export interface RetrievalRow {
  readonly scope: (typeof scopes)[number];
  readonly mode: RetrievalMode;
  /** Percent of the questions with evidence among the first k distinct pages, by k. */
  readonly hits: Readonly<Record<number, number>>;
  /** The same among the pages of the first k passages, of which several may be of one page. */
  readonly passageHits: Readonly<Record<number, number>>;
  /** Mean reciprocal rank, 0 to 1. */
  readonly reciprocalRank: number;
}

export interface RetrievalMeasure {
  readonly documents: number;
  readonly chunks: number;
  readonly questions: number;
  readonly rows: readonly RetrievalRow[];
  /** Questions whose evidence is not among the first five pages of the hybrid search. */
  readonly misses: readonly { readonly scope: string; readonly rank: number | null; readonly question: Question }[];
}

export interface MeasureOptions {
  readonly set: string;
  /** Where the library is made; one that is there is used as it is. */
  readonly dataFolder: string;
}

/** From 1: where the first right page stands among the distinct pages of the hits; null when it is not there. */
export function rankOfEvidence(hits: readonly Pick<Hit, 'path' | 'page'>[], question: Question): number | null {
  const pages: string[] = [];
  for (const hit of hits) {
    const page = `${basename(hit.path)}/${hit.page}`;
    if (!pages.includes(page)) pages.push(page);
  }
  const ranks = question.evidencePages
    .map((page) => pages.indexOf(`${question.document}/${page}`))
    .filter((rank) => rank >= 0);
  return ranks.length === 0 ? null : Math.min(...ranks) + 1;
}

export async function measureRetrieval({ set, dataFolder }: MeasureOptions): Promise<RetrievalMeasure> {
  const questions = readFileSync(join(set, 'questions.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => questionSchema.parse(JSON.parse(line)));
  const core = await openBenchCore(dataFolder);
  try {
    await ingest(core, join(set, 'pdfs'));
    const documents = await core.database.documents.list();
    const idOf = new Map(documents.map((document) => [document.fileName, document.id]));
    const rows: RetrievalRow[] = [];
    const misses: { scope: string; rank: number | null; question: Question }[] = [];
    for (const scope of scopes) {
      for (const mode of modes) {
        const ranks: (number | null)[] = [];
        const passageRanks: (number | null)[] = [];
        for (const question of questions) {
          const id = idOf.get(question.document);
          if (!id) throw new Error(`${question.document} is not in the set.`);
          const documentIds = scope === 'document' ? [id] : [];
          const found = await core.questions.retrieve(question.question, { documentIds, k: CHUNKS, mode });
          if (found.mode !== mode || found.note)
            throw new Error(`${mode} was asked for: ${found.mode} ran. ${found.note}`);
          const rank = rankOfEvidence(found.hits, question);
          ranks.push(rank);
          const first = found.hits.findIndex((hit) => rankOfEvidence([hit], question) !== null);
          passageRanks.push(first < 0 ? null : first + 1);
          if (mode === 'hybrid' && (rank ?? Infinity) > 5) misses.push({ scope, rank, question });
        }
        rows.push({ scope, mode, ...summarise(ranks), passageHits: sharesOf(passageRanks) });
      }
    }
    const chunks = documents.reduce((sum, document) => sum + document.chunkCount, 0);
    return { documents: documents.length, chunks, questions: questions.length, rows, misses };
  } finally {
    await core.close();
  }
}

function summarise(ranks: readonly (number | null)[]): Pick<RetrievalRow, 'hits' | 'reciprocalRank'> {
  const sum = ranks.reduce<number>((total, rank) => total + (rank === null ? 0 : 1 / rank), 0);
  return { hits: sharesOf(ranks), reciprocalRank: sum / ranks.length };
}

function sharesOf(ranks: readonly (number | null)[]): Record<number, number> {
  const shares: Record<number, number> = {};
  for (const k of cutoffs) shares[k] = (100 * ranks.filter((rank) => rank !== null && rank <= k).length) / ranks.length;
  return shares;
}

async function ingest(core: Core, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.pdf')).map((name) => join(folder, name));
  await core.resume();
  const outcomes = await core.ingest.add(files);
  for (const { path, error } of outcomes) if (error) throw new Error(`${path}: ${error.message}`);
  // Pages that are scans are recognised last, and change what there is to find.
  await core.settled();
}
