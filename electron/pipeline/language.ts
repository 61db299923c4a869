/** Tells the language of a document. Pure; its tables take 70 ms to load, so it is loaded when it is first needed. */
import { detectAll } from 'tinyld/light';
import type { PdfMetadata } from './ports/pdf-reader.ts';
import type { StoredPage } from './stored-page.ts';

/** Characters from which the language is told. */
const languageSample = 3_000;

/** How sure to be (0 to 1) of what is only shown, and of what the text is recognised anew for. */
const likely = 0.2;
export const NEARLY_CERTAIN = 0.5;

/** BCP 47 primary tag of the pages' language, or null when there is too little to tell. */
export function languageOf(
  pages: readonly StoredPage[],
  metadata: PdfMetadata | null,
  leastAccuracy: number = likely,
): string | null {
  const paragraphs = pages.flatMap(({ text }) => text.split('\n'));
  // Sentences tell a language; names, addresses and figures mislead.
  const prose = paragraphs.filter(
    (text) => text.length >= 80 && (text.match(/\p{Ll}|\p{Lo}/gu)?.length ?? 0) > 0.65 * text.length,
  );
  const sample = (prose.length > 0 ? prose : paragraphs).join('\n').slice(0, languageSample);
  const told = languageOfSample(sample, leastAccuracy);
  if (told !== null) return told;
  const declared = /^[a-z]{2,3}(?=-|$)/i.exec(metadata?.language ?? '')?.[0];
  return declared?.toLowerCase() ?? null;
}

/** BCP 47 primary tag of a text's language, or null when there is too little to tell. */
export function languageOfSample(text: string, leastAccuracy: number = likely): string | null {
  const letters = text.replace(/[^\p{L}\s]+/gu, ' ');
  const [best] = letters.trim().length >= 40 ? detectAll(letters) : [];
  return best && best.accuracy > leastAccuracy ? best.lang : null;
}
