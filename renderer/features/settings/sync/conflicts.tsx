/** What was typed on two computers at once: both side by side, and either can be chosen. */
import type { ReactNode } from 'react';
import type { SyncConflictView } from '../../../../shared/sync-view.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { agoText, conflictSubject } from '../../../components/sync-words.ts';
import { useNow } from '../../../hooks/use-now.ts';
import { request } from '../../../ipc/client.ts';
import { useSyncAnswer } from './use-sync-answer.ts';

const askConflicts = () => request('sync.conflicts', {});

/** @param count As sync last told; nothing shows while there are none. */
export function Conflicts({ count }: { readonly count: number }) {
  const { value, error, take } = useSyncAnswer(askConflicts, count);
  if (!value?.length) return error ? <InlineError error={error} className="mb-5" /> : null;
  return (
    <section aria-label="Conflicts" className="mb-5" data-testid="sync-conflicts">
      <h4 className="text-label font-medium">Changed on two computers at once</h4>
      <p className="mb-2 text-label text-muted">
        Nothing you typed is lost. What came later holds on all computers until you choose.
      </p>
      {error ? <InlineError error={error} className="mb-2" /> : null}
      <ul className="flex flex-col gap-2">
        {value.map((conflict) => (
          <ConflictRow
            key={conflict.id}
            conflict={conflict}
            onChoose={(choice) => take(() => request('sync.settleConflict', { conflictId: conflict.id, choice }))}
          />
        ))}
      </ul>
    </section>
  );
}

interface ConflictRowProps {
  readonly conflict: SyncConflictView;
  readonly onChoose: (choice: 'mine' | 'theirs') => Promise<void>;
}

function ConflictRow({ conflict, onChoose }: ConflictRowProps) {
  const { title, mine, theirs, at } = conflict;
  const now = useNow(30_000);
  const subject = conflictSubject(conflict);
  return (
    <li
      className="rounded-lg border border-line bg-surface p-3"
      data-testid="sync-conflict"
      aria-label={`${subject}: ${title}`}
    >
      <p className="break-words">
        <span className="font-medium">{title}</span>
        <span className="text-label text-muted">
          {' '}
          · {subject}, {agoText(at, now)}
        </span>
      </p>
      <div className="mt-2 grid grid-cols-2 gap-2">
        <Side name="Yours" text={mine}>
          {theirs === null ? null : (
            <Button aria-label={`Use yours: ${mine}`} onClick={() => void onChoose('mine')}>
              Use yours
            </Button>
          )}
        </Side>
        <Side name="Theirs" text={theirs ?? 'Deleted on another computer.'}>
          <Button
            aria-label={theirs === null ? `Leave it deleted: ${title}` : `Keep theirs: ${theirs}`}
            onClick={() => void onChoose('theirs')}
          >
            {theirs === null ? 'Leave it deleted' : 'Keep theirs'}
          </Button>
        </Side>
      </div>
    </li>
  );
}

interface SideProps {
  readonly name: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Side({ name, text, children }: SideProps) {
  return (
    <div className="flex min-w-0 flex-col rounded-md bg-sunken px-2.5 py-2">
      <p className="text-small text-muted">{name}</p>
      <p className="mb-2 line-clamp-4 flex-1 break-words readable" title={text}>
        {text}
      </p>
      <div>{children}</div>
    </div>
  );
}
