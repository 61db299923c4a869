import { describe, expect, it } from 'vitest';
import type { Hit } from '../../../../shared/domain.ts';
import { extractPiece, type ExtractedKind } from '../../../../electron/pipeline/writing/extract.ts';
import { atOnce, inSlices } from '../../../../electron/pipeline/in-slices.ts';
import { centrality, chooseSentences, rankSentences, textRank } from '../../../../electron/pipeline/writing/rank.ts';
import { clipToSelection } from '../../../../electron/pipeline/writing/selection.ts';
import { sentencesOf, type Sentence, type SourceChunk } from '../../../../electron/pipeline/writing/sentences.ts';
import { Turns } from '../../../../electron/pipeline/writing/turns.ts';

function hitOf(text: string, page: number, headingPath: readonly string[] = []): Hit {
  return {
    ...{ rank: 1, chunkId: page, documentId: 'd', title: 'Report', path: '', page, headingPath, text, boxes: [] },
    ...{ score: 0, textRank: null, bm25: null, vectorRank: null, cosine: null },
  };
}
const chunk = (text: string, page: number, headingPath: readonly string[] = [], vector?: number[]): SourceChunk => ({
  hit: hitOf(text, page, headingPath),
  vector: vector ? new Float32Array(vector) : null,
});
const textsOf = (chunks: readonly SourceChunk[]) => atOnce(sentencesOf(chunks)).map(({ text }) => text);
const markdownOf = (kind: ExtractedKind, chunks: readonly SourceChunk[]): string =>
  atOnce(extractPiece(kind, [{ title: 'Report', chunks }]))
    .map(({ before, quote, after }) => `${before}${quote ? `{${quote.hit.page}}` : ''}${after}`)
    .join('');

const telling = [
  'The harbour authority operates four cranes and two ferries in the eastern basin of the city.',
  'Revenue of the harbour increased by 12 percent to 48 million euros because more ships called at the quay.',
  'The council decided to replace the oldest crane of the harbour in the summer of next year.',
  'A new ferry line connects the harbour with the islands twice a day from the month of May.',
];

// Catches: headings, rows, fragments and formulas of every filing in what stands for the text.
describe('sentences', () => {
  it('are whole ones that say something alone', () => {
    const boilerplate = [
      'Indicate by check mark whether the registrant is a large accelerated filer as defined in the rules of the Act.',
      'This report contains forward-looking statements that involve risks and are not guarantees of future results.',
      'These were inspected by two engineers in the month of February before the season began.',
      'See Note 14 to the consolidated financial statements for more on the leases of the company.',
      'Cranes and ferries of the eastern',
      'What does the harbour plan to do with the oldest of its four cranes in the summer?',
      'the rest of a sentence whose beginning is in the passage before this one and that has no capital.',
    ];
    expect(textsOf([chunk([...telling, ...boilerplate].join('\n'), 1)])).toEqual(telling);
  });

  it('of a notice with few of them are taken more freely, formulas still left out', () => {
    const notice =
      'It was inspected by two engineers in the month of February. This was filed with the Securities and Exchange Commission on Monday.';
    expect(textsOf([chunk(notice, 1)])).toEqual(['It was inspected by two engineers in the month of February.']);
  });

  it('that stand twice are taken once', () => {
    expect(textsOf([chunk(telling.join(' '), 1), chunk(telling.join(' '), 2)])).toEqual(telling);
  });
});

