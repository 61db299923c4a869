/**
 * Checks the sentences of an answer while it streams: takes the answer stage's parts, puts a `verification` part behind
 * each cited sentence.
 *
 * The text never waits: a sentence whose meaning is compared is told with the next part after that is done.
 */
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';
import type { StreamPartBody } from '../../../shared/stream.ts';
import type { CheckedSentence, SentenceChecker } from '../ports/sentence-checker.ts';
import { createCheckingDesk } from './checking-desk.ts';
import type { Evidence } from './rule.ts';
import { answerRange, createSentenceStream } from './sentences.ts';
import type { AnswerSentence } from './sentences.ts';

export interface VerificationPorts {
  /** The whole passage behind a citation; null when it is not known. */
  readonly evidenceOf: (citation: Citation) => Evidence | null;
  /** Null compares words alone, here. */
  readonly checker: SentenceChecker | null;
  /** What stands between quotes (titles, the question) is not the answer's: its numbers are not looked for. */
  readonly onlyCited?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The same parts and the same outcome, with `verification` parts among them; the last ones come before `text-end`. */
export async function* verified<Outcome>(
  parts: AsyncGenerator<StreamPartBody, Outcome>,
  ports: VerificationPorts,
): AsyncGenerator<StreamPartBody, Outcome> {
  const check = createCheck(ports);
  try {
    for (;;) {
      const next = await parts.next();
      if (next.done) return next.value;
      const part = next.value;
      if (part.type === 'citation') check.cite(part.citation);
      if (part.type === 'text-end') yield* check.end();
      yield part;
      if (part.type === 'text-delta') check.push(part.text);
      yield* check.ready();
    }
  } finally {
    // Whoever stops listening ends what is behind, too.
    await parts.return(undefined as Outcome);
  }
}

interface Check {
  cite(citation: Citation): void;
  push(text: string): void;
  /** What is found by now. */
  ready(): Iterable<StreamPartBody>;
  /** All the rest, once the text is complete. */
  end(): AsyncIterable<StreamPartBody>;
}

function createCheck({ evidenceOf, checker, onlyCited = false, signal }: VerificationPorts): Check {
  const passages = new Map<number, Evidence>();
  const sentences = createSentenceStream();
  const uncited: AnswerSentence[] = [];
  const checking = new Set<Promise<void>>();
  const byWords = createCheckingDesk(null);
  let found: SentenceVerification[] = [];

  function take(sentence: AnswerSentence): void {
    const evidence = sentence.citations.flatMap((number) => passages.get(number) ?? []);
    if (evidence.length === 0 && !onlyCited) uncited.push(sentence);
    if (evidence.length > 0) check(sentence, evidence, true);
  }

  function check(sentence: AnswerSentence, evidence: readonly Evidence[], isCited: boolean): void {
    const task = { sentence: sentence.plain.text, evidence, isCited };
    // A host that died leaves the words, which can be compared anywhere.
    const checked = (checker ?? byWords).check(task, signal).catch(() => byWords.check(task));
    const work = checked.then((finding) => {
      if (finding) found.push(verificationOf(sentence, finding));
      checking.delete(work);
    });
    checking.add(work);
  }

  function* ready(): Generator<StreamPartBody> {
    const parts = found;
    found = [];
    for (const verification of parts) yield { type: 'verification', verification };
  }

  return {
    cite(citation) {
      if (passages.has(citation.number)) return;
      const evidence = evidenceOf(citation);
      if (evidence) passages.set(citation.number, evidence);
    },
    push(text) {
      for (const sentence of sentences.push(text)) take(sentence);
    },
    ready,
    async *end() {
      for (const sentence of sentences.end()) take(sentence);
      const all = [...passages.values()];
      // Only now is it known what the whole answer cites.
      for (const sentence of all.length > 0 ? uncited : []) check(sentence, all, false);
      await Promise.all(checking);
      yield* ready();
    },
  };
}

function verificationOf(sentence: AnswerSentence, finding: CheckedSentence): SentenceVerification {
  const { start, end, plain } = sentence;
  const { verdict, reason, wordsAlone } = finding;
  const flagged = finding.flagged.map((span) => ({
    kind: span.kind,
    ...answerRange(plain, span.start, span.end),
    text: plain.text.slice(span.start, span.end),
  }));
  return { start, end, verdict, reason, citations: sentence.citations, flagged, wordsAlone };
}
