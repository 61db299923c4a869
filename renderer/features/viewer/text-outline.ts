/** Headings of a Markdown file as an outline. Pure. */
import type { OutlineNode } from './outline-tree.ts';
import type { TextHeading } from './text-marks.ts';

interface Growing {
  readonly title: string;
  readonly place: number;
  readonly children: Growing[];
}

/** Places are those of the headings' lines. A heading stands below the last one of a lower level. */
export function headingOutline(headings: readonly TextHeading[]): readonly OutlineNode<number>[] {
  const roots: Growing[] = [];
  const open: { readonly level: number; readonly node: Growing }[] = [];
  for (const { title, level, place } of headings) {
    while ((open[open.length - 1]?.level ?? 0) >= level) open.pop();
    const node: Growing = { title, place, children: [] };
    (open[open.length - 1]?.node.children ?? roots).push(node);
    open.push({ level, node });
  }
  return roots;
}
