/** How sync stands: what it does, what it failed with last and what to do, and how it is turned on, paused and off. */
import { Pause, Play, Power, RefreshCw, Trash2, UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import type { SyncStatus } from '../../../../shared/sync.ts';
import { signedInAccount, useSessionStore } from '../../../app/stores/session-store.ts';
import { openDialog } from '../../../app/stores/workspace-store.ts';
import { askSync, onSyncChanged } from '../../../app/stores/sync-store.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { PasswordField } from '../../../components/password-field.tsx';
import { ProgressBar } from '../../../components/progress-bar.tsx';
import { SyncDot } from '../../../components/sync-dot.tsx';
import { isDeleting, progressPart, syncSentence, syncTone } from '../../../components/sync-words.ts';
import { useAttempt } from '../../../hooks/use-attempt.ts';
import { useNow } from '../../../hooks/use-now.ts';
import { request } from '../../../ipc/client.ts';
import { DeleteThere } from './delete-there.tsx';

/** Milliseconds. */
const second = 1_000;

export function SyncState({ status }: { readonly status: SyncStatus }) {
  const { state, progress, error, readOnly, account, problems } = status;
  const isPaused = state === 'paused';
  const now = useNow(second);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <section
      aria-label="How sync stands"
      data-testid="sync-state"
      data-state={state}
      className="mb-5 rounded-lg border border-line bg-surface p-3"
    >
      <p className="flex items-center gap-2 font-medium tabular">
        <SyncDot tone={syncTone(status)} />
        <span className="min-w-0 flex-1">{syncSentence(status, now)}</span>
      </p>
      {state === 'syncing' ? (
        <ProgressBar
          label={progress && isDeleting(progress) ? 'Deleting' : 'Syncing'}
          value={progress && progressPart(progress)}
          className="mt-2"
        />
      ) : null}
      {readOnly ? <InlineError error={readOnly} className="mt-2.5" /> : null}
      {error ? <InlineError error={error} className="mt-2.5" /> : null}
      {account ? <InlineError error={account} className="mt-2.5" /> : null}
      {problems.length > 0 ? (
        <section aria-label="What was passed over" className="mt-2.5">
          <h5 className="text-label font-medium">Passed over within the last hour; everything else went on:</h5>
          {problems.map((problem) => (
            <InlineError key={problem.message} error={problem} className="mt-1.5" />
          ))}
        </section>
      ) : null}
      {state === 'off' ? (
        <TurnOnOrRegister />
      ) : isAsking ? (
        <TurnOff onDone={() => setIsAsking(false)} />
      ) : (
        <div className="mt-2.5 flex flex-wrap gap-2">
          {isPaused ? null : (
            <Button
              icon={<RefreshCw size={13} />}
              disabled={state === 'syncing'}
              onClick={() => void askSync('sync.now')}
            >
              Sync now
            </Button>
          )}
          {/* One button, so that the keyboard's place stays on it. */}
          <Button
            tone={isPaused ? 'primary' : 'plain'}
            icon={isPaused ? <Play size={13} /> : <Pause size={13} />}
            onClick={() => void askSync(isPaused ? 'sync.resume' : 'sync.pause')}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
          <Button icon={<Power size={13} />} onClick={() => setIsAsking(true)}>
            Turn sync off…
          </Button>
        </div>
      )}
    </section>
  );
}

/** Other computers know their owner by an account's e-mail and password, which the local profile has not. */
function TurnOnOrRegister() {
  const account = useSessionStore(signedInAccount);
  if (account) return <TurnOn />;
  return (
    <div className="mt-2.5 flex flex-col items-start gap-2.5" data-testid="sync-needs-account">
      <p className="text-muted">
        Sync belongs to an account: your other computers know you by its address and password. Create one here, and take
        this library along with it.
      </p>
      <Button
        tone="primary"
        className="h-8"
        icon={<UserRoundPlus size={13} />}
        onClick={() => openDialog('create-account')}
      >
        Create an account…
      </Button>
    </div>
  );
}

function TurnOn() {
  const [password, setPassword] = useState('');
  const { isRunning, error, run } = useAttempt();
  return (
    <form
      className="mt-2.5 flex flex-col gap-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => onSyncChanged(await request('sync.turnOn', { password })));
      }}
    >
      <PasswordField
        label="Your account’s password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={error?.code === 'wrong-credentials'}
        note="It finds your library where another of your computers made one, and is checked on this one."
      />
      <div>
        <Button
          type="submit"
          tone="primary"
          className="h-8"
          icon={<Power size={13} />}
          disabled={isRunning || password === ''}
        >
          {isRunning ? 'Turning on…' : 'Turn sync on'}
        </Button>
      </div>
      {error ? <InlineError error={error} /> : null}
    </form>
  );
}

function TurnOff({ onDone }: { readonly onDone: () => void }) {
  const { isRunning, error, run } = useAttempt();
  const [isDeleting, setIsDeleting] = useState(false);
  if (isDeleting) return <DeleteThere onDone={onDone} />;
  return (
    <div role="group" aria-label="Turn sync off" className="mt-2.5 rounded-md bg-sunken px-3 py-2.5">
      <p className="font-medium">Turn sync off?</p>
      <p className="mt-0.5 text-label text-muted">
        What is on this computer stays here, what is on your server stays there, and they no longer meet. Files that are
        on the server alone can’t be opened here then.
      </p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Button tone="primary" autoFocus onClick={onDone}>
          Keep syncing
        </Button>
        <Button
          tone="danger"
          disabled={isRunning}
          onClick={() => void run(async () => onSyncChanged(await request('sync.turnOff', {})))}
        >
          Turn it off
        </Button>
        <Button icon={<Trash2 size={13} />} disabled={isRunning} onClick={() => setIsDeleting(true)}>
          Delete the library there…
        </Button>
      </div>
      {error ? <InlineError error={error} className="mt-2" /> : null}
    </div>
  );
}
