/** What a document is called, and who wrote it: from its metadata, else from its first pages. Pure. */
import { decodeLayout, type LayoutLine } from './geometry.ts';
import type { StoredPage } from './stored-page.ts';

/** Pages in which a title is looked for. */
const titlePages = 2;

const fileLike = /\.(?:docx?|pdf|xlsx?|pptx?|indd|qxd|tex|dvi|ps|eps|rtf|odt|txt|html?|pmd|fm|wpd|cdr|ai)$/i;
const emptyTitles =
  /^(?:untitled|unknown|document\s*\d*|title|no title|slide \d+|print|layout \d+|presentation\d*|book\d*|sheet\d*|default|new document|\(?anonymous\)?|none|null|scan(?:ned)?.*|doc\d*|page \d+|pdf|about:blank|https?:.*)$/i;
/** Words of covers and mastheads that say what kind of paper it is, not which. */
const genericHeadings =
  /^(?:table of contents|contents|index|united states\b.*|securities and exchange commission.*|securities registered.*|.{0,3}(?:annual|quarterly|current|transition) report pursuant.*|washington,? d\.?c\.?.*|form \S+|annual report|abstract|introduction|confidential|draft|page \d+.*|commission file.*|for the transition period.*|for the .{0,20}(?:year|quarter|period)\b.*ended.*|part [ivx]+|chapter \d+|\(?mark one\)?.*|press release|for immediate release|news release)$/i;

/** Names of a filing's part that don't say whose: `Q1 2023 8-K - Exhibit 99.1`, `EX-99.1`. */
const exhibitTitle = /^(?:[\s\dq.,–-]|form|fy|8-k|6-k|10-[kq])*\s*(?:exhibit|ex)\W*\d+(?:\.\d+)?$/i;

