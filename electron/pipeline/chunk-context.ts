/**
 * What is put before a passage when it is indexed and embedded: which document it is of, for which period, and where
 * in it the passage stands. A passage rarely says this itself, while questions name it. Pure.
 */
import type { Block } from './blocks.ts';

export interface DocumentNames {
  readonly title: string;
  /** As the file was called when it was added, extension and all; absent for a document that never was a file. */
  readonly fileName?: string;
}

const longestLabel = 160;
const longestLead = 100;
/** A longer first block is a paragraph. */
const longestLeadBlock = 160;

/** A line that names the document: its title, and its file's name where that says more. */
export function documentLabel({ title, fileName = '' }: DocumentNames): string {
  const words = fileWords(fileName);
  const known = new Set(wordsOf(title));
  const more = wordsOf(words).some((word) => !known.has(word));
  return clip(more ? `${title} · ${words}` : title, longestLabel);
}

/** The words of a file name: `ACME_2023Q2_10Q.pdf` is `ACME 2023 Q2 10Q`; none for codes and counters. */
export function fileWords(fileName: string): string {
  const words = fileName
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[_\s.+~()[\]{}-]+/g, ' ')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/\b((?:19|20)\d{2})([QH]\d)\b/gi, '$1 $2')
    .trim();
  return /\p{L}{3}/u.test(words) ? words : '';
}

/** For each page the words it begins with, below the running header: mostly the name of its table or section. */
export function pageLeads(blocks: readonly Block[]): ReadonlyMap<number, string> {
  const leads = new Map<number, string>();
  for (const { page, text } of blocks) {
    if (leads.has(page) || !/\p{L}{3}/u.test(text)) continue;
    const isName = text.length <= longestLeadBlock && !/^\p{Ll}|[.;,]$/u.test(text);
    leads.set(page, isName ? clip(text.replace(/\s+/g, ' ').trim(), longestLead) : '');
  }
  return leads;
}

/** The context of one passage. What the passage or the headings say themselves is not said again. */
export function chunkContext(label: string, headingPath: readonly string[], lead: string, text: string): string {
  const own = text.replace(/\s+/g, ' ');
  const headings = headingPath.join(' › ');
  const place = lead !== '' && !own.startsWith(lead) && !headings.includes(lead) ? `${lead} › ` : '';
  return [label, `${place}${headings}`].filter((part) => part !== '').join('\n');
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return cut.slice(0, cut.lastIndexOf(' ') > length / 2 ? cut.lastIndexOf(' ') : length);
}
