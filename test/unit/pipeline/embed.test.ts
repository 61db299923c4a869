/** The embed stage: every text gets its vector once, stored slice by slice, and it can go on after a stop. */
import { describe, expect, test } from 'vitest';
import type { NewVector, PendingText, VectorStore } from '../../../electron/db/search-types.ts';
import { embedDocument, embeddingText, normalise, planBatches } from '../../../electron/pipeline/embed.ts';
import type { Embedder } from '../../../electron/pipeline/ports/embedder.ts';
import { AppError } from '../../../shared/errors.ts';

/** A store in memory, with the contract of the real one: pending texts are those without a vector. */
function memoryStore(count: number) {
  const texts: PendingText[] = Array.from({ length: count }, (_, index) => ({
    contentHash: `hash-${index}`,
    contextText: index % 2 === 0 ? 'Title' : '',
    text: `text ${index}`,
    tokenCount: 3,
  }));
  const stored = new Map<string, Float32Array>();
  const progress = () => Promise.resolve({ done: stored.size, total: count });
  const vectors: VectorStore = {
    pending: (_document, _fingerprint, limit) =>
      Promise.resolve(texts.filter(({ contentHash }) => !stored.has(contentHash)).slice(0, limit)),
    put: (_document, _fingerprint, slice: readonly NewVector[]) => {
      for (const { contentHash, vector } of slice) {
        if (stored.has(contentHash)) throw new Error(`${contentHash} was embedded twice`);
        stored.set(contentHash, vector);
      }
      return progress();
    },
    progress,
    read: () => Promise.resolve([]),
    documentsLacking: () => Promise.resolve([]),
  };
  return { vectors, stored, texts };
}

/** The vector of a text is its length. */
function fakeEmbedder(onEmbed: (texts: readonly string[]) => void = () => undefined): Embedder {
  return {
    kind: 'built-in',
    model: 'fake',
    fingerprint: 'fake',
    dimensions: 1,
    maxTokens: 256,
    host: null,
    embed: (texts, options) => {
      if (options?.signal?.aborted) return Promise.reject(new AppError('cancelled', 'stopped'));
      onEmbed(texts);
      return Promise.resolve(texts.map((text) => Float32Array.of(text.length)));
    },
    close: () => Promise.resolve(),
  };
}

describe('embedDocument', () => {
  test('stores every text’s own vector and tells growing progress', async () => {
    const { vectors, stored, texts } = memoryStore(700);
    const seen: number[] = [];
    const progress = await embedDocument({
      vectors,
      embedder: fakeEmbedder(),
      documentId: 'd',
      onProgress: ({ done }) => seen.push(done),
    });
    expect(progress).toEqual({ done: 700, total: 700 });
    for (const text of texts) expect(stored.get(text.contentHash)?.[0]).toBe(embeddingText(text).length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(5);
  });

  test('stops between slices, keeps what was stored and goes on from there', async () => {
    const { vectors, stored } = memoryStore(400);
    const controller = new AbortController();
    let embedded = 0;
    const embedder = fakeEmbedder((texts) => {
      embedded += texts.length;
    });
    const options = { vectors, embedder, documentId: 'd' };
    await expect(
      embedDocument({
        ...options,
        signal: controller.signal,
        onProgress: ({ done }) => done >= 128 && controller.abort(),
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(stored.size).toBe(128);
    const before = embedded;
    expect(await embedDocument(options)).toEqual({ done: 400, total: 400 });
    expect(embedded - before).toBe(400 - 128);
  });

  test('a turn takes no more than it is given', async () => {
    const { vectors, stored } = memoryStore(400);
    await embedDocument({ vectors, embedder: fakeEmbedder(), documentId: 'd', maxTexts: 100 });
    expect(stored.size).toBe(100);
  });

  test('an embedder that fails leaves what was stored and its error', async () => {
    const { vectors, stored } = memoryStore(300);
    let calls = 0;
    const embedder = fakeEmbedder(() => {
      calls += 1;
      if (calls === 3) throw new AppError('embedder-unavailable', 'gone');
    });
    await expect(embedDocument({ vectors, embedder, documentId: 'd' })).rejects.toMatchObject({
      code: 'embedder-unavailable',
    });
    expect(stored.size).toBeGreaterThan(0);
    expect(stored.size).toBeLessThan(300);
  });
});

describe('planBatches', () => {
  const limits = { maxItems: 4, maxCells: 100 };

  test('every item is in one batch, batches hold their limits and like lengths', () => {
    const lengths = [3, 50, 7, 20, 25, 10, 90, 24, 1, 300];
    const batches = planBatches(lengths, limits);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
    for (const batch of batches) {
      const longest = Math.max(...batch.map((index) => lengths[index] ?? 0));
      expect(batch.length).toBeLessThanOrEqual(4);
      if (batch.length > 1) expect(longest * batch.length).toBeLessThanOrEqual(100);
    }
    expect(batches[0]).toEqual([9]);
  });

  test('nothing to plan', () => expect(planBatches([], limits)).toEqual([]));
});

test('a zero vector is not divided by its length', () => {
  expect([...normalise(new Float32Array(3))]).toEqual([0, 0, 0]);
  expect([...normalise(Float32Array.of(3, 4))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
});
