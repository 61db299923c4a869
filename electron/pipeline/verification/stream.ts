/**
 * Checks the sentences of an answer while it streams: takes the answer stage's parts, puts a `verification` part behind
 * each cited sentence.
 *
 * The text never waits: a sentence whose meaning is compared is told with the next part after that is done.
 */
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';
import type { StreamPartBody } from '../../../shared/stream.ts';
import type { Embedder } from '../ports/embedder.ts';
import { checkSentence, numbersNowhere, prepareEvidence, withMeaning } from './rule.ts';
import type { Evidence, Finding, PreparedEvidence } from './rule.ts';
import { answerRange, createSentenceStream } from './sentences.ts';
import type { AnswerSentence } from './sentences.ts';

export interface VerificationPorts {
  /** The whole passage behind a citation; null when it is not known. */
  readonly evidenceOf: (citation: Citation) => Evidence | null;
  /** Compares meanings when it runs on this computer; null compares words alone. */
  readonly embedder: Embedder | null;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds that comparing the meaning of one sentence may take. */
const embeddingBudget = 1_500;
/** Characters of a passage's part that are compared; the model reads no more. */
const longestCompared = 1_000;

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

function createCheck({ evidenceOf, embedder, signal }: VerificationPorts): Check {
  const passages = new Map<number, PreparedEvidence>();
  const sentences = createSentenceStream();
  const uncited: AnswerSentence[] = [];
  const comparing = new Set<Promise<void>>();
  // SECURITY: sentences are sent nowhere for this; only an embedder on this computer is asked.
  const local = embedder?.host === null ? embedder : null;
  let found: SentenceVerification[] = [];

  function take(sentence: AnswerSentence): void {
    const evidence = sentence.citations.flatMap((number) => passages.get(number) ?? []);
    if (evidence.length === 0) {
      uncited.push(sentence);
      return;
    }
    const finding = checkSentence(sentence.plain.text, evidence);
    if (finding.ask.length === 0 || !local) {
      found.push(verificationOf(sentence, finding, finding.ask.length > 0));
      return;
    }
    const work = likeness(local, sentence.plain.text, finding.ask, signal).then((cosine) => {
      found.push(
        cosine === null
          ? verificationOf(sentence, finding, true)
          : verificationOf(sentence, withMeaning(finding, cosine), false),
      );
      comparing.delete(work);
    });
    comparing.add(work);
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
      if (evidence) passages.set(citation.number, prepareEvidence(evidence));
    },
    push(text) {
      for (const sentence of sentences.push(text)) take(sentence);
    },
    ready,
    async *end() {
      for (const sentence of sentences.end()) take(sentence);
      const all = [...passages.values()];
      // Only now is it known what the whole answer cites.
      for (const sentence of all.length > 0 ? uncited : []) {
        const flagged = numbersNowhere(sentence.plain.text, all);
        if (flagged.length > 0)
          found.push(
            verificationOf(
              sentence,
              { verdict: 'unsupported', reason: 'number', flagged, ask: [], sameFrom: 1 },
              false,
            ),
          );
      }
      await Promise.all(comparing);
      yield* ready();
    },
  };
}

function verificationOf(sentence: AnswerSentence, finding: Finding, wordsAlone: boolean): SentenceVerification {
  const { start, end, citations, plain } = sentence;
  const { verdict, reason } = finding;
  const flagged = finding.flagged.map((span) => ({
    kind: span.kind,
    ...answerRange(plain, span.start, span.end),
    text: plain.text.slice(span.start, span.end),
  }));
  return { start, end, verdict, reason, citations, flagged, wordsAlone };
}

/** The highest cosine of a sentence with any of the texts, or with all together; null when it cannot be had in time. */
async function likeness(
  embedder: Embedder,
  sentence: string,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const limit = AbortSignal.timeout(embeddingBudget);
  const whole = texts.length > 1 ? [texts.join(' ')] : [];
  try {
    const [own, ...others] = await embedder.embed(
      [sentence, ...texts, ...whole].map((text) => text.slice(0, longestCompared)),
      { priority: 'interactive', signal: signal ? AbortSignal.any([signal, limit]) : limit },
    );
    return own ? Math.max(...others.map((other) => dot(own, other))) : null;
  } catch {
    // Too slow, stopped, or not there: the words decide, and the verification says so.
    return null;
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
