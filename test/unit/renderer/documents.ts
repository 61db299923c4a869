/** Makes a document with what a test cares about. */
import type { DocumentSummary } from '../../../shared/domain.ts';

export function document(fields: Partial<DocumentSummary> & { readonly id: string }): DocumentSummary {
  return {
    title: `Title ${fields.id}`,
    author: null,
    path: `/files/${fields.id}.pdf`,
    fileName: `${fields.id}.pdf`,
    format: 'pdf',
    size: 1_000,
    contentHash: '0'.repeat(64),
    pageCount: 10,
    textPages: 10,
    recognition: { done: 0, total: 0 },
    recognitionError: null,
    ocrPages: 0,
    ocrConfidence: null,
    doubtfulPages: 0,
    recognitionLanguages: null,
    chunkCount: 20,
    embeddedChunks: 20,
    language: 'en',
    state: 'ready',
    progress: { done: 0, total: 0 },
    error: null,
    hasThumbnail: false,
    fileGone: false,
    fileError: null,
    searchable: true,
    addedAt: 0,
    updatedAt: 0,
    ...fields,
  };
}
