/** The status bar's word on a change of embedder; it leads to where it can be cancelled. */
import { RefreshCw } from 'lucide-react';
import { formatSecondsLeft } from '../components/format.ts';
import { useStatusStore } from './stores/status-store.ts';
import { openSettings } from './stores/workspace-store.ts';

export function RebuildStatus() {
  const rebuild = useStatusStore((state) => state.status?.rebuild ?? null);
  if (!rebuild) return null;
  const { done, total, secondsLeft } = rebuild;
  const text = [
    'Indexing anew',
    total > 0 && `${Math.floor((100 * done) / total)} %`,
    secondsLeft !== null && formatSecondsLeft(secondsLeft),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <button
      type="button"
      data-testid="rebuild-status"
      onClick={() => openSettings('search')}
      className="flex h-5 shrink-0 items-center gap-1.5 rounded px-1.5 text-ink hover:bg-hover"
    >
      <RefreshCw size={12} aria-hidden="true" />
      {text}
    </button>
  );
}
