/** Links and outlines of a PDF: where they lead. Everything in them is a stranger's data and is checked. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { pageTop, type Anchor } from './page-layout.ts';
import type { Rotation } from './zoom.ts';

type Reference = Parameters<PDFDocumentProxy['getPageIndex']>[0];

/** As the file has it: a name, or an array of page, kind and coordinates. */
export type Destination = string | readonly unknown[] | null;

export interface PageLink {
  /** Points of the page's user space. */
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  readonly url: string | null;
  readonly destination: Destination;
  /** `NextPage` and its like. */
  readonly action: string | null;
  readonly label: string;
}

function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && 'num' in value && 'gen' in value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** The links among a page's annotations. */
export async function readLinks(page: PDFPageProxy): Promise<readonly PageLink[]> {
  const annotations = (await page.getAnnotations({ intent: 'display' })) as readonly Record<string, unknown>[];
  return annotations.flatMap((annotation): PageLink[] => {
    const rect: unknown = annotation['rect'];
    if (annotation['subtype'] !== 'Link' || !Array.isArray(rect)) return [];
    const [x0, y0, x1, y1] = (rect as unknown[]).map(Number);
    if (![x0, y0, x1, y1].every(Number.isFinite)) return [];
    // One that pdf.js takes for unsafe is shown, too: it is never opened, but a click says where it would lead.
    const url = text(annotation['url']) || text(annotation['unsafeUrl']) || null;
    const destination = (annotation['dest'] ?? null) as Destination;
    const action = text(annotation['action']) || null;
    if (url === null && destination === null && action === null) return [];
    const label = text(annotation['overlaidText']) || (url === null ? 'Link within this document' : 'Link');
    return [{ box: { x0: x0 ?? 0, y0: y0 ?? 0, x1: x1 ?? 0, y1: y1 ?? 0 }, url, destination, action, label }];
  });
}

/** The page that an action with a name of the standard's leads to. */
export function namedActionPage(action: string, page: number, pageCount: number): number {
  switch (action) {
    case 'NextPage':
      return Math.min(pageCount, page + 1);
    case 'PrevPage':
      return Math.max(1, page - 1);
    case 'FirstPage':
      return 1;
    case 'LastPage':
      return pageCount;
    default:
      return page;
  }
}

/** Coordinates of a destination, in user space; null where it says none (PDF 32000-1, table 151). */
export function destinationPoint(destination: readonly unknown[]): {
  readonly x: number | null;
  readonly y: number | null;
} {
  const kind: unknown = destination[1];
  const name = typeof kind === 'object' && kind !== null && 'name' in kind ? kind.name : null;
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
  if (name === 'XYZ') return { x: number(destination[2]), y: number(destination[3]) };
  if (name === 'FitH' || name === 'FitBH') return { x: null, y: number(destination[2]) };
  if (name === 'FitR') return { x: number(destination[2]), y: number(destination[5]) };
  return { x: null, y: null };
}

/** The page (from 1) and the array that names it; null when it leads nowhere. */
async function explicitDestination(
  pdf: PDFDocumentProxy,
  destination: Destination,
): Promise<{ readonly number: number; readonly explicit: readonly unknown[] } | null> {
  const explicit: unknown = typeof destination === 'string' ? await pdf.getDestination(destination) : destination;
  if (!Array.isArray(explicit)) return null;
  const first: unknown = explicit[0];
  const index = typeof first === 'number' ? first : isReference(first) ? await pdf.getPageIndex(first) : -1;
  if (!Number.isInteger(index) || index < 0 || index >= pdf.numPages) return null;
  return { number: index + 1, explicit: explicit as unknown[] };
}

/** The page (from 1) that it leads to; null when it leads nowhere. */
export async function destinationPage(pdf: PDFDocumentProxy, destination: Destination): Promise<number | null> {
  // One entry that can't be read takes none of the others along.
  const found = await explicitDestination(pdf, destination).catch(() => null);
  return found?.number ?? null;
}

/** Null when it leads nowhere. */
export async function resolveDestination(
  pdf: PDFDocumentProxy,
  destination: Destination,
  rotation: Rotation,
): Promise<Anchor | null> {
  const found = await explicitDestination(pdf, destination);
  if (!found) return null;
  const { number, explicit } = found;
  const { x, y } = destinationPoint(explicit);
  if (y === null) return { page: number, part: pageTop };
  const page = await pdf.getPage(number);
  const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + rotation) % 360 });
  const [, top = 0] = viewport.convertToViewportPoint(x ?? 0, y) as number[];
  return { page: number, part: Math.min(1, Math.max(0, top / viewport.height)) + pageTop };
}
