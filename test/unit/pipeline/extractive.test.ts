/** The answer without a model: the right sentence, at the right place, and nothing when there is nothing. */
import { describe, expect, test } from 'vitest';
import { citeHit, mergeQuotes, supportFor } from '../../../electron/pipeline/answer-quote.ts';
import { escapeMarkdown, extractiveAnswer, textDeltas } from '../../../electron/pipeline/extractive.ts';
import type { ExtractiveInput } from '../../../electron/pipeline/extractive.ts';
import type { Embedder } from '../../../electron/pipeline/ports/embedder.ts';
import type { Box, Citation, Hit } from '../../../shared/domain.ts';
import { hashedVector } from '../../helpers/openai-server.ts';

function hit(rank: number, text: string, more: Partial<Hit> = {}): Hit {
  const page = more.page ?? rank;
  return {
    rank,
    chunkId: rank,
    documentId: 'report',
    title: 'Annual report 2022',
    path: 'report.pdf',
    page,
    headingPath: [],
    text,
    boxes: [{ page, x0: 0, y0: 0, x1: 500, y1: 700 }],
    score: 1 / rank,
    textRank: rank,
    bm25: -1,
    vectorRank: null,
    cosine: null,
    ...more,
  };
}

const hits = [
  hit(
    1,
    'The tenant shall pay a deposit of $2,400 before moving in. It is returned within 30 days after the lease ends. Pets are not allowed without written consent.',
  ),
  hit(
    2,
    'Either party may terminate this lease with 60 days’ written notice. Notice has to be sent by registered mail.',
  ),
  hit(3, 'The landlord repairs the roof. The kitchen was renovated in 2019.'),
];

async function run(question: string, more: Partial<ExtractiveInput> = {}) {
  const parts = [];
  const input = { question, hits, embedder: null, locate: undefined, scopeName: 'your documents', signal: undefined };
  for await (const part of extractiveAnswer({ ...input, ...more })) parts.push(part);
  const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
  const citations = parts.flatMap((part): Citation[] => (part.type === 'citation' ? [part.citation] : []));
  return { parts, text, citations };
}

