/**
 * The answer stage: a question becomes a stream of text with citations.
 *
 * In: a question, the conversation before it, what retrieval finds. Out: the parts of shared/stream.ts, ending in
 * `finish`. With a provider the answer is written by its model from the passages; without one, or when it cannot be
 * reached, the documents' own sentences answer.
 */
import type { AnswerSource, Citation, Hit } from '../../shared/domain.ts';
import { fileNameOf } from '../../shared/file-name.ts';
import { AppError, toAppError, type ErrorCode } from '../../shared/errors.ts';
import type { StreamPartBody } from '../../shared/stream.ts';
import { startTimeLimit } from '../time-limit.ts';
import { isFollowUp, rewriteQuestion } from './answer-follow-up.ts';
import { citeHit, supportFor } from './answer-quote.ts';
import { questionParts } from './answer-parts.ts';
import type { QuestionPart } from './answer-parts.ts';
import type { AnswerPorts, AnswerRequest, Passage, Quote, Retrieved } from './answer-types.ts';
import { createCitationStream } from './citations.ts';
import type { CitedPiece } from './citations.ts';
import { extractiveAnswer, nothingFound, textDeltas } from './extractive.ts';
import { asRead } from './markdown-marks.ts';
import type { ChatModel } from './ports/chat-model.ts';
import type { WidenedHit } from './retrieve-widen.ts';
import { buildPrompt, buildRewritePrompt, passageBudget } from './prompt.ts';
import type { Prompt } from './prompt.ts';
import type { Evidence } from './verification/rule.ts';
import { verified } from './verification/stream.ts';

/** Passages that are asked of retrieval; the prompt takes as many as its budget has room for. */
const passages = 12;

/** Milliseconds and characters that rewriting a follow-up question may take; the rule's version stands in after that. */
const rewriteBudget = 8_000;
const longestRewrite = 400;

/**
 * Never throws for what a provider or retrieval does: failures are `error` parts. A stop ends the stream with
 * `finish: stopped`; what was written before stays.
 */
export async function* answer(request: AnswerRequest, ports: AnswerPorts): AsyncGenerator<StreamPartBody> {
  for await (const part of answerParts(request, ports)) {
    const isDoubtful =
      part.type === 'citation' && (await ports.isDoubtful?.(part.citation.documentId, part.citation.page));
    yield isDoubtful ? { ...part, citation: { ...part.citation, doubtful: true } } : part;
  }
}

async function* answerParts(request: AnswerRequest, ports: AnswerPorts): AsyncGenerator<StreamPartBody> {
  const { signal, trace } = request;
  try {
    yield { type: 'status', status: 'retrieving' };
    const { question, outage } = await standaloneQuestion(request, ports.chatModel);
    trace?.begin('search');
    const found = await search(request, ports, question);
    trace?.searched(question, found);
    throwIfStopped(signal);
    if (found.hits.length === 0) {
      yield { type: 'source', source: sourceOf('extractive', null, found) };
      yield { type: 'text-start' };
      yield* textDeltas(nothingFound(request.scopeName, found.mode));
      yield { type: 'text-end' };
    } else {
      yield { type: 'status', status: 'writing' };
      const left = outage ?? (yield* providerAnswer(request, ports, found));
      if (left !== 'answered') yield* ownSentences(request, ports, found, question, left);
    }
    throwIfStopped(signal);
    yield { type: 'finish', reason: 'complete' };
  } catch (thrown) {
    if (signal?.aborted) {
      yield { type: 'finish', reason: 'stopped' };
      return;
    }
    const error = toAppError(thrown instanceof AnswerBroken ? thrown.cause : thrown);
    yield { type: 'error', error: error.toInfo() };
    yield { type: 'finish', reason: thrown instanceof AnswerBroken ? 'interrupted' : 'failed' };
  }
}

/** What was found for a question, and for each part of one that asks for several things. */
interface Found extends Retrieved {
  readonly parts: readonly (QuestionPart & { readonly hits: readonly Hit[] })[];
}

async function search(request: AnswerRequest, { retrieve }: AnswerPorts, question: string): Promise<Found> {
  const { documentIds, signal } = request;
  const options = { documentIds, k: passages, ...(signal ? { signal } : {}) };
  const parts = questionParts(request.question, question);
  if (parts.length === 0) return { ...(await retrieve(question, options)), parts: [] };
  const found = await Promise.all(parts.map((part) => retrieve(part.question, options)));
  // In turns: each part has its passages, whatever the prompt has room for.
  const hits = inTurns(found.map((each) => each.hits)).map((hit, index) => ({ ...hit, rank: index + 1 }));
  return {
    hits: hits.slice(0, passages),
    mode: found[0]?.mode ?? 'text',
    note: found.find(({ note }) => note !== null)?.note ?? null,
    considered: inTurns(found.map((each) => each.considered ?? each.hits)),
    parts: parts.map((part, index) => ({ ...part, hits: found[index]?.hits ?? [] })),
  };
}

