/** Narrows the sidebar's conversations down: by words in them, documents, collection, time, and to the archived ones. */
import { Archive, ChevronDown } from 'lucide-react';
import { isWholeLibrary } from '../../../shared/scope.ts';
import { filterConversations, noFilter, useConversationsStore } from '../../app/stores/conversations-store.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { WithDropdown, type MenuEntry } from '../../components/menu.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { DocumentPicker } from '../../app/document-picker.tsx';
import { scopeName } from '../../app/scope.ts';

const times: readonly { readonly days: number | null; readonly label: string }[] = [
  { days: null, label: 'Any time' },
  { days: 1, label: 'Last day' },
  { days: 7, label: 'Last 7 days' },
  { days: 30, label: 'Last 30 days' },
  { days: 365, label: 'Last year' },
];

function buttonClass(isSet: boolean): string {
  return classNames(
    'inline-flex h-6 min-w-0 items-center gap-1 rounded-md px-1.5 text-small transition-colors duration-100',
    isSet ? 'bg-accent-soft text-accent-ink' : 'text-muted hover:bg-hover hover:text-ink',
  );
}

export function ConversationFilters({ onEnd }: { readonly onEnd: () => void }) {
  const { search, about, days, archived } = useConversationsStore();
  const documents = useLibraryStore((state) => state.documents);
  const collections = useShelvesStore((state) => state.collections);
  const isAny = isWholeLibrary(about);
  const aboutName = isAny
    ? 'Any document or collection'
    : scopeName(about, documents, collections, { withCount: false });
  const timeEntries = (): MenuEntry[] =>
    times.map((time) => ({
      kind: 'action',
      label: time.label,
      checked: time.days === days,
      run: () => filterConversations({ days: time.days }),
    }));
  const end = () => {
    filterConversations(noFilter);
    onEnd();
  };
  return (
    <div className="mb-1" data-testid="conversation-filters">
      <SearchField
        autoFocus
        label="Search conversations"
        placeholder="Search in titles and text"
        value={search}
        onValue={(value) => filterConversations({ search: value })}
        onKeyDown={(event) => event.key === 'Escape' && end()}
        clearLabel="End search"
        onEnd={end}
      />
      <div className="mt-1 flex min-w-0">
        <DocumentPicker
          label="Documents and collections that conversations are about"
          side="bottom"
          noneLabel="Any document or collection"
          scope={about}
          onChange={(scope) => filterConversations({ about: scope })}
        >
          <button
            type="button"
            aria-label={`About: ${aboutName}. Change`}
            data-testid="filter-document"
            className={buttonClass(!isAny)}
          >
            <span className="truncate">{aboutName}</span>
            <ChevronDown size={11} className="shrink-0" aria-hidden="true" />
          </button>
        </DocumentPicker>
      </div>
      <div className="mt-0.5 flex min-w-0 items-center gap-0.5">
        <WithDropdown entries={timeEntries} align="start">
          <button
            type="button"
            data-testid="filter-time"
            className={classNames(buttonClass(days !== null), 'shrink-0')}
          >
            {times.find((time) => time.days === days)?.label}
            <ChevronDown size={11} aria-hidden="true" />
          </button>
        </WithDropdown>
        <div className="flex-1" />
        <IconButton
          label={archived ? 'Show the others again' : 'Show archived conversations'}
          aria-pressed={archived}
          onClick={() => filterConversations({ archived: !archived })}
          className="size-6"
          data-testid="filter-archived"
        >
          <Archive size={13} />
        </IconButton>
      </div>
    </div>
  );
}
