/** All that was written: found by words, kind, document, state and model; each opens, and can be written again. */
import { ChevronDown, FilePenLine, Search, X } from 'lucide-react';
import { useEffect, useRef, useState, type ComponentProps, type KeyboardEvent } from 'react';
import { pieceKinds, pieceStates, type PieceSummary } from '../../../shared/written.ts';
import { scopeOf } from '../../../shared/scope.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { showWritten } from '../../app/stores/workspace-store.ts';
import {
  filterPieces,
  loadMorePieces,
  loadPieces,
  noPieceFilter,
  useWrittenStore,
} from '../../app/stores/written-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { DocumentPicker } from '../../app/document-picker.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { WithDropdown, type MenuEntry } from '../../components/menu.tsx';
import { fieldClass } from '../../components/text-field.tsx';
import { PieceRow } from './piece-row.tsx';
import { RenamePieceDialog } from './rename-piece-dialog.tsx';
import { kindNames, stateNames } from './written-words.ts';

/** Pixels from the end of the list at which more is loaded. */
const loadAhead = 600;

export function WrittenList() {
  const { filter, pieces, total, all, error } = useWrittenStore();
  const [renaming, setRenaming] = useState<PieceSummary | null>(null);
  const [now] = useState(() => Date.now());
  const list = useRef<HTMLUListElement>(null);
  useEffect(loadPieces, []);
  const isFiltered = filter !== noPieceFilter && Object.values(filter).some((value) => value !== null && value !== '');

  /** Up and down go from line to line, as in a list. */
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-testid="piece-row"]') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
    if (!next || at < 0) return;
    next.focus();
    event.preventDefault();
  };

  return (
    <section aria-label="Written" className="flex h-full flex-col" data-testid="written-view">
      <header className="shrink-0 border-b border-line px-4 pb-2.5">
        <div className="flex h-12 items-center gap-3">
          <h1 className="text-reading font-semibold">Written</h1>
          <span className="text-label text-muted tabular" aria-live="polite" data-testid="written-count">
            {all
              ? isFiltered
                ? `${total.toLocaleString('en')} of ${countOf(all, 'piece')}`
                : countOf(all, 'piece')
              : ''}
          </span>
        </div>
        {all ? <Filters isFiltered={isFiltered} /> : null}
      </header>
      {error ? (
        <InlineError error={error} className="m-4" action={<Button onClick={loadPieces}>Retry</Button>} />
      ) : null}
      <div
        className="min-h-0 flex-1 scrolls-surface px-3 py-2"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          if (scrollHeight - scrollTop - clientHeight < loadAhead) void loadMorePieces();
        }}
      >
        <ul ref={list} onKeyDown={onKeyDown}>
          {pieces.map((piece) => (
            <li key={piece.id}>
              <PieceRow
                piece={piece}
                now={now}
                onOpen={() => showWritten(piece.id)}
                onRename={() => setRenaming(piece)}
              />
            </li>
          ))}
        </ul>
        {all === 0 ? <Nothing /> : null}
        {all !== null && all > 0 && pieces.length === 0 && !error ? (
          <div className="flex flex-col items-center gap-3 py-20 text-muted" data-testid="written-none">
            <p>No piece matches.</p>
            <Button onClick={() => filterPieces(noPieceFilter)}>Clear filters</Button>
          </div>
        ) : null}
      </div>
      {renaming ? <RenamePieceDialog piece={renaming} onClose={() => setRenaming(null)} /> : null}
    </section>
  );
}

function Nothing() {
  return (
    <div className="flex flex-col items-center gap-2 px-6 pt-[18vh] text-center text-muted" data-testid="written-empty">
      <FilePenLine size={32} strokeWidth={1.4} className="text-faint" aria-hidden="true" />
      <p>Nothing is written yet.</p>
      <p className="max-w-[46ch] text-small">
        Choose “Write…” in the menu of a document, of a collection, or of text that you select on a page: a summary, key
        points, an outline, questions, the figures. Without a model too.
      </p>
    </div>
  );
}

