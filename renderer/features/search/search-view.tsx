/** Full-text search over all documents: results as one types, by document, each page opened with its words marked. */
import { FileText, TextSearch } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { FoundDocument, FoundPage } from '../../../shared/domain.ts';
import { foundTrailId, openFound } from '../../app/open-found.ts';
import { useDocument } from '../../app/stores/library-store.ts';
import { searchInDocument, setSearchQuery, showSearch, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { useFoundPages } from '../../app/use-found-pages.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { MarkedText } from '../../components/marked-text.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { countText, inReadingOrder, limitText, moreText, rowAfter, rowsOf } from './result-order.ts';

const limits = { limit: 40, pagesEach: 5 };
/** Of one document alone: all that are looked at. */
const limitsWithin = { limit: 1, pagesEach: 200 };
/** Lines that are not too long to be read, on a wide screen too. */
const columnClass = 'mx-auto w-full max-w-[1080px]';

export function SearchView() {
  const query = useWorkspaceStore((state) => state.searchQuery);
  const searchRequest = useWorkspaceStore((state) => state.searchRequest);
  const within = useDocument(useWorkspaceStore((state) => state.searchDocument));
  const { pagesEach } = within ? limitsWithin : limits;
  const found = useFoundPages(query, within ? limitsWithin : limits, within?.id ?? null);
  const { isCut, error, query: answered } = found;
  const documents = useMemo(
    () => (within ? found.documents.map(inReadingOrder) : found.documents),
    [found.documents, within],
  );
  const [chosen, setChosen] = useState({ query: '', at: 0 });
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const rows = rowsOf({ documents, isCut }, pagesEach);
  const limit = limitText({ documents, isCut }, within ? null : limits.limit);
  // Other words, other results: the first of them is the one that Enter opens.
  const at = chosen.query === answered ? Math.min(chosen.at, Math.max(0, rows.length - 1)) : 0;
  const optionId = (index: number) => `${list}-${index}`;

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [searchRequest]);

  const choose = (index: number) => {
    setChosen({ query: answered, at: index });
    const option = document.getElementById(optionId(index));
    option?.scrollIntoView({ block: 'nearest' });
    // Escape leads from the page back to its line: the keys go on from there.
    if (document.activeElement?.matches('[role="option"]')) option?.focus();
  };
  const open = (index: number) => {
    const row = rows[index];
    if (!row) return;
    if (!row.page) return searchInDocument(row.document.documentId);
    choose(index);
    void openFound(answered, row.document, row.page.chunkId);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = rowAfter(event.key, at, rows.length);
    if (next !== null) choose(next);
    else if (event.key === 'Enter') open(at);
    else return;
    event.preventDefault();
  };

  return (
    <section
      aria-label="Search in documents"
      data-testid="search-view"
      className="relative flex h-full flex-col"
      onKeyDown={onKeyDown}
    >
      <header className="shrink-0 border-b border-line">
        <div className={classNames(columnClass, 'flex h-[47px] items-center gap-3 px-4')}>
          <SearchField
            fieldRef={field}
            className="flex-1"
            role="combobox"
            data-testid="search-field"
            label={within ? `Search in ${within.title}` : 'Search in all documents'}
            clearLabel="Clear search"
            aria-expanded={rows.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={rows.length > 0 ? optionId(at) : undefined}
            placeholder="Words, or “a phrase”"
            value={query}
            maxLength={500}
            onValue={setSearchQuery}
          />
          <span
            className="text-label whitespace-nowrap text-muted tabular"
            aria-live="polite"
            data-testid="search-count"
          >
            {countText({ documents, isCut })}
          </span>
        </div>
        {within ? (
          <div className={classNames(columnClass, 'flex items-center gap-3 px-4 pb-2')} data-testid="search-within">
            <span className="min-w-0 truncate text-label text-muted">
              Only in <span className="font-medium text-ink">{within.title}</span>
            </span>
            <Button tone="quiet" onClick={() => showSearch()}>
              Search all documents
            </Button>
          </div>
        ) : null}
      </header>
      {error ? <InlineError error={error} className="m-4" /> : null}
      <div id={list} role="listbox" aria-label="Pages" className="min-h-0 flex-1 scrolls-surface">
        <div className={classNames(columnClass, 'px-3 pt-3 pb-8')}>
          {documents.map((found) => {
            const start = rows.findIndex(({ document }) => document === found);
            return (
              <Group
                key={found.documentId}
                found={found}
                more={moreText(found, isCut, pagesEach)}
                active={at - start}
                optionId={(index) => optionId(start + index)}
                onOpen={(index) => open(start + index)}
              />
            );
          })}
        </div>
      </div>
      {limit ? (
        <p
          className="shrink-0 border-t border-line px-4 py-1.5 text-center text-small text-muted"
          data-testid="search-limit"
        >
          {limit}
        </p>
      ) : null}
      {documents.length === 0 && !error ? <Nothing query={query} answered={answered} /> : null}
    </section>
  );
}

interface GroupProps {
  readonly found: FoundDocument;
  /** What the line after its pages says, which leads to the others; null without others. */
  readonly more: string | null;
  /** Index of the page that the keyboard is on, when it is one of this document. */
  readonly active: number;
  readonly optionId: (index: number) => string;
  readonly onOpen: (index: number) => void;
}

function Group({ found, more, active, optionId, onOpen }: GroupProps) {
  const last = found.pages.length;
  return (
    <div
      role="group"
      aria-label={`${found.title}, ${countOf(found.pageCount, 'page')}`}
      className="mb-3"
      data-testid="search-group"
    >
      <div className="flex items-center gap-2 px-2 pb-1 text-label" aria-hidden="true">
        <FileText size={14} className="shrink-0 text-muted" />
        <span className="truncate font-semibold">{found.title}</span>
        <span className="shrink-0 text-small text-muted tabular">{countOf(found.pageCount, 'page')}</span>
      </div>
      {found.pages.map((page, index) => (
        <Result
          key={page.chunkId}
          id={optionId(index)}
          chip={`citation-${foundTrailId(found.documentId)}-${index + 1}`}
          page={page}
          isActive={index === active}
          onOpen={() => onOpen(index)}
        />
      ))}
      {more ? (
        <div
          id={optionId(last)}
          role="option"
          tabIndex={-1}
          aria-selected={active === last}
          aria-label={`${more} of ${found.title}: search in this document`}
          data-testid="search-more"
          onClick={() => onOpen(last)}
          className={classNames(
            'rounded-md py-1 pl-[60px] text-label text-accent-ink focus-visible:-outline-offset-2',
            active === last ? 'bg-accent-soft' : 'hover:bg-hover',
          )}
        >
          {more}…
        </div>
      ) : null}
    </div>
  );
}

interface ResultProps {
  readonly id: string;
  readonly chip: string;
  readonly page: FoundPage;
  readonly isActive: boolean;
  readonly onOpen: () => void;
}

function Result({ id, chip, page, isActive, onOpen }: ResultProps) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      data-testid="search-result"
      data-chip={chip}
      data-page={page.page}
      onClick={onOpen}
      className={classNames(
        'flex gap-3 rounded-md px-2 py-1.5 focus-visible:-outline-offset-2',
        isActive ? 'bg-accent-soft' : 'hover:bg-hover',
      )}
    >
      <span className="w-10 shrink-0 text-right text-small leading-5 text-muted tabular">
        p. {page.page.toLocaleString('en')}
      </span>
      <span className="line-clamp-2 min-w-0 flex-1 break-words">
        <MarkedText snippet={page.snippet} />
      </span>
    </div>
  );
}

function Nothing({ query, answered }: { readonly query: string; readonly answered: string }) {
  const isEmpty = query.trim() === '';
  // Between a stroke and its answer nothing is claimed.
  if (!isEmpty && answered !== query.trimStart()) return null;
  return (
    <div
      className="absolute inset-x-0 top-1/3 flex flex-col items-center gap-2 px-6 text-center text-muted"
      data-testid="search-nothing"
    >
      <TextSearch size={32} strokeWidth={1.4} className="text-faint" aria-hidden="true" />
      <p role="status">
        {isEmpty ? 'Type to search the text of all your documents.' : `No page has “${query.trim()}”.`}
      </p>
      <p className="text-small">
        {isEmpty ? 'Every word must be on the page; quotes keep words together.' : 'Try fewer words, or other ones.'}
      </p>
    </div>
  );
}
