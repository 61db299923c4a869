/**
 * A written piece as a file of its own, as conversations are: Markdown, JSON, HTML to be printed. Each names its sources
 * by document and page, and says who wrote it. Pure.
 */
import type { WrittenPiece } from '../../../shared/written.ts';
import {
  citationJson,
  dateOf,
  escape,
  htmlPage,
  isoOf,
  oneLine,
  paragraphs,
  sourcesHtml,
  sourcesMarkdown,
} from '../export-conversation.ts';

/** Version of the JSON's form. */
const jsonVersion = 1;

export function pieceMarkdown(piece: WrittenPiece): string {
  const { title, createdAt, text, prompt } = piece;
  const asked = prompt === null ? [] : [`> ${oneLine(prompt)}`];
  return `${[`# ${oneLine(title)}`, `_${dateOf(createdAt)}_`, ...asked, text.trim(), sourcesMarkdown(piece)]
    .join('\n\n')
    .trimEnd()}\n`;
}

export function pieceJson(piece: WrittenPiece): string {
  const { id, title, kind, prompt, selection, documents, state, text, source, usage, duration, requests } = piece;
  const { error, citations, verification, sentPrompt } = piece;
  return `${JSON.stringify(
    {
      format: 'quire-piece',
      version: jsonVersion,
      piece: { id, title, kind, prompt, selection, documents, state, createdAt: isoOf(piece.createdAt), duration },
      text,
      ...{ source, usage, error, requests, verification, sentPrompt },
      citations: citations.map(citationJson),
    },
    null,
    2,
  )}\n`;
}

/** SECURITY: as a conversation's page, it loads and runs nothing, and all text in it is escaped. */
export function pieceHtml(piece: WrittenPiece): string {
  const { title, createdAt, text, prompt, kind } = piece;
  const asked = prompt === null ? '' : `<p class="origin">${escape(prompt)}</p>`;
  return htmlPage(
    title,
    createdAt,
    `${asked}<div class="answer">${blocksHtml(text, kind === 'outline')}</div>${sourcesHtml(piece)}`,
  );
}

/**
 * Headings and tables besides what conversations have. The lines of an outline are headings, too: as bookmarks they are
 * what a PDF's reader goes by.
 */
function blocksHtml(text: string, isOutline: boolean): string {
  const lines = text.trim().split('\n');
  const html: string[] = [];
  let plain: string[] = [];
  const flush = (): void => {
    if (plain.join('').trim() !== '') html.push(paragraphs(plain.join('\n')));
    plain = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, marks, heading = ''] = /^(#{1,4})\s+(.*)$/.exec(line) ?? [];
    const [, indent, item = ''] = (isOutline && /^(\s*)[-*] +(.*)$/.exec(line)) || [];
    if (marks !== undefined) {
      flush();
      const tag = marks.length > 2 ? 'h3' : 'h2';
      html.push(`<${tag}>${escape(unescaped(heading))}</${tag}>`);
    } else if (indent !== undefined) {
      flush();
      html.push(outlineLine(Math.floor(indent.replaceAll('\t', '  ').length / 2), item));
    } else if (isTableRow(line) && /^\s*\|?[\s:|-]+$/.test(lines[at + 1] ?? '')) {
      flush();
      let end = at + 2;
      while (isTableRow(lines[end] ?? '')) end += 1;
      html.push(tableHtml(lines[at] ?? '', lines.slice(at + 2, end)));
      at = end - 1;
    } else plain.push(unescaped(line));
  }
  flush();
  return html.join('');
}

/** Its name is the heading; what it says of it, and its sources, stand behind it. */
function outlineLine(depth: number, item: string): string {
  const plain = unescaped(item).replaceAll('**', '');
  const name = /^.+?(?=:\s|\s[–—]\s|\s*\[\d+\]|\s*$)/.exec(plain)?.[0] ?? plain;
  const tag = `h${Math.min(6, depth + 2)}`;
  return `<div class="line" style="margin-left: ${depth * 14}pt"><${tag}>${escape(name)}</${tag}>${escape(plain.slice(name.length))}</div>`;
}

function isTableRow(line: string): boolean {
  return /^\s*\|.*\|\s*$/.test(line);
}

function tableHtml(head: string, rows: readonly string[]): string {
  const cells = (line: string, tag: string): string =>
    line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => `<${tag}>${escape(unescaped(cell.trim()))}</${tag}>`)
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${body}</tbody></table>`;
}

/** Punctuation that was escaped for Markdown. */
function unescaped(text: string): string {
  return text.replace(/\\([\\`*_[\]<>#|~&+.)-])/g, '$1');
}
