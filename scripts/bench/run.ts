/**
 * `npm run bench [-- name…]`: runs the benchmarks (all, or some) and rewrites docs/BENCHMARKS.md with the newest results
 * of each; all results are kept in docs/benchmarks.json, so that a clone has those that it did not measure.
 * The folders with real PDFs are given by QUIRE_BENCH_EVAL (pdfs/ and questions.jsonl) and QUIRE_BENCH_CORPUS.
 */
import { readFile, writeFile } from 'node:fs/promises';
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
  'library-search': { title: 'Search as one types', load: () => import('./library-search.ts') },
  geometry: { title: 'Boxes of citations', load: () => import('./geometry.ts') },
  ingest: { title: 'From drop to searchable', load: () => import('./ingest.ts') },
  asking: { title: 'From question to answer', load: () => import('./asking.ts') },
  kill: { title: 'Killed while ingesting', load: () => import('./kill.ts') },
  corpus: { title: 'Odd PDFs', load: () => import('./corpus.ts') },
  app: { title: 'The window', load: () => import('./app.ts') },
  dashboard: { title: 'A library of 5,000 documents', load: () => import('./dashboard.ts') },
  viewer: { title: 'Reading a long PDF', load: () => import('./viewer.ts') },
  ocr: { title: 'Recognition of scans', load: () => import('./ocr.ts') },
  update: { title: 'A library of an older version', load: () => import('./update.ts') },
  'remote-push': { title: 'Sending to a Postgres of one’s own', load: () => import('./remote-push.ts') },
  'remote-search': { title: 'Searching in it', load: () => import('./remote-search.ts') },
  'own-servers': { title: 'Naming one’s own servers', load: () => import('./own-servers.ts') },
  'synced-app': { title: 'The window with sync on', load: () => import('./synced-app.ts') },
  'second-device': { title: 'A second computer', load: () => import('./second-device.ts') },
  accounts: { title: 'Accounts and sessions', load: () => import('./accounts.ts') },
  quality: { title: 'Retrieval quality', load: () => import('./quality.ts') },
  verification: { title: 'Sentences checked against their passages', load: () => import('./verification.ts') },
};

const root = join(import.meta.dirname, '..', '..');
const resultsFile = join(root, 'docs', 'benchmarks.json');

/** Results of earlier runs by benchmark; none before the first. */
async function readResults(): Promise<Record<string, readonly BenchResult[]>> {
  const text = await readFile(resultsFile, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Record<string, readonly BenchResult[]>;
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
    return 2;
  }
  const chosen = Object.entries(benchmarks).filter(([name]) => names.length === 0 || names.includes(name));
  const known = await readResults();
  let failed = false;
  for (const [name, { title, load }] of chosen) {
    console.log(`\n${title} (${name})`);
    try {
      const results = await (await load()).run();
      for (const result of results) console.log(formatResult(result));
      failed ||= results.some((result) => !result.holds);
      known[name] = results;
      await writeFile(resultsFile, await format(JSON.stringify(known), { parser: 'json', printWidth: 120 }));
    } catch (error) {
      failed = true;
      console.error(error);
    }
  }
  const sections = Object.entries(benchmarks).flatMap(([name, { title }]) => {
    const results = known[name];
    return results ? [{ title, results }] : [];
  });
  const report = join(root, 'docs', 'BENCHMARKS.md');
  await writeFile(report, await format(renderReport(sections), { parser: 'markdown', printWidth: 120 }));
  console.log('\nwrote docs/BENCHMARKS.md');
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
