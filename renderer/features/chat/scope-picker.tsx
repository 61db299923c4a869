/** Which documents a conversation asks: the whole library, or some, chosen from a list. */
import { ChevronDown, Files, Library } from 'lucide-react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../components/format.ts';
import { DocumentPicker } from './document-picker.tsx';
import { canBeAsked, isSameSet } from './scope.ts';

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
  const askable = [...documents.values()].filter(canBeAsked).length;
  const label =
    documentIds.length === 0
      ? `Whole library · ${countOf(askable, 'document')}`
      : (only?.title ?? collection?.name ?? countOf(documentIds.length, 'document'));
  const Icon = documentIds.length === 0 ? Library : Files;
  return (
    <DocumentPicker
      label="Documents to ask"
      side="top"
      noneLabel="Whole library"
      documentIds={documentIds}
      onChange={onChange}
    >
      <button
        type="button"
        data-testid="scope"
        aria-label={`Asks ${label}. Change`}
        className={classNames(
          'inline-flex h-6 max-w-72 min-w-0 items-center gap-1.5 rounded-md px-1.5 text-label transition-colors duration-100',
          documentIds.length === 0 ? 'text-muted hover:bg-hover hover:text-ink' : 'bg-accent-soft text-accent-ink',
        )}
      >
        <Icon size={13} className="shrink-0" aria-hidden="true" />
        <span className="truncate tabular">{label}</span>
        <ChevronDown size={12} className="shrink-0" aria-hidden="true" />
      </button>
    </DocumentPicker>
  );
}
