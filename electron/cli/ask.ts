/** `quire ask QUESTION`: the answer's stream, part by part. */
import type { SharedCore } from '../core/core.ts';
import { citationJson } from '../pipeline/export-conversation.ts';
import type { StreamPart, StreamPartBody } from '../../shared/stream.ts';
import { scopeOf } from '../../shared/scope.ts';
import { requireDocuments } from './library.ts';
import type { Printer } from './printer.ts';

export interface AskArguments {
  readonly question: string;
  readonly documentIds: readonly string[];
  readonly conversationId: string | null;
}

export async function ask(
  core: SharedCore,
  printer: Printer,
  { question, documentIds, conversationId }: AskArguments,
): Promise<number> {
  await requireDocuments(core, documentIds);
  // A conversation that is gone on with keeps the documents it is limited to, unless others are named.
  const limited = conversationId && documentIds.length === 0;
  const scope = limited ? (await core.chat.conversation(conversationId)).summary : scopeOf(documentIds);
  const started = await core.chat.ask(conversationId, question, scope);
  printer.line({ type: 'start', conversationId: started.conversationId, messageId: started.assistantMessage.id }, '');
  let failed = false;
  /** Held back: what was recorded of the answer is printed before it, so that it stays the last line. */
  let finish: StreamPart | null = null;
  const detach = core.chat.attach(started.streamId, (parts) => {
    for (const part of parts) {
      if (part.type === 'text-delta') printer.text(part.text);
      if (part.type === 'error') failed = true;
      if (part.type === 'citation') {
        printer.line({ type: 'citation', ...citationJson(part.citation) }, '');
      } else if (part.type === 'verification') {
        printer.line({ type: 'verification', ...part.verification }, '');
      } else if (part.type === 'finish') {
        finish = part;
      } else {
        printer.line(body(part), part.type === 'error' ? `\n${part.error.message} ${part.error.hint}` : '');
      }
    }
  });
  await core.chat.finished(started.streamId);
  detach();
  const trace = await core.database.traces.get(started.assistantMessage.id);
  if (trace) printer.line({ type: 'trace', trace }, '');
  if (finish) printer.line(body(finish), '');
  printer.text('\n');
  if (failed) return 1;
  const { messages } = await core.chat.conversation(started.conversationId);
  const answer = messages.at(-1);
  for (const { number, title, page } of answer?.citations ?? []) printer.text(`[${number}] ${title}, page ${page}\n`);
  for (const { start, end, verdict, flagged } of answer?.verification ?? []) {
    if (verdict !== 'unsupported') continue;
    const nowhere = flagged.map(({ text }) => text).join(', ');
    printer.text(`Not supported${nowhere === '' ? '' : ` (${nowhere})`}: ${answer?.text.slice(start, end) ?? ''}\n`);
  }
  return 0;
}

/** A part without what only concerns its way to the window. */
export function body(part: StreamPart): StreamPartBody {
  const fields = Object.entries(part).filter(([name]) => name !== 'streamId' && name !== 'sequence');
  return Object.fromEntries(fields) as StreamPartBody;
}
