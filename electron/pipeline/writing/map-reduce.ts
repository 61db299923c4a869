/**
 * Writes a piece with a model: from its passages when they fit one prompt, else from notes on all parts.
 *
 * In: the task and all passages. Out: the parts of shared/stream.ts from `text-start` to `text-end`, with citations of
 * the passages' own words. Each finished part is kept by the hash of its prompt, so that going on after a failure, a
 * stop or a crash asks for nothing twice.
 */
import { createHash } from 'node:crypto';
import type { AnswerSource, Citation } from '../../../shared/domain.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { StreamPartBody } from '../../../shared/stream.ts';
import type { PromptMessage } from '../../../shared/trace.ts';
import type { WritingProgress } from '../../../shared/written.ts';
import { createCiter, evidenceIn } from '../answer.ts';
import { outgoing } from '../answer-trace.ts';
import type { Locate, Passage } from '../answer-types.ts';
import { createCitationStream } from '../citations.ts';
import type { ChatMessage, ChatModel } from '../ports/chat-model.ts';
import type { CallPurpose } from '../ports/request-meter.ts';
import type { SentenceChecker } from '../ports/sentence-checker.ts';
import type { Evidence } from '../verification/rule.ts';
import { verified } from '../verification/stream.ts';
import { cutNote, estimatedJoins, groupByBudget, isEmptyNote, noteSize, numberNotes, type Note } from './plan.ts';
import {
  finalPrompt,
  joinPrompt,
  materialBudget,
  notePrompt,
  noteTokens,
  passageTokens,
  writePrompt,
  type WritingTask,
} from './prompts.ts';
import type { RequestLog } from './request-log.ts';

/** What a model made of one prompt; see `WrittenPart`. */
export interface KeptPart {
  readonly inputHash: string;
  readonly text: string;
  /** Numbers of the prompt's passages. */
  readonly references: readonly number[];
}

export interface WritingPorts {
  readonly chatModel: ChatModel;
  readonly locate: Locate | undefined;
  /** Checks what was written; null compares words alone. */
  readonly checker: SentenceChecker | null;
  /** Parts of earlier tries, by their hash. */
  readonly kept: ReadonlyMap<string, KeptPart>;
  readonly keep: (part: KeptPart) => Promise<void>;
  /** Takes its turn among all requests that run. */
  readonly takeTurn: <Result>(run: () => Promise<Result>) => Promise<Result>;
  readonly log: RequestLog;
  readonly onProgress: (progress: WritingProgress) => void;
  /** The prompt that the text answers, before it is sent. */
  readonly onPrompt: (messages: readonly PromptMessage[]) => void;
  readonly signal: AbortSignal;
}

/** Characters of a token in the rough count of prompts. */
const charactersPerToken = 3;

export interface WritingPlan {
  readonly groups: readonly (readonly Passage[])[];
  /** Requests beside the parts: notes put together, and the piece. */
  readonly further: number;
  /** Tokens of all prompts, estimated. */
  readonly tokens: number;
}

/** In which parts material is sent. */
export function planWriting(task: WritingTask, passages: readonly Passage[], promptTokens: number): WritingPlan {
  const budget = materialBudget(promptTokens, task);
  const groups = groupByBudget(passages, passageTokens, budget);
  const material = passages.reduce((sum, passage) => sum + passageTokens(passage), 0);
  const frame = promptTokens - budget;
  const joins = groups.length > 1 ? estimatedJoins(groups.length, budget) : 0;
  const further = groups.length > 1 ? joins + 1 : 0;
  return { groups, further, tokens: material + frame * groups.length + further * Math.floor(promptTokens * 0.8) };
}

/**
 * Throws AppErrors; one of a part says which. What was written before is kept.
 */
