/** The status bar's word on sync; it leads to its page. Nothing while sync is off. */
import { classNames } from '../components/class-names.ts';
import { SyncDot } from '../components/sync-dot.tsx';
import { syncSentence, syncText, syncTone } from '../components/sync-words.ts';
import { useNow } from '../hooks/use-now.ts';
import { useSyncStore } from './stores/sync-store.ts';
import { openSettings } from './stores/workspace-store.ts';

/** Milliseconds. */
const minute = 60_000;

export function SyncStatusItem() {
  const status = useSyncStore((state) => state.status);
  const now = useNow(minute / 2);
  const text = syncText(status, now);
  if (text === null) return null;
  const tone = syncTone(status);
  return (
    <button
      type="button"
      data-testid="sync-status"
      data-state={status.state}
      title={syncSentence(status, now)}
      onClick={() => openSettings('sync')}
      className={classNames(
        'flex h-5 shrink-0 items-center gap-1.5 rounded px-1.5 hover:bg-hover hover:text-ink',
        tone === 'warning' && 'text-warning',
      )}
    >
      <SyncDot tone={tone} />
      <span className="max-w-56 truncate">{text}</span>
    </button>
  );
}
