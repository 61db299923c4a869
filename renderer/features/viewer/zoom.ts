/** Zoom steps, as readers have them. Pure. */

/** 1 shows a point as 1/72 inch of 96 pixels. `fit` fills the pane's width. */
export type Zoom = 'fit' | number;

const steps = [0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];
const nearly = 0.01;

export function zoomIn(current: number): number {
  return steps.find((step) => step > current + nearly) ?? steps[steps.length - 1] ?? 1;
}

export function zoomOut(current: number): number {
  return steps.findLast((step) => step < current - nearly) ?? steps[0] ?? 1;
}
