/** What main saves and the window shows is made by one function; both would go wrong together. */
import { expect, test } from 'vitest';
import { emptyAnswer as empty } from '../../helpers/message.ts';
import type { Citation } from '../../../shared/domain.ts';
import type { StreamPartBody } from '../../../shared/stream.ts';
import { applyPart, applyParts } from '../../../shared/stream-reducer.ts';

const citation = (number: number, quote = 'q'): Citation => ({
  number,
  documentId: 'd',
  chunkId: number,
  title: 'T',
  page: 1,
  boxes: [],
  quote,
});
const source = { kind: 'extractive', model: null, host: null, retrieval: 'text', note: null } as const;

test('a whole answer', () => {
  const parts: StreamPartBody[] = [
    { type: 'status', status: 'retrieving' },
    { type: 'source', source },
    { type: 'text-start' },
    { type: 'citation', citation: citation(1) },
    { type: 'text-delta', text: 'Sales rose ' },
    { type: 'text-delta', text: '[1].' },
    { type: 'text-end' },
    { type: 'usage', usage: { inputTokens: 10, outputTokens: 4 } },
    { type: 'finish', reason: 'complete' },
  ];
  expect(applyParts(empty, parts)).toEqual({
    ...empty,
    text: 'Sales rose [1].',
    state: 'complete',
    citations: [citation(1)],
    source,
    usage: { inputTokens: 10, outputTokens: 4 },
  });
});

test('attaching late gives the text once, not twice', () => {
  const half = applyParts(empty, [{ type: 'text-start' }, { type: 'text-delta', text: 'Half' }]);
  const again = applyParts(half, [{ type: 'text-start' }, { type: 'text-delta', text: 'Half a' }]);
  expect(again.text).toBe('Half a');
});

test('a citation that is sent again replaces itself and keeps the order', () => {
  const message = applyParts(empty, [
    { type: 'citation', citation: citation(2) },
    { type: 'citation', citation: citation(1) },
    { type: 'citation', citation: citation(2, 'longer') },
  ]);
  expect(message.citations.map(({ number, quote }) => [number, quote])).toEqual([
    [1, 'q'],
    [2, 'longer'],
  ]);
});

test('a broken answer keeps its text and says why', () => {
  const error = { code: 'provider-stream-broken', message: 'broke', hint: '', retryable: true } as const;
  const message = applyParts(empty, [
    { type: 'text-delta', text: 'Half' },
    { type: 'error', error },
    { type: 'finish', reason: 'interrupted' },
  ]);
  expect(message).toMatchObject({ text: 'Half', error, state: 'interrupted' });
});

test('a message is never changed in place, and a part that says nothing gives the same object', () => {
  const frozen = Object.freeze({ ...empty });
  expect(applyPart(frozen, { type: 'text-delta', text: 'x' })).not.toBe(frozen);
  expect(applyPart(frozen, { type: 'text-end' })).toBe(frozen);
  expect(applyPart(frozen, { type: 'text-delta', text: '' })).toBe(frozen);
});
