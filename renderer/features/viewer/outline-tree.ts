/** An outline as lines: which are shown, and where the keys lead. Pure. */

export interface OutlineNode<Place> {
  readonly title: string;
  readonly place: Place;
  readonly children: readonly OutlineNode<Place>[];
}

export interface OutlineLine<Place> {
  /** Indices from the root, `2.0.1`: a node's identity. */
  readonly id: string;
  readonly node: OutlineNode<Place>;
  /** From 1. */
  readonly level: number;
}

/** The lines that show when these nodes are open. */
export function outlineLines<Place>(
  nodes: readonly OutlineNode<Place>[],
  open: Pick<ReadonlySet<string>, 'has'>,
  parent = '',
  level = 1,
): readonly OutlineLine<Place>[] {
  return nodes.flatMap((node, index) => {
    const id = parent === '' ? String(index) : `${parent}.${index}`;
    const line = { id, node, level };
    return open.has(id) ? [line, ...outlineLines(node.children, open, id, level + 1)] : [line];
  });
}

/** What is open at first: a short outline shows its second level, too. */
export function openAtFirst<Place>(nodes: readonly OutlineNode<Place>[], most: number): ReadonlySet<string> {
  const second = nodes.reduce((sum, node) => sum + node.children.length, nodes.length);
  return second > most ? new Set() : new Set(nodes.map((_, index) => String(index)));
}

export interface OutlineStep {
  readonly active: string;
  readonly open: ReadonlySet<string>;
}

/** All lines, opened or not. */
export function allLines<Place>(nodes: readonly OutlineNode<Place>[]): readonly OutlineLine<Place>[] {
  return outlineLines(nodes, { has: () => true });
}

/**
 * The line that a page belongs to, as far down as the tree is open: the first that begins on it, else the last that
 * begins before it. One that was gone to stays when it begins on the same page.
 * @param pages Pages of the lines by their ids, in the order of the outline.
 */
export function lineOfPage({ active, open }: OutlineStep, pages: ReadonlyMap<string, number>, page: number): string {
  let found: readonly [string, number] | null = null;
  for (const [id, begins] of pages) {
    if (begins > page || (found && (begins < found[1] || found[1] === page))) continue;
    found = [id, begins];
  }
  if (!found || pages.get(active) === page) return active;
  const steps = found[0].split('.');
  const closed = steps.findIndex((_, index) => !open.has(steps.slice(0, index + 1).join('.')));
  return steps.slice(0, closed < 0 ? steps.length : closed + 1).join('.');
}

/** What a key of the tree pattern does (WAI-ARIA); null when it is not the tree's. */
export function outlineKey<Place>(
  lines: readonly OutlineLine<Place>[],
  { active, open }: OutlineStep,
  key: string,
): OutlineStep | null {
  const at = Math.max(
    0,
    lines.findIndex((line) => line.id === active),
  );
  const line = lines[at];
  if (!line) return null;
  const to = (index: number) => ({ active: lines[Math.min(lines.length - 1, Math.max(0, index))]?.id ?? active, open });
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(lines.length - 1);
    case 'ArrowRight':
      if (line.node.children.length === 0) return { active: line.id, open };
      return open.has(line.id) ? to(at + 1) : { active: line.id, open: new Set([...open, line.id]) };
    case 'ArrowLeft': {
      if (open.has(line.id)) return { active: line.id, open: new Set([...open].filter((id) => id !== line.id)) };
      const parent = line.id.includes('.') ? line.id.slice(0, line.id.lastIndexOf('.')) : line.id;
      return { active: parent, open };
    }
    default:
      return null;
  }
}
