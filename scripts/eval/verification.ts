/**
 * How well the check of answers tells what a passage says from what it does not say, on sentences made from real
 * documents. The folder has `pdfs/` and `questions.jsonl`.
 *
 * Development: the made sentences of verification-set.ts, of all documents, and the paraphrases and table rows of one part
 * of the companies (verification-corrupted.ts): rules, word lists and thresholds were chosen on these. Held-out: paraphrases
 * and rows of the other companies, of which only the totals were looked at while the rules were made, until the misses
 * among their names were (verification-seeded.ts has sentences of companies of which none was). The same person wrote the
 * paraphrases of both parts and the rules.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { openLocalEmbedder } from '../../electron/adapters/local-embedder.ts';
import type { CheckedSentence, SentenceChecker } from '../../electron/pipeline/ports/sentence-checker.ts';
import { createCheckingDesk } from '../../electron/pipeline/verification/checking-desk.ts';
import { nameOfFile } from '../../electron/pipeline/answer.ts';
import type { Core } from '../../electron/core/core.ts';
import type { SentenceVerification, Verdict } from '../../shared/domain.ts';
import { scopeOf } from '../../shared/scope.ts';
import { openBenchCore } from '../bench/core.ts';
import { pdfsIn } from '../bench/sets.ts';
import { paraphraseTests, splitOf } from './verification-corrupted.ts';
import type { Corruption, Split } from './verification-corrupted.ts';
import { paraphrases } from './verification-paraphrases.ts';
import { rowTests } from './verification-rows.ts';
import type { RowTest } from './verification-rows.ts';
import { seededTests } from './verification-seeded.ts';
import type { SeededPart, SeededTest } from './verification-seeded.ts';
import { answersOfPersons, buildVerificationSet, falseKinds, personKinds, trueKinds } from './verification-set.ts';
import type { AnsweredQuestion, SentenceKind, SetPassage } from './verification-set.ts';

const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  document: z.string(),
  answer: z.string(),
  evidencePages: z.array(z.number().int().min(1)),
});

type Made = SentenceKind | 'paraphrase' | Corruption | RowTest['kind'];

interface SeededOutcome extends SeededTest {
  readonly verdict: Verdict;
}

/** Of one kind of the seeded sentences; a name's kind is told behind it. */
export interface SeededMeasure {
  readonly part: SeededPart;
  readonly kind: SeededTest['kind'];
  /** Null for all kinds of names together. */
  readonly entity: SeededTest['entity'];
  readonly count: number;
  readonly verdicts: Verdicts;
}

interface Test {
  readonly part: Split;
  readonly kind: Made;
  /** What the passage makes of it; null where that is open. */
  readonly isTrue: boolean | null;
  readonly sentence: string;
  readonly passage: SetPassage;
}

interface Outcome extends Test {
  readonly byWords: CheckedSentence;
  readonly withModel: CheckedSentence;
  /** Milliseconds of the rule itself, and of the check with the model; the passage made ready included. */
  readonly milliseconds: number;
  readonly withModelMilliseconds: number;
}

export type Verdicts = Readonly<Record<Verdict, number>>;

export interface KindMeasure {
  readonly part: Split;
  readonly kind: Made;
  readonly isTrue: boolean | null;
  readonly count: number;
  /** Shares of each verdict, 0 to 1; with the model, and by words alone. */
  readonly verdicts: Verdicts;
  readonly byWords: Verdicts;
}

/** Of one part: paraphrases and rows, true and false ones. */
export interface VerdictMeasure {
  readonly part: Split;
  readonly trueCount: number;
  readonly falseCount: number;
  /** `supported` is right of a true sentence, `unsupported` of a false one. */
  readonly supported: { readonly precision: number; readonly recall: number };
  readonly unsupported: { readonly precision: number; readonly recall: number };
  /** Shares of the true and of the false sentences that are told to be supported in part. */
  readonly partly: { readonly ofTrue: number; readonly ofFalse: number };
}

/** Answers of the documents' own sentences to the set's questions. */
export interface QuoteMeasure {
  readonly answers: number;
  /** Cited ones, and those of them that are called supported. */
  readonly sentences: number;
  readonly supported: number;
  /** Uncited ones with a number that is said to stand nowhere. */
  readonly flagged: number;
}

export interface VerificationMeasure {
  readonly quotes: QuoteMeasure;
  readonly documents: number;
  readonly passages: number;
  readonly kinds: readonly KindMeasure[];
  readonly parts: readonly VerdictMeasure[];
  readonly seeded: readonly SeededMeasure[];
  readonly milliseconds: readonly number[];
  readonly withModelMilliseconds: readonly number[];
}

