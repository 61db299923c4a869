/**
 * Questions to ten filings, answered without a model: from the question to the first word, and what it takes of the
 * thread that asks. That is the window's main process in the app; nothing else runs in it here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { openBenchCore, withFolder } from './core.ts';
import { atMost, median, percentile, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';
import { wholeLibrary } from '../../shared/scope.ts';

const FILINGS = 10;
const questionSchema = z.object({ question: z.string() });

export async function run(): Promise<BenchResult[]> {
  const files = (await pdfsIn(join(evaluationFolder(), 'pdfs'))).slice(0, FILINGS);
  const lines = (await readFile(join(evaluationFolder(), 'questions.jsonl'), 'utf8')).trim().split('\n');
  const questions = lines.map((line) => questionSchema.parse(JSON.parse(line)).question);
  return withFolder(async (folder) => {
    const core = await openBenchCore(folder);
    await core.resume();
    await core.ingest.add(files);
    // Recognition of scans among the pages, too: it takes every core.
    await core.settled();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const first: number[] = [];
    const whole: number[] = [];
    for (const question of questions) {
      const asked = performance.now();
      const { streamId } = await core.chat.ask(null, question, wholeLibrary);
      let begun = 0;
      const detach = core.chat.attach(streamId, (parts) => {
        if (parts.some(({ type }) => type === 'text-delta')) begun ||= performance.now();
      });
      await core.chat.finished(streamId);
      detach();
      if (begun === 0) throw new Error(`no word came to “${question}”`);
      first.push(begun - asked);
      whole.push(performance.now() - asked);
    }
    delay.disable();
    const longest = delay.max / 1e6;
    await core.close();
    const detail = `${questions.length} questions to ${FILINGS} filings`;
    return [
      atMost(
        'Longest stall of the thread that asks',
        longest,
        50,
        'ms',
        `${detail}; 99.9th percentile ${(delay.percentile(99.9) / 1e6).toFixed(1)} ms.`,
      ),
      atMost(
        'From a question to the first words of a quoted answer (p95)',
        percentile(first, 0.95),
        1_000,
        'ms',
        `${detail}; median ${median(first).toFixed(0)} ms, to the whole answer ${median(whole).toFixed(0)} ms.`,
      ),
    ];
  });
}
