/** From the drop of a filing of about 150 pages to its first hit by words. */
import { join } from 'node:path';
import { openBenchCore, withFolder } from './core.ts';
import { atMost, median, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';

const FILING = 'LOCKHEEDMARTIN_2021_10K.pdf';
const QUESTION = 'net sales of the aeronautics segment';
const ROUNDS = 3;
const LIMIT_SECONDS = 3;

export async function run(): Promise<BenchResult[]> {
  const file = join(evaluationFolder(), 'pdfs', FILING);
  const searchable: number[] = [];
  const ready: number[] = [];
  let detail = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    await withFolder(async (folder) => {
      const core = await openBenchCore(folder);
      await core.resume();
      const started = performance.now();
      const [outcome] = await core.ingest.add([file]);
      const documentIds = [outcome?.documentId ?? ''];
      for (;;) {
        const { hits } = await core.questions.retrieve(QUESTION, { documentIds, k: 1, mode: 'text' });
        if (hits.length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      searchable.push((performance.now() - started) / 1_000);
      await core.ingest.idle();
      await core.embedQueue.idle();
      ready.push((performance.now() - started) / 1_000);
      const [document] = await core.database.documents.list();
      detail = `${FILING}: ${document?.pageCount} pages, ${document?.chunkCount} chunks; from a cold start of the hosts; median of ${ROUNDS}; with all vectors after ${median(ready).toFixed(1)} s.`;
      await core.close();
    });
  }
  return [atMost('Filing searchable by text after the drop', median(searchable), LIMIT_SECONDS, 's', detail)];
}
