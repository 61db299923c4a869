/**
 * How well the check of answers tells what a passage says from what it does not say, on sentences made from real
 * documents (verification-set.ts). The folder has `pdfs/`. Nothing is tuned here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Embedder } from '../../electron/pipeline/ports/embedder.ts';
import { checkSentence, prepareEvidence, withMeaning } from '../../electron/pipeline/verification/rule.ts';
import type { Finding } from '../../electron/pipeline/verification/rule.ts';
import type { Verdict } from '../../shared/domain.ts';
import { openBenchCore } from '../bench/core.ts';
import { pdfsIn } from '../bench/sets.ts';
import { answersOfPersons, buildVerificationSet, falseKinds, personKind, trueKinds } from './verification-set.ts';
import type { AnsweredQuestion, SentenceKind, SetPassage, TestSentence } from './verification-set.ts';

const questionSchema = z.object({
  document: z.string(),
  answer: z.string(),
  evidencePages: z.array(z.number().int().min(1)),
});

export interface CheckedSentence extends TestSentence {
  /** By words alone, and with the built-in model. */
  readonly byWords: Finding;
  readonly withModel: Finding;
  /** Milliseconds of the rule itself, the passage made ready included. */
  readonly milliseconds: number;
}

export interface KindMeasure {
  readonly kind: SentenceKind;
  readonly count: number;
  /** Shares of each verdict, 0 to 1. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Share called not supported: recall for a false kind, false alarms for a true one. */
  readonly unsupported: number;
  /** Of what is called not supported among this kind and as many true sentences; NaN for true ones. */
  readonly precision: number;
}

export interface VerificationMeasure {
  readonly documents: number;
  readonly passages: number;
  readonly sentences: readonly CheckedSentence[];
  readonly withModel: readonly KindMeasure[];
  readonly byWords: readonly KindMeasure[];
}

export async function measureVerification(set: string, dataFolder: string): Promise<VerificationMeasure> {
  const core = await openBenchCore(dataFolder);
  try {
    const files = await pdfsIn(join(set, 'pdfs'));
    const outcomes = await core.ingest.add(files);
    for (const { path, error } of outcomes) if (error) throw new Error(`${path}: ${error.message}`);
    await core.ingest.idle();
    const documents = await core.database.documents.list();
    const passages: SetPassage[] = [];
    for (const { id, fileName, title, chunkCount } of documents) {
      for (const { text, page, headingPath } of await core.database.chunks.range(id, 0, chunkCount - 1))
        passages.push({ document: fileName, page, text, context: [title, ...headingPath].join('\n') });
    }
    const embedder = await core.embedders.wanted();
    const sentences: CheckedSentence[] = [];
    const tests = [...buildVerificationSet(passages), ...answersOfPersons(await readQuestions(set), passages)];
    for (const test of tests) sentences.push(await checked(test, embedder));
    return {
      documents: documents.length,
      passages: passages.length,
      sentences,
      withModel: measureKinds(sentences, ({ withModel }) => withModel.verdict),
      byWords: measureKinds(sentences, ({ byWords }) => byWords.verdict),
    };
  } finally {
    await core.close();
  }
}

async function readQuestions(set: string): Promise<AnsweredQuestion[]> {
  const lines = (await readFile(join(set, 'questions.jsonl'), 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => questionSchema.parse(JSON.parse(line)));
}

async function checked(test: TestSentence, embedder: Embedder): Promise<CheckedSentence> {
  const started = performance.now();
  const byWords = checkSentence(test.sentence, [prepareEvidence(test.passage)]);
  const milliseconds = performance.now() - started;
  if (byWords.ask.length === 0) return { ...test, byWords, withModel: byWords, milliseconds };
  const texts = [test.sentence, ...byWords.ask, byWords.ask.join(' ')];
  const [own, ...others] = await embedder.embed(texts, { priority: 'interactive' });
  const cosines = others.map((other) => other.reduce((sum, value, index) => sum + value * (own?.[index] ?? 0), 0));
  return { ...test, byWords, withModel: withMeaning(byWords, Math.max(...cosines)), milliseconds };
}

function measureKinds(
  sentences: readonly CheckedSentence[],
  verdictOf: (sentence: CheckedSentence) => Verdict,
): KindMeasure[] {
  const isTrue = (kind: SentenceKind): boolean => trueKinds.some((name) => name === kind);
  const alarms = shareOf(sentences.filter(({ kind }) => isTrue(kind)).map(verdictOf), 'unsupported');
  return [...trueKinds, ...falseKinds, personKind].map((kind) => {
    const verdicts = sentences.filter((sentence) => sentence.kind === kind).map(verdictOf);
    const unsupported = shareOf(verdicts, 'unsupported');
    return {
      kind,
      count: verdicts.length,
      verdicts: { supported: shareOf(verdicts, 'supported'), partly: shareOf(verdicts, 'partly'), unsupported },
      unsupported,
      precision: isTrue(kind) || kind === personKind ? Number.NaN : unsupported / (unsupported + alarms),
    };
  });
}

function shareOf(verdicts: readonly Verdict[], verdict: Verdict): number {
  return verdicts.filter((other) => other === verdict).length / verdicts.length;
}
