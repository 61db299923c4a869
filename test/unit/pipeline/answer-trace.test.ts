import { describe, expect, it } from 'vitest';
import { TraceRecorder } from '../../../electron/pipeline/answer-trace.ts';
import { costOf } from '../../../electron/pipeline/prices.ts';
import type { Hit } from '../../../shared/domain.ts';

const hit = (chunkId: number, rank: number): Hit => ({
  rank,
  chunkId,
  documentId: 'report',
  title: 'Report',
  path: 'report.pdf',
  page: rank,
  headingPath: [],
  text: 'Net sales were $34.2 billion.',
  boxes: [],
  score: 3 - rank,
  textRank: rank,
  bm25: -1,
  vectorRank: null,
  cosine: null,
});

function recorder(isLocal = false) {
  let now = 1_000;
  const trace = new TraceRecorder(
    () => isLocal,
    costOf,
    () => now,
  );
  return { trace, pass: (milliseconds: number) => (now += milliseconds) };
}

const empty = { text: '', citations: [] };

describe('what is recorded of an answer', () => {
  it('is nothing before anything was searched', () => {
    expect(recorder().trace.finish(empty)).toBeNull();
  });

  // Catches: a passage that is told as sent or cited by its place in the list instead of by what it is.
  it('names what was sent and cited by chunk, a neighbour counting for its passage', () => {
    const { trace } = recorder();
    trace.searched('sales', { hits: [hit(1, 1), hit(2, 2)], mode: 'text', note: null });
    trace.prompted([{ role: 'user', content: 'x' }], [{ hit: hit(2, 2), parts: [hit(2, 2), hit(3, 2)] }]);
    const citation = { number: 4, documentId: 'report', chunkId: 3, title: 'Report', page: 2, boxes: [], quote: 'x' };
    const finished = trace.finish({ text: 'Yes [4]', citations: [citation] });
    expect(finished?.passages.map(({ chunkId, sentAs, citedAs }) => [chunkId, sentAs, citedAs])).toEqual([
      [1, null, null],
      [2, 1, 4],
    ]);
  });

  it('takes times from the question on, the first word’s once', () => {
    const { trace, pass } = recorder();
    trace.searched('sales', { hits: [], mode: 'hybrid', note: null });
    pass(200);
    trace.text();
    pass(300);
    trace.text();
    expect(trace.finish(empty)?.facts).toMatchObject({ firstText: 200, total: 500, cost: 0, requests: [] });
  });

  it('tells tokens as the server told them, and estimates them where it did not', () => {
    const { trace } = recorder();
    trace.begin('rewrite');
    trace.bytesSent({ host: 'api.openai.com', model: 'gpt-4o-mini', bytes: 300 });
    trace.usage({ inputTokens: 70, outputTokens: 9 });
    trace.searched('sales', { hits: [], mode: 'hybrid', note: null });
    trace.begin('answer');
    trace.prompted([{ role: 'user', content: 'x'.repeat(300) }], []);
    trace.bytesSent({ host: 'api.openai.com', model: 'gpt-4o-mini', bytes: 400 });
    const requests = trace.finish({ text: 'y'.repeat(30), citations: [] })?.facts.requests;
    expect(requests).toMatchObject([
      { purpose: 'rewrite', inputTokens: 70, outputTokens: 9, reported: true },
      { purpose: 'answer', inputTokens: 100, outputTokens: 10, reported: false },
    ]);
  });

  // Catches: a sum that leaves out a request of unknown price and so claims too little.
  it('knows no sum when one price is unknown, and charges nothing for what did not arrive', () => {
    const { trace } = recorder();
    trace.searched('sales', { hits: [], mode: 'hybrid', note: null });
    trace.begin('answer');
    trace.bytesSent({ host: 'llm.example', model: 'any', bytes: 10 });
    expect(trace.finish(empty)?.facts.cost).toBeNull();
    trace.unreachable();
    expect(trace.finish(empty)?.facts).toMatchObject({ cost: 0, requests: [{ delivered: false }] });
  });
});

describe('prices', () => {
  const request = { host: 'api.openai.com', model: 'gpt-4o-mini', local: false, inputTokens: 1e6, outputTokens: 1e6 };

  it('are those of the model, dated or not, at its own maker alone', () => {
    expect(costOf(request)).toBeCloseTo(0.75);
    expect(costOf({ ...request, model: 'gpt-4o-mini-2024-07-18' })).toBeCloseTo(0.75);
    expect(costOf({ ...request, host: 'proxy.example' })).toBeNull();
    expect(costOf({ ...request, model: 'gpt-9' })).toBeNull();
    expect(costOf({ ...request, local: true })).toBe(0);
  });
});
