/** Narrows the sidebar's conversations down: by words in them, documents, time, and to the archived ones. */
import { Archive, ChevronDown, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { filterConversations, noFilter, useConversationsStore } from '../../app/stores/conversations-store.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../components/format.ts';
import { layerElement } from '../../components/layer.ts';
import { WithDropdown, type MenuEntry } from '../../components/menu.tsx';
import { DocumentChoices } from './scope-picker.tsx';

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
  const { search, documentIds, days, archived } = useConversationsStore();
  const documents = useLibraryStore((state) => state.documents);
  const [first] = documentIds;
  const about =
    first === undefined
      ? 'Any document'
      : documentIds.length === 1
        ? (documents.get(first)?.title ?? '1 document')
        : countOf(documentIds.length, 'document');
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
      <div className="relative">
        <input
          type="text"
          role="searchbox"
          autoFocus
          aria-label="Search conversations"
          placeholder="Search in titles and text"
          value={search}
          spellCheck={false}
          onChange={(event) => filterConversations({ search: event.target.value })}
          onKeyDown={(event) => event.key === 'Escape' && end()}
          className="readable h-7 w-full cursor-text rounded-md border border-line-strong bg-surface pr-7 pl-2 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0"
        />
        <button
          type="button"
          aria-label="End search"
          onClick={end}
          className="absolute top-1 right-1 flex size-5 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <X size={13} />
        </button>
      </div>
      <div className="mt-1 flex min-w-0 items-center gap-0.5">
        <Popover.Root>
          <Popover.Trigger asChild>
            <button
              type="button"
              aria-label={`About ${about}. Change`}
              data-testid="filter-document"
              className={buttonClass(first !== undefined)}
            >
              <span className="truncate">{about}</span>
              <ChevronDown size={11} className="shrink-0" aria-hidden="true" />
            </button>
          </Popover.Trigger>
          <Popover.Portal container={layerElement()}>
            <Popover.Content
              side="bottom"
              align="start"
              sideOffset={4}
              collisionPadding={12}
              aria-label="Documents that conversations are about"
              className="appear z-30 flex max-h-[min(420px,60vh)] w-80 flex-col overflow-hidden rounded-lg bg-raised shadow-float focus:outline-none"
            >
              <DocumentChoices
                documentIds={documentIds}
                onChange={(ids) => filterConversations({ documentIds: ids })}
                noneLabel="Any document"
              />
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
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
