/** Gives a tag another name; one that is there already takes its documents, which is said before. */
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { countOf } from '../../components/format.ts';
import { NameDialog } from '../../components/name-dialog.tsx';
import { renameTag } from './shelf-actions.ts';
import { tagToMergeInto } from './tag-names.ts';

export interface TagNameDialogProps {
  readonly tag: Shelf;
  readonly onClose: () => void;
}

export function TagNameDialog({ tag, onClose }: TagNameDialogProps) {
  const tags = useShelvesStore((state) => state.tags);
  const other = (name: string) => tagToMergeInto(tags, tag.name, name);
  const note = (name: string) => {
    const into = other(name);
    if (!into) return `On ${countOf(tag.documentIds.size, 'document')}.`;
    return `There is a tag “${into.name}” already, on ${countOf(into.documentIds.size, 'document')}. Both become one.`;
  };
  return (
    <NameDialog
      title="Rename tag"
      label="Name"
      note={note}
      action={(name) => (other(name) ? 'Merge' : 'Rename')}
      current={tag.name}
      maxLength={80}
      testId="tag-name-dialog"
      onName={(name) => renameTag(tag.name, name)}
      onClose={onClose}
    />
  );
}
