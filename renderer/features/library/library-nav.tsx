/** The sidebar's part of the library: its sections with their counts, then collections and tags. */
import { CircleAlert, Clock3, Library, Star } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { showLibrary, useWorkspaceStore, type LibrarySection } from '../../app/stores/workspace-store.ts';
import { NavItem } from '../../components/nav-item.tsx';
import { headingOf, memberTest } from './section-members.ts';
import { ShelfNav } from './shelf-nav.tsx';

const sections: readonly { readonly id: LibrarySection; readonly icon: ReactNode }[] = [
  { id: 'all', icon: <Library size={15} /> },
  { id: 'recent', icon: <Clock3 size={15} /> },
  { id: 'favourites', icon: <Star size={15} /> },
  { id: 'failed', icon: <CircleAlert size={15} /> },
];

export function LibraryNav() {
  const documents = useLibraryStore((state) => state.documents);
  const shelves = useShelvesStore();
  const view = useWorkspaceStore((state) => state.view);
  const [now] = useState(() => Date.now());
  const counts = useMemo(() => {
    const list = [...documents.values()];
    return new Map(sections.map(({ id }) => [id, list.filter(memberTest(id, shelves, now)).length]));
  }, [documents, shelves, now]);

  return (
    <nav aria-label="Library" className="flex max-h-[62%] min-h-0 shrink-0 flex-col px-2 pt-3">
      <h2 className="px-2 pb-1 text-small font-semibold text-faint">Library</h2>
      <ul className="shrink-0">
        {sections.map(({ id, icon }) => {
          const count = counts.get(id) ?? 0;
          return (
            <li key={id}>
              <NavItem
                data-testid={`section-${id}`}
                label={headingOf(id, shelves)}
                icon={icon}
                count={count}
                isCurrent={view.kind === 'library' && view.section === id}
                isAlarming={id === 'failed' && count > 0}
                onClick={() => showLibrary(id)}
              />
            </li>
          );
        })}
      </ul>
      <ShelfNav />
    </nav>
  );
}
