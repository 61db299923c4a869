/** A document's outline beside its pages: a tree for mouse and keyboard. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { showError } from '../../app/stores/toast-store.ts';
import { classNames } from '../../components/class-names.ts';
import {
  allLines,
  lineOfPage,
  openAtFirst,
  outlineKey,
  outlineLines,
  type OutlineNode,
  type OutlineStep,
} from './outline-tree.ts';

/** Lines up to which the second level shows by itself. */
const shortOutline = 40;
/** Lines of which the pages are asked for, and how many at once. */
const mostFollowed = 3_000;
const followedAtOnce = 50;

export interface OutlinePanelProps<Place> {
  readonly load: () => Promise<readonly OutlineNode<Place>[]>;
  /** Said when there is none. */
  readonly empty: string;
  readonly onOpen: (place: Place) => void | Promise<void>;
  /** What is read now: the line that it belongs to is marked. */
  readonly reading?: Reading<Place>;
}

interface Reading<Place> {
  readonly page: number;
  /** Null where a place leads nowhere. */
  readonly pageOf: (place: Place) => Promise<number | null>;
}

export function OutlinePanel<Place>({ load, empty, onOpen, reading }: OutlinePanelProps<Place>) {
  const [nodes, setNodes] = useState<readonly OutlineNode<Place>[] | null>(null);
  const [step, setStep] = useState<OutlineStep>({ active: '0', open: new Set() });
  const [first] = useState(() => load);
  const tree = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let isCurrent = true;
    const take = (found: readonly OutlineNode<Place>[]) => {
      if (!isCurrent) return;
      setNodes(found);
      setStep({ active: '0', open: openAtFirst(found, shortOutline) });
    };
    // One that can't be read is as good as none; the pages are there.
    first().then(take, () => take([]));
    return () => {
      isCurrent = false;
    };
  }, [first]);

  const pages = usePages(nodes, reading);
  const page = reading?.page ?? null;
  const [followed, setFollowed] = useState<{ readonly page: number | null; readonly pages: typeof pages }>({
    page: null,
    pages,
  });
  if (followed.page !== page || followed.pages !== pages) {
    setFollowed({ page, pages });
    if (page !== null) setStep((before) => ({ ...before, active: lineOfPage(before, pages, page) }));
  }

  const lines = useMemo(() => (nodes ? outlineLines(nodes, step.open) : []), [nodes, step.open]);
  useEffect(() => {
    tree.current?.querySelector('[data-active=true]')?.scrollIntoView({ block: 'nearest' });
  }, [step.active]);

  const open = (place: Place) => void Promise.resolve(onOpen(place)).catch(showError);
  const toggle = (id: string) =>
    setStep(({ open: before }) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return { active: id, open: after };
    });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const line = lines.find(({ id }) => id === step.active);
    if (event.key === 'Enter' || event.key === ' ') {
      if (line) open(line.node.place);
    } else {
      const next = outlineKey(lines, step, event.key);
      if (!next) return;
      setStep(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  if (nodes?.length === 0) {
    return (
      <aside aria-label="Outline" className="w-56 shrink-0 border-r border-line bg-canvas p-4 text-label text-muted">
        {empty}
      </aside>
    );
  }
  return (
    <aside
      aria-label="Outline"
      aria-busy={nodes === null}
      className="flex w-56 shrink-0 flex-col border-r border-line bg-canvas"
    >
      {lines.length > 0 ? (
        <div
          ref={tree}
          role="tree"
          aria-label="Outline"
          aria-activedescendant={`outline-${step.active}`}
          tabIndex={0}
          data-testid="outline"
          onKeyDown={onKeyDown}
          className="min-h-0 flex-1 overflow-y-auto p-1.5 focus-visible:-outline-offset-2"
        >
          {lines.map(({ id, node, level }) => {
            const hasChildren = node.children.length > 0;
            const Arrow = step.open.has(id) ? ChevronDown : ChevronRight;
            return (
              <div
                key={id}
                id={`outline-${id}`}
                role="treeitem"
                aria-level={level}
                aria-selected={id === step.active}
                {...(hasChildren ? { 'aria-expanded': step.open.has(id) } : {})}
                data-active={id === step.active}
                title={node.title}
                onClick={() => {
                  setStep((before) => ({ ...before, active: id }));
                  open(node.place);
                }}
                className={classNames(
                  'flex min-h-7 cursor-default items-center rounded-md py-1 pr-2 text-label leading-snug hover:bg-hover',
                  id === step.active && 'bg-pressed',
                )}
                style={{ paddingLeft: (level - 1) * 12 + 2 }}
              >
                <span
                  aria-hidden="true"
                  className="flex size-5 shrink-0 items-center justify-center text-muted"
                  onClick={(event) => {
                    if (!hasChildren) return;
                    event.stopPropagation();
                    toggle(id);
                  }}
                >
                  {hasChildren ? <Arrow size={13} /> : null}
                </span>
                <span className="min-w-0 flex-1 break-words">{node.title}</span>
              </div>
            );
          })}
        </div>
      ) : null}
    </aside>
  );
}

const noPages: ReadonlyMap<string, number> = new Map();

/** The pages of the outline's lines by their ids, once they are known. */
function usePages<Place>(
  nodes: readonly OutlineNode<Place>[] | null,
  reading: Reading<Place> | undefined,
): ReadonlyMap<string, number> {
  const [pages, setPages] = useState(noPages);
  const [pageOf] = useState(() => reading?.pageOf);
  useEffect(() => {
    if (!nodes || !pageOf) return;
    let isCurrent = true;
    const ask = async () => {
      const known = new Map<string, number>();
      const lines = allLines(nodes).slice(0, mostFollowed);
      for (let at = 0; at < lines.length && isCurrent; at += followedAtOnce) {
        const some = lines.slice(at, at + followedAtOnce);
        const numbers = await Promise.all(some.map(({ node }) => pageOf(node.place)));
        some.forEach(({ id }, index) => {
          const number = numbers[index];
          if (typeof number === 'number') known.set(id, number);
        });
      }
      if (isCurrent) setPages(known);
    };
    // Without its pages the outline is still one to walk.
    ask().catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [nodes, pageOf]);
  return pages;
}
