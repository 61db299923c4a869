/** The embedding adapter against a real server. */
import { afterEach, expect, test } from 'vitest';
import { openOpenAiEmbedder } from '../../electron/adapters/openai-embedder.ts';
import type { OpenAiEmbedderOptions } from '../../electron/adapters/openai-embedder.ts';
import { hashedVector, startOpenAiServer } from '../helpers/openai-server.ts';
import type { OpenAiServer, OpenAiServerOptions } from '../helpers/openai-server.ts';

let server: OpenAiServer;
afterEach(() => server.close());

async function open(serverOptions: OpenAiServerOptions = {}, options: Partial<OpenAiEmbedderOptions> = {}) {
  server = await startOpenAiServer(serverOptions);
  return openOpenAiEmbedder({
    kind: 'compatible',
    baseUrl: server.baseUrl,
    model: 'test-embedding',
    apiKey: 'sk-test',
    ...options,
  });
}

function expectedVector(text: string, dimensions: number): number[] {
  const vector = hashedVector(text, dimensions);
  const length = Math.hypot(...vector);
  return [...vector].map((value) => value / length);
}

test.each(['base64', 'float'] as const)(
  'answers in %s become unit vectors in the order of the texts',
  async (format) => {
    const embedder = await open({ dimensions: 48, embeddingFormat: format });
    expect(embedder.dimensions).toBe(48);
    const texts = ['a short one', 'a much longer text '.repeat(60), 'net sales', ''];
    const vectors = await embedder.embed(texts);
    texts.slice(0, 3).forEach((text, index) => {
      const expected = expectedVector(text, 48);
      expect(vectors[index]).toHaveLength(48);
      vectors[index]?.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 5));
    });
    expect(vectors[3]).toHaveLength(48);
  },
);

test('many texts go in several requests, none lost', async () => {
  const embedder = await open({ dimensions: 8 });
  const texts = Array.from({ length: 100 }, (_, index) => `text number ${index} ${'word '.repeat(index)}`);
  const vectors = await embedder.embed(texts);
  expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => 8));
  const sent = server.requests.slice(1).map(({ body }) => (body as { input: string[] }).input.length);
  expect(sent.reduce((a, b) => a + b, 0)).toBe(100);
  expect(Math.max(...sent)).toBeLessThanOrEqual(16);
});

test('a 429 is waited for as the server asks, a 500 is tried again', async () => {
  const embedder = await open();
  server.fail({ kind: 'status', status: 429, retryAfter: '0.1' }, 1);
  expect(await embedder.embed(['x'])).toHaveLength(1);
  server.fail({ kind: 'status', status: 500, retryAfter: '0' }, 2);
  expect(await embedder.embed(['x'])).toHaveLength(1);
});

test('an abort during the wait ends it', async () => {
  const embedder = await open();
  server.fail({ kind: 'status', status: 429, retryAfter: '30' });
  const started = performance.now();
  await expect(embedder.embed(['x'], { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
    code: 'cancelled',
  });
  // Not the 30 s, however busy the machine is.
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('a wrong key, a wrong model and a wrong answer are told apart', async () => {
  await expect(open({ apiKey: 'sk-other' })).rejects.toMatchObject({ code: 'provider-unauthorized' });
  await server.close();
  await expect(open({}, { model: 'nope' })).rejects.toMatchObject({ code: 'provider-model-not-found' });
  await server.close();
  const embedder = await open();
  server.fail({ kind: 'malformed' });
  await expect(embedder.embed(['x'])).rejects.toMatchObject({ code: 'provider-bad-response' });
});

test('a known model of OpenAI needs no probe; servers of the same model name have different fingerprints', async () => {
  const known = await open({}, { kind: 'openai', model: 'text-embedding-3-small' });
  expect(known.dimensions).toBe(1536);
  expect(server.requests).toEqual([]);
  const here = await openOpenAiEmbedder({
    kind: 'compatible',
    baseUrl: server.baseUrl,
    model: 'test-embedding',
    apiKey: null,
  });
  expect(here.fingerprint).toContain(server.host);
  expect(here.fingerprint).not.toBe(known.fingerprint);
});

test('a server that changes its dimensions is caught before its vectors are mixed with the old ones', async () => {
  const embedder = await open({ dimensions: 16 }, { dimensions: 32 });
  await expect(embedder.embed(['x'])).rejects.toMatchObject({ code: 'provider-bad-response' });
});