/** A metadata title that a person would call the document by; null for file names, program names and codes. */
export function sensibleTitle(title: string | null): string | null {
  if (title === null) return null;
  const text = title
    .replace(/^(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation)\s*[-–:]?\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  if (letters < 3 || text.length > 300 || fileLike.test(text)) return null;
  if (emptyTitles.test(text) || exhibitTitle.test(text)) return null;
  // A code such as `d123456dex991` or a name with underscores is a file's.
  if (!/\s/.test(text) && (/\d/.test(text) || /_/.test(text))) return null;
  return text;
}

/** Characters of text behind which a line hardly larger than the others is a section's heading, and no title. */
const titleStart = 1_000;

/** The largest heading of the first pages that says more than what kind of paper it is. */
export function titleFromPages(pages: readonly StoredPage[]): string | null {
  let before = 0;
  for (const page of pages.slice(0, titlePages)) {
    // A filing's cover whose company is a picture: nothing else on it is a name, the file's own is better.
    if (registrantLine.test(page.text.slice(0, 6_000))) return null;
    const { lines } = decodeLayout(page.geometry);
    const sizes = lines.map((line) => line.fontSize).sort((a, b) => a - b);
    const usual = sizes[sizes.length >> 1] ?? 0;
    let best: { text: string; size: number } | null = null;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      const first = i;
      const isLarge = line.fontSize > usual * 1.05;
      const isLate = before + line.start >= titleStart && line.fontSize <= usual * 1.25;
      if (line.kind !== 'heading' || isLate || !(isLarge || line.bold)) continue;
      let end = line.end;
      while (lines[i + 1] && !lines[i + 1]!.blockStart) end = lines[++i]!.end;
      const text = page.text
        .slice(line.start, end)
        .replace(/^#+\s*/, '')
        .replace(/\s+/g, ' ')
        .trim();
      const words = text.split(' ').length;
      const fits = text.length >= 4 && text.length <= 160 && words <= 25 && /\p{L}{3}/u.test(text);
      // A bullet's second line in bold, or several sentences, name nothing.
      const isRunning = /^[•●▪■◦‣∙]|^\p{Ll}+\s/u.test(text) || /\p{L}[*†]?\. \p{Lu}/u.test(text);
      const isPiece = goesOn(lines[first - 1], line, page.text) || (!isLarge && unfinished.test(text));
      if (
        fits &&
        !isRunning &&
        !isPiece &&
        !genericHeadings.test(text) &&
        (best === null || line.fontSize > best.size * 1.02)
      ) {
        best = { text, size: line.fontSize };
      }
    }
    if (best) return best.text;
    before += page.text.length;
  }
  return null;
}

/** Words that no title ends with: the sentence goes on. */
const unfinished = /(?:,|\s(?:and|or|of|the|a|an|in|to|for|with|by|from|that|which))$/;

/** True for a line that goes on with the one before it, in the same letters: of a list's item, or of a sentence. */
function goesOn(before: LayoutLine | undefined, { fontSize }: LayoutLine, text: string): boolean {
  if (!before || Math.abs(before.fontSize - fontSize) > fontSize * 0.02) return false;
  const words = text.slice(before.start, before.end).trim();
  return /^[•●▪■◦‣∙]/.test(words) ? !/[.:;!?*†]$/.test(words) : unfinished.test(words);
}

const registrantLine = /exact\s+name\s+of\s+(?:the\s+)?(?:company|registrant)/i;
const formPattern = /\bform\s+(\d{1,2}-[A-Z]{1,2}|\d{2}-F|S-\d)\b/i;
const periodPattern =
  /\b(?:fiscal|quarterly|three[- ]month|six[- ]month|annual|half)?[- ]?(?:year|quarter|period|months?)\s+ended:?\s+([A-Z][a-z]+\.?\s+\d{1,2}\s*,\s*\d{4}|\d{1,2}\s+[A-Z][a-z]+\s+\d{4})/i;
const reportDatePattern = /\bdate of (?:the )?report[^\n]{0,60}?:?\s*([A-Z][a-z]+\s+\d{1,2}\s*,\s*\d{4})/i;

/** Lines between a company's name and what says that it is one. */
const coverNoise = /^(?:and|or|and\/or)$|commission file|transition period|report pursuant|\b\d{3}-\d{5}\b|^_+$/i;

/** The company that files: what stands above `(Exact name of registrant as specified in its charter)`. */
export function registrantOf(pages: readonly StoredPage[]): string | null {
  for (const { text } of pages.slice(0, titlePages)) {
    const lines = text.slice(0, 6_000).split('\n');
    const at = lines.findIndex((line) => registrantLine.test(line));
    if (at < 0) continue;
    const own = /^(.*?)\s*\(?\s*exact\s+name/i.exec(lines[at]!)?.[1]?.trim() ?? '';
    const above = lines.slice(0, at).findLast((line) => /\p{L}{2}/u.test(line) && !coverNoise.test(line)) ?? '';
    const name = (own.length > 1 ? own : above).replace(/\s+/g, ' ').trim();
    if (name.length >= 2 && name.length <= 100 && !genericHeadings.test(name)) return inOneWord(name, pages);
  }
  return null;
}

/**
 * A name in small capitals whose initials stand so far before the rest that they are words of their own (`MGM R ESORTS`):
 * as the pages write it elsewhere. A letter that is a word (`Plan B`) stays one.
 */
function inOneWord(name: string, pages: readonly StoredPage[]): string {
  const joined = name.replace(/(?<!\S)(\p{Lu}) (?=\p{Lu}{2})/gu, '$1');
  if (joined === name) return name;
  const pattern = joined.replace(/[^\p{L}\p{N}\s]/gu, '\\$&').replace(/\s+/g, '\\s+');
  const wanted = new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, 'iu');
  for (const { text } of pages) {
    const found = wanted.exec(text)?.[0];
    if (found !== undefined) return found.replace(/\s+/g, ' ');
  }
  return name;
}

/** What a report's cover adds to its name: the form and the period, which tell one year's from the next. */
export function withPeriod(title: string, pages: readonly StoredPage[]): string {
  const cover = pages
    .slice(0, titlePages)
    .map(({ text }) => text.slice(0, 4_000))
    .join('\n');
  const period = (periodPattern.exec(cover) ?? reportDatePattern.exec(cover))?.[1]
    ?.replace(/\s+/g, ' ')
    .replace(' ,', ',');
  const year = period?.slice(-4);
  if (period === undefined || year === undefined || title.includes(year)) return title;
  const form = formPattern.exec(cover)?.[1]?.toUpperCase();
  return [title, form && !title.toUpperCase().includes(form) ? form : '', period].filter((part) => part).join(', ');
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
