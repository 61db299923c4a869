/** Find in Markdown: what the reader sees, and what is written. */
import { expect, it } from 'vitest';
import { markdownFinder } from '../../../electron/db/find-markdown.ts';

const matches = (text: string, query: string) =>
  markdownFinder(query)(text, 100).map(({ start, end }) => text.slice(start, end));

// Catches: a phrase that is on the page for everybody to see, and is not found because one of its words is bold.
it.each([
  ['the **fast** ferry', 'the fast ferry', 'the **fast** ferry'],
  ['by Captain *Solveig* Aamodt', 'captain solveig', 'Captain *Solveig'],
  ['an _old_ ~~wooden~~ quay', 'old wooden quay', 'old_ ~~wooden~~ quay'],
  ['run `engine --start` twice', 'engine --start twice', 'engine --start` twice'],
  ['See [the annexe](https://example.org/a) for it', 'the annexe for it', 'the annexe](https://example.org/a) for it'],
  ['half**way** there', 'halfway there', 'half**way** there'],
])('%s has “%s”', (text, query, found) => {
  expect(matches(text, query)).toEqual([found]);
});

// Catches: code and addresses that are no longer found as they stand, products and names that lose their signs, and a
// match that counts twice because both ways find it.
it('finds what is written, each once', () => {
  expect(matches('the fast **fast** ferry, fast', 'fast')).toEqual(['fast', 'fast', 'fast']);
  expect(matches('see [it](https://example.org/annexe)', 'example.org')).toEqual(['example.org']);
  expect(matches('2 * 3 and snake_case_name', 'snake_case')).toEqual(['snake_case']);
  expect(matches('2 * 3 and snake_case', '2 3')).toEqual([]);
  expect(matches('**a** b **a** b', '**a** b')).toEqual(['**a** b', '**a** b']);
});
