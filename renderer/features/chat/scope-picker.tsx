/** Which documents a conversation asks: the whole library, or some, chosen from a list. */
import { ChevronDown, Files, FolderClosed, Library } from 'lucide-react';
import type { ConversationScope } from '../../../shared/domain.ts';
import { isWholeLibrary } from '../../../shared/scope.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../components/format.ts';
import { DocumentPicker } from '../../app/document-picker.tsx';
import { canBeAsked, scopeName } from '../../app/scope.ts';

export interface ScopePickerProps {
  readonly scope: ConversationScope;
  readonly onChange: (scope: ConversationScope) => void;
}

export function ScopePicker({ scope, onChange }: ScopePickerProps) {
  const documents = useLibraryStore((state) => state.documents);
  const collections = useShelvesStore((state) => state.collections);
  const isAll = isWholeLibrary(scope);
  const askable = [...documents.values()].filter(canBeAsked).length;
  const label = isAll
    ? `Whole library · ${countOf(askable, 'document')}`
    : scopeName(scope, documents, collections, { withCount: true });
  const Icon = isAll ? Library : scope.collectionId === null ? Files : FolderClosed;
  return (
    <DocumentPicker label="Documents to ask" side="top" noneLabel="Whole library" scope={scope} onChange={onChange}>
      <button
        type="button"
        data-testid="scope"
        aria-label={`Asks ${label}. Change`}
        title={scope.collectionId === null ? undefined : 'What is put into this collection later is asked, too'}
        className={classNames(
          'inline-flex h-6 max-w-72 min-w-0 items-center gap-1.5 rounded-md px-1.5 text-label transition-colors duration-100',
          isAll ? 'text-muted hover:bg-hover hover:text-ink' : 'bg-accent-soft text-accent-ink',
        )}
      >
        <Icon size={13} className="shrink-0" aria-hidden="true" />
        <span className="truncate tabular">{label}</span>
        <ChevronDown size={12} className="shrink-0" aria-hidden="true" />
      </button>
    </DocumentPicker>
  );
}
