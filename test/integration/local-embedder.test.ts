/** The built-in model itself: what `npm run setup` derived, on this processor. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLocalEmbedder } from '../../electron/adapters/local-embedder.ts';
import type { Embedder } from '../../electron/pipeline/ports/embedder.ts';
import { modelDirectory } from '../helpers/models.ts';

let embedder: Embedder;
beforeAll(async () => {
  embedder = await openLocalEmbedder({ modelDirectory });
});
afterAll(() => embedder.close());

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) throw new Error('A vector is missing.');
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

async function similarity(a: string, b: string): Promise<number> {
  const [first, second] = await embedder.embed([a, b]);
  return cosine(first, second);
}

const long = 'The company recognises revenue when control of the goods passes to the customer. '.repeat(40);

test('vectors have the model’s dimensions and length 1', async () => {
  expect(embedder.dimensions).toBe(384);
  expect(embedder.fingerprint).toMatch(/^built-in\/all-MiniLM-L6-v2\/[0-9a-f]{12}\/384\/mean\/256\/1$/);
  for (const vector of await embedder.embed(['one', 'two words', long, ''])) {
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  }
});

test.each([
  ['A man is playing a guitar.', 'Someone plays an instrument.', 'The stock market fell sharply today.'],
  ['What was net revenue in 2022?', 'Total net sales for fiscal 2022 were $34.2 billion.', 'The cat sat on the mat.'],
  [
    'How do I terminate the lease?',
    'Either party may end this rental agreement with 30 days’ notice.',
    'Boil the pasta for ten minutes.',
  ],
])('related texts are nearer than unrelated ones: %s', async (text, related, unrelated) => {
  expect(await similarity(text, related)).toBeGreaterThan((await similarity(text, unrelated)) + 0.2);
});

test('known cosines of the model hold (a wrong pooling or tokenizer would miss them)', async () => {
  // Of the fp32 model: sentence-transformers' own example, within what int8 costs.
  expect(await similarity('That is a happy person', 'That is a happy dog')).toBeCloseTo(0.695, 1);
  expect(await similarity('That is a happy person', 'That is a very happy person')).toBeCloseTo(0.943, 1);
  expect(await similarity('That is a happy person', 'Today is a sunny day')).toBeCloseTo(0.257, 1);
});

test('a vector does not depend on what it is batched with, nor on the order', async () => {
  const texts = Array.from({ length: 70 }, (_, index) => `${long.slice(0, 30 + index * 23)} Item ${index}.`);
  const together = await embedder.embed(texts);
  for (const index of [0, 13, 33, 69]) {
    const [alone] = await embedder.embed([texts[index] ?? '']);
    // Activations are quantised with one scale a batch, so the last digits differ.
    expect(cosine(alone, together[index])).toBeGreaterThan(0.985);
  }
  const shuffled = await embedder.embed([...texts].reverse());
  texts.forEach((_, index) => expect(cosine(shuffled[69 - index], together[index])).toBeGreaterThan(0.985));
});

test('a text is cut at 256 tokens, as the model was trained', async () => {
  expect(embedder.countTokens?.('Hello world')).toBe(4);
  expect(embedder.countTokens?.(long)).toBeGreaterThan(300);
  const [cut, longer] = await embedder.embed([long, `${long} And now about something else entirely: volcanoes.`]);
  expect(cosine(cut, longer)).toBeGreaterThan(0.999);
});

test('a question overtakes a document’s batches', async () => {
  const background = embedder.embed(Array.from({ length: 96 }, () => long));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const order: string[] = [];
  const question = embedder.embed(['What is revenue?'], { priority: 'interactive' }).then(() => order.push('question'));
  await Promise.all([background.then(() => order.push('document')), question]);
  expect(order).toEqual(['question', 'document']);
});

test('an abort ends a long job between two batches', async () => {
  const controller = new AbortController();
  const job = embedder.embed(
    Array.from({ length: 3_000 }, () => long),
    { signal: controller.signal },
  );
  setTimeout(() => controller.abort(), 100);
  // All of it takes longer than a test may.
  await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  expect(await embedder.embed(['still works'])).toHaveLength(1);
});

test('no texts, no vectors', async () => {
  expect(await embedder.embed([])).toEqual([]);
});

test('a folder without the model says what to do', async () => {
  const nowhere = fileURLToPath(new URL('./no-such-model', import.meta.url));
  await expect(openLocalEmbedder({ modelDirectory: nowhere })).rejects.toMatchObject({
    code: 'embedder-unavailable',
    hint: expect.stringContaining('npm run setup') as string,
  });
});
