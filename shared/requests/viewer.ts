/** Requests of the viewer: what the library knows of a document's pages, so that pdf.js need not read them all. */
import { z } from 'zod';
import type { Box, PageRange } from '../domain.ts';
import { define } from './define.ts';

const documentId = z.uuid();
const page = z.number().int().min(1);

/** A place in a page's stored text. */
export interface TextMatch {
  readonly page: number;
  /** UTF-16 indices into the page's text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** The size of a page as it is shown (after its /Rotate), in points; 0 by 0 for one that was not read yet. */
export interface ShownPageSize {
  readonly width: number;
  readonly height: number;
}

/** A line of a recognised page; user space, points. */
export interface RecognisedLine {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** True when the writing runs along y. */
  readonly vertical: boolean;
  /** In reading order; `from` < `to` along the line's axis. */
  readonly words: readonly { readonly text: string; readonly from: number; readonly to: number }[];
}

/** What was recognised on a page's picture. */
export interface RecognisedText {
  /** None for a page with text of its own. */
  readonly lines: readonly RecognisedLine[];
  /** With little certainty, see `DOUBTFUL_CONFIDENCE`. */
  readonly isDoubtful: boolean;
}

/** A heading of the stored text. */
export interface StoredHeading {
  readonly title: string;
  /** From 1. */
  readonly level: number;
  /** Where the first passage below it stands. */
  readonly page: number;
}

/** Pages that one request looks through: a few milliseconds of the reading thread. */
export const findPagesLimit = 200;

export const viewerRequests = {
  /** Sizes of all pages; index 0 is page 1. Empty for text. */
  'viewer.pageSizes': define(z.object({ documentId }))<readonly ShownPageSize[]>(),
  /** Matches on pages `from` to `to` (at most `findPagesLimit` of them), in order, at most `limit`. */
  'viewer.findText': define(
    z.object({
      documentId,
      query: z.string().min(1).max(500),
      from: page,
      to: page,
      limit: z.number().int().min(1).max(10_000),
    }),
  )<readonly TextMatch[]>(),
  /** Boxes of ranges of a page's text, one list a range: several boxes where it crosses lines. */
  'viewer.locateText': define(
    z.object({
      documentId,
      page,
      ranges: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0) })).max(2_000),
    }),
  )<readonly (readonly Box[])[]>(),
  /** Where the words in boxes (a citation's) stand in the text of their pages; none where the geometry has no word there. */
  'viewer.readBoxes': define(
    z.object({
      documentId,
      boxes: z.array(z.object({ page, x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() })).max(2_000),
    }),
  )<readonly PageRange[]>(),
  /** Headings in reading order: an outline for when the file, which has its own, is not there. */
  'viewer.headings': define(z.object({ documentId }))<readonly StoredHeading[]>(),
  /** The words of a page that was recognised, where they stand on its picture. */
  'viewer.recognisedText': define(z.object({ documentId, page }))<RecognisedText>(),
};
