/** A server of one's own that is named: what it is, where its secret is, and how it is changed or forgotten. */
import { Pencil, Trash2, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { RemoteKind } from '../../../../shared/remotes.ts';
import type { RemoteSecretState } from '../../../../shared/requests/remotes.ts';
import { Button } from '../../../components/button.tsx';
import { secretWords } from './remote-words.ts';

export interface RemoteCardProps {
  readonly kind: RemoteKind;
  readonly icon: LucideIcon;
  /** `database`, `bucket`. */
  readonly name: string;
  readonly safety: string;
  readonly secret: RemoteSecretState;
  readonly onChange: () => void;
  readonly onRemove: () => Promise<unknown>;
}

export function RemoteCard({ kind, icon: Icon, name, safety, secret, onChange, onRemove }: RemoteCardProps) {
  const [isAsking, setIsAsking] = useState(false);
  const words = secretWords(kind, secret);
  return (
    <div className="rounded-lg border border-line bg-surface p-3" data-testid={`${kind}-card`} data-secret={secret}>
      <div className="flex items-start gap-2.5">
        <Icon size={16} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
        <div className="min-w-0 flex-1">
          <p className="font-medium break-all readable">{name}</p>
          <p className="text-label text-muted">{safety}</p>
          <p className={`text-label ${words.isWarning ? 'text-warning' : 'text-muted'}`}>{words.text}</p>
        </div>
      </div>
      {isAsking ? (
        <div role="group" aria-label={`Forget the ${kind}`} className="mt-2.5 rounded-md bg-sunken px-3 py-2.5">
          <p className="font-medium">Forget this {kind}?</p>
          <p className="mt-0.5 text-label text-muted">
            Quire no longer names it, and removes its {kind === 'database' ? 'password' : 'secret key'} from the
            keychain. What lies there stays there.
          </p>
          <div className="mt-2.5 flex flex-wrap gap-2">
            <Button tone="primary" autoFocus onClick={() => setIsAsking(false)}>
              Keep it
            </Button>
            <Button tone="danger" onClick={() => void onRemove().then(() => setIsAsking(false))}>
              Forget it
            </Button>
          </div>
        </div>
      ) : (
        <div className="mt-2.5 flex flex-wrap gap-2 pl-[26px]">
          <Button icon={<Pencil size={13} />} aria-label={`Change or test the ${kind}`} onClick={onChange}>
            Change or test…
          </Button>
          <Button icon={<Trash2 size={13} />} aria-label={`Remove the ${kind}`} onClick={() => setIsAsking(true)}>
            Remove…
          </Button>
        </div>
      )}
    </div>
  );
}
