/** The sidebar's line of written pieces. */
import { FilePenLine } from 'lucide-react';
import { showWritten, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { useWrittenStore } from '../../app/stores/written-store.ts';
import { NavItem } from '../../components/nav-item.tsx';

export function WrittenNav() {
  const all = useWrittenStore((state) => state.all);
  const isCurrent = useWorkspaceStore(({ view }) => view.kind === 'written');
  return (
    <nav aria-label="Written pieces" className="shrink-0 px-2 pt-3">
      <NavItem
        data-testid="section-written"
        label="Written"
        icon={<FilePenLine size={15} />}
        count={all}
        isCurrent={isCurrent}
        onClick={() => showWritten(null)}
      />
    </nav>
  );
}
