/**
 * A conversation as a file of its own: Markdown to go on writing with, JSON for other programs, HTML to be printed as a
 * PDF. Each names its sources: document, page, quote. Pure.
 */
import type { BranchedMessages } from '../db/conversation-types.ts';
import type { Citation, ConversationSummary, Message } from '../../shared/domain.ts';

export interface ExportedConversation {
  readonly summary: ConversationSummary;
  /** The branch that is shown. */
  readonly messages: readonly Message[];
  /** Groups of messages that stand in one place; those that are not shown have messages of their own. */
  readonly branches?: readonly (readonly string[])[];
}

/** Said in a file that is not the whole conversation; null when it is. */
function branchNote({ branches = [] }: ExportedConversation): string | null {
  if (branches.length === 0) return null;
  return 'This is the branch that was shown of several (questions were edited or answered again); a JSON export has all of them.';
}

/** Version of the JSON's form. */
const jsonVersion = 1;

const longestFileName = 80;

/** A file name without what file systems refuse. */
export function exportFileName(title: string, extension: string): string {
  const safe = title
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, longestFileName)
    .trim();
  return `${safe === '' ? 'Conversation' : safe}.${extension}`;
}

export function conversationMarkdown(conversation: ExportedConversation): string {
  const { summary, messages } = conversation;
  const note = branchNote(conversation);
  const parts = messages.map((message) =>
    message.role === 'user'
      ? `## ${oneLine(message.text)}`
      : [message.text.trim(), sourcesMarkdown(message)].join('\n\n'),
  );
  return `${[`# ${oneLine(summary.title)}`, `_${dateOf(summary.createdAt)}_`, ...(note ? [`_${note}_`] : []), ...parts].join('\n\n').trimEnd()}\n`;
}

export function sourcesMarkdown({ citations, source }: Pick<Message, 'citations' | 'source'>): string {
  const lines = citations.map(
    ({ number, title, page, quote }) => `[${number}] **${oneLine(title)}**, p. ${page}: “${oneLine(quote)}”  `,
  );
  return [...lines, `_${origin(source)}_`].join('\n');
}

/** `messages` is the branch that was shown; where there are others, `allMessages` has all, each with what it follows. */
export function conversationJson(conversation: ExportedConversation, tree: BranchedMessages): string {
  const { summary, messages, branches = [] } = conversation;
  const { id, title, documentIds, createdAt, updatedAt } = summary;
  return `${JSON.stringify(
    {
      format: 'quire-conversation',
      version: jsonVersion,
      conversation: { id, title, documentIds, createdAt: isoOf(createdAt), updatedAt: isoOf(updatedAt) },
      messages: messages.map(messageJson),
      ...(branches.length > 0
        ? {
            allMessages: tree.messages.map((message) => ({
              ...messageJson(message),
              parentId: tree.parents[message.id] ?? null,
            })),
          }
        : {}),
    },
    null,
    2,
  )}\n`;
}

function messageJson(message: Message) {
  const { id, role, text, state, source, usage, citations } = message;
  return {
    ...{ id, role, text, state, createdAt: isoOf(message.createdAt) },
    ...(role === 'assistant' ? { source, usage, citations: citations.map(citationJson) } : {}),
  };
}

export function citationJson({ number, documentId, title, page, quote, boxes, ranges }: Citation) {
  return { number, documentId, title, page, quote, boxes, ranges };
}

/**
 * A page that loads nothing and runs nothing: its policy allows its own style alone.
 *
 * SECURITY: titles, quotes and answers are text of strangers; all of it is escaped, Markdown stays as it was typed.
 */
export function conversationHtml(conversation: ExportedConversation): string {
  const { summary, messages } = conversation;
  const note = branchNote(conversation);
  const body = messages.map((message) =>
    message.role === 'user'
      ? `<h2>${escape(message.text)}</h2>`
      : `<div class="answer">${paragraphs(message.text)}</div>${sourcesHtml(message)}`,
  );
  return htmlPage(summary.title, summary.createdAt, [...(note ? [`<p>${note}</p>`] : []), ...body].join('\n'));
}

/** @param body HTML; everything of strangers in it is escaped. */
export function htmlPage(title: string, createdAt: number, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>
body { font: 11pt/1.5 system-ui, sans-serif; color: #1a1a1f; margin: 0; overflow-wrap: break-word; }
h1 { font-size: 18pt; line-height: 1.25; margin: 0 0 2pt; }
h2 { font-size: 13pt; line-height: 1.3; margin: 22pt 0 6pt; break-after: avoid; white-space: pre-wrap; }
h3 { font-size: 11.5pt; line-height: 1.3; margin: 14pt 0 4pt; break-after: avoid; }
.line { margin: 0 0 4pt; break-inside: avoid; }
.line > * { display: inline; font-size: 11pt; margin: 0; }
p { margin: 0 0 7pt; white-space: pre-wrap; orphans: 3; widows: 3; }
.date, .origin { color: #5d5d68; font-size: 9pt; }
ol { list-style: none; margin: 8pt 0 6pt; padding: 0; font-size: 9.5pt; }
li { margin: 0 0 5pt; padding-left: 22pt; text-indent: -22pt; break-inside: avoid; }
li > span { display: inline-block; width: 22pt; text-indent: 0; color: #5d5d68; }
q { color: #45454f; }
table { border-collapse: collapse; margin: 4pt 0 10pt; font-size: 9.5pt; }
th, td { border-bottom: 0.5pt solid #c8c8d0; padding: 2pt 8pt 2pt 0; text-align: left; vertical-align: top; }
th { font-weight: 600; }
tr { break-inside: avoid; }
</style></head><body>
<h1>${escape(title)}</h1><p class="date">${dateOf(createdAt)}</p>
${body}
</body></html>
`;
}

export function sourcesHtml({ citations, source }: Pick<Message, 'citations' | 'source'>): string {
  const items = citations.map(
    ({ number, title, page, quote }) =>
      `<li><span>[${number}]</span><b>${escape(title)}</b>, p. ${page}: <q>${escape(oneLine(quote))}</q></li>`,
  );
  return `<ol>${items.join('')}</ol><p class="origin">${escape(origin(source))}</p>`;
}

/** Bold and bullets are the only marks that answers have often; others stay as they are. */
export function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => {
      const marked = escape(paragraph)
        .replace(/\*\*([^*\n]+)\*\*/g, '<b>$1</b>')
        .replace(/^[-*] /gm, '• ');
      return `<p>${marked}</p>`;
    })
    .join('');
}

function origin(source: Message['source']): string {
  if (!source) return 'No source is recorded.';
  if (source.kind === 'extractive') return 'Sentences of the documents themselves.';
  return `Written by ${source.model ?? 'a model'}${source.host === null ? '' : ` on ${source.host}`}.`;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function isoOf(time: number): string {
  return new Date(time).toISOString();
}

export function dateOf(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}
