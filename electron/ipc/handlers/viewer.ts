/** Handlers of the viewer's requests: all of it is stored, nothing reads the file. */
import type { PageRange } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { findPagesLimit } from '../../../shared/requests/viewer.ts';
import type { Core } from '../../core/core.ts';
import { storedHeadings } from '../../pipeline/stored-headings.ts';
import { boxesForRange, decodeLayout, rangesInBoxes } from '../../pipeline/geometry.ts';
import type { Handlers } from '../dispatch.ts';

type ViewerHandlers = Pick<Handlers, Extract<keyof Handlers, `viewer.${string}`>>;

export function viewerHandlers(core: Core): ViewerHandlers {
  const { chunks, pages, recognition } = core.database;
  return {
    'viewer.pageSizes': ({ documentId }) => pages.sizes(documentId),
    'viewer.findText': async ({ documentId, query, from, to, limit }) => {
      if (to - from >= findPagesLimit) {
        throw new AppError('request-invalid', `At most ${findPagesLimit} pages are looked through at once.`);
      }
      return pages.find(documentId, query, { from, to, limit });
    },
    'viewer.locateText': async ({ documentId, page, ranges }) => {
      const [stored] = await pages.read(documentId, page, page);
      if (!stored || stored.geometry.length === 0) return ranges.map(() => []);
      return ranges.map(({ start, end }) => boxesForRange(stored.geometry, page, start, end, stored.text));
    },
    'viewer.readBoxes': async ({ documentId, boxes }) => {
      const numbers = [...new Set(boxes.map(({ page }) => page))].sort((a, b) => a - b);
      const found = numbers.map(async (page): Promise<PageRange[]> => {
        const [stored] = await pages.read(documentId, page, page);
        const own = boxes.filter((box) => box.page === page);
        return stored ? rangesInBoxes(stored.geometry, own).map((range) => ({ page, ...range })) : [];
      });
      return (await Promise.all(found)).flat();
    },
    'viewer.headings': async ({ documentId }) => storedHeadings(await chunks.headingPaths(documentId)),
    'viewer.recognisedText': async ({ documentId, page }) => {
      const [stored] = await pages.read(documentId, page, page);
      if (stored?.source !== 'ocr') return { lines: [], isDoubtful: false };
      const lines = decodeLayout(stored.geometry).lines.map(({ x0, y0, x1, y1, vertical, words }) => ({
        x0,
        y0,
        x1,
        y1,
        vertical,
        words: words.map(({ start, end, from, to }) => ({ text: stored.text.slice(start, end), from, to })),
      }));
      return { lines, isDoubtful: await recognition.doubtful(documentId, page) };
    },
  };
}
