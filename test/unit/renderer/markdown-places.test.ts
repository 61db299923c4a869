/** A Markdown file and its stored pages: the same words, in another shape. */
import { describe, expect, it } from 'vitest';
import { readTextDocument } from '../../../electron/pipeline/text-document.ts';
import {
  linkDefinitions,
  markdownSections,
  placePages,
  rangeInSource,
  withDefinitions,
} from '../../../renderer/features/viewer/markdown-places.ts';
import { headingName, textHeadings } from '../../../renderer/features/viewer/text-marks.ts';

const source = [
  '---',
  'author: K. Holm',
  '---',
  '',
  '# Ferry notes',
  '',
  'The ferry to Brevik leaves',
  'at **06:40** on weekdays.',
  '',
  '```js',
  'const js = 1;',
  '  const indented = 2;',
  '```',
  '',
  '- one',
  '  - nested',
  '',
  '| Quay | Ships |',
  '| --- | ---: |',
  '| North | 41 |',
  '',
  'Winter',
  '------',
  '',
  'See [the annexe][a].',
  '',
  '[a]: https://example.org/annexe',
  '',
].join('\n');

const stored = (text: string) => readTextDocument(new TextEncoder().encode(text), 'markdown', 'notes.md');

describe('places of stored text in the file', () => {
  it.each(['**06:40** on weekdays', 'const indented = 2;', 'nested', '| North | 41 |', 'leaves at'])(
    'are found for %s, whatever became of its white space',
    (words) => {
      const [page] = placePages(source, stored(source));
      const start = page!.text.indexOf(words);
      expect(start).toBeGreaterThanOrEqual(0);
      const range = rangeInSource(page!, { start, end: start + words.length })!;
      expect(source.slice(range.start, range.end).replace(/\s+/g, ' ')).toBe(words);
    },
  );

  it('go on after a line that stands nowhere', () => {
    const [page] = placePages('first\n\nlast\n', [{ number: 1, text: 'first\nelsewhere\nlast' }]);
    expect(rangeInSource(page!, { start: 6, end: 15 })).toBeNull();
    expect(rangeInSource(page!, { start: 16, end: 20 })).toEqual({ start: 7, end: 11 });
  });
});

describe('sections', () => {
  const long = Array.from({ length: 60 }, (_, index) => `## Part ${index}\n\n${'Words of it. '.repeat(20)}\n`).join(
    '\n',
  );

  it('hold all of the file in order, each under the page it begins on', () => {
    const pages = placePages(long, stored(long));
    const sections = markdownSections(long, pages);
    expect(sections.flatMap(({ blocks }) => blocks.map(({ text }) => text)).join('')).toBe(long);
    expect(sections.map(({ page }) => page)).toEqual(pages.map(({ number }) => number));
    expect(sections.length).toBeGreaterThan(3);
  });

  it('keep metadata apart, which is no Markdown', () => {
    const [first] = markdownSections(source, placePages(source, stored(source)))[0]!.blocks;
    expect([first?.isPlain, first?.text]).toEqual([true, '---\nauthor: K. Holm\n---\n']);
  });

  it('know the definitions of links, wherever they stand', () => {
    expect([...linkDefinitions(source)]).toEqual([['a', '[a]: https://example.org/annexe']]);
  });

  // Catches: a file of a thousand links whose every block is parsed with all of them.
  it('get the definitions that they name, and no others', () => {
    const definitions = linkDefinitions(
      `[One]: https://one.example\n[two  words]: https://two.example\n[^3]: See [one].\n[one]: https://later.example\n`,
    );
    expect(withDefinitions('- [ ] to do, [plain](x)', definitions)).toBe('- [ ] to do, [plain](x)');
    expect(withDefinitions('See [this][Two Words].', definitions)).toBe(
      'See [this][Two Words].\n\n[two  words]: https://two.example',
    );
    expect(withDefinitions('A note[^3].', definitions)).toBe(
      'A note[^3].\n\n[^3]: See [one].\n[One]: https://one.example',
    );
  });

  // Catches: a window that stands still over a table or line without end.
  it('show a block that is too long as it is written', () => {
    const text = `Short.\n\n${'word '.repeat(12_000)}\n`;
    const blocks = markdownSections(text, placePages(text, stored(text))).flatMap((section) => section.blocks);
    expect(blocks.map(({ isPlain }) => isPlain)).toEqual([false, true]);
  });
});

describe('headings', () => {
  it('stand where their lines do, underlined ones and those with marks in them, too', () => {
    const text = '# The *first* `one` ##\n\nNext\n====\n\n- item\n---\n';
    expect(textHeadings(text)).toEqual([
      { title: 'The first one', level: 1, place: 0 },
      { title: 'Next', level: 1, place: 24 },
    ]);
  });

  it('are linked to by the usual names', () => {
    expect(headingName('What’s new in 2.0?')).toBe('whats-new-in-20');
  });
});
