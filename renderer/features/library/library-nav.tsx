/** The sidebar's part of the library: its sections with their counts. */
import { CircleAlert, Clock3, Library } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { showLibrary, useWorkspaceStore, type LibrarySection } from '../../app/stores/workspace-store.ts';
import { classNames } from '../../components/class-names.ts';
import { inSection } from './sort-filter.ts';

const sections: readonly { readonly id: LibrarySection; readonly label: string; readonly icon: ReactNode }[] = [
  { id: 'all', label: 'All documents', icon: <Library size={15} /> },
  { id: 'recent', label: 'Recent', icon: <Clock3 size={15} /> },
  { id: 'failed', label: 'Failed', icon: <CircleAlert size={15} /> },
];

export function LibraryNav() {
  const documents = useLibraryStore((state) => state.documents);
  const view = useWorkspaceStore((state) => state.view);
  const [now] = useState(() => Date.now());
  const counts = useMemo(() => {
    const list = [...documents.values()];
    return Object.fromEntries(
      sections.map(({ id }) => [id, list.filter((document) => inSection(document, id, now)).length]),
    );
  }, [documents, now]);

  return (
    <nav aria-label="Library" className="px-2 pt-3">
      <h2 className="px-2 pb-1 text-small font-semibold text-faint">Library</h2>
      <ul>
        {sections.map(({ id, label, icon }) => {
          const isCurrent = view.kind === 'library' && view.section === id;
          const count = counts[id] ?? 0;
          return (
            <li key={id}>
              <button
                type="button"
                data-testid={`section-${id}`}
                aria-current={isCurrent ? 'page' : undefined}
                onClick={() => showLibrary(id)}
                className={classNames(
                  'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left',
                  isCurrent ? 'bg-pressed font-medium' : 'hover:bg-hover',
                )}
              >
                <span className={isCurrent ? 'text-accent-ink' : 'text-muted'}>{icon}</span>
                <span className="flex-1 truncate">{label}</span>
                <span
                  className={classNames(
                    'text-small tabular',
                    id === 'failed' && count > 0 ? 'font-medium text-danger' : 'text-muted',
                  )}
                >
                  {count.toLocaleString('en')}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
