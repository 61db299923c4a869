/** Verdicts among the parts of a stream: what is compared by meaning, where, and what happens when it cannot be. */
import { expect, it } from 'vitest';
import type { Embedder } from '../../../../electron/pipeline/ports/embedder.ts';
import { verified } from '../../../../electron/pipeline/verification/stream.ts';
import type { Citation, SentenceVerification } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { StreamPartBody } from '../../../../shared/stream.ts';

const passage = 'The crane is lubricated every spring by the crew of the harbour, who also paint its jib.';
/** Shares too few words with the passage for a verdict by words. */
const paraphrase = 'Each spring the harbour crew lubricates machinery thoroughly and carefully.';
const citation: Citation = { number: 1, documentId: 'd', chunkId: 7, title: 'T', page: 1, boxes: [], quote: '' };

async function* parts(): AsyncGenerator<StreamPartBody, string> {
  yield { type: 'text-start' };
  yield { type: 'citation', citation };
  yield { type: 'text-delta', text: `${paraphrase} [1]` };
  yield { type: 'text-end' };
  return await Promise.resolve('answered');
}

async function run(
  embedder: Embedder | null,
): Promise<{ types: string[]; found: SentenceVerification[]; outcome: string }> {
  const stream = verified(parts(), {
    evidenceOf: ({ chunkId }) => (chunkId === 7 ? { text: passage, context: '' } : null),
    embedder,
    signal: undefined,
  });
  const types: string[] = [];
  const found: SentenceVerification[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done) return { types, found, outcome: next.value };
    types.push(next.value.type);
    if (next.value.type === 'verification') found.push(next.value.verification);
  }
}

function embedder(host: string | null, embed: Embedder['embed']): Embedder {
  return {
    fingerprint: 'f',
    kind: 'built-in',
    model: 'm',
    dimensions: 2,
    maxTokens: 256,
    host,
    embed,
    close: () => Promise.resolve(),
  };
}

it('the meaning lifts a sentence, before the text ends, and the outcome goes through', async () => {
  const alike = embedder(null, (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))));
  const { types, found, outcome } = await run(alike);
  expect(types).toEqual(['text-start', 'citation', 'text-delta', 'verification', 'text-end']);
  expect(found).toMatchObject([{ verdict: 'supported', reason: 'meaning', wordsAlone: false, citations: [1] }]);
  expect(outcome).toBe('answered');
});

// Catches: sentences of an answer sent to a server that is there for documents.
it('an embedder elsewhere is not asked: the words decide, and that is said', async () => {
  const remote = embedder('api.example', () => Promise.reject(new Error('must not be called')));
  let calls = 0;
  const counted = { ...remote, embed: () => Promise.reject(new Error(`call ${(calls += 1)}`)) };
  expect((await run(counted)).found).toMatchObject([{ verdict: 'partly', reason: 'words', wordsAlone: true }]);
  expect(calls).toBe(0);
});

it('one that fails, or none, leaves the verdict to the words, and that is said', async () => {
  const broken = embedder(null, () => Promise.reject(new AppError('embedder-unavailable', 'It is gone.')));
  for (const which of [broken, null])
    expect((await run(which)).found).toMatchObject([{ verdict: 'partly', reason: 'words', wordsAlone: true }]);
});
