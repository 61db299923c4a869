/** Requests about the recognition of scans (OCR): its languages, and recognising a document again. */
import { z } from 'zod';
import {
  BUILT_IN_LANGUAGE,
  MOST_LANGUAGES,
  recognitionLanguages,
  type RecognitionLanguage,
} from '../recognition-languages.ts';
import { define } from './define.ts';

const language = z.string().refine((code) => recognitionLanguages.some((known) => known.code === code));
/** Codes, the most likely first. */
export const languagesSchema = z.array(language).min(1).max(MOST_LANGUAGES);

export interface ListedLanguage extends RecognitionLanguage {
  /** Its data is on this computer. */
  readonly installed: boolean;
  /** Its data is being fetched. */
  readonly downloading: boolean;
}

export const recognitionRequests = {
  'recognition.listLanguages': define(z.object({}))<readonly ListedLanguage[]>(),
  /**
   * Fetches a language's data from the npm registry, or waits for what is being fetched; the only request of recognition
   * that uses the network.
   */
  'recognition.installLanguage': define(z.object({ language }))<readonly ListedLanguage[]>(),
  /** Ends a download; whoever waits for it is answered with `cancelled`. */
  'recognition.cancelLanguage': define(z.object({ language }))<readonly ListedLanguage[]>(),
  /** Deletes a language's data, and takes it out of the settings. What was recognised in it stays. */
  'recognition.removeLanguage': define(z.object({ language: language.refine((code) => code !== BUILT_IN_LANGUAGE) }))<
    readonly ListedLanguage[]
  >(),
  /** Recognises the scanned pages of a document anew, in these languages from now on. */
  'recognition.again': define(z.object({ documentId: z.uuid(), languages: languagesSchema }))<null>(),
};
