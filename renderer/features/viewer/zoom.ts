/** Zoom steps and quarter turns, as readers have them. Pure. */
import type { Rotation, Zoom } from '../../app/stores/reading-positions.ts';

/** 1 shows a point as 1/72 inch of 96 pixels. `fit` fills the pane's width, `page` shows a whole page. */
export type { Rotation, Zoom };

export const zoomSteps = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];
const nearly = 0.01;

export function zoomIn(current: number): number {
  return zoomSteps.find((step) => step > current + nearly) ?? zoomSteps[zoomSteps.length - 1] ?? 1;
}

export function zoomOut(current: number): number {
  return zoomSteps.findLast((step) => step < current - nearly) ?? zoomSteps[0] ?? 1;
}

/** Zooming by the wheel and by fingers knows no steps, but the same ends. */
export function zoomBy(current: number, factor: number): number {
  const [least = 0.25] = zoomSteps;
  const most = zoomSteps[zoomSteps.length - 1] ?? 4;
  return Math.min(most, Math.max(least, Math.round(current * factor * 1_000) / 1_000));
}

/** A quarter turn to the right (1) or to the left (-1). */
export function turn(rotation: Rotation, step: 1 | -1): Rotation {
  const turns: readonly Rotation[] = [0, 90, 180, 270];
  return turns[(rotation / 90 + step + 4) % 4] ?? 0;
}