function Filters({ isFiltered }: { readonly isFiltered: boolean }) {
  const { filter, models, pieces } = useWrittenStore();
  const documents = useLibraryStore((state) => state.documents);
  const choice = <Value,>(label: string, value: Value, current: Value, apply: (value: Value) => void): MenuEntry => ({
    kind: 'action',
    label,
    checked: value === current,
    run: () => apply(value),
  });
  const kinds = () => [
    choice('Any kind', null, filter.kind, (kind) => filterPieces({ kind })),
    ...pieceKinds.map((kind) => choice(kindNames[kind], kind, filter.kind, () => filterPieces({ kind }))),
  ];
  const states = () => [
    choice('Any state', null, filter.state, (state) => filterPieces({ state })),
    ...pieceStates.map((state) => choice(stateNames[state], state, filter.state, () => filterPieces({ state }))),
  ];
  const writers = () => [
    choice('Any writer', null, filter.model, (model) => filterPieces({ model })),
    choice('Quoted, no model', '', filter.model, (model) => filterPieces({ model })),
    ...models.map((model) => choice(model, model, filter.model, () => filterPieces({ model }))),
  ];
  const aboutLabel =
    filter.documentId === null
      ? 'Any document'
      : (documents.get(filter.documentId)?.title ??
        pieces.flatMap((piece) => piece.documents).find(({ id }) => id === filter.documentId)?.title ??
        'One document');
  const writerLabel = filter.model === null ? 'Any writer' : filter.model === '' ? 'Quoted, no model' : filter.model;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <div className="relative min-w-36 flex-1">
        <Search size={14} className="pointer-events-none absolute top-[7px] left-2.5 text-faint" aria-hidden="true" />
        <input
          type="text"
          role="searchbox"
          aria-label="Search in written pieces"
          placeholder="Search in titles and text"
          value={filter.search}
          maxLength={500}
          spellCheck={false}
          data-testid="written-search"
          onChange={(event) => filterPieces({ search: event.target.value })}
          className={classNames(fieldClass, 'h-7 pl-8')}
        />
      </div>
      <Filter
        testId="filter-kind"
        label={filter.kind ? kindNames[filter.kind] : 'Any kind'}
        isSet={filter.kind !== null}
        entries={kinds}
      />
      <DocumentPicker
        label="The document that pieces are about"
        side="bottom"
        noneLabel="Any document"
        isSingle
        scope={scopeOf(filter.documentId === null ? [] : [filter.documentId])}
        onChange={({ documentIds: [documentId = null] }) => filterPieces({ documentId })}
      >
        <FilterButton testId="filter-about" label={aboutLabel} isSet={filter.documentId !== null} />
      </DocumentPicker>
      <Filter
        testId="filter-state"
        label={filter.state ? stateNames[filter.state] : 'Any state'}
        isSet={filter.state !== null}
        entries={states}
      />
      <Filter testId="filter-model" label={writerLabel} isSet={filter.model !== null} entries={writers} />
      {isFiltered ? (
        <Button tone="quiet" icon={<X size={13} />} onClick={() => filterPieces(noPieceFilter)}>
          Clear
        </Button>
      ) : null}
    </div>
  );
}

interface FilterButtonProps {
  readonly testId: string;
  readonly label: string;
  readonly isSet: boolean;
}

interface FilterProps extends FilterButtonProps {
  readonly entries: () => readonly MenuEntry[];
}

function Filter({ entries, ...button }: FilterProps) {
  return (
    <WithDropdown entries={entries} align="start">
      <FilterButton {...button} />
    </WithDropdown>
  );
}

/** Takes what the menu or popover that it opens gives its trigger. */
function FilterButton({ testId, label, isSet, ...trigger }: FilterButtonProps & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      {...trigger}
      data-testid={testId}
      className={classNames(
        'inline-flex h-7 max-w-44 min-w-0 items-center gap-1 rounded-md px-2 text-label transition-colors duration-100',
        isSet ? 'bg-accent-soft text-accent-ink' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      <span className="truncate">{label}</span>
      <ChevronDown size={12} className="shrink-0" aria-hidden="true" />
    </button>
  );
}
