/** A list of all documents to choose from, with a field that narrows it down. */
import { Check, FolderClosed, Search } from 'lucide-react';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import type { ConversationScope } from '../../shared/domain.ts';
import { isWholeLibrary, scopeOf, wholeLibrary } from '../../shared/scope.ts';
import { fold, searchDocuments } from './document-search.ts';
import { useLibraryStore } from './stores/library-store.ts';
import { scopeDocuments, useShelvesStore } from './stores/shelves-store.ts';
import { classNames } from '../components/class-names.ts';
import { countOf } from '../components/format.ts';
import { canBeAsked } from './scope.ts';

/** Rows that are drawn; the field narrows the rest down. */
const rowLimit = 60;

export interface DocumentChoicesProps {
  readonly scope: ConversationScope;
  readonly onChange: (scope: ConversationScope) => void;
  /** What choosing none means. */
  readonly noneLabel: string;
  /** True for one document at most, whatever its state, and no collections. */
  readonly isSingle?: boolean;
}

export function DocumentChoices({ scope, onChange, noneLabel, isSingle = false }: DocumentChoicesProps) {
  const documents = useLibraryStore((state) => state.documents);
  const collections = useShelvesStore((state) => state.collections);
  const [query, setQuery] = useState('');
  const documentIds = scopeDocuments(scope, collections);
  const searchLabel = isSingle ? 'Find a document' : 'Find a document or collection';
  const [chosenFirst] = useState(() => new Set(documentIds));
  const list = useRef<HTMLUListElement>(null);
  const chosen = new Set(documentIds);
  const found = useMemo(() => {
    const all = searchDocuments([...documents.values()], query);
    // What can't be asked comes last: it is there for those who wonder where it is.
    const rank = (item: (typeof all)[number]) => (chosenFirst.has(item.id) ? 0 : isSingle || canBeAsked(item) ? 1 : 2);
    return [0, 1, 2].flatMap((place) => all.filter((item) => rank(item) === place));
  }, [documents, query, chosenFirst, isSingle]);

  const foundCollections = (isSingle ? [] : collections).filter(({ name }) => fold(name).includes(fold(query.trim())));
  // One document more or less than a collection has makes it a choice of documents, which follows nothing.
  const toggle = (id: string) => {
    const others = documentIds.filter((other) => other !== id);
    onChange(scopeOf([...(isSingle ? [] : others), ...(chosen.has(id) ? [] : [id])]));
  };
  const focusRow = (row: Element | null | undefined) => {
    if (row instanceof HTMLElement) row.focus();
  };
  const onArrows = (event: React.KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll('button:not(:disabled)') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    if (event.key === 'ArrowDown') focusRow(rows[at + 1]);
    else if (event.key === 'ArrowUp' && at > 0) focusRow(rows[at - 1]);
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onArrows}>
      <div className="relative border-b border-line">
        <Search size={14} className="pointer-events-none absolute top-3 left-3 text-faint" aria-hidden="true" />
        <input
          type="text"
          aria-label={searchLabel}
          placeholder={searchLabel}
          value={query}
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
          className="readable h-10 w-full cursor-text bg-transparent pr-3 pl-9 focus-visible:outline-none"
        />
      </div>
      <ul ref={list} className="min-h-0 flex-1 overflow-y-auto p-1">
        {query === '' ? (
          <li>
            <Row label={noneLabel} checked={isWholeLibrary(scope)} onClick={() => onChange(wholeLibrary)} />
          </li>
        ) : null}
        {foundCollections.map((collection) => {
          const isChosen = scope.collectionId === collection.id;
          return (
            <li key={collection.id}>
              <Row
                label={collection.name}
                note={countOf(collection.documentIds.size, 'document')}
                icon={<FolderClosed size={14} className="shrink-0 text-muted" aria-hidden="true" />}
                checked={isChosen}
                disabled={collection.documentIds.size === 0 && !isChosen}
                onClick={() => onChange(isChosen ? wholeLibrary : { documentIds: [], collectionId: collection.id })}
              />
            </li>
          );
        })}
        {found.slice(0, rowLimit).map((item) => (
          <li key={item.id}>
            <Row
              label={item.title}
              note={isSingle || item.searchable ? '' : item.state === 'failed' ? 'Failed' : 'Not read yet'}
              checked={chosen.has(item.id)}
              // One that is chosen can always be taken out again.
              disabled={!isSingle && !canBeAsked(item) && !chosen.has(item.id)}
              onClick={() => toggle(item.id)}
            />
          </li>
        ))}
        {found.length > rowLimit ? (
          <li className="px-2 py-1.5 text-small text-faint">
            {countOf(found.length - rowLimit, 'more document')}: type to find
          </li>
        ) : null}
        {found.length === 0 && foundCollections.length === 0 ? (
          <li className="px-2 py-6 text-center text-muted">Nothing found.</li>
        ) : null}
      </ul>
    </div>
  );
}

interface RowProps {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly note?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Row({ label, icon, note, checked, disabled = false, onClick }: RowProps) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      disabled={disabled}
      onClick={onClick}
      className="flex h-7 w-full items-center gap-2 rounded-md px-2 text-left not-disabled:hover:bg-hover focus-visible:bg-hover focus-visible:outline-none disabled:text-faint"
    >
      <span
        className={classNames(
          'flex size-4 shrink-0 items-center justify-center rounded border',
          checked ? 'border-accent bg-accent text-on-accent' : 'border-line-strong',
        )}
      >
        {checked ? <Check size={11} strokeWidth={3} aria-hidden="true" /> : null}
      </span>
      {icon}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {note ? <span className="shrink-0 text-small text-faint">{note}</span> : null}
    </button>
  );
}
