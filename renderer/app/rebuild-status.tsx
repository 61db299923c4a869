/** The status bar's word on a change of embedder; it leads to where it can be cancelled. */
import { RefreshCw } from 'lucide-react';
import { LongTask } from './long-task.tsx';
import { useStatusStore } from './stores/status-store.ts';
import { openSettings } from './stores/workspace-store.ts';

export function RebuildStatus() {
  const rebuild = useStatusStore((state) => state.status?.rebuild ?? null);
  if (!rebuild) return null;
  const open = () => openSettings('search');
  return <LongTask verb="Indexing anew" task={rebuild} icon={RefreshCw} testId="rebuild-status" onOpen={open} />;
}
