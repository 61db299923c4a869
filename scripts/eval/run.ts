/**
 * `npm run eval -- <folder> [--data-dir <folder>] [--fresh] [--misses]`: retrieval quality, every arm; see measure.ts.
 * `npm run eval -- verification <folder> [--data-dir <folder>] [--fresh]`: the check of answers; see verification.ts.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cutoffs, measureRetrieval } from './measure.ts';
import { verificationReport } from './verification-report.ts';
import { measureVerification } from './verification.ts';

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string', default: join('.cache', 'eval') },
      fresh: { type: 'boolean', default: false },
      misses: { type: 'boolean', default: false },
    },
  });
  const isVerification = positionals[0] === 'verification';
  const set = positionals[isVerification ? 1 : 0];
  if (!set || !existsSync(join(set, 'questions.jsonl'))) {
    console.error(
      'usage: npm run eval -- [verification] <folder with pdfs/ and questions.jsonl> [--data-dir <folder>] [--fresh] [--misses]',
    );
    return 2;
  }
  const dataFolder = resolve(values['data-dir']);
  if (values.fresh) await rm(dataFolder, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
  if (isVerification) {
    for (const line of verificationReport(await measureVerification(set, dataFolder))) console.log(line);
    return 0;
  }
  const { documents, chunks, questions, rows, misses } = await measureRetrieval({ set, dataFolder });
  console.log(`${documents} documents, ${chunks} chunks, ${questions} questions`);
  console.log(
    `${'scope'.padEnd(10)}${'mode'.padEnd(9)}${cutoffs.map((k) => `hit@${k}`.padStart(8)).join('')}${'MRR'.padStart(8)}   of passages, not pages: hit@5, hit@10`,
  );
  const percent = (share: number | undefined): string => (share ?? Number.NaN).toFixed(1).padStart(8);
  for (const { scope, mode, hits, passageHits, reciprocalRank } of rows) {
    const shares = cutoffs.map((k) => percent(hits[k])).join('');
    const passages = `${percent(passageHits[5])}${percent(passageHits[10])}`;
    console.log(`${scope.padEnd(10)}${mode.padEnd(9)}${shares}${reciprocalRank.toFixed(3).padStart(8)}   ${passages}`);
  }
  if (values.misses) {
    for (const { scope, rank, question } of misses) {
      console.log(
        `${scope} rank ${rank ?? 'none'}: ${question.document} p. ${question.evidencePages.join(', ')}: ${question.question}`,
      );
    }
  }
  return 0;
}

process.exitCode = await main();
