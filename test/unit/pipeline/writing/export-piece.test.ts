import { describe, expect, it } from 'vitest';
import type { WrittenPiece } from '../../../../shared/written.ts';
import { pieceHtml, pieceJson, pieceMarkdown } from '../../../../electron/pipeline/writing/export-piece.ts';

const piece: WrittenPiece = {
  ...{
    id: 'p',
    title: 'Figures of A <b>report</b>',
    kind: 'figures',
    prompt: null,
    selection: null,
    state: 'complete',
  },
  ...{
    documents: [{ id: 'd', title: 'Report', gone: false }],
    progress: null,
    error: null,
    createdAt: 0,
    duration: 12,
  },
  ...{ usage: null, verification: [], requests: [], sentPrompt: null, promptRemoved: false, keptParts: 0 },
  source: { kind: 'extractive', model: null, host: null, retrieval: 'text', note: null },
  text: '## Sales\n\n| | 2022 | Page |\n| --- | ---: | --- |\n| North \\| South <i> | $1,200 |[1] |\n\n- A point with \\*stars\\* [1]\n',
  citations: [{ number: 1, documentId: 'd', chunkId: 3, title: 'Report', page: 7, boxes: [], quote: 'North 1,200' }],
};

describe('a piece as a file', () => {
  it('Markdown keeps the text and names its sources', () => {
    const markdown = pieceMarkdown(piece);
    expect(markdown).toMatch(/^# Figures of A \\<b>report\\<\/b>\n/);
    expect(markdown).toContain('| North \\| South \\<i> | $1,200 | [1] |');
    expect(markdown).toContain('[1] **Report**, p. 7: “North 1,200”');
    expect(markdown).toMatch(/Sentences of the documents themselves/);
  });

  it('JSON says what it is and holds all of it', () => {
    const parsed: unknown = JSON.parse(pieceJson(piece));
    expect(parsed).toMatchObject({
      format: 'quire-piece',
      piece: { kind: 'figures', state: 'complete', duration: 12 },
      citations: [{ number: 1, page: 7, quote: 'North 1,200' }],
    });
  });

  // SECURITY: a title or a cell that is markup stays text; the page loads and runs nothing.
  it('HTML has tables as tables, and text of strangers as text', () => {
    const html = pieceHtml(piece);
    expect(html).toContain('<th align="right">2022</th>');
    expect(html).toContain('<td>North | South &#x3C;i></td>');
    expect(html).toContain('<li>A point with *stars* [1]</li>');
    expect(html).not.toContain('<b>report</b>');
    expect(html).not.toContain('<i>');
    expect(html).toContain("default-src 'none'");
  });
});