/** The first of each list, then the second of each; a chunk once. */
function inTurns<Item extends { readonly chunkId: number }>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
  return [...new Map(turns.toReversed().map((item) => [item.chunkId, item])).values()].toReversed();
}

/** A provider that failed after its first words: what came is kept. */
class AnswerBroken extends Error {
  override readonly name = 'AnswerBroken';
}

/** What a provider's failure leaves to be said under the documents' own sentences; null when there is no provider. */
type Outage = AppError | null;

/** Nobody can be asked, or nobody may be; everything else (a wrong key, a wrong model) is for the person to mend. */
const outages: ReadonlySet<ErrorCode> = new Set([
  'provider-unreachable',
  'keychain-unavailable',
  'budget-exceeded',
  'too-many-requests',
  'limits-unknown',
]);

function isOutage(error: AppError): boolean {
  return outages.has(error.code);
}

/** Of the others nothing was sent. */
function tellUnreachable(error: AppError, trace: AnswerRequest['trace']): void {
  if (error.code === 'provider-unreachable') trace?.unreachable();
}

async function standaloneQuestion(
  { question, history, signal, trace }: AnswerRequest,
  chatModel: ChatModel | null,
): Promise<{ question: string; outage: AppError | null }> {
  const byRule = rewriteQuestion(question, history);
  if (!chatModel || !isFollowUp(question, history)) return { question: byRule, outage: null };
  const limit = startTimeLimit(rewriteBudget, signal);
  trace?.begin('rewrite');
  let text = '';
  try {
    const call = { kind: 'rewrite', documentIds: [] } as const;
    const options = { signal: limit.signal, call };
    for await (const event of chatModel.stream(buildRewritePrompt(question, history), options)) {
      if (event.type === 'delta') text += event.text;
      if (event.type === 'usage') trace?.usage(event.usage);
      if (text.length > longestRewrite) break;
    }
  } catch (thrown) {
    throwIfStopped(signal);
    const error = toAppError(thrown);
    if (!isOutage(error)) return { question: byRule, outage: null };
    tellUnreachable(error, trace);
    return { question: byRule, outage: error };
  } finally {
    limit.end();
  }
  const line =
    text
      .trim()
      .split('\n')[0]
      ?.replace(/^["“]|["”]$/g, '')
      .trim() ?? '';
  // The person's own words go along, in case the model lost one that matters.
  return {
    question: line === '' || line.length > longestRewrite ? byRule : `${line} ${question.trim()}`,
    outage: null,
  };
}

/** Streams the model's answer. Gives back what is left to do: nothing, or to answer without the provider. */
async function* providerAnswer(
  request: AnswerRequest,
  { chatModel, checker, locate, widen }: AnswerPorts,
  found: Retrieved,
): AsyncGenerator<StreamPartBody, 'answered' | Outage> {
  if (!chatModel) return null;
  const widened = await widen?.(found.hits, passageBudget(chatModel.promptTokens));
  const prompt = buildPrompt({
    question: request.question,
    history: request.history,
    passages: widened ? widened.map(passageOf) : found.hits.map((hit) => ({ hit, parts: [hit] })),
    tokenBudget: chatModel.promptTokens,
  });
  request.trace?.begin('answer');
  request.trace?.prompted(prompt.messages, prompt.passages);
  const evidenceOf = ({ chunkId }: Citation): Evidence | null => {
    const passage = prompt.passages.find(({ parts }) => parts.some((part) => part.chunkId === chunkId));
    return passage ? evidenceIn(passage) : null;
  };
  const written = streamedAnswer(request, chatModel, locate, found, prompt);
  return yield* verified(written, { evidenceOf, checker: checker ?? null, signal: request.signal });
}

/** What the model writes, with its citations bound to the passages of the prompt. */
async function* streamedAnswer(
  request: AnswerRequest,
  chatModel: ChatModel,
  locate: AnswerPorts['locate'],
  found: Retrieved,
  prompt: Prompt,
): AsyncGenerator<StreamPartBody, 'answered' | Outage> {
  const citations = createCitationStream(prompt.passages.length);
  const cite = createCiter(prompt.passages, locate);
  const { signal } = request;
  const call = { kind: 'answer', documentIds: prompt.passages.map(({ hit }) => hit.documentId) } as const;
  let started = false;
  try {
    for await (const event of chatModel.stream(prompt.messages, { call, ...(signal ? { signal } : {}) })) {
      if (event.type === 'usage') {
        request.trace?.usage(event.usage);
        yield { type: 'usage', usage: event.usage };
      }
      if (event.type !== 'delta') continue;
      if (!started) {
        started = true;
        yield { type: 'source', source: sourceOf('provider', chatModel, found) };
        yield { type: 'text-start' };
      }
      yield* cite(citations.push(event.text));
    }
    yield* cite(citations.end());
    if (started) yield { type: 'text-end' };
  } catch (thrown) {
    if (started) {
      yield* cite(citations.end());
      yield { type: 'text-end' };
      if (!signal?.aborted) throw new AnswerBroken('The answer broke off.', { cause: thrown });
    }
    const error = toAppError(thrown);
    if (!isOutage(error)) throw error;
    tellUnreachable(error, request.trace);
    return error;
  }
  if (!started) {
    throw new AppError('provider-bad-response', `${chatModel.host} gave an empty answer.`, {
      hint: 'Try again, or choose another model in Settings.',
      retryable: true,
    });
  }
  return 'answered';
}

