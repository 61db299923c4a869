/** What answers and writes from the library's documents: questions, conversations, pieces. */
import { createHostChecker } from '../adapters/host-checker.ts';
import type { Database } from '../db/database.ts';
import { answer } from '../pipeline/answer.ts';
import { TraceRecorder } from '../pipeline/answer-trace.ts';
import { ChatService } from '../pipeline/chat.ts';
import { conversationTitle } from '../pipeline/title.ts';
import { WritingService } from '../pipeline/writing/writing-service.ts';
import { isThisComputer } from '../../shared/this-computer.ts';
import type { CoreOptions } from './core-options.ts';
import { Elsewhere } from './elsewhere.ts';
import type { Embedders } from './embedders.ts';
import type { Hosts } from './hosts.ts';
import type { Providers } from './providers.ts';
import { Questions } from './questions.ts';
import type { LibrarySync } from './sync.ts';
import type { Usage } from './usage.ts';

export interface AnsweringOptions {
  readonly database: Database;
  readonly embedders: Embedders;
  readonly providers: Providers;
  readonly hosts: Pick<Hosts, 'embedding'>;
  /** Brings what a question is about and is not here yet. */
  readonly sync: LibrarySync;
  readonly usage: Usage;
  readonly told: Pick<CoreOptions, 'onConversationChange' | 'onPieceChange' | 'onError'>;
}

export interface Answering {
  readonly questions: Questions;
  readonly chat: ChatService;
  readonly writing: WritingService;
}

export function createAnswering({
  database,
  embedders,
  providers,
  hosts,
  sync,
  usage,
  told,
}: AnsweringOptions): Answering {
  const questions = new Questions({
    database,
    embedders,
    checker: createHostChecker(hosts.embedding),
    elsewhere: new Elsewhere({ database, sync }),
  });
  const chat = new ChatService({
    database,
    answer: async function* ({ documentIds, ...question }) {
      const ports = await questions.answerPorts(await providers.chatModel());
      yield* answer({ ...question, documentIds, scopeName: await questions.scopeName(documentIds) }, ports);
    },
    titleOf: conversationTitle,
    newTrace: () => new TraceRecorder(isThisComputer, usage.costOf),
    onConversationChange: (id) => told.onConversationChange?.(id),
    onError: (error) => told.onError('answer', error),
  });
  const writing = new WritingService({
    database,
    ports: async () => questions.answerPorts(await providers.chatModel()),
    isLocalHost: isThisComputer,
    costOf: usage.costOf,
    onChange: (id) => told.onPieceChange?.(id),
    onError: (error) => told.onError('writing', error),
  });
  return { questions, chat, writing };
}
