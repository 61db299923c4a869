/** Text files as pages: encodings, paragraphs, sizes. */
import { describe, expect, it } from 'vitest';
import { decodeLayout } from '../../../electron/pipeline/geometry.ts';
import { readTextDocument } from '../../../electron/pipeline/text-document.ts';
import { decodeText } from '../../../shared/decode-text.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('encodings', () => {
  it.each([
    ['UTF-8', utf8('Größe – 5 €'), 'Größe – 5 €'],
    ['UTF-8 with a mark', Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8('Größe')]), 'Größe'],
    ['UTF-16 little-endian', Uint8Array.from([0xff, 0xfe, 0x47, 0x00, 0xf6, 0x00]), 'Gö'],
    ['UTF-16 big-endian', Uint8Array.from([0xfe, 0xff, 0x00, 0x47, 0x00, 0xf6]), 'Gö'],
    ['Windows-1252', Uint8Array.from([0x47, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0x80]), 'Größe €'],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });
});

describe('pages of a text file', () => {
  it('hold whole paragraphs up to about a printed page', () => {
    const paragraph = 'A sentence that fills the line. '.repeat(20).trim();
    const pages = readTextDocument(utf8(Array.from({ length: 20 }, () => paragraph).join('\n\n')), 'text', 'a.txt');
    expect(pages.length).toBeGreaterThan(3);
    for (const page of pages) {
      expect(page.text.length).toBeLessThanOrEqual(3_000);
      expect(page.text.split('\n').every((block) => block === paragraph)).toBe(true);
    }
    expect(pages.map(({ number }) => number)).toEqual(pages.map((_, i) => i + 1));
  });

  it('joins lines that were broken for a narrow window', () => {
    const [page] = readTextDocument(utf8('one two\r\nthree four\r\n\r\nfive'), 'text', 'a.txt');
    expect(page!.text).toBe('one two three four\nfive');
  });

  it('cuts a paragraph without end, and says what is empty', () => {
    const pages = readTextDocument(utf8('x'.repeat(10_000)), 'text', 'a.txt');
    expect(pages.map(({ text }) => text).join('').length).toBe(10_000);
    expect(readTextDocument(utf8('  \n \n'), 'text', 'a.txt')[0]!.hasText).toBe(false);
    expect(() => readTextDocument(new Uint8Array(0), 'text', 'a.txt')).toThrow(/a\.txt.*empty/);
  });
});

describe('Markdown', () => {
  it('knows headings, lists, tables and fences', () => {
    const text = '# One\ntext\nmore\n- item\n| a | b |\n| 1 | 2 |\n```\n# no heading\n```\nTwo\n---\nend';
    const [page] = readTextDocument(utf8(text), 'markdown', 'a.md');
    const lines = decodeLayout(page!.geometry).lines.map(({ start, end, kind }) => [
      kind,
      page!.text.slice(start, end),
    ]);
    expect(lines).toEqual([
      ['heading', '# One'],
      ['text', 'text more'],
      ['list-item', '- item'],
      ['table-row', '| a | b |'],
      ['table-row', '| 1 | 2 |'],
      ['text', '# no heading'],
      ['heading', 'Two'],
      ['text', 'end'],
    ]);
  });
});
