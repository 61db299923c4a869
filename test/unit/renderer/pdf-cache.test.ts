/** Which PDFs stay open. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { expect, it, vi } from 'vitest';
import { openShown, releaseShown } from '../../../renderer/features/viewer/pdf-cache.ts';
import { openPdf } from '../../../renderer/features/viewer/pdf-document.ts';

vi.mock('../../../renderer/features/viewer/pdf-document.ts', () => ({
  openPdf: vi.fn(() => Promise.resolve({} as PDFDocumentProxy)),
}));
vi.mock('../../../renderer/features/viewer/pdf-workers.ts', () => ({ openDocumentLimit: 3 }));

// Catches: the pages of before, with the places of what is cited from the new ones, after a watched file changed.
it('opens a document anew when its bytes are others, and closes the old ones', async () => {
  const first = openShown({ id: 'a', contentHash: 'one', size: 10 });
  expect(openShown({ id: 'a', contentHash: 'one', size: 10 })).toBe(first);
  const second = openShown({ id: 'a', contentHash: 'two', size: 10 });
  expect(await second).not.toBe(await first);
  const calls = vi.mocked(openPdf).mock.calls;
  expect(calls.map(([url]) => url)).toEqual(['/documents/a/file?v=one', '/documents/a/file?v=two']);
  expect(calls.map(([, , signal]) => signal.aborted)).toEqual([true, false]);
  releaseShown('a');
});
