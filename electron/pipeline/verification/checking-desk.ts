/**
 * Checks sentences where the built-in model is: the rule first, the likeness of meaning where the rule asks for it.
 * Passages are made ready once and kept for the sentences that follow.
 */
import { startTimeLimit } from '../../time-limit.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { CheckedSentence, SentenceChecker, SentenceToCheck } from '../ports/sentence-checker.ts';
import { languageTold } from './polarity-words.ts';
import { checkSentence, numbersNowhere, prepareEvidence, withMeaning } from './rule.ts';
import type { Evidence, Finding, PreparedEvidence } from './rule.ts';

/** Milliseconds that comparing the meaning of one sentence may take, the model's start included. */
const meaningBudget = 1_500;
/** Passages kept ready: those of one answer. */
const mostKept = 24;

/** @param openEmbedder The built-in model; null, or one that fails, compares words alone. */
export function createCheckingDesk(openEmbedder: (() => Promise<Embedder>) | null): SentenceChecker {
  const kept = new Map<string, PreparedEvidence>();

  async function prepared(evidence: Evidence): Promise<PreparedEvidence> {
    const key = `${evidence.context}\n${evidence.text}`;
    const known = kept.get(key);
    if (known) return known;
    const ready = prepareEvidence({
      ...evidence,
      language: evidence.language ?? (await languageOfText(evidence.text)),
    });
    const [oldest] = kept.keys();
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, ready);
    return ready;
  }

  return {
    async check({ sentence, evidence, isCited }: SentenceToCheck, signal): Promise<CheckedSentence | null> {
      const passages = await Promise.all(evidence.map(prepared));
      if (!isCited) {
        const flagged = numbersNowhere(sentence, passages);
        return flagged.length > 0 ? { verdict: 'unsupported', reason: 'number', flagged, wordsAlone: false } : null;
      }
      const finding = checkSentence(sentence, passages);
      if (finding.ask.length === 0) return settled(finding, false);
      const cosine = openEmbedder ? await likeness(openEmbedder, sentence, finding.ask, signal) : null;
      return cosine === null ? settled(finding, true) : settled(withMeaning(finding, cosine), false);
    },
  };
}

function settled({ verdict, reason, flagged }: Finding, wordsAlone: boolean): CheckedSentence {
  return { verdict, reason, flagged, wordsAlone };
}

/** Told by common words where these are clear, which is quick; else by a model of languages, loaded when first needed. */
async function languageOfText(text: string): Promise<string | null> {
  if (languageTold(text)?.isClear) return null;
  const { languageOfSample } = await import('../language.ts');
  return languageOfSample(text);
}

/** The highest cosine of a sentence with any of the texts; null when it cannot be had in time. */
async function likeness(
  openEmbedder: () => Promise<Embedder>,
  sentence: string,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const limit = startTimeLimit(meaningBudget, signal);
  const late = Promise.withResolvers<never>();
  limit.signal.addEventListener('abort', () => late.reject(limit.signal.reason), { once: true });
  const compared = async (): Promise<number | null> => {
    const embedder = await openEmbedder();
    const options = { priority: 'interactive', signal: limit.signal } as const;
    const [own, ...others] = await embedder.embed([sentence, ...texts], options);
    return own ? Math.max(...others.map((other) => dot(own, other))) : null;
  };
  // Too slow, stopped, or not there: the words decide, and the verification says so.
  return Promise.race([compared(), late.promise])
    .catch(() => null)
    .finally(() => limit.end());
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
