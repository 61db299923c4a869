/** The bookmarks of a PDF, as a reader's program shows them. */
import { readFile } from 'node:fs/promises';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface Bookmark {
  readonly title: string;
  readonly items: readonly Bookmark[];
}

export async function bookmarksOf(path: string): Promise<readonly Bookmark[]> {
  const task = getDocument({ data: new Uint8Array(await readFile(path)), verbosity: 0 });
  try {
    const pdf = await task.promise;
    return ((await pdf.getOutline()) as readonly Bookmark[] | null) ?? [];
  } finally {
    await task.destroy();
  }
}

/** Titles, each indented by its depth. */
export function bookmarkLines(bookmarks: readonly Bookmark[], depth = 0): readonly string[] {
  return bookmarks.flatMap(({ title, items }) => [
    `${'  '.repeat(depth)}${title.trim()}`,
    ...bookmarkLines(items, depth + 1),
  ]);
}
