/** A Markdown file ready to be shown: its sections, and where the stored pages stand in it. */
import { useEffect, useMemo, useState } from 'react';
import { decodeText } from '../../../shared/decode-text.ts';
import type { DocumentSummary } from '../../../shared/domain.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { documentUrl } from '../../ipc/client.ts';
import {
  linkDefinitions,
  markdownSections,
  pageOfPlace,
  pageStarts,
  placePages,
  type LinkDefinitions,
  type MarkdownSection,
  type PlacedPage,
} from './markdown-places.ts';
import { fetchOriginal, isOriginalHere, patience } from './use-original.ts';
import { textHeadings, type TextHeading } from './text-marks.ts';

/** Bytes; of a larger file the stored pages are shown, like those of plain text. */
export const LARGEST_MARKDOWN = 4_000_000;

export interface MarkdownFile {
  readonly sections: readonly MarkdownSection[];
  /** By page number. */
  readonly placed: ReadonlyMap<number, PlacedPage>;
  readonly definitions: LinkDefinitions;
  readonly headings: readonly TextHeading[];
  readonly pageOf: (place: number) => number;
}

async function readSource(documentId: string, contentHash: string): Promise<string | null> {
  await fetchOriginal(documentId);
  const response = await fetch(documentUrl(documentId, contentHash));
  return response.ok ? decodeText(new Uint8Array(await response.arrayBuffer())).replace(/\r\n?/g, '\n') : null;
}

/**
 * Null until all of it is there. Where the file cannot be read, what was stored of it stands for it.
 *
 * @param pages All stored pages; null while they come, and for what is no Markdown.
 */
export function useMarkdownFile(
  { id: documentId, contentHash }: Pick<DocumentSummary, 'id' | 'contentHash'>,
  pages: readonly PageText[] | null,
): MarkdownFile | null {
  const [read, setRead] = useState<{ readonly contentHash: string; readonly source: string | null } | null>(null);
  const isMarkdown = pages !== null;
  useEffect(() => {
    if (!isMarkdown) return;
    let isCurrent = true;
    const take = (source: string | null) => {
      if (isCurrent) setRead({ contentHash, source });
    };
    // What is on its way may be long in coming, or never come.
    const early = isOriginalHere(documentId) ? undefined : setTimeout(() => take(null), patience);
    const settle = (source: string | null) => {
      clearTimeout(early);
      take(source);
    };
    readSource(documentId, contentHash).then(settle, () => settle(null));
    return () => {
      isCurrent = false;
      clearTimeout(early);
    };
  }, [documentId, contentHash, isMarkdown]);
  return useMemo(() => {
    if (pages === null || read?.contentHash !== contentHash) return null;
    const source = read.source ?? pages.map(({ text }) => text.replaceAll('\n', '\n\n')).join('\n\n');
    const placed = placePages(source, pages);
    const starts = pageStarts(placed);
    return {
      sections: markdownSections(source, placed),
      placed: new Map(placed.map((page) => [page.number, page])),
      definitions: linkDefinitions(source),
      headings: textHeadings(source),
      pageOf: (place) => pageOfPlace(starts, place),
    };
  }, [contentHash, pages, read]);
}
