/** A PDF's outline, as far as its entries lead somewhere in it. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { OutlineNode } from './outline-tree.ts';
import type { Destination } from './pdf-destination.ts';

type PdfOutline = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>;

/** Levels; a file may have an outline that never ends. */
const deepest = 12;

function nodes(items: PdfOutline, level: number): readonly OutlineNode<Destination>[] {
  if (level > deepest) return [];
  return items.map(({ title, dest, items: children }) => ({
    title: title.replace(/\s+/g, ' ').trim() || 'Untitled',
    place: dest as Destination,
    children: nodes(children as PdfOutline, level + 1),
  }));
}

export async function readPdfOutline(pdf: PDFDocumentProxy): Promise<readonly OutlineNode<Destination>[]> {
  const outline = (await pdf.getOutline()) as PdfOutline | null;
  return nodes(outline ?? [], 1);
}
