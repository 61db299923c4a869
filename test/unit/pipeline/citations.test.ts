/** Binding `[n]` in a stream: what a reader sees must not depend on how the provider cuts its text. */
import { describe, expect, test } from 'vitest';
import { createCitationStream } from '../../../electron/pipeline/citations.ts';
import type { CitedPiece } from '../../../electron/pipeline/citations.ts';

function run(pieces: readonly string[], passageCount = 5): CitedPiece[] {
  const stream = createCitationStream(passageCount);
  return [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
}

const textOf = (pieces: readonly CitedPiece[]): string =>
  pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');

const passagesOf = (pieces: readonly CitedPiece[]): [number, number][] =>
  pieces.flatMap((piece) => (piece.type === 'citation' ? [[piece.number, piece.passage] as [number, number]] : []));

describe('citation stream', () => {
  test.each([
    ['one', 'Sales rose [2].', 'Sales rose [1].', [[1, 1]]],
    [
      'in a row',
      'A [3][1] b',
      'A [1][2] b',
      [
        [1, 2],
        [2, 0],
      ],
    ],
    [
      'a list',
      'A [1, 4] b',
      'A [1][2] b',
      [
        [1, 0],
        [2, 3],
      ],
    ],
    [
      'a range',
      'A [1-3] b',
      'A [1][2][3] b',
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
    ],
    [
      'a range with a dash',
      'A [2–3]',
      'A [1][2]',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    ['with a word', 'A [Passage 2] b', 'A [1] b', [[1, 1]]],
    ['as a footnote', 'A [^2] b', 'A [1] b', [[1, 1]]],
    ['lenticular', 'A 【2†source】 b', 'A [1] b', [[1, 1]]],
    [
      'used again',
      'A [4] b [2] c [4]',
      'A [1] b [2] c [1]',
      [
        [1, 3],
        [2, 1],
        [1, 3],
      ],
    ],
    ['no space before', 'A[1].', 'A[1].', [[1, 0]]],
  ])('%s is renumbered in the order of first use', (_name, input, text, passages) => {
    const pieces = run([input]);
    expect(textOf(pieces)).toBe(text);
    expect(passagesOf(pieces)).toEqual(passages);
  });

  test.each([
    ['before a full stop', 'Sales rose [9]. Then fell.', 'Sales rose. Then fell.'],
    ['in the middle', 'Sales [9] rose.', 'Sales rose.'],
    ['at the end', 'Sales rose. [7]', 'Sales rose.'],
    ['zero', 'Sales rose [0].', 'Sales rose.'],
    ['two of them', 'Sales rose [8][9].', 'Sales rose.'],
    ['among known ones', 'Sales rose [1, 9].', 'Sales rose [1].'],
    ['a year', 'In [2022] it rose.', 'In [2022] it rose.'],
  ])('a number that is no passage is dropped: %s', (_name, input, text) => {
    expect(textOf(run([input]))).toBe(text);
  });

  test.each([
    'Use `list[1]` here',
    '```js\nconst a = list[1];\n```\nafter',
    '~~~\n[1]\n~~~',
    'Take ``a ` [1] b`` out',
    'A [link](https://example.com) and [x]',
    '- [ ] to do\n- [x] done',
    'An interval [0, 1) is open',
    'Ends with [',
    'Ends with [1',
    'A [see note] here',
    '  two spaces\t and a tab  ',
  ])('text that is no citation passes unchanged: %s', (input) => {
    expect(textOf(run([input], 5))).toBe(input);
    expect(passagesOf(run([input], 5))).toEqual([]);
  });

  test('after a code block citations are bound again', () => {
    expect(passagesOf(run(['```\n[1]\n```\nTrue [2].']))).toEqual([[1, 1]]);
    expect(passagesOf(run(['A stray ` here\nTrue [2].']))).toEqual([[1, 1]]);
  });

  test('a citation never becomes a Markdown link or a link definition', () => {
    expect(textOf(run(['See [1](https://evil.example)']))).toBe('See [1] (https://evil.example)');
    expect(textOf(run(['[1]: https://evil.example']))).toBe('[1] : https://evil.example');
  });

  test('the citation comes before the text that carries its number', () => {
    const pieces = run(['Rose by 3 % ', '[2', ']. More']);
    const citation = pieces.findIndex((piece) => piece.type === 'citation');
    const carrying = pieces.findIndex((piece) => piece.type === 'text' && piece.text.includes('[1]'));
    expect(citation).toBeGreaterThanOrEqual(0);
    expect(citation).toBeLessThan(carrying);
  });

  test('the claim is the sentence that the citation ends', () => {
    const claims = run(['Costs fell. Net sales rose by 3.5 % in 2022 [1]. Margin was 20 %. [2]']).flatMap((piece) =>
      piece.type === 'citation' ? [piece.claim] : [],
    );
    expect(claims).toEqual(['Net sales rose by 3.5 % in 2022', 'Margin was 20 %.']);
  });

  test('any cutting of the text gives the same answer (fuzzed)', () => {
    const alphabet = [
      '[',
      ']',
      '1',
      '2',
      '9',
      ', ',
      '-',
      ' ',
      '\n',
      '`',
      '```',
      'word',
      '.',
      '(',
      ')',
      ':',
      '【',
      '】',
      '†',
      '[1]',
      '[2][3]',
      '[1-3]',
      ' [8]',
      '^',
      '~~~',
      '\\',
      'é',
      '𝒳',
    ];
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 4_294_967_296) * below);
    };
    for (let round = 0; round < 1_500; round += 1) {
      const text = Array.from({ length: 1 + random(30) }, () => alphabet[random(alphabet.length)]).join('');
      const whole = run([text]);
      const cut: string[] = [];
      for (let at = 0; at < text.length;) {
        const next = at + 1 + random(4);
        cut.push(text.slice(at, next));
        at = next;
      }
      const pieces = run(cut);
      expect({ text, out: textOf(pieces) }).toEqual({ text, out: textOf(whole) });
      expect(passagesOf(pieces)).toEqual(passagesOf(whole));
      expect(run([...text])).toBeDefined();
    }
  });
});
