/** The sentences of a streamed answer, and where their words stand in it. */
import { describe, expect, it } from 'vitest';
import { answerRange, createSentenceStream } from '../../../../electron/pipeline/verification/sentences.ts';
import type { AnswerSentence } from '../../../../electron/pipeline/verification/sentences.ts';

function sentencesOf(text: string, size = text.length): AnswerSentence[] {
  const stream = createSentenceStream();
  const found: AnswerSentence[] = [];
  for (let at = 0; at < text.length; at += size) found.push(...stream.push(text.slice(at, at + size)));
  return [...found, ...stream.end()];
}

const shown = (text: string, size?: number) =>
  sentencesOf(text, size).map(({ start, end, citations }) => [text.slice(start, end), ...citations]);

describe('sentences', () => {
  it('take the marks in them and behind them along', () => {
    expect(shown('Sales fell 9.1 % [1]. Profit rose. [2][3] It paid Acme Inc. in cash [1]')).toEqual([
      ['Sales fell 9.1 % [1].', 1],
      ['Profit rose. [2][3]', 2, 3],
      ['It paid Acme Inc. in cash [1]', 1],
    ]);
  });

  it('begin behind bullets, headings and numbers, and end with their line', () => {
    expect(shown('## Results\n- Net sales **rose** [1]\n2. One more\n> quoted [2]\n\n| a | 5 [1] |')).toEqual([
      ['Results'],
      ['Net sales **rose** [1]', 1],
      ['One more'],
      ['quoted [2]', 2],
      ['| a | 5 [1] |', 1],
    ]);
  });

  it('are not looked for in code', () => {
    expect(shown('Before.\n```\nlist[1] is 5.\n```\nAfter [1].')).toEqual([['Before.'], ['After [1].', 1]]);
  });

  // Catches: verdicts that depend on how the provider cuts its text.
  it.each([1, 3, 7, 20])('are the same when the text comes in pieces of %i', (size) => {
    const text =
      'It cost $1.5 million in the U.S. [1] The rest came from Inc. and Co. [2].\n- **Bold.** Next [3]\nEnd.';
    expect(shown(text, size)).toEqual(shown(text));
  });

  it('are told as soon as the next one has begun', () => {
    const stream = createSentenceStream();
    expect(stream.push('Sales fell [1]. ')).toEqual([]);
    expect(stream.push('Then [').length).toBe(1);
  });
});

describe('a citation', () => {
  const covered = (text: string) =>
    sentencesOf(text).map(({ start, end, citations, isCovered }) => [text.slice(start, end), isCovered, ...citations]);

  // Catches: the first of two quoted sentences that nobody checks.
  it('covers the sentences before it, back to the one before it, in its paragraph', () => {
    expect(
      covered('The first claim has no mark. The second one has it. [1] And this claim follows it. So does this [2].'),
    ).toEqual([
      ['The first claim has no mark.', true, 1],
      ['The second one has it. [1]', false, 1],
      ['And this claim follows it.', true, 2],
      ['So does this [2].', false, 2],
    ]);
    expect(covered('This line has no mark at all.\n- Another line does [1]')).toEqual([
      ['This line has no mark at all.', false],
      ['Another line does [1]', false, 1],
    ]);
  });

  it('does not cover what claims nothing: a yes, a question, the lead of a list', () => {
    expect(covered('Yes. What does it cost in all? These are the parts of it: It costs five [1].')).toEqual([
      ['Yes.', false],
      ['What does it cost in all?', false],
      ['These are the parts of it: It costs five [1].', false, 1],
    ]);
  });
});

describe('plain text', () => {
  it('is without Markdown and marks, and every word is found again in the answer', () => {
    const text = 'Costs of **5,000** \\*net\\* [1] at [Acme](https://acme.example) `now` [2].';
    const [sentence] = sentencesOf(text);
    expect(sentence?.plain.text).toBe('Costs of 5,000 *net* at Acme now.');
    for (const word of ['5,000', 'net', 'Acme', 'now']) {
      const at = sentence?.plain.text.indexOf(word) ?? 0;
      const range = sentence ? answerRange(sentence.plain, at, at + word.length) : { start: 0, end: 0 };
      expect(text.slice(range.start, range.end)).toBe(word);
    }
  });
});