describe('rank', () => {
  it('is greater for what other sentences share, and repetitions do not vote for each other', () => {
    const vector = (...words: string[]) => new Map(words.map((word) => [word, 1 / Math.sqrt(words.length)]));
    const shared = [vector('a', 'b', 'c'), vector('a', 'x'), vector('b', 'y'), vector('c', 'z')];
    const ranks = atOnce(textRank(shared));
    expect(ranks[0]).toBe(1);
    expect(Math.max(...ranks.slice(1))).toBeLessThan(0.9);
    const twins = atOnce(textRank([vector('q', 'r'), vector('q', 'r'), ...shared]));
    expect(twins[0]).toBeLessThan(twins[2] ?? 0);
  });

  it('of a passage is its nearness to the middle of the document; unknown without vectors', () => {
    const chunks = [chunk('a', 1, [], [1, 0]), chunk('b', 2, [], [0.8, 0.6]), chunk('c', 3, [], [0, 1])];
    const central = atOnce(centrality(chunks)) ?? [];
    expect(central[1]).toBe(1);
    expect(central[0]).toBeLessThan(1);
    expect(atOnce(centrality([chunk('a', 1), chunk('b', 2)]))).toBeNull();
  });

  // Catches: a summary that says the same thing three times.
  it('chooses no sentence that says what another one said', () => {
    const again =
      'Revenue of the harbour increased by 12 percent to 48 million euros as more ships called at the quay.';
    const chunks = [...telling, again].map((text, index) => chunk(text, index + 1));
    const ranked = atOnce(rankSentences(atOnce(sentencesOf(chunks)), chunks));
    const rules = { most: 5, mostOfChunk: 1, mostOfSection: 9, floor: 0 };
    const chosen = chooseSentences(ranked, rules, () => 'one').map(({ sentence }) => sentence.text);
    expect(chosen).toHaveLength(4);
    expect(chosen.filter((text) => text.startsWith('Revenue'))).toHaveLength(1);
    expect(chooseSentences(ranked, { ...rules, mostOfSection: 2 }, () => 'one')).toHaveLength(2);
  });

  // Catches: a window that stands still while a filing of two thousand pages is ranked.
  it('looks at few passages and sentences between two rests, and at each one’s form once to sort them', () => {
    const looks = { vector: 0, stems: 0, form: 0 };
    const look = <Value>(kind: keyof typeof looks, value: Value): Value => {
      looks[kind] += 1;
      return value;
    };
    const chunks = Array.from({ length: 8_000 }, (_, index): SourceChunk => {
      const vector = Float32Array.from({ length: 384 }, (__, place) => Math.sin(index + place));
      return {
        hit: hitOf('', index),
        get vector() {
          return look('vector', vector);
        },
      };
    });
    const sentences = Array.from({ length: 24_000 }, (_, index): Sentence => {
      const stems = Array.from({ length: 12 }, (__, word) => `word${(index * 7 + word * word) % 9_000}`);
      const place = index / 24_000;
      return {
        ...{ chunk: Math.floor(index / 3), start: 0, end: 1, text: '', place },
        get stems() {
          return look('stems', stems);
        },
        get form() {
          return look('form', 1 + (index % 5) / 10);
        },
      };
    });
    const most = { vector: 0, stems: 0 };
    let forms = 0;
    const work = rankSentences(sentences, chunks);
    for (let next = work.next(); ; next = work.next()) {
      most.vector = Math.max(most.vector, looks.vector);
      most.stems = Math.max(most.stems, looks.stems);
      forms += looks.form;
      Object.assign(looks, { vector: 0, stems: 0, form: 0 });
      if (next.done) break;
    }
    expect(most.vector).toBeLessThanOrEqual(256);
    expect(most.stems).toBeLessThanOrEqual(512);
    expect(forms).toBeLessThanOrEqual(sentences.length + 1_000);
  });

  it('is made in slices that let others in between', async () => {
    const chunks = Array.from({ length: 300 }, (_, index) =>
      chunk(telling.map((text) => text.replace('harbour', `harbour ${index}`)).join(' '), index + 1),
    );
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await inSlices(extractPiece('summary', [{ title: 'Report', chunks }]));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    await expect(inSlices(extractPiece('summary', [{ title: 'R', chunks }]), controller.signal)).rejects.toThrow(
      'stopped',
    );
  });
});

