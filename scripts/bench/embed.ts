/**
 * Measures the built-in embedder against bare onnxruntime: the same model, threads and batches, already cut into
 * tokens. What is lost is tokenizing, sorting, pooling and the queue.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import * as onnxruntime from 'onnxruntime-node';
import { openLocalEmbedder } from '../../electron/adapters/local-embedder.ts';
import { planBatches } from '../../electron/pipeline/embed.ts';
import { atLeast, atMost, median } from './report.ts';
import type { BenchResult } from './report.ts';

const modelDirectory =
  process.env['QUIRE_MODEL_DIR'] ??
  fileURLToPath(new URL('../../.cache/models/all-MiniLM-L6-v2-int8', import.meta.url));

const chunkCount = 128;
const rounds = 9;

/** Chunks of 170 to 200 words of the model's own vocabulary, the same in every run. */
function sampleChunks(tokenizer: Tokenizer): string[] {
  const words = [...tokenizer.get_vocab().keys()].filter((word) => /^[a-z]{3,12}$/.test(word));
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 4_294_967_296) * below);
  };
  return Array.from({ length: chunkCount }, () =>
    Array.from(
      { length: 170 + random(31) },
      (_, index) => `${words[random(words.length)]}${index % 14 === 13 ? '.' : ''}`,
    ).join(' '),
  );
}

export async function run(): Promise<BenchResult[]> {
  const read = (name: string): Buffer => readFileSync(join(modelDirectory, name));
  const tokenizer = new Tokenizer(
    JSON.parse(read('tokenizer.json').toString()) as object,
    JSON.parse(read('tokenizer_config.json').toString()) as object,
  );
  const chunks = sampleChunks(tokenizer);
  const threads = availableParallelism();
  const session = await onnxruntime.InferenceSession.create(read('model.onnx'), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = bareFeeds(tokenizer, chunks);
  const embedder = await openLocalEmbedder({ modelDirectory, threads });

  const bare = async (): Promise<number> => {
    const started = performance.now();
    for (const feed of feeds) await session.run(feed);
    return chunkCount / ((performance.now() - started) / 1000);
  };
  const whole = async (): Promise<number> => {
    const started = performance.now();
    await embedder.embed(chunks);
    return chunkCount / ((performance.now() - started) / 1000);
  };
  await bare();
  await whole();
  // In turns, and the first one changes, so that whatever else the machine does meets both.
  const pairs: { bare: number; whole: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await bare() : await whole();
    const second = round % 2 === 0 ? await whole() : await bare();
    pairs.push(round % 2 === 0 ? { bare: first, whole: second } : { bare: second, whole: first });
  }
  const ratio = median(pairs.map((pair) => pair.whole / pair.bare));
  const question = await questionTime((text) => embedder.embed([text], { priority: 'interactive' }));
  await embedder.close();
  await session.release();

  const wholeRate = median(pairs.map((pair) => pair.whole));
  const bareRate = median(pairs.map((pair) => pair.bare));
  const how = `${chunkCount} chunks of 170 to 200 words, ${threads} threads, median of ${rounds} turns`;
  return [
    atLeast(
      'Embedding against bare onnxruntime on the same batches',
      ratio,
      0.9,
      'x',
      `${wholeRate.toFixed(1)} chunks/s against ${bareRate.toFixed(1)}; ${how}`,
    ),
    atMost('Embedding a question', question, 50, 'ms', 'twelve words, median of 50'),
  ];
}

/** The batches that the embedder itself would run: windows of 64, sorted by length, 16 at most. */
function bareFeeds(tokenizer: Tokenizer, chunks: readonly string[]): onnxruntime.InferenceSession.FeedsType[] {
  const feeds: onnxruntime.InferenceSession.FeedsType[] = [];
  for (let start = 0; start < chunks.length; start += 64) {
    const window = chunks.slice(start, start + 64).map((text) => tokenizer.encode(text).ids.slice(0, 256));
    const lengths = window.map((ids) => ids.length);
    for (const batch of planBatches(lengths, { maxItems: 16, maxCells: 16 * 256 })) {
      const length = Math.max(...batch.map((index) => lengths[index] ?? 0));
      const ids = new BigInt64Array(batch.length * length);
      const mask = new BigInt64Array(batch.length * length);
      batch.forEach((index, row) => {
        window[index]?.forEach((id, column) => {
          ids[row * length + column] = BigInt(id);
          mask[row * length + column] = 1n;
        });
      });
      const tensor = (data: BigInt64Array): onnxruntime.Tensor =>
        new onnxruntime.Tensor('int64', data, [batch.length, length]);
      feeds.push({
        input_ids: tensor(ids),
        attention_mask: tensor(mask),
        token_type_ids: tensor(new BigInt64Array(ids.length)),
      });
    }
  }
  return feeds;
}

async function questionTime(embed: (text: string) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 50; run += 1) {
    const started = performance.now();
    await embed('What was the year-end balance of property, plant and equipment in 2018?');
    times.push(performance.now() - started);
  }
  return median(times);
}
