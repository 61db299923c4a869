/**
 * Languages that scans can be recognised in. English comes with the app; the others are fetched when the person asks for
 * one. Those whose words are not parted by spaces, or run from right to left, are left out: the layout of recognised pages
 * does not read them in order.
 */
import { AppError } from './errors.ts';

export interface RecognitionLanguage {
  /** As Tesseract names its data (ISO 639-2/T). */
  readonly code: string;
  /** BCP 47 primary tag, as a document's `language`. */
  readonly tag: string;
  readonly name: string;
}

/** By name. */
export const recognitionLanguages: readonly RecognitionLanguage[] = [
  { code: 'afr', tag: 'af', name: 'Afrikaans' },
  { code: 'sqi', tag: 'sq', name: 'Albanian' },
  { code: 'eus', tag: 'eu', name: 'Basque' },
  { code: 'bul', tag: 'bg', name: 'Bulgarian' },
  { code: 'cat', tag: 'ca', name: 'Catalan' },
  { code: 'hrv', tag: 'hr', name: 'Croatian' },
  { code: 'ces', tag: 'cs', name: 'Czech' },
  { code: 'dan', tag: 'da', name: 'Danish' },
  { code: 'nld', tag: 'nl', name: 'Dutch' },
  { code: 'eng', tag: 'en', name: 'English' },
  { code: 'est', tag: 'et', name: 'Estonian' },
  { code: 'fin', tag: 'fi', name: 'Finnish' },
  { code: 'fra', tag: 'fr', name: 'French' },
  { code: 'glg', tag: 'gl', name: 'Galician' },
  { code: 'deu', tag: 'de', name: 'German' },
  { code: 'ell', tag: 'el', name: 'Greek' },
  { code: 'hun', tag: 'hu', name: 'Hungarian' },
  { code: 'isl', tag: 'is', name: 'Icelandic' },
  { code: 'gle', tag: 'ga', name: 'Irish' },
  { code: 'ita', tag: 'it', name: 'Italian' },
  { code: 'lat', tag: 'la', name: 'Latin' },
  { code: 'lav', tag: 'lv', name: 'Latvian' },
  { code: 'lit', tag: 'lt', name: 'Lithuanian' },
  { code: 'nor', tag: 'no', name: 'Norwegian' },
  { code: 'pol', tag: 'pl', name: 'Polish' },
  { code: 'por', tag: 'pt', name: 'Portuguese' },
  { code: 'ron', tag: 'ro', name: 'Romanian' },
  { code: 'rus', tag: 'ru', name: 'Russian' },
  { code: 'srp', tag: 'sr', name: 'Serbian' },
  { code: 'slk', tag: 'sk', name: 'Slovak' },
  { code: 'slv', tag: 'sl', name: 'Slovenian' },
  { code: 'spa', tag: 'es', name: 'Spanish' },
  { code: 'swe', tag: 'sv', name: 'Swedish' },
  { code: 'tur', tag: 'tr', name: 'Turkish' },
  { code: 'ukr', tag: 'uk', name: 'Ukrainian' },
  { code: 'vie', tag: 'vi', name: 'Vietnamese' },
  { code: 'cym', tag: 'cy', name: 'Welsh' },
];

/** The one that is always there. */
export const BUILT_IN_LANGUAGE = 'eng';

/** More at once make the engine slow and unsure. */
export const MOST_LANGUAGES = 4;

/** A choice of languages after one of them was removed from this computer: never empty. */
export function languagesWithout(chosen: readonly string[], removed: string): readonly string[] {
  const left = chosen.filter((code) => code !== removed);
  return left.length > 0 ? left : [BUILT_IN_LANGUAGE];
}

export function languageName(code: string): string {
  return recognitionLanguages.find((language) => language.code === code)?.name ?? code;
}

/** The language of a document's `language`; null where there is no data for it. */
export function recognitionLanguageOf(tag: string | null): RecognitionLanguage | null {
  return recognitionLanguages.find((language) => language.tag === tag) ?? null;
}

export function languageMissing(code: string): AppError {
  return new AppError('language-missing', `The data for ${languageName(code)} is not on this computer.`, {
    hint: 'Download it in the settings, under Scans.',
  });
}
