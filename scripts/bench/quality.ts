/** Retrieval on real filings with known evidence pages; see scripts/eval/run.ts. */
import { withFolder } from './core.ts';
import { atLeast, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';
import { measureRetrieval } from '../eval/measure.ts';

const limits = [
  { scope: 'document', k: 5, limit: 65 },
  { scope: 'document', k: 10, limit: 80 },
  { scope: 'library', k: 5, limit: 55 },
  { scope: 'library', k: 10, limit: 70 },
] as const;

export async function run(): Promise<BenchResult[]> {
  return withFolder(async (folder) => {
    const report = await measureRetrieval({ set: evaluationFolder(), dataFolder: folder });
    return limits.map(({ scope, k, limit }) => {
      const shareOf = (mode: string): number =>
        report.rows.find((row) => row.scope === scope && row.mode === mode)?.hits[k] ?? Number.NaN;
      const where = scope === 'document' ? 'within the known document' : 'in the whole library';
      return atLeast(
        `hit@${k} ${where}`,
        shareOf('hybrid'),
        limit,
        '%',
        `${report.documents} documents, ${report.questions} questions; by words alone ${shareOf('text').toFixed(1)} %, by vectors alone ${shareOf('vector').toFixed(1)} %.`,
      );
    });
  });
}
