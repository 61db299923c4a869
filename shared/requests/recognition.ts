/** Requests about the recognition of scans (OCR): its languages, and recognising a document again. */
import { z } from 'zod';
import { MOST_LANGUAGES, recognitionLanguages, type RecognitionLanguage } from '../recognition-languages.ts';
import { define } from './define.ts';

const language = z.string().refine((code) => recognitionLanguages.some((known) => known.code === code));
/** Codes, the most likely first. */
export const languagesSchema = z.array(language).min(1).max(MOST_LANGUAGES);

export interface ListedLanguage extends RecognitionLanguage {
  /** Its data is on this computer. */
  readonly installed: boolean;
}

export const recognitionRequests = {
  'recognition.listLanguages': define(z.object({}))<readonly ListedLanguage[]>(),
  /** Fetches a language's data from the npm registry; the only request of recognition that uses the network. */
  'recognition.installLanguage': define(z.object({ language }))<readonly ListedLanguage[]>(),
  /** Recognises the scanned pages of a document anew, in these languages from now on. */
  'recognition.again': define(z.object({ documentId: z.uuid(), languages: languagesSchema }))<null>(),
};
