/** Verdicts among the parts of a stream: what is compared by meaning, where, and what happens when it cannot be. */
import { expect, it } from 'vitest';
import type { Embedder } from '../../../../electron/pipeline/ports/embedder.ts';
import type { SentenceChecker } from '../../../../electron/pipeline/ports/sentence-checker.ts';
import { createCheckingDesk } from '../../../../electron/pipeline/verification/checking-desk.ts';
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
  checker: SentenceChecker | null,
): Promise<{ types: string[]; found: SentenceVerification[]; outcome: string }> {
  const stream = verified(parts(), {
    evidenceOf: ({ chunkId }) => (chunkId === 7 ? { text: passage, context: '' } : null),
    checker,
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

function desk(embed: Embedder['embed']): SentenceChecker {
  const embedder: Embedder = {
    fingerprint: 'f',
    kind: 'built-in',
    model: 'm',
    dimensions: 2,
    maxTokens: 256,
    host: null,
    embed,
    close: () => Promise.resolve(),
  };
  return createCheckingDesk(() => Promise.resolve(embedder));
}

it('the meaning lifts a sentence, before the text ends, and the outcome goes through', async () => {
  const alike = desk((texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))));
  const { types, found, outcome } = await run(alike);
  expect(types).toEqual(['text-start', 'citation', 'text-delta', 'verification', 'text-end']);
  expect(found).toMatchObject([{ verdict: 'supported', reason: 'meaning', wordsAlone: false, citations: [1] }]);
  expect(outcome).toBe('answered');
});

// Catches: answers without verdicts, because the process that checks them died.
it('a model that fails, none, or a host that died leaves the verdict to the words, and that is said', async () => {
  const broken = desk(() => Promise.reject(new AppError('embedder-unavailable', 'It is gone.')));
  const died: SentenceChecker = { check: () => Promise.reject(new AppError('pipeline-crashed', 'It died.')) };
  for (const which of [broken, died, null])
    expect((await run(which)).found).toMatchObject([{ verdict: 'partly', reason: 'words', wordsAlone: true }]);
});
