/** Dragging documents onto a collection: what is carried, and whether a drag carries it. */
import type { DragEvent } from 'react';

const documentType = 'application/x-quire-documents';

export function carryDocuments(event: DragEvent, documentIds: readonly string[]): void {
  event.dataTransfer.setData(documentType, JSON.stringify(documentIds));
  event.dataTransfer.effectAllowed = 'copy';
}

export function carriesDocuments(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(documentType);
}

/** None when the drag is not one of this window's documents. */
export function carriedDocuments(event: DragEvent): readonly string[] {
  const data = event.dataTransfer.getData(documentType);
  return data === '' ? [] : (JSON.parse(data) as string[]);
}