/** What a sentence that cites a passage is checked against. */
export function evidenceIn({ parts }: Passage): Evidence {
  return { text: parts.map(({ text, path }) => asRead(text, path)).join('\n'), context: contextOf(parts) };
}

/** What stands for a passage beside its words: title, headings, and the name of the file, which may say whose it is. */
function contextOf(parts: readonly Hit[]): string {
  return [...new Set(parts.flatMap(({ title, headingPath, path }) => [title, ...headingPath, nameOfFile(path)]))].join(
    '\n',
  );
}

/** Without its years: what a passage says of them must stand in it or in the title. */
export function nameOfFile(path: string): string {
  const name = fileNameOf(path).replace(/\.\w{1,5}$/, '');
  return name.replace(/(?:19|20)\d\d(?:[-_.]?\d\d)*(?:[qQ]\d)?/g, ' ');
}

/** The neighbours of a hit as hits of their own, so that a quote from them is cited where it stands. */
function passageOf({ hit, chunks }: WidenedHit): Passage {
  const parts = chunks.map(({ id, page, text, boxes, headingPath }) =>
    id === hit.chunkId ? hit : { ...hit, chunkId: id, page, text, boxes, headingPath },
  );
  return { hit, parts };
}

/** Turns pieces into parts; each use of a passage adds the words that support its claim to the citation. */
export function createCiter(passages: readonly Passage[], locate: AnswerPorts['locate']) {
  const quotes = new Map<number, Quote[]>();
  return async function* (pieces: readonly CitedPiece[]): AsyncGenerator<StreamPartBody> {
    for (const piece of pieces) {
      if (piece.type === 'text') {
        yield { type: 'text-delta', text: piece.text };
        continue;
      }
      const passage = passages[piece.passage];
      if (!passage) continue;
      const known = quotes.get(piece.passage);
      const support = supportFor(piece.claim, passage.parts);
      if (known && (!support || known.some(({ hit, start }) => hit === support.hit && start === support.start)))
        continue;
      const all = [...(known ?? []), ...(support ? [support] : [])];
      quotes.set(piece.passage, all);
      yield { type: 'citation', citation: await citeHit(piece.number, passage.hit, all, locate) };
    }
  };
}

async function* ownSentences(
  request: AnswerRequest,
  { embedder, checker, locate, withPages }: AnswerPorts,
  found: Found,
  question: string,
  outage: Outage,
): AsyncGenerator<StreamPartBody> {
  yield { type: 'source', source: sourceOf('extractive', null, found, outage) };
  const { scopeName, signal } = request;
  const around = async (best: readonly Hit[]): Promise<readonly Hit[]> => (await withPages?.(best)) ?? best;
  const parts = await Promise.all(found.parts.map(async (part) => ({ ...part, hits: await around(part.hits) })));
  const hits = parts.length > 0 ? parts.flatMap((part) => part.hits) : await around(found.hits);
  const evidenceOf = ({ chunkId }: Citation): Evidence | null => {
    const hit = hits.find((candidate) => candidate.chunkId === chunkId);
    // A row is told with the heading that it stands under.
    if (!hit) return null;
    return { text: [asRead(hit.text, hit.path), ...hit.headingPath].join('\n'), context: contextOf([hit]) };
  };
  const sentences = extractiveAnswer({ question, hits, parts, mode: found.mode, embedder, locate, scopeName, signal });
  const cited = new Set<number | null>();
  for await (const part of verified(sentences, { evidenceOf, checker: checker ?? null, onlyCited: true, signal })) {
    if (part.type === 'citation') cited.add(part.citation.chunkId);
    yield part;
  }
  // What no search found and a page brought along is told among what was considered, if it answers.
  const considered = found.considered ?? found.hits;
  const known = new Set(considered.map(({ chunkId }) => chunkId));
  const brought = hits.filter(({ chunkId }) => cited.has(chunkId) && !known.has(chunkId));
  if (brought.length > 0) request.trace?.searched(question, { ...found, considered: [...considered, ...brought] });
}

function sourceOf(
  kind: AnswerSource['kind'],
  chatModel: ChatModel | null,
  { mode, note }: Retrieved,
  outage: Outage = null,
): AnswerSource {
  const notes = [
    ...(outage ? [`${outage.message} These are sentences of the documents themselves.`] : []),
    ...(note ? [note] : []),
  ];
  return {
    kind,
    model: chatModel?.model ?? null,
    host: chatModel?.host ?? null,
    retrieval: mode,
    note: notes.length > 0 ? notes.join(' ') : null,
  };
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'This was stopped.', { retryable: true });
}
