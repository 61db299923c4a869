/** Libraries that restores put aside: to be put back, or deleted for good. */
import { useState } from 'react';
import type { KeptLibrary } from '../../../shared/requests/backup.ts';
import { putBack } from '../../app/stores/backup-store.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { formatBytes } from '../../components/format.ts';
import { request } from '../../ipc/client.ts';
import { timeText } from './backup-words.ts';
import { SecretForm } from './secret-form.tsx';

export interface KeptLibrariesProps {
  readonly kept: readonly KeptLibrary[];
  readonly isBusy: boolean;
  readonly onDeleted: () => void;
}

export function KeptLibraries({ kept, isBusy, onDeleted }: KeptLibrariesProps) {
  /** The one that is asked about. */
  const [doomed, setDoomed] = useState<string | null>(null);
  /** One that opens with a password of its own. */
  const [locked, setLocked] = useState<string | null>(null);
  if (kept.length === 0) return null;
  const remove = async (name: string) => {
    try {
      await request('backup.deleteKept', { name });
      setDoomed(null);
    } catch (thrown) {
      showError(thrown);
    }
    onDeleted();
  };
  const bringBack = async (name: string) => {
    if (await putBack(name)) setLocked(name);
  };
  return (
    <>
      <h4 className="mt-5 text-label font-medium">Earlier libraries</h4>
      <ul className="mt-1 divide-y divide-line rounded-lg border border-line">
        {kept.map(({ name, keptAt, bytes }) => (
          <li key={name} className="flex items-center gap-2 px-3 py-2" data-testid="kept-library">
            <span className="min-w-0 flex-1 text-label">
              {doomed === name ? (
                <span className="text-danger">Delete it for good? {formatBytes(bytes)} are given back.</span>
              ) : (
                <>
                  Put aside on {timeText(keptAt)}
                  <span className="text-muted"> · {formatBytes(bytes)}</span>
                </>
              )}
            </span>
            {doomed === name ? (
              <>
                <Button onClick={() => setDoomed(null)}>Keep</Button>
                <Button tone="danger" onClick={() => void remove(name)}>
                  Delete
                </Button>
              </>
            ) : (
              <>
                <Button disabled={isBusy} onClick={() => void bringBack(name)}>
                  Put back
                </Button>
                <Button disabled={isBusy} onClick={() => setDoomed(name)}>
                  Delete…
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      {locked !== null && kept.some(({ name }) => name === locked) ? (
        <section
          aria-label="Open an earlier library"
          data-testid="locked-library"
          className="mt-3 rounded-lg border border-accent bg-accent-soft p-3"
        >
          <SecretForm
            title="This earlier library has a password of its own"
            text="It opens with the password that it had when it was put aside, or with its recovery code, and is then as the present one is."
            action="Put it back"
            onSubmit={(secret) => putBack(locked, secret)}
            onCancel={() => setLocked(null)}
          />
        </section>
      ) : null}
    </>
  );
}
