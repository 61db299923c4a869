/** Above the documents: what is shown, the filter, the order, grid or list. */
import { ArrowDownWideNarrow, ArrowUpNarrowWide, LayoutGrid, List, Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { chooseFiles } from '../../app/stores/add-documents.ts';
import { useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { WithDropdown } from '../../components/menu.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { setLayout, sortBy, useLibraryPreferences } from './library-preferences.ts';
import { sortKeys, type SortKey } from './sort-filter.ts';

const sortLabels: Record<SortKey, string> = {
  added: 'Date added',
  title: 'Title',
  author: 'Author',
  pages: 'Pages',
  state: 'State',
};

export interface LibraryToolbarProps {
  readonly heading: string;
  /** Documents that show, and of how many when a filter hides some. */
  readonly shown: number;
  readonly total: number;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Leaves the filter for the documents. */
  readonly onLeave: () => void;
}

export function LibraryToolbar({ heading, shown, total, query, onQuery, onLeave }: LibraryToolbarProps) {
  const { layout, sort } = useLibraryPreferences();
  const filterRequest = useWorkspaceStore((state) => state.filterRequest);
  const field = useRef<HTMLInputElement>(null);
  const answered = useRef(filterRequest);

  useEffect(() => {
    if (answered.current === filterRequest) return;
    answered.current = filterRequest;
    field.current?.focus();
    field.current?.select();
  }, [filterRequest]);

  return (
    <div className="@container flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
      <h1 className="min-w-16 truncate text-reading font-semibold">{heading}</h1>
      <span className="text-label whitespace-nowrap text-faint tabular" aria-live="polite">
        {shown === total
          ? total.toLocaleString('en')
          : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </span>
      <div className="flex-1" />
      <SearchField
        fieldRef={field}
        className="w-52 min-w-24 shrink-[99]"
        data-testid="library-filter"
        label="Filter documents"
        clearLabel="Clear filter"
        placeholder="Filter"
        value={query}
        onValue={onQuery}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && query !== '') onQuery('');
          else if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') onLeave();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <WithDropdown
        entries={() => [
          { kind: 'label', label: 'Sort by' },
          ...sortKeys.map((key) => ({
            kind: 'action' as const,
            label: sortLabels[key],
            checked: sort.key === key,
            run: () => sortBy(key),
          })),
        ]}
      >
        <IconButton
          label={`Sorted by ${sortLabels[sort.key].toLowerCase()}, ${sort.descending ? 'descending' : 'ascending'}`}
        >
          {sort.descending ? <ArrowDownWideNarrow size={16} /> : <ArrowUpNarrowWide size={16} />}
        </IconButton>
      </WithDropdown>
      <Segmented
        compact
        label="Layout"
        value={layout}
        onChange={setLayout}
        options={[
          { value: 'grid', label: 'Grid', icon: <LayoutGrid size={14} /> },
          { value: 'list', label: 'List', icon: <List size={14} /> },
        ]}
      />
      <Button icon={<Plus size={14} />} onClick={() => void chooseFiles()} aria-label="Add files">
        <span className="@max-[520px]:hidden">Add</span>
      </Button>
    </div>
  );
}
