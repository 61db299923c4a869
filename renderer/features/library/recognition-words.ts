/** What is said of a scan that was probably recognised in the wrong language, and which one to try. Pure. */
import { isRecognising, type DocumentSummary } from '../../../shared/domain.ts';
import {
  BUILT_IN_LANGUAGE,
  languageName,
  recognitionLanguageOf,
  type RecognitionLanguage,
} from '../../../shared/recognition-languages.ts';

/**
 * How sure recognition is (0 to 100) of pages whose very letters it does not know. Measured on scans of plain prose that
 * were read as English: German, Polish, Czech 82 to 84, Turkish 67; Greek 40, and there the language that its text looks
 * like is any; of Russian nothing was recognised.
 */
const UNREADABLE_CONFIDENCE = 60;

export interface RecognitionHint {
  readonly text: string;
  /** The language to try; null where nothing tells which. */
  readonly offer: RecognitionLanguage | null;
}

type Recognised = Pick<
  DocumentSummary,
  | 'state'
  | 'error'
  | 'language'
  | 'ocrPages'
  | 'ocrConfidence'
  | 'recognition'
  | 'recognitionError'
  | 'recognitionLanguages'
>;

function usedLanguages({ recognitionLanguages }: Pick<DocumentSummary, 'recognitionLanguages'>): readonly string[] {
  return recognitionLanguages ?? [BUILT_IN_LANGUAGE];
}

/** Of text that is no words no language can be told. */
function isUnreadable({ ocrConfidence }: Pick<DocumentSummary, 'ocrConfidence'>): boolean {
  return ocrConfidence !== null && ocrConfidence < UNREADABLE_CONFIDENCE;
}

/** The language that recognised pages seem to be in, when they were not recognised in it; else null. */
export function otherLanguage(
  document: Pick<DocumentSummary, 'language' | 'ocrPages' | 'ocrConfidence' | 'recognitionLanguages'>,
): RecognitionLanguage | null {
  if (document.ocrPages === 0 || isUnreadable(document)) return null;
  const language = recognitionLanguageOf(document.language);
  return language && !usedLanguages(document).includes(language.code) ? language : null;
}

/** The document's language, as far as its text tells it: that of letters that were not known is none. */
export function knownLanguage(document: Pick<DocumentSummary, 'language' | 'ocrConfidence'>): string | null {
  return isUnreadable(document) ? null : document.language;
}

/** Nothing was recognised on its scanned pages, and it has no others. */
export function hasNothingRecognised({
  state,
  error,
  recognition,
}: Pick<DocumentSummary, 'state' | 'error' | 'recognition'>): boolean {
  return state === 'failed' && error?.code === 'document-no-text' && recognition.total > 0;
}

/**
 * @param preferred BCP 47 tags of the languages that the person reads, the first the most
 * @returns null while its pages are being recognised, and when nothing speaks for another language
 */
export function recognitionHint(document: Recognised, preferred: readonly string[]): RecognitionHint | null {
  if (isRecognising(document)) return null;
  const used = usedLanguages(document);
  const other = otherLanguage(document);
  if (other) return { text: `It looks ${other.name}, and was not read as that.`, offer: other };
  const names = used.map(languageName).join(' and ');
  const isNothing = hasNothingRecognised(document);
  if (!isNothing && (document.ocrPages === 0 || !isUnreadable(document))) return null;
  const found = isNothing
    ? `Read as ${names}, its pages have no words.`
    : `Read as ${names}, little of it makes words (${Math.floor(document.ocrConfidence ?? 0)} % sure).`;
  const offer = preferred
    .map((tag) => recognitionLanguageOf(tag.split('-')[0]?.toLowerCase() ?? null))
    .find((language) => language !== null && !used.includes(language.code));
  return { text: `${found} It may be in another language or script.`, offer: offer ?? null };
}
