/** Which documents a conversation asks: the whole library, or some, chosen from a list. */
import { Popover } from 'radix-ui';
import { Check, ChevronDown, Files, FolderClosed, Library, Search } from 'lucide-react';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { classNames } from '../../components/class-names.ts';
import { layerElement } from '../../components/layer.ts';
import { countOf } from '../../components/format.ts';
import { fold, searchDocuments } from '../../app/document-search.ts';

/** Rows that are drawn; the field narrows the rest down. */
const rowLimit = 60;

export interface ScopePickerProps {
  readonly documentIds: readonly string[];
  readonly onChange: (documentIds: readonly string[]) => void;
}

export function ScopePicker({ documentIds, onChange }: ScopePickerProps) {
  const documents = useLibraryStore((state) => state.documents);
  const collection = useShelvesStore((state) =>
    state.collections.find((shelf) => isSameSet(documentIds, shelf.documentIds)),
  );
  const [first] = documentIds;
  const only = documentIds.length === 1 && first !== undefined ? documents.get(first) : undefined;
  const label =
    documentIds.length === 0
      ? `Whole library · ${countOf(documents.size, 'document')}`
      : (only?.title ?? collection?.name ?? countOf(documentIds.length, 'document'));
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          data-testid="scope"
          aria-label={`Asks ${label}. Change`}
          className={classNames(
            'inline-flex h-6 max-w-72 min-w-0 items-center gap-1.5 rounded-md px-1.5 text-label transition-colors duration-100',
            documentIds.length === 0 ? 'text-muted hover:bg-hover hover:text-ink' : 'bg-accent-soft text-accent-ink',
          )}
        >
          {documentIds.length === 0 ? (
            <Library size={13} className="shrink-0" />
          ) : (
            <Files size={13} className="shrink-0" />
          )}
          <span className="truncate tabular">{label}</span>
          <ChevronDown size={12} className="shrink-0" />
        </button>
      </Popover.Trigger>
      <Popover.Portal container={layerElement()}>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label="Documents to ask"
          className="appear z-30 flex max-h-[min(420px,60vh)] w-80 flex-col overflow-hidden rounded-lg bg-raised shadow-float focus:outline-none"
        >
          <DocumentChoices documentIds={documentIds} onChange={onChange} noneLabel="Whole library" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

export interface DocumentChoicesProps extends ScopePickerProps {
  /** What choosing none means. */
  readonly noneLabel: string;
}

/** A list of all documents to choose from, with a field that narrows it down. */
export function DocumentChoices({ documentIds, onChange, noneLabel }: DocumentChoicesProps) {
  const documents = useLibraryStore((state) => state.documents);
  const collections = useShelvesStore((state) => state.collections);
  const [query, setQuery] = useState('');
  const [chosenFirst] = useState(() => new Set(documentIds));
  const list = useRef<HTMLUListElement>(null);
  const chosen = new Set(documentIds);
  const found = useMemo(() => {
    const all = searchDocuments([...documents.values()], query);
    return [...all.filter((item) => chosenFirst.has(item.id)), ...all.filter((item) => !chosenFirst.has(item.id))];
  }, [documents, query, chosenFirst]);

  const foundCollections = collections.filter(({ name }) => fold(name).includes(fold(query.trim())));
  const searchableOf = ({ documentIds: ids }: Shelf) => [...ids].filter((id) => documents.get(id)?.searchable === true);
  const toggle = (id: string) =>
    onChange(chosen.has(id) ? documentIds.filter((other) => other !== id) : [...documentIds, id]);
  const focusRow = (row: Element | null | undefined) => {
    if (row instanceof HTMLElement) row.focus();
  };
  const onArrows = (event: React.KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
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
          aria-label="Find a document"
          placeholder="Find a document"
          value={query}
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
          className="readable h-10 w-full cursor-text bg-transparent pr-3 pl-9 focus-visible:outline-none"
        />
      </div>
      <ul ref={list} className="min-h-0 flex-1 overflow-y-auto p-1">
        {query === '' ? (
          <li>
            <Row label={noneLabel} checked={chosen.size === 0} onClick={() => onChange([])} />
          </li>
        ) : null}
        {foundCollections.map((collection) => {
          const ids = searchableOf(collection);
          return (
            <li key={collection.id}>
              <Row
                label={collection.name}
                note={countOf(ids.length, 'document')}
                icon={<FolderClosed size={14} className="shrink-0 text-muted" aria-hidden="true" />}
                checked={isSameSet(ids, chosen)}
                onClick={() => ids.length > 0 && onChange(isSameSet(ids, chosen) ? [] : ids)}
              />
            </li>
          );
        })}
        {found.slice(0, rowLimit).map((item) => (
          <li key={item.id}>
            <Row
              label={item.title}
              note={item.searchable ? '' : item.state === 'failed' ? 'Failed' : 'Not read yet'}
              checked={chosen.has(item.id)}
              onClick={() => toggle(item.id)}
            />
          </li>
        ))}
        {found.length > rowLimit ? (
          <li className="px-2 py-1.5 text-small text-faint">
            {countOf(found.length - rowLimit, 'more document')}: type to find
          </li>
        ) : null}
        {found.length === 0 ? <li className="px-2 py-6 text-center text-muted">Nothing found.</li> : null}
      </ul>
    </div>
  );
}

function isSameSet(ids: readonly string[], chosen: ReadonlySet<string>): boolean {
  return ids.length > 0 && ids.length === chosen.size && ids.every((id) => chosen.has(id));
}

interface RowProps {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly note?: string;
  readonly checked: boolean;
  readonly onClick: () => void;
}

function Row({ label, icon, note, checked, onClick }: RowProps) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      onClick={onClick}
      className="flex h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover focus-visible:bg-hover focus-visible:outline-none"
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
