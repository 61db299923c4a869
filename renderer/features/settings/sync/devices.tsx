/** Computers that sync this library, and how one that is gone is forgotten. */
import { Laptop, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { SyncDevice } from '../../../../shared/sync-view.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { agoText, platformName } from '../../../components/sync-words.ts';
import { useNow } from '../../../hooks/use-now.ts';
import { request } from '../../../ipc/client.ts';
import { useSyncAnswer } from './use-sync-answer.ts';

const askDevices = () => request('sync.devices', {});

/** @param syncedAt When a round last ended: others may have been there since. */
export function Devices({ syncedAt }: { readonly syncedAt: number | null }) {
  const { value, error, take } = useSyncAnswer(askDevices, syncedAt);
  return (
    <section aria-label="Computers" className="mt-5" data-testid="sync-devices">
      <h4 className="mb-1.5 text-label font-medium">Your computers</h4>
      {error ? <InlineError error={error} className="mb-2" /> : null}
      {value ? (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {value.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              onForget={() => take(() => request('sync.removeDevice', { deviceId: device.id }))}
            />
          ))}
        </ul>
      ) : error ? null : (
        <p className="text-muted">Asking the server…</p>
      )}
    </section>
  );
}

interface DeviceRowProps {
  readonly device: SyncDevice;
  readonly onForget: () => Promise<void>;
}

function DeviceRow({ device: { name, platform, appVersion, lastSeen, isThisOne }, onForget }: DeviceRowProps) {
  const [isAsking, setIsAsking] = useState(false);
  const now = useNow(30_000);
  return (
    <li className="px-3 py-2" data-testid="sync-device">
      <div className="flex items-center gap-2.5">
        <Laptop size={16} className="shrink-0 text-muted" aria-hidden="true" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">
            {name}
            {isThisOne ? <span className="font-normal text-muted"> · this computer</span> : null}
          </p>
          <p className="text-label text-muted tabular">
            {platformName(platform)} · Quire {appVersion} · seen {agoText(lastSeen, now)}
          </p>
        </div>
        {isThisOne || isAsking ? null : (
          <Button icon={<Trash2 size={13} />} aria-label={`Forget ${name}`} onClick={() => setIsAsking(true)}>
            Forget…
          </Button>
        )}
      </div>
      {isAsking ? (
        <div role="group" aria-label={`Forget ${name}`} className="mt-2 rounded-md bg-sunken px-3 py-2.5">
          <p className="text-label text-muted">
            Deletions no longer wait until “{name}” has seen them. What is on it stays on it; should it come back, it
            compares everything once and goes on.
          </p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button tone="primary" autoFocus onClick={() => setIsAsking(false)}>
              Keep it
            </Button>
            <Button tone="danger" onClick={() => void onForget().then(() => setIsAsking(false))}>
              Forget it
            </Button>
          </div>
        </div>
      ) : null}
    </li>
  );
}