export async function measureVerification(set: string, dataFolder: string): Promise<VerificationMeasure> {
  const questions = await readQuestions(set);
  const { passages, documents, quotes } = await readPassages(set, dataFolder, questions);
  const tests = testsOf(passages, questions);
  const embedder = await openLocalEmbedder({ modelDirectory: process.env['QUIRE_MODEL_DIR'] ?? '' });
  try {
    const outcomes: Outcome[] = [];
    for (const test of tests)
      outcomes.push(
        await outcomeOf(
          test,
          createCheckingDesk(null),
          createCheckingDesk(() => Promise.resolve(embedder)),
        ),
      );
    return {
      ...{ documents, quotes },
      passages: passages.length,
      kinds: kindsOf(outcomes),
      seeded: await measureSeeded(passages, () => createCheckingDesk(() => Promise.resolve(embedder))),
      parts: (['development', 'held-out'] as const).map((part) => verdictsOf(part, outcomes)),
      milliseconds: outcomes.map(({ milliseconds }) => milliseconds),
      withModelMilliseconds: outcomes.map(({ withModelMilliseconds }) => withModelMilliseconds),
    };
  } finally {
    await embedder.close();
  }
}

/** As soon as all is chunked: vectors are not needed. */
async function readPassages(
  set: string,
  dataFolder: string,
  questions: readonly AnsweredQuestion[],
): Promise<{ readonly passages: SetPassage[]; readonly documents: number; readonly quotes: QuoteMeasure }> {
  const core = await openBenchCore(dataFolder);
  try {
    const outcomes = await core.ingest.add(await pdfsIn(join(set, 'pdfs')));
    for (const { path, error } of outcomes) if (error) throw new Error(`${path}: ${error.message}`);
    let documents = await core.database.documents.list();
    while (documents.some(({ state }) => ['queued', 'extracting', 'chunking'].includes(state))) {
      await wait(pollInterval);
      documents = await core.database.documents.list();
    }
    const passages: SetPassage[] = [];
    for (const { id, fileName, title, chunkCount, language } of documents) {
      for (const { text, page, headingPath } of await core.database.chunks.range(id, 0, chunkCount - 1))
        passages.push({
          document: fileName,
          page,
          text,
          context: [title, ...headingPath, nameOfFile(fileName)].join('\n'),
          language,
        });
    }
    const idOf = new Map(documents.map(({ fileName, id }) => [fileName, id]));
    const quotes = await quotesOf(core, questions, (document) => idOf.get(document) ?? '');
    return { passages, documents: documents.length, quotes };
  } finally {
    await core.close();
  }
}

async function quotesOf(
  { chat }: Core,
  questions: readonly AnsweredQuestion[],
  idOf: (document: string) => string,
): Promise<QuoteMeasure> {
  const found: SentenceVerification[] = [];
  for (const { question, document } of questions) {
    const { streamId, conversationId } = await chat.ask(null, question, scopeOf([idOf(document)]));
    await chat.finished(streamId);
    const { messages } = await chat.conversation(conversationId);
    found.push(...(messages.at(-1)?.verification ?? []));
  }
  const cited = found.filter(({ citations }) => citations.length > 0);
  return {
    answers: questions.length,
    sentences: cited.length,
    supported: cited.filter(({ verdict }) => verdict === 'supported').length,
    flagged: found.length - cited.length,
  };
}

/** Milliseconds. */
const pollInterval = 500;

