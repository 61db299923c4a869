/** Sync through a Postgres and a bucket of one's own: both are named here. */
import { ArrowLeftRight, Database, Laptop, PackageOpen, Plus } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../../shared/errors.ts';
import type { RemoteKind } from '../../../../shared/remotes.ts';
import type { RemotesView } from '../../../../shared/requests/remotes.ts';
import { useSyncStore } from '../../../app/stores/sync-store.ts';
import { showDone } from '../../../app/stores/toast-store.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { request } from '../../../ipc/client.ts';
import { TabHead } from '../tab.tsx';
import { BucketForm } from './bucket-form.tsx';
import { DatabaseForm } from './database-form.tsx';
import { Conflicts } from './conflicts.tsx';
import { Devices } from './devices.tsx';
import { Placement } from './placement.tsx';
import { RemoteCard } from './remote-card.tsx';
import { bucketName, bucketSafety, databaseName, databaseSafety } from './remote-words.ts';
import { SyncState } from './sync-state.tsx';

export function SyncTab() {
  const [view, setView] = useState<RemotesView | null>(null);
  const status = useSyncStore((state) => state.status);
  const isOn = status.state !== 'off';
  const [editing, setEditing] = useState<RemoteKind | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const take = useCallback(async (answer: () => Promise<RemotesView>): Promise<boolean> => {
    try {
      setView(await answer());
      setError(null);
      return true;
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      return false;
    }
  }, []);
  useEffect(() => {
    request('remotes.get', {}).then(setView, (thrown: unknown) => setError(toAppError(thrown).toInfo()));
  }, []);
  const saved = (kind: RemoteKind) => (next: RemotesView) => {
    setView(next);
    setEditing(null);
    showDone(`The ${kind} is saved.`);
  };
  const remove = (kind: RemoteKind) => async () => {
    if (await take(() => request('remotes.remove', { kind }))) showDone(`The ${kind} is forgotten.`);
  };
  const forgetFormer = async () => {
    if (await take(() => request('remotes.forgetFormer', {})))
      showDone('Buckets that were named before are forgotten.');
  };
  const cancel = () => setEditing(null);

  return (
    <>
      <TabHead
        title="Sync"
        note="Your library on each of your computers, through a Postgres database and an S3 bucket of your own. You need neither: without them everything stays on this computer."
      />
      {error ? <InlineError error={error} className="mb-3" /> : null}
      {view?.keychainError ? <InlineError error={view.keychainError} className="mb-3" /> : null}
      {view ? (
        <>
          {view.database || isOn ? <SyncState status={status} /> : null}
          {isOn ? (
            <>
              <Conflicts count={status.conflicts} />
              <Placement syncedAt={status.syncedAt} hasBucket={view.bucket !== null} />
              <Devices syncedAt={status.syncedAt} />
            </>
          ) : null}
          <section aria-label="Database" className={isOn ? 'mt-5' : undefined}>
            <h4 className="mb-1.5 text-label font-medium">Database: index, titles, conversations</h4>
            {editing === 'database' ? (
              <DatabaseForm named={view.database} onSaved={saved('database')} onCancel={cancel} />
            ) : view.database ? (
              <RemoteCard
                kind="database"
                icon={Database}
                name={databaseName(view.database.remote)}
                safety={databaseSafety(view.database.remote)}
                secret={view.database.secret}
                onChange={() => setEditing('database')}
                onRemove={remove('database')}
              />
            ) : (
              <NoDatabase onName={() => setEditing('database')} />
            )}
          </section>
          {view.database || view.bucket ? (
            <section aria-label="Bucket" className="mt-5">
              <h4 className="mb-1.5 text-label font-medium">Bucket: the files themselves</h4>
              {editing === 'bucket' ? (
                <BucketForm named={view.bucket} onSaved={saved('bucket')} onCancel={cancel} />
              ) : view.bucket ? (
                <RemoteCard
                  kind="bucket"
                  icon={PackageOpen}
                  name={bucketName(view.bucket.remote)}
                  safety={bucketSafety(view.bucket.remote)}
                  secret={view.bucket.secret}
                  onChange={() => setEditing('bucket')}
                  onRemove={remove('bucket')}
                />
              ) : (
                <div className="rounded-lg border border-dashed border-line-strong px-4 py-4 text-muted">
                  <p>No bucket is named. Without one, other computers can search and ask, but not open the pages.</p>
                  <Button className="mt-2.5 h-8" icon={<Plus size={14} />} onClick={() => setEditing('bucket')}>
                    Name a bucket…
                  </Button>
                </div>
              )}
              {view.formerBuckets.length > 0 ? (
                <div className="mt-2 flex items-center justify-between gap-3 text-label text-muted">
                  <p>
                    Named before: {view.formerBuckets.join(', ')}. What only lies there is brought along, and what you
                    delete goes from there, too.
                  </p>
                  <Button className="h-8 shrink-0" onClick={() => void forgetFormer()}>
                    Forget
                  </Button>
                </div>
              ) : null}
            </section>
          ) : null}
        </>
      ) : null}
    </>
  );
}

function NoDatabase({ onName }: { readonly onName: () => void }) {
  return (
    <div
      className="rounded-lg border border-dashed border-line-strong px-4 py-6 text-center text-muted"
      data-testid="no-database"
    >
      <div className="mb-2 flex items-center justify-center gap-2 text-faint" aria-hidden="true">
        <Laptop size={22} strokeWidth={1.5} />
        <ArrowLeftRight size={14} strokeWidth={1.5} />
        <Database size={22} strokeWidth={1.5} />
        <ArrowLeftRight size={14} strokeWidth={1.5} />
        <Laptop size={22} strokeWidth={1.5} />
      </div>
      <p className="mx-auto max-w-[46ch]">
        Name a database that you run or rent, and your other computers meet this one there; nobody else is between.
      </p>
      <Button tone="primary" className="mt-3 h-8" icon={<Plus size={14} />} onClick={onName}>
        Name a database…
      </Button>
    </div>
  );
}