export async function* writeWithModel(
  task: WritingTask,
  passages: readonly Passage[],
  ports: WritingPorts,
): AsyncGenerator<StreamPartBody> {
  const { chatModel } = ports;
  const budget = materialBudget(chatModel.promptTokens, task);
  const { groups } = planWriting(task, passages, chatModel.promptTokens);
  const [only] = groups;
  if (groups.length <= 1) {
    yield* streamed(writePrompt(task, only ?? [], budget), only ?? [], ports);
    return;
  }
  let notes = await takeNotes(task, groups, budget, ports);
  if (notes.length === 0) {
    yield { type: 'source', source: sourceOf(chatModel) };
    yield { type: 'text-start' };
    yield { type: 'text-delta', text: 'The material holds nothing for this.' };
    yield { type: 'text-end' };
    return;
  }
  for (;;) {
    const together = groupByBudget(notes, ({ text }) => noteTokens(text), budget);
    if (together.length <= 1) break;
    notes = await joinNotes(task, together, passages, budget, ports);
  }
  const numbered = numberNotes(notes);
  const cited = numbered.references.flatMap((index) => passages[index] ?? []);
  yield* streamed(finalPrompt(task, numbered.texts), cited, ports);
}

/** Map: notes on each group of passages, several at once; empty ones fall away. */
async function takeNotes(
  task: WritingTask,
  groups: readonly (readonly Passage[])[],
  budget: number,
  ports: WritingPorts,
): Promise<Note[]> {
  const size = noteSize(budget);
  const firsts: number[] = [];
  let first = 0;
  for (const group of groups) {
    firsts.push(first);
    first += group.length;
  }
  const parts = await eachPart(groups, 'reading', ports, async (group, index) => {
    const messages = notePrompt(task, group, { part: index + 1, parts: groups.length }, size.words, budget);
    const { text, references } = await written(messages, group, ports);
    const offset = firsts[index] ?? 0;
    return { text, references: references.map((number) => offset + number - 1) };
  });
  return parts.filter(({ text }) => !isEmptyNote(text)).map((note) => cutNote(note, size.tokens * charactersPerToken));
}

/** Reduce: notes of several parts become one, until what is left fits one prompt. */
async function joinNotes(
  task: WritingTask,
  groups: readonly (readonly Note[])[],
  passages: readonly Passage[],
  budget: number,
  ports: WritingPorts,
): Promise<Note[]> {
  const size = noteSize(budget);
  const joined = await eachPart(groups, 'joining', ports, async (group) => {
    const { texts, references } = numberNotes(group);
    const cited = references.flatMap((index) => passages[index] ?? []);
    const note = await written(joinPrompt(task, texts, size.words), cited, ports);
    return { text: note.text, references: note.references.flatMap((number) => references[number - 1] ?? []) };
  });
  return joined.map((note) => cutNote(note, size.tokens * charactersPerToken));
}

/**
 * Runs all parts, as many at once as the turns allow. After a failure no further one begins; those under way end and
 * are kept, then the failure is thrown.
 */
async function eachPart<Item, Result>(
  items: readonly Item[],
  stage: 'reading' | 'joining',
  { signal, takeTurn, onProgress }: WritingPorts,
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  let done = 0;
  let failure: AppError | null = null;
  onProgress({ stage, done, total: items.length });
  const outcomes = await Promise.allSettled(
    items.map((item, index) =>
      takeTurn(async () => {
        if (failure || signal.aborted) throw stopped();
        try {
          const result = await run(item, index);
          done += 1;
          onProgress({ stage, done, total: items.length });
          return result;
        } catch (thrown) {
          if (!signal.aborted) failure ??= partError(toAppError(thrown), stage, index + 1, items.length);
          throw thrown;
        }
      }),
    ),
  );
  if (failure) throw failure as AppError;
  if (signal.aborted) throw stopped();
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw toAppError(outcome.reason);
    return outcome.value;
  });
}

function partError(error: AppError, stage: 'reading' | 'joining', part: number, parts: number): AppError {
  const where = stage === 'reading' ? `Part ${part} of ${parts}` : 'Putting the parts together';
  return new AppError(error.code, `${where} failed: ${error.message}`, {
    hint: error.hint,
    retryable: error.retryable,
    cause: error,
  });
}