describe('extractiveAnswer', () => {
  test.each([
    ['How much is the deposit?', 'deposit of $2,400', 1],
    ['How can the lease be terminated?', '60 days’ written notice', 2],
    ['Who repairs the roof?', 'The landlord repairs the roof.', 3],
  ])('%s', async (question, first, page) => {
    const { text, citations } = await run(question);
    expect(text.split('\n').find((line) => line.startsWith('- '))).toContain(first);
    expect(citations[0]).toMatchObject({ number: 1, page, chunkId: page });
    expect(citations[0]?.quote).toContain(first);
  });

  test('every number in the text has its citation before it, in order', async () => {
    const { parts, text } = await run('What does the lease say about notice, deposit and repairs?');
    const numbers = [...text.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(1);
    let cited = 0;
    for (const part of parts) {
      if (part.type === 'citation') cited = part.citation.number;
      if (part.type === 'text-delta') {
        for (const [, number] of part.text.matchAll(/\[(\d+)\]/g)) expect(Number(number)).toBeLessThanOrEqual(cited);
      }
    }
    expect(parts[0]?.type).toBe('text-start');
    expect(parts.at(-1)?.type).toBe('text-end');
  });

  test('the boxes are those of the sentence, asked for by its range', async () => {
    const box = (start: number, end: number): Box => ({ page: 1, x0: start, y0: 0, x1: end, y1: 10 });
    const { citations } = await run('How much is the deposit?', {
      locate: (_hit, start, end) => ({ boxes: [box(start, end)], ranges: [] }),
    });
    const quote = 'The tenant shall pay a deposit of $2,400 before moving in.';
    expect(citations[0]).toMatchObject({ quote, boxes: [box(0, quote.length)] });
  });

  test('a sentence that points back takes the one before it along', async () => {
    const { citations } = await run('When is the deposit returned after the lease ends?');
    expect(citations[0]?.quote).toBe(
      'The tenant shall pay a deposit of $2,400 before moving in. It is returned within 30 days after the lease ends.',
    );
  });

  test('rows of a table answer with their column and unit', async () => {
    const table = hit(
      1,
      '(in millions)\nDecember 31, 2022 2021\nTotal current assets 14,688 15,403\nInventories 5,372 4,985\nGoodwill 12,790 13,486',
    );
    const { text, citations } = await run('What were inventories at the end of 2022?', { hits: [table] });
    expect(text).toContain('- Inventories (in millions) — 2022: 5,372 · 2021: 4,985 [1]');
    expect(citations[0]?.quote).toBe('Inventories 5,372 4,985');
  });

  test('a total says of what', async () => {
    const table = hit(1, '(in millions)\nDecember 31, 2022 2021\nAirplanes 218 177\nTotal 1,222 980', {
      headingPath: ['Segments', 'Capital expenditures'],
    });
    const { text } = await run('What were total capital expenditures in 2022?', { hits: [table] });
    expect(text).toContain('- Capital expenditures: Total (in millions) — 2022: 1,222 · 2021: 980 [1]');
  });

  test('nothing about the question says so, where it looked, and cites nothing', async () => {
    const { text, citations } = await run('Which vaccine trials did the company register in Brazil?');
    expect(text.trim()).toBe(
      'I found nothing about this in your documents. I searched by words and by meaning. ' +
        'Try the words that the document itself would use, or shorter questions.',
    );
    expect(citations).toEqual([]);
  });

  test('a word in common is no answer: what is near in nothing else is not quoted', async () => {
    const far: Embedder = {
      ...{ kind: 'built-in', model: 'm', fingerprint: 'f', dimensions: 8, maxTokens: 256, host: null },
      // The question lies across all sentences.
      embed: (texts) => Promise.resolve(texts.map((_, index) => Float32Array.from(index === 0 ? [1, 0] : [0.1, 0.99]))),
      close: () => Promise.resolve(),
    };
    const { text, citations } = await run('Explain the roof tax of Babylon', { embedder: far });
    expect(text).toContain('I found nothing about this');
    expect(citations).toEqual([]);
  });

  test('a question that asks for two things has both answers, each with its citations', async () => {
    const parts = [
      { asked: 'How much is the deposit?', question: 'How much is the deposit?', hits: [hits[0] as Hit] },
      { asked: 'Who repairs the roof?', question: 'Who repairs the roof?', hits: [hits[2] as Hit] },
      { asked: 'Which vaccine trials ran in Brazil?', question: 'Which vaccine trials ran in Brazil?', hits },
    ];
    const { text, citations } = await run('How much is the deposit and who repairs the roof?', { parts });
    const [, deposit = '', roof = '', trials = ''] = text.split(/^\*\*(?=How|Who|Which)/m);
    expect(deposit).toContain('$2,400');
    expect(roof).toContain('The landlord repairs the roof.');
    expect(trials).toContain('I found nothing about this');
    expect(citations.map(({ number }) => number)).toEqual(citations.map((_, index) => index + 1));
    expect(citations.map(({ page }) => page)).toEqual(expect.arrayContaining([1, 3]));
  });

  test('a segment’s figure is told with its segment, and comes behind the company’s', async () => {
    const rows = '(in millions) 2018 2017\nOperating income';
    const segment = hit(1, `${rows} 17,869 17,745`, { headingPath: ['Walmart U.S. Segment'] });
    const whole = hit(2, `${rows} 20,437 22,764`, { headingPath: ['Consolidated Statements of Income'] });
    const { text } = await run('What was operating income in 2018?', { hits: [segment, whole] });
    const [first, second] = text.split('\n').filter((line) => line.startsWith('- '));
    expect(first).toBe('- Operating income (in millions) — 2018: 20,437 · 2017: 22,764 [1]');
    expect(second).toContain('Walmart U.S. Segment: Operating income (in millions) — 2018: 17,869');
  });

  test('a name that is nowhere is told before what comes closest', async () => {
    const { text } = await run('What deposit does Wimbledon want?');
    expect(text).toContain('mentions “Wimbledon”');
    expect(text).toContain('$2,400');
  });

  test('several documents are told apart', async () => {
    const other = hit(2, 'The deposit for the garage is $300.', { documentId: 'garage', title: 'Garage *contract*' });
    const { text } = await run('How much is the deposit?', { hits: [hits[0] as Hit, other] });
    expect(text).toContain('From **Annual report 2022**:');
    expect(text).toContain('From **Garage \\*contract\\***:');
  });

  test('the same sentence in two passages is said once', async () => {
    const { citations } = await run('How much is the deposit?', {
      hits: [hits[0] as Hit, { ...(hits[0] as Hit), rank: 2, chunkId: 9 }],
    });
    expect(new Set(citations.map(({ quote }) => quote)).size).toBe(citations.length);
  });

  test('sentences never go to an embedder on another computer', async () => {
    let asked = 0;
    const embedder = (host: string | null): Embedder => ({
      kind: 'compatible',
      model: 'm',
      fingerprint: 'f',
      dimensions: 8,
      maxTokens: 256,
      host,
      embed: (texts) => {
        asked += 1;
        return Promise.resolve(texts.map((text) => hashedVector(text, 8)));
      },
      close: () => Promise.resolve(),
    });
    await run('How much is the deposit?', { embedder: embedder('api.example.com') });
    expect(asked).toBe(0);
    await run('How much is the deposit?', { embedder: embedder(null) });
    expect(asked).toBe(1);
  });

  test('an embedder that hangs costs less than a second and no answer', async () => {
    const hanging: Embedder = {
      kind: 'built-in',
      model: 'm',
      fingerprint: 'f',
      dimensions: 8,
      maxTokens: 256,
      host: null,
      embed: (_texts, options) =>
        new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('late')))),
      close: () => Promise.resolve(),
    };
    const { text } = await run('How much is the deposit?', { embedder: hanging });
    expect(text).toContain('$2,400');
  });
});

