/**
 * A conversation as a file of its own: Markdown to go on writing with, JSON for other programs, HTML to be printed as a
 * PDF. Each names its sources: document, page, quote; says how each answer ended, and what of it is proven. Pure.
 */
import type { BranchedMessages } from '../db/conversation-types.ts';
import type { Citation, ConversationSummary, Message } from '../../shared/domain.ts';
import { printHtml, printMarkdown } from './export-print.ts';
import { answerBlocks, heading, smallPrint, type ExportedText } from './export-tree.ts';

export interface ExportedConversation {
  readonly summary: ConversationSummary;
  /** The branch that is shown. */
  readonly messages: readonly Message[];
  /** Groups of messages that stand in one place; those that are not shown have messages of their own. */
  readonly branches?: readonly (readonly string[])[];
  /** Of cited documents that are no longer in the library. */
  readonly goneDocumentIds?: readonly string[];
}

/** Said in a file that is not the whole conversation; null when it is. */
function branchNote({ branches = [] }: ExportedConversation): string | null {
  if (branches.length === 0) return null;
  return 'This is the branch that was shown of several (questions were edited or answered again); a JSON export has all of them.';
}

/** Version of the JSON's form. */
const jsonVersion = 1;

export function conversationMarkdown(conversation: ExportedConversation): string {
  return printMarkdown(asText(conversation));
}

export function conversationHtml(conversation: ExportedConversation): string {
  return printHtml(asText(conversation));
}

function asText(conversation: ExportedConversation): ExportedText {
  const { summary, messages, goneDocumentIds } = conversation;
  const goneIds = new Set(goneDocumentIds);
  const note = branchNote(conversation);
  return {
    title: summary.title,
    createdAt: summary.createdAt,
    blocks: [
      ...(note ? [smallPrint(note)] : []),
      // A heading of an answer stands below the question.
      ...messages.flatMap((message) =>
        message.role === 'user' ? [heading(2, message.text)] : answerBlocks(message, { headingShift: 2, goneIds }),
      ),
    ],
  };
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
  const { id, role, text, state, error, source, usage, citations, verification } = message;
  return {
    ...{ id, role, text, state, createdAt: isoOf(message.createdAt) },
    ...(role === 'assistant' ? { error, source, usage, citations: citations.map(citationJson), verification } : {}),
  };
}

export function citationJson({ number, documentId, title, page, quote, boxes, ranges, doubtful = false }: Citation) {
  return { number, documentId, title, page, quote, doubtful, boxes, ...(ranges ? { ranges } : {}) };
}

export function isoOf(time: number): string {
  return new Date(time).toISOString();
}
