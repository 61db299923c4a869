/**
 * `npm run bench [-- name…]`: runs the benchmarks and rewrites docs/BENCHMARKS.md (all of them) or prints (some).
 * The folders with real PDFs are given by QUIRE_BENCH_EVAL (pdfs/ and questions.jsonl) and QUIRE_BENCH_CORPUS.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { formatResult, renderReport, type BenchResult } from './report.ts';

interface Benchmark {
  readonly title: string;
  readonly load: () => Promise<{ run(): Promise<BenchResult[]> }>;
}

/** In the order of the data's way; each in a module of its own, so that one can be run alone. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  text: { title: 'Reading PDFs', load: () => import('./text.ts') },
  embed: { title: 'Embedding', load: () => import('./embed.ts') },
  store: { title: 'Storing', load: () => import('./store.ts') },
  retrieval: { title: 'Searching', load: () => import('./retrieval.ts') },
  ingest: { title: 'From drop to searchable', load: () => import('./ingest.ts') },
  kill: { title: 'Killed while ingesting', load: () => import('./kill.ts') },
  corpus: { title: 'Odd PDFs', load: () => import('./corpus.ts') },
  app: { title: 'The window', load: () => import('./app.ts') },
  quality: { title: 'Retrieval quality', load: () => import('./quality.ts') },
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
    return 2;
  }
  const chosen = Object.entries(benchmarks).filter(([name]) => names.length === 0 || names.includes(name));
  const sections: { title: string; results: BenchResult[] }[] = [];
  let failed = false;
  for (const [name, { title, load }] of chosen) {
    console.log(`\n${title} (${name})`);
    try {
      const results = await (await load()).run();
      for (const result of results) console.log(formatResult(result));
      failed ||= results.some((result) => !result.holds);
      sections.push({ title, results });
    } catch (error) {
      failed = true;
      console.error(error);
    }
  }
  if (names.length === 0) {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'BENCHMARKS.md');
    await writeFile(file, await format(renderReport(sections), { parser: 'markdown', printWidth: 120 }));
    console.log(`\nwrote docs/BENCHMARKS.md`);
  }
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