test('a document’s words are no Markdown, and deltas lose nothing', () => {
  const hostile = '# <img src=x onerror=alert(1)> [link](javascript:x) *b* `c` | ~ &lt; 1. x';
  const escaped = escapeMarkdown(hostile);
  expect(escaped).not.toMatch(/(?<!\\)[<>[\]`*#|]/);
  expect(escapeMarkdown('1. First')).toBe('1\\. First');
  expect(escapeMarkdown('- First')).toBe('\\- First');
  const text = '  From **A**:\n\n- one two three four five six seven eight [1]\n';
  const deltas = [...textDeltas(text)].map((part) => (part.type === 'text-delta' ? part.text : ''));
  expect(deltas.join('')).toBe(text);
  expect(deltas.length).toBeGreaterThan(1);
});

describe('what supports a claim', () => {
  const passage =
    'Net sales were $34.2 billion in 2022. Operating margin was 19.1 percent. Employees: 92,000 worldwide.';

  test('the sentence that shares its figures and words', () => {
    const support = supportFor('The company’s operating margin reached 19.1 percent', [hit(1, passage)]);
    expect(support && passage.slice(support.start, support.end)).toBe('Operating margin was 19.1 percent.');
  });

  test('none, when nothing is shared: the whole passage stands for it', async () => {
    expect(supportFor('Bananas are yellow', [hit(1, passage)])).toBeNull();
    const citation = await citeHit(1, hit(1, passage), [], undefined);
    expect(citation.quote).toBe(passage);
    expect(citation.boxes).toHaveLength(1);
  });

  test('the words of a neighbour are cited where they stand', async () => {
    const parts = [hit(1, passage), hit(2, 'Dividends of $1.49 per share were paid.', { page: 7 })];
    const support = supportFor('It paid dividends of $1.49', parts);
    const citation = await citeHit(3, parts[0] as Hit, support ? [support] : [], undefined);
    expect(citation).toMatchObject({
      number: 3,
      chunkId: 2,
      page: 7,
      quote: 'Dividends of $1.49 per share were paid.',
    });
  });

  test('two claims on one passage mark both places, overlaps once', () => {
    const own = hit(1, passage);
    const quote = (start: number, end: number) => ({ hit: own, start, end });
    expect(mergeQuotes([quote(50, 60), quote(0, 10), quote(5, 20)])).toEqual([quote(0, 20), quote(50, 60)]);
  });
});