describe('pieces', () => {
  it('a summary follows the document and quotes its very words', () => {
    const chunks = telling.map((text, index) => chunk(text, index + 1));
    const blocks = atOnce(extractPiece('summary', [{ title: 'Report', chunks }]));
    expect(blocks.map(({ quote }) => quote?.hit.page)).toEqual([1, 2, 3, 4]);
    for (const { quote } of blocks) {
      expect(quote && telling).toContain(quote?.hit.text.slice(quote.start, quote.end));
    }
  });

  it('figures have the names of their row and columns, tables their heading; others are left out', () => {
    const table = 'Sales by region\n2022 2021\nNorth $1,200 $1,100\nSouth 900 800\nThat is all.';
    const markdown = markdownOf('figures', [chunk(table, 7, ['Results', 'Sales by region'])]);
    expect(markdown).toContain('### Sales by region');
    expect(markdown).toContain('|  | 2022 | 2021 | Page |');
    expect(markdown).toMatch(/\| North \| \$1,200 \| \$1,100 \|\{7\} \|/);
    expect(markdownOf('figures', [chunk('Page one of the letter says no figure at all.', 1)])).toMatch(/no tables/);
  });

  // Catches: rows with a share beside each amount, or more values than years, that are gone without a word.
  it('figures keep rows whose columns are not known, and say how many are left out', () => {
    const table =
      '(In thousands)\n2023 2022\nNet sales $ 3,226,773 100.0% $ 2,729,388 100.0%\nStores 12 6 2\nClerks 5 7\n100% 100%';
    const markdown = markdownOf('figures', [
      chunk('March 9, 2023\nProfit per Share $6.68', 1, ['Results of the year']),
      chunk(table, 6, ['Statements of Income']),
    ]);
    expect(markdown).toContain('|  | 2023 | 2023, % | 2022 | 2022, % | Page |');
    expect(markdown).toContain('| Net sales (in thousands) | $3,226,773 | 100.0% | $2,729,388 | 100.0% |{6} |');
    expect(markdown).toContain('|  | col. 1 | col. 2 | col. 3 | Page |');
    expect(markdown).toContain('| Stores | 12 | 6 | 2 |{6} |');
    expect(markdown.match(/###/g)).toHaveLength(1);
    expect(markdown).toContain('2 rows whose label or columns could not be read are left out.');
    expect(markdown).not.toContain('6.68');
  });

  it('figures number the columns where the same year comes twice and nothing tells which is which', () => {
    const markdown = markdownOf('figures', [chunk('2023 2022 2023 2022\nNet sales 1 2 3 4\nProfit 5 6 7 8', 3)]);
    expect(markdown).toContain('|  | col. 1 | col. 2 | col. 3 | col. 4 | Page |');
    expect(markdown).not.toContain('2023');
  });

  it('an outline nests the headings where they begin, without covers and tables of contents', () => {
    const contents = 'Business 3\nRisk factors 9\nProperties 19\nLegal matters 21\nControls 30';
    const chunks = [
      chunk('Securities registered pursuant to Section 12(b)', 1, [
        'Report',
        'Securities registered pursuant to Section 12(b)',
      ]),
      chunk(contents, 2, ['Report', 'Contents', 'Risk factors']),
      chunk('Business\nWe run a harbour.', 3, ['Report', 'Business']),
      chunk('More of it.', 4, ['Report', 'Business']),
      chunk('Competition\nThere is another harbour.', 5, ['Report', 'Business', 'Competition']),
    ];
    expect(markdownOf('outline', chunks)).toBe('- Report {1}\n  - Business {3}\n    - Competition {5}\n');
  });

  it('topics are called topics, and have no part numbers', () => {
    const chunks = [
      chunk('x', 1, ['Item 1. The harbour and its cranes']),
      chunk('x', 2, ['Item 1. The harbour and its cranes']),
      chunk('x', 3, ['Signatures']),
    ];
    const markdown = markdownOf('questions', chunks);
    expect(markdown).toMatch(/^Topics that the text has passages on/);
    expect(markdown).toContain('- The harbour and its cranes {1}');
    expect(markdown).not.toContain('Signatures');
  });

  it('of several documents stand under their titles', () => {
    const documents = ['One', 'Two *stars*'].map((title, at) => ({
      title,
      chunks: [chunk(telling[at] ?? '', at + 1)],
    }));
    const text = atOnce(extractPiece('key-points', documents))
      .map(({ before }) => before)
      .join('');
    expect(text).toContain('## One\n');
    expect(text).toContain('## Two \\*stars\\*\n');
  });
});

// Catches: a piece about more than was selected, because the text layer breaks lines and words elsewhere.
describe('a selection', () => {
  const hits = [
    hitOf('The crane was inspected. Its ring is worn by 4.2 millimetres.', 1),
    hitOf('The work takes nine days. It costs 48,300 euros.', 2),
  ];
  const partsOf = (selected: string) =>
    clipToSelection(hits, selected).map(({ hit, offset }) => [hit.page, offset, hit.text]);

  it('is the part of a passage, or the ends of two', () => {
    expect(partsOf('Its ring is worn by 4.2 milli-\nmetres')).toEqual([
      [1, 25, 'Its ring is worn by 4.2 millimetres.'],
    ]);
    expect(partsOf('Its ring is worn by 4.2 millimetres.  The work takes nine days.')).toEqual([
      [1, 25, 'Its ring is worn by 4.2 millimetres.'],
      [2, 0, 'The work takes nine days.'],
    ]);
  });

  it('is whole passages where it covers them, or where none has it', () => {
    expect(
      partsOf(
        'The crane was inspected. Its ring is worn by 4.2 millimetres. The work takes nine days. It costs 48,300 euros.',
      ),
    ).toHaveLength(2);
    expect(partsOf('Words that stand nowhere on these pages at all').map(([, offset]) => offset)).toEqual([0, 0]);
  });
});

it('turns are taken in order, so many at once', async () => {
  const turns = new Turns(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2, 3, 4].map((index) =>
      turns
        .take(async () => {
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
          order.push(index);
          if (index === 1) throw new Error('one that fails');
        })
        .catch(() => undefined),
    ),
  );
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4]);
});
