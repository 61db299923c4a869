/**
 * The port through which an answer's sentences are checked against their passages, away from main's thread; the
 * pipeline host is behind it.
 */
import type { Evidence, Finding } from '../verification/rule.ts';

export interface SentenceToCheck {
  /** Without citation marks and Markdown. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** False for one without a citation: there only numbers that stand nowhere are told. */
  readonly isCited: boolean;
}

export interface CheckedSentence extends Pick<Finding, 'verdict' | 'reason' | 'flagged'> {
  /** The meaning would have mattered and could not be compared in time. */
  readonly wordsAlone: boolean;
}

export interface SentenceChecker {
  /** Null where there is nothing to tell of an uncited sentence. Rejects when the check cannot run, or was cancelled. */
  check(sentence: SentenceToCheck, signal?: AbortSignal): Promise<CheckedSentence | null>;
}