/** Notes, the answer to one prompt, whole; from what was kept when it was asked before. */
async function written(
  messages: readonly ChatMessage[],
  passages: readonly Passage[],
  { chatModel, kept, keep, log, signal }: WritingPorts,
): Promise<KeptPart> {
  const inputHash = createHash('sha256')
    .update(JSON.stringify([chatModel.host, chatModel.model, messages]))
    .digest('hex');
  const known = kept.get(inputHash);
  if (known) return known;
  const request = log.begin('notes', messages);
  const citations = createCitationStream(passages.length);
  let text = '';
  const references: number[] = [];
  const take = (pieces: ReturnType<typeof citations.push>): void => {
    for (const piece of pieces) {
      if (piece.type === 'text') text += piece.text;
      else references[piece.number - 1] = piece.passage + 1;
    }
  };
  await outgoing.run(request.bytesSent, async () => {
    try {
      for await (const event of chatModel.stream(messages, { signal, call: callAbout(passages) })) {
        if (event.type === 'usage') request.usage(event.usage);
        if (event.type !== 'delta') continue;
        request.received(event.text);
        take(citations.push(event.text));
      }
    } catch (thrown) {
      if (toAppError(thrown).code === 'provider-unreachable') request.unreachable();
      throw thrown;
    }
  });
  take(citations.end());
  if (text.trim() === '') throw emptyAnswer(chatModel);
  const part = { inputHash, text: text.trim(), references };
  await keep(part);
  return part;
}

/** The piece itself, as it comes; `[n]` is bound to the passage n - 1 and to the words there that support it. */
async function* streamed(
  messages: readonly ChatMessage[],
  passages: readonly Passage[],
  ports: WritingPorts,
): AsyncGenerator<StreamPartBody> {
  const { onProgress, onPrompt, checker, signal } = ports;
  onProgress({ stage: 'writing', done: 0, total: 1 });
  onPrompt(messages);
  const byChunk = new Map(passages.flatMap((passage) => passage.parts.map((part) => [part.chunkId, passage])));
  const evidenceOf = ({ chunkId }: Citation): Evidence | null => {
    const passage = chunkId === null ? undefined : byChunk.get(chunkId);
    return passage ? evidenceIn(passage) : null;
  };
  yield* verified(answerTo(messages, passages, ports), { evidenceOf, checker, signal });
  onProgress({ stage: 'writing', done: 1, total: 1 });
}

async function* answerTo(
  messages: readonly ChatMessage[],
  passages: readonly Passage[],
  { chatModel, locate, log, signal }: WritingPorts,
): AsyncGenerator<StreamPartBody> {
  const request = log.begin('piece', messages);
  const citations = createCitationStream(passages.length);
  const cite = createCiter(passages, locate);
  let started = false;
  const events = chatModel.stream(messages, { signal, call: callAbout(passages) })[Symbol.asyncIterator]();
  try {
    for (;;) {
      // The request is made in these calls, whoever consumes this generator.
      const next = await outgoing.run(request.bytesSent, () => events.next());
      if (next.done) break;
      const event = next.value;
      if (event.type === 'usage') request.usage(event.usage);
      if (event.type !== 'delta') continue;
      request.received(event.text);
      if (!started) {
        started = true;
        yield { type: 'source', source: sourceOf(chatModel) };
        yield { type: 'text-start' };
      }
      yield* cite(citations.push(event.text));
    }
  } catch (thrown) {
    if (toAppError(thrown).code === 'provider-unreachable') request.unreachable();
    if (started) {
      yield* cite(citations.end());
      yield { type: 'text-end' };
    }
    throw thrown;
  } finally {
    await events.return?.(undefined);
  }
  if (!started) throw emptyAnswer(chatModel);
  yield* cite(citations.end());
  yield { type: 'text-end' };
}

function callAbout(passages: readonly Passage[]): CallPurpose {
  return { kind: 'piece', documentIds: [...new Set(passages.map(({ hit }) => hit.documentId))] };
}

function sourceOf({ model, host }: ChatModel): AnswerSource {
  return { kind: 'provider', model, host, retrieval: 'text', note: null };
}

function emptyAnswer({ host }: ChatModel): AppError {
  return new AppError('provider-bad-response', `${host} gave an empty answer.`, {
    hint: 'Try again, or choose another model in Settings.',
    retryable: true,
  });
}

function stopped(): AppError {
  return new AppError('cancelled', 'This was stopped.', { retryable: true });
}
