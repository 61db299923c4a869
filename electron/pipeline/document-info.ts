/** What a document is called, who wrote it and in which language: from its metadata, else from its first pages. Pure. */
import { detectAll } from 'tinyld/light';
import { decodeLayout } from './geometry.ts';
import type { PdfMetadata } from './ports/pdf-reader.ts';
import type { StoredPage } from './stored-page.ts';

/** Characters from which the language is told. */
const languageSample = 3_000;
/** Pages in which a title is looked for. */
const titlePages = 2;

const fileLike = /\.(?:docx?|pdf|xlsx?|pptx?|indd|qxd|tex|dvi|ps|eps|rtf|odt|txt|html?|pmd|fm|wpd|cdr|ai)$/i;
const emptyTitles =
  /^(?:untitled|unknown|document\s*\d*|title|no title|slide \d+|print|layout \d+|presentation\d*|book\d*|sheet\d*|default|new document|\(?anonymous\)?|none|null|scan(?:ned)?.*|doc\d*|page \d+|pdf|about:blank|https?:.*)$/i;
/** Words of covers and mastheads that say what kind of paper it is, not which. */
const genericHeadings =
  /^(?:table of contents|contents|index|united states|securities and exchange commission|washington,? d\.?c\.?.*|form \S+|annual report|abstract|introduction|confidential|draft|page \d+.*|part [ivx]+|chapter \d+|\(?mark one\)?.*|press release|for immediate release|news release)$/i;

/** A metadata title that a person would call the document by; null for file names, program names and codes. */
export function sensibleTitle(title: string | null): string | null {
  if (title === null) return null;
  const text = title
    .replace(/^(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation)\s*[-–:]?\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  if (letters < 3 || text.length > 300 || fileLike.test(text) || emptyTitles.test(text)) return null;
  // A code such as `d123456dex991` or a name with underscores is a file's.
  if (!/\s/.test(text) && (/\d/.test(text) || /_/.test(text))) return null;
  return text;
}

/** The largest heading of the first pages that says more than what kind of paper it is. */
export function titleFromPages(pages: readonly StoredPage[]): string | null {
  for (const page of pages.slice(0, titlePages)) {
    const { lines } = decodeLayout(page.geometry);
    const sizes = lines.map((line) => line.fontSize).sort((a, b) => a - b);
    const usual = sizes[sizes.length >> 1] ?? 0;
    let best: { text: string; size: number } | null = null;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      if (line.kind !== 'heading' || (line.fontSize <= usual * 1.05 && !line.bold)) continue;
      let end = line.end;
      while (lines[i + 1] && !lines[i + 1]!.blockStart) end = lines[++i]!.end;
      const text = page.text
        .slice(line.start, end)
        .replace(/^#+\s*/, '')
        .replace(/\s+/g, ' ')
        .trim();
      const words = text.split(' ').length;
      const fits = text.length >= 4 && text.length <= 160 && words <= 25 && /\p{L}{3}/u.test(text);
      if (fits && !genericHeadings.test(text) && (best === null || line.fontSize > best.size * 1.02)) {
        best = { text, size: line.fontSize };
      }
    }
    if (best) return best.text;
  }
  return null;
}

/** BCP 47 primary tag of the pages' language, or null when there is too little to tell. */
export function languageOf(pages: readonly StoredPage[], metadata: PdfMetadata | null): string | null {
  let sample = '';
  for (const page of pages) {
    sample += `${page.text}\n`;
    if (sample.length >= languageSample) break;
  }
  const letters = sample.slice(0, languageSample).replace(/[^\p{L}\s]+/gu, ' ');
  const [best] = letters.trim().length >= 40 ? detectAll(letters) : [];
  if (best && best.accuracy > 0.2) return best.lang;
  const declared = /^[a-z]{2,3}(?=-|$)/i.exec(metadata?.language ?? '')?.[0];
  return declared?.toLowerCase() ?? null;
}

/** The author of the metadata, unless it is a program or an account. */
export function sensibleAuthor(author: string | null): string | null {
  if (author === null) return null;
  const text = author.replace(/\s+/g, ' ').trim();
  if (
    text.length < 2 ||
    text.length > 200 ||
    /^(?:user|admin(?:istrator)?|owner|unknown|anonymous|author|default|none|root|\W+)$/i.test(text)
  ) {
    return null;
  }
  return text;
}
