/**
 * Measures retrieval on a set of PDFs with questions: `npm run eval -- <folder> [--data-dir <folder>] [--misses]`.
 *
 * The folder has `pdfs/` and `questions.jsonl` (id, question, document, evidencePages from 1). A question is a hit at k
 * when one of its evidence pages is among the first k distinct pages of the ranked chunks; in the whole library the
 * page must be of the right document, too. Reported for both arms and for both fused; nothing is tuned here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore, type Core } from '../../electron/core/core.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import type { Hit, RetrievalMode } from '../../shared/domain.ts';

const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  document: z.string(),
  evidencePages: z.array(z.number().int().min(1)),
});
type Question = z.infer<typeof questionSchema>;

const modes: readonly RetrievalMode[] = ['hybrid', 'vector', 'text'];
const cutoffs = [1, 3, 5, 10, 20] as const;
/** Chunks asked for: enough for 20 distinct pages. */
const CHUNKS = 80;

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

async function ingest(core: Core, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.pdf')).map((name) => join(folder, name));
  await core.resume();
  const outcomes = await core.ingest.add(files);
  for (const { path, error } of outcomes) if (error) throw new Error(`${path}: ${error.message}`);
  await core.ingest.idle();
  core.embedQueue.poke();
  await core.embedQueue.idle();
}

async function evaluate(core: Core, questions: readonly Question[], showMisses: boolean): Promise<void> {
  const documents = await core.database.documents.list();
  const idOf = new Map(documents.map((document) => [document.fileName, document.id]));
  const chunkCount = documents.reduce((sum, document) => sum + document.chunkCount, 0);
  console.log(`${documents.length} documents, ${chunkCount} chunks, ${questions.length} questions`);
  console.log(
    `${'scope'.padEnd(9)}${'mode'.padEnd(9)}${cutoffs.map((k) => `hit@${k}`.padStart(8)).join('')}${'MRR'.padStart(8)}`,
  );
  for (const scope of ['document', 'library'] as const) {
    for (const mode of modes) {
      const ranks: (number | null)[] = [];
      for (const question of questions) {
        const id = idOf.get(question.document);
        if (!id) throw new Error(`${question.document} is not in the set.`);
        const documentIds = scope === 'document' ? [id] : [];
        const { hits, mode: ran } = await core.questions.retrieve(question.question, { documentIds, k: CHUNKS, mode });
        if (ran !== mode) throw new Error(`${mode} was asked for, but ${ran} ran: the vectors are not complete.`);
        const rank = rankOfEvidence(hits, question);
        ranks.push(rank);
        if (showMisses && mode === 'hybrid' && (rank ?? Infinity) > 5) {
          console.log(
            `  ${scope} rank ${rank ?? 'none'}: ${question.document} p. ${question.evidencePages.join(', ')}: ${question.question}`,
          );
        }
      }
      const share = (k: number): number =>
        (100 * ranks.filter((rank) => rank !== null && rank <= k).length) / ranks.length;
      const reciprocal = ranks.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / rank), 0) / ranks.length;
      console.log(
        `${scope.padEnd(9)}${mode.padEnd(9)}${cutoffs.map((k) => share(k).toFixed(1).padStart(8)).join('')}${reciprocal.toFixed(3).padStart(8)}`,
      );
    }
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string', default: join('.cache', 'eval') },
      fresh: { type: 'boolean', default: false },
      misses: { type: 'boolean', default: false },
    },
  });
  const folder = positionals[0];
  if (!folder || !existsSync(join(folder, 'questions.jsonl'))) {
    console.error(
      'usage: npm run eval -- <folder with pdfs/ and questions.jsonl> [--data-dir <folder>] [--fresh] [--misses]',
    );
    return 2;
  }
  const questions = readFileSync(join(folder, 'questions.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => questionSchema.parse(JSON.parse(line)));
  const dataFolder = resolve(values['data-dir']);
  if (values.fresh) await rm(dataFolder, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
  const core = await openCore({
    folder: dataFolder,
    launcher: createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: {} }),
    keychain: createEnvironmentKeychain({}),
    onError: (where, error) => console.error(where, error.message),
  });
  try {
    const started = performance.now();
    await ingest(core, join(folder, 'pdfs'));
    console.log(`ingested in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
    await evaluate(core, questions, values.misses);
  } finally {
    await core.close();
  }
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