async function readQuestions(set: string): Promise<AnsweredQuestion[]> {
  const lines = (await readFile(join(set, 'questions.jsonl'), 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => questionSchema.parse(JSON.parse(line)));
}

function testsOf(passages: readonly SetPassage[], questions: readonly AnsweredQuestion[]): Test[] {
  const truthOf = (kind: SentenceKind): boolean | null => {
    if (trueKinds.some((name) => name === kind)) return true;
    return falseKinds.some((name) => name === kind) ? false : null;
  };
  const made = buildVerificationSet(passages).map((test): Test => ({
    ...test,
    part: 'development',
    isTrue: truthOf(test.kind),
  }));
  const answers = answersOfPersons(questions, passages).map((test): Test => ({
    ...test,
    part: splitOf(test.passage.document),
    isTrue: test.kind === personKinds[0] ? true : null,
  }));
  const own = paraphraseTests(paraphrases, passages).map(({ split, corruption, sentence, passage }): Test => ({
    part: split,
    kind: corruption ?? 'paraphrase',
    isTrue: corruption === null,
    sentence,
    passage,
  }));
  const rows = rowTests(passages).map((test): Test => ({
    ...test,
    part: splitOf(test.passage.document),
    isTrue: test.kind === 'row told',
  }));
  return [...made, ...answers, ...own, ...rows];
}

async function outcomeOf(test: Test, words: SentenceChecker, model: SentenceChecker): Promise<Outcome> {
  const task = { sentence: test.sentence, evidence: [test.passage], isCited: true };
  const timed = async (checker: SentenceChecker): Promise<[CheckedSentence, number]> => {
    const started = performance.now();
    const found = await checker.check(task);
    if (!found) throw new Error(`There is no verdict on “${test.sentence}”.`);
    return [found, performance.now() - started];
  };
  const [byWords, milliseconds] = await timed(words);
  const [withModel, withModelMilliseconds] = await timed(model);
  return { ...test, byWords, withModel, milliseconds, withModelMilliseconds };
}

function kindsOf(outcomes: readonly Outcome[]): KindMeasure[] {
  const groups = Map.groupBy(outcomes, ({ part, kind }) => `${part} ${kind}`);
  return [...groups.values()].flatMap((group): KindMeasure[] => {
    const [first] = group;
    if (!first) return [];
    const { part, kind, isTrue } = first;
    return [
      {
        ...{ part, kind, isTrue, count: group.length },
        verdicts: sharesOf(group.map(({ withModel }) => withModel.verdict)),
        byWords: sharesOf(group.map(({ byWords }) => byWords.verdict)),
      },
    ];
  });
}

function sharesOf(verdicts: readonly Verdict[]): Verdicts {
  const share = (verdict: Verdict): number =>
    verdicts.filter((other) => other === verdict).length / Math.max(1, verdicts.length);
  return {
    supported: share('supported'),
    partly: share('partly'),
    unsupported: share('unsupported'),
    unjudged: share('unjudged'),
  };
}

async function measureSeeded(
  passages: readonly SetPassage[],
  open: () => SentenceChecker,
): Promise<readonly SeededMeasure[]> {
  const outcomes: SeededOutcome[] = [];
  for (const test of seededTests(passages)) {
    const found = await open().check({ sentence: test.sentence, evidence: [test.passage], isCited: true });
    if (!found) throw new Error(`There is no verdict on “${test.sentence}”.`);
    outcomes.push({ ...test, verdict: found.verdict });
  }
  const measure = (group: readonly SeededOutcome[], isOneKind: boolean): SeededMeasure[] =>
    group.slice(0, 1).map(({ part, kind, entity }) => ({
      ...{ part, kind, entity: isOneKind ? entity : null, count: group.length },
      verdicts: sharesOf(group.map(({ verdict }) => verdict)),
    }));
  const kinds = Map.groupBy(outcomes, ({ part, kind }) => `${part} ${kind}`);
  return [...kinds.values()].flatMap((group) => {
    const named = Map.groupBy(group, ({ entity }) => entity);
    return [
      ...measure(group.filter(isLimitedName), false),
      ...[...named.values()].flatMap((own) => (own[0]?.entity ? measure(own, true) : [])),
    ];
  });
}

/** Without the words in small letters, which are no names and are told by themselves. */
function isLimitedName({ entity }: SeededTest): boolean {
  return entity !== 'lower-case term';
}

/** Without the sentences of verification-set.ts, which are of development alone. */
function verdictsOf(part: Split, outcomes: readonly Outcome[]): VerdictMeasure {
  const made: readonly string[] = [...trueKinds, ...falseKinds, ...personKinds];
  const own = outcomes.filter((outcome) => outcome.part === part && !made.includes(outcome.kind));
  const count = (isTrue: boolean, verdict?: Verdict): number =>
    own.filter((outcome) => outcome.isTrue === isTrue && (!verdict || outcome.withModel.verdict === verdict)).length;
  const [trueCount, falseCount] = [count(true), count(false)];
  const measure = (right: boolean, verdict: Verdict) => ({
    precision: count(right, verdict) / (count(true, verdict) + count(false, verdict)),
    recall: count(right, verdict) / (right ? trueCount : falseCount),
  });
  return {
    ...{ part, trueCount, falseCount },
    supported: measure(true, 'supported'),
    unsupported: measure(false, 'unsupported'),
    partly: { ofTrue: count(true, 'partly') / trueCount, ofFalse: count(false, 'partly') / falseCount },
  };
}
