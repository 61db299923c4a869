/** Prints what `export-tree` made: as Markdown, or as HTML that becomes a PDF. Pure. */
import { toHtml } from 'hast-util-to-html';
import type { Root, Text } from 'mdast';
import { findAndReplace } from 'mdast-util-find-and-replace';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { toMarkdown, type Info, type State } from 'mdast-util-to-markdown';
import { heading, oneLine, smallPrint, type ExportedText } from './export-tree.ts';

export function printMarkdown(text: ExportedText): string {
  return toMarkdown(rootOf(text), {
    ...{ bullet: '-', emphasis: '_', fences: true, rule: '-', listItemIndent: 'one' },
    extensions: [gfmToMarkdown({ tablePipeAlign: false })],
    handlers: { text: printText },
  });
}

/** SECURITY: escaped, but for citation marks: `[1]` is no link where nothing defines it, and no address follows. */
function printText({ value }: Text, _parent: unknown, state: State, info: Info): string {
  const escaped = state.safe(value, info);
  return `${escaped}${info.after}`
    .replace(/(?<!\[)\\(\[\d{1,3}(?:[,;] ?\d{1,3})*\])(?![:(\]])/g, '$1')
    .slice(0, info.after === '' ? undefined : -info.after.length);
}

/**
 * A page that loads nothing and runs nothing: its policy allows its own style alone.
 *
 * SECURITY: titles, quotes and answers are text of strangers; the tree has no HTML and no address, text is escaped here.
 */
export function printHtml(text: ExportedText): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${toHtml({ type: 'element', tagName: 'title', properties: {}, children: [{ type: 'text', value: text.title }] })}
<style>
body { font: 11pt/1.5 system-ui, sans-serif; color: #1a1a1f; margin: 0; overflow-wrap: break-word; }
h1 { font-size: 18pt; line-height: 1.25; margin: 0 0 2pt; }
h2 { font-size: 13pt; line-height: 1.3; margin: 22pt 0 6pt; break-after: avoid; }
h3, h4, h5, h6 { font-size: 11.5pt; line-height: 1.3; margin: 14pt 0 4pt; break-after: avoid; }
.line { margin: 0 0 4pt; break-inside: avoid; }
.line > * { display: inline; font-size: 11pt; margin: 0; }
p { margin: 0 0 7pt; orphans: 3; widows: 3; }
ul, ol { margin: 0 0 7pt; padding-left: 18pt; }
li > p { margin: 0; }
blockquote { margin: 0 0 9pt; padding-left: 10pt; border-left: 1.5pt solid #c8c8d0; color: #45454f; }
pre { white-space: pre-wrap; font-size: 9.5pt; }
.origin { color: #5d5d68; font-size: 9pt; margin-bottom: 3pt; }
.origin em { font-style: normal; }
.ending, .note { color: #9a3412; }
.note { font-size: 9.5pt; }
.source { margin: 0 0 5pt; padding-left: 22pt; text-indent: -22pt; break-inside: avoid; font-size: 9.5pt; }
table { border-collapse: collapse; margin: 4pt 0 10pt; font-size: 9.5pt; }
th, td { border-bottom: 0.5pt solid #c8c8d0; padding: 2pt 8pt 2pt 0; text-align: left; vertical-align: top; }
th { font-weight: 600; }
[align=right] { text-align: right; }
[align=center] { text-align: center; }
tr { break-inside: avoid; }
</style></head><body>
${toHtml(toHast(rootOf(text)))}
</body></html>
`;
}

/** All of a file. SECURITY: many programs make links of bare addresses, escaped or not, but not in code. */
function rootOf({ title, createdAt, blocks }: ExportedText): Root {
  const root: Root = { type: 'root', children: [heading(1, oneLine(title)), smallPrint(dateOf(createdAt)), ...blocks] };
  const asCode = (address: string) => ({ type: 'inlineCode' as const, value: address });
  findAndReplace(root, [
    [/(?:https?:\/\/|www\.)[^\s<]*[^\s<.,:;!?'"’”)\]*_~|]/gi, asCode],
    // A mailbox has 64 characters at most (RFC 5321); unbounded, a long word takes quadratic time.
    [/[-.\w+]{1,64}@[-\w]+(?:\.[-\w]+)+/gu, asCode],
  ]);
  return root;
}

function dateOf(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}
