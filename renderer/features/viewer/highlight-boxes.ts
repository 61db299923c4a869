/** Citation boxes on a page: from PDF points to parts of the page as it is shown. Pure. */
import type { Box } from '../../../shared/domain.ts';

/** What is needed of a pdf.js viewport. */
export interface BoxViewport {
  readonly width: number;
  readonly height: number;
  convertToViewportPoint(x: number, y: number): number[];
}

/** Parts (0 to 1) of the page's shown width and height, so that they hold at every zoom. */
export interface PageRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function boxRectangle(box: Box, viewport: BoxViewport): PageRectangle {
  const [ax = 0, ay = 0] = viewport.convertToViewportPoint(box.x0, box.y0);
  const [bx = 0, by = 0] = viewport.convertToViewportPoint(box.x1, box.y1);
  return {
    left: Math.min(ax, bx) / viewport.width,
    top: Math.min(ay, by) / viewport.height,
    width: Math.abs(bx - ax) / viewport.width,
    height: Math.abs(by - ay) / viewport.height,
  };
}
