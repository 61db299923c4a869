/** What a reasoning model thinks must not be shown as its answer, however the stream cuts the tags. */
import { expect, test } from 'vitest';
import { createThoughtFilter } from '../../../electron/adapters/thought-filter.ts';

function run(pieces: readonly string[]): string {
  const filter = createThoughtFilter();
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

test.each([
  ['<think>a [1] b</think>Answer', 'Answer'],
  ['\n<think>\nlong\n</think>\n\nAnswer <think>kept</think>', 'Answer <think>kept</think>'],
  ['Answer at once', 'Answer at once'],
  ['<thinker> is a word', '<thinker> is a word'],
  ['<th', '<th'],
  ['<think>never closed', ''],
  ['  ', '  '],
])('%j gives %j in any cutting', (input, answer) => {
  expect(run([input])).toBe(answer);
  expect(run([...input])).toBe(answer);
  expect(run(input.match(/[\s\S]{1,3}/g) ?? [])).toBe(answer);
});
