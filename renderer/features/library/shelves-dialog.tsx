/** Collections or tags of the selected documents: a list to tick, and a field that finds one or makes a new one. */
import { Check, Minus, Plus } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { fold } from '../../app/document-search.ts';
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { fieldClass } from '../../components/text-field.tsx';
import { createCollection, setInCollection, setTag } from './shelf-actions.ts';

export type ShelfKind = 'collections' | 'tags';

export interface ShelvesDialogProps {
  readonly kind: ShelfKind;
  readonly documents: readonly DocumentSummary[];
  readonly onClose: () => void;
}

const words = {
  collections: {
    title: 'Collections',
    field: 'Find or name a collection',
    make: 'New collection',
    none: 'No collections yet. Type a name to make one.',
  },
  tags: { title: 'Tags', field: 'Find or name a tag', make: 'New tag', none: 'No tags yet. Type one to add it.' },
} as const;

export function ShelvesDialog({ kind, documents, onClose }: ShelvesDialogProps) {
  const shelves = useShelvesStore((state) => state[kind]);
  const [query, setQuery] = useState('');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const ids = documents.map(({ id }) => id);
  const name = query.trim();
  const found = shelves.filter((shelf) => fold(shelf.name).includes(fold(name)));
  const isNew = name !== '' && !shelves.some((shelf) => fold(shelf.name) === fold(name));
  const { title, field, make, none } = words[kind];

  const set = (shelf: Pick<Shelf, 'id' | 'name'>, isOn: boolean) =>
    kind === 'collections' ? setInCollection(shelf, ids, isOn) : setTag(shelf.name, ids, isOn);
  const toggle = (shelf: Shelf) => void set(shelf, !ids.every((id) => shelf.documentIds.has(id)));
  const add = async () => {
    const [only] = found;
    if (!isNew && only) {
      await set(only, true);
      setQuery('');
    }
    if (!isNew) return;
    try {
      if (kind === 'collections') await createCollection(name, ids);
      else await setTag(name, ids, true);
      setQuery('');
      setError(null);
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  };
  const onArrows = (event: KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    if (event.key === 'ArrowDown') rows[at + 1]?.focus();
    else if (event.key === 'ArrowUp' && at > 0) rows[at - 1]?.focus();
    else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      testId="shelves-dialog"
      description={documents.length === 1 ? documents[0]?.title : `${documents.length.toLocaleString('en')} documents`}
    >
      <div className="flex min-h-0 flex-col px-5 pt-3" onKeyDown={onArrows}>
        <input
          type="text"
          autoFocus
          aria-label={field}
          placeholder={field}
          value={query}
          maxLength={80}
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void add();
          }}
          className={classNames(fieldClass, 'h-8 shrink-0')}
        />
        {error ? <InlineError error={error} className="mt-3" /> : null}
        <ul ref={list} className="mt-2 max-h-64 min-h-24 overflow-y-auto" aria-label={title}>
          {found.map((shelf) => (
            <li key={shelf.id}>
              <Row shelf={shelf} ids={ids} onToggle={() => toggle(shelf)} />
            </li>
          ))}
          {isNew ? (
            <li>
              <button type="button" onClick={() => void add()} className={rowClass}>
                <Plus size={15} className="text-muted" aria-hidden="true" />
                <span className="truncate">
                  {make} <span className="font-medium">“{name}”</span>
                </span>
              </button>
            </li>
          ) : null}
          {found.length === 0 && !isNew ? <li className="px-2 py-6 text-center text-muted">{none}</li> : null}
        </ul>
      </div>
      <DialogActions>
        <Button tone="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}

const rowClass =
  'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover focus-visible:bg-hover focus-visible:outline-none';

interface RowProps {
  readonly shelf: Shelf;
  readonly ids: readonly string[];
  readonly onToggle: () => void;
}

/** Ticked when all of the documents have it, with a dash when some do. */
function Row({ shelf, ids, onToggle }: RowProps) {
  const having = ids.filter((id) => shelf.documentIds.has(id)).length;
  const state = having === 0 ? false : having === ids.length ? true : 'mixed';
  return (
    <button type="button" role="checkbox" aria-checked={state} onClick={onToggle} className={rowClass}>
      <span
        className={classNames(
          'flex size-4 shrink-0 items-center justify-center rounded border',
          state === false ? 'border-line-strong' : 'border-accent bg-accent text-on-accent',
        )}
      >
        {state === true ? <Check size={11} strokeWidth={3} aria-hidden="true" /> : null}
        {state === 'mixed' ? <Minus size={11} strokeWidth={3} aria-hidden="true" /> : null}
      </span>
      <span className="min-w-0 flex-1 truncate">{shelf.name}</span>
      <span className="text-small text-muted tabular">{shelf.documentIds.size.toLocaleString('en')}</span>
    </button>
  );
}
