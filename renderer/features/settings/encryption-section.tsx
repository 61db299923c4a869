/** Turns the encryption of the account's library on or off: says first what it does and what it does not. */
import { LockKeyhole, LockKeyholeOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toAppError } from '../../../shared/errors.ts';
import type { KeptLibrary } from '../../../shared/requests/backup.ts';
import { turnEncryptionOff, turnEncryptionOn } from '../../app/stores/session-store.ts';
import { Button } from '../../components/button.tsx';
import { RecoveryCodeForm } from '../../components/recovery-code-form.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { Choice } from './choice.tsx';
import { PasswordQuestion } from './password-question.tsx';

export function EncryptionSection({ isEncrypted }: { readonly isEncrypted: boolean }) {
  const [isAsking, setIsAsking] = useState(false);
  const close = () => setIsAsking(false);
  return (
    <section aria-label="Encryption" className="mt-6 border-t border-line pt-4">
      <h4 className="text-label font-medium">Encryption</h4>
      {isAsking ? (
        isEncrypted ? (
          <TurnOff onCancel={close} />
        ) : (
          <TurnOn onCancel={close} />
        )
      ) : (
        <>
          <p className="mt-0.5 text-label text-muted">
            {isEncrypted
              ? 'What is in your library can’t be read on this disk without your password or your recovery code.'
              : 'Whoever has this disk, or a copy of it, can read your library without your password.'}
          </p>
          <Button
            className="mt-2"
            icon={isEncrypted ? <LockKeyholeOpen size={13} /> : <LockKeyhole size={13} />}
            onClick={() => setIsAsking(true)}
          >
            {isEncrypted ? 'Turn encryption off…' : 'Encrypt my library…'}
          </Button>
        </>
      )}
    </section>
  );
}

const facts = [
  ['Then', 'Documents, conversations and settings open with your password, or a recovery code, alone.'],
  ['Not', 'The files that you added, where they lie, what you saved elsewhere, and a computer that is unlocked.'],
  [
    'Before',
    'What lies on this disk now is overwritten, but a disk may keep parts of it. The encryption of the whole disk, in your system’s settings, covers them, too.',
  ],
  ['Meanwhile', 'The library is closed, and takes about as much room again as its database.'],
] as const;

function TurnOn({ onCancel }: { readonly onCancel: () => void }) {
  const [password, setPassword] = useState('');
  const [kept, setKept] = useState<'encrypt' | 'delete'>('encrypt');
  const [isAtCode, setIsAtCode] = useState(false);
  const earlier = useKeptLibraries();
  const attempt = useAttempt();
  const turn = (recoveryGroups: readonly string[]) =>
    attempt.run(async () => {
      try {
        await turnEncryptionOn({ password, recoveryGroups: [...recoveryGroups], kept });
      } catch (thrown) {
        if (toAppError(thrown).code !== 'wrong-credentials') setIsAtCode(false);
        throw thrown;
      }
    });
  if (isAtCode) {
    return (
      <div className="mt-2 max-w-[400px]">
        <RecoveryCodeForm
          attempt={attempt}
          running="Beginning…"
          onBack={() => setIsAtCode(false)}
          onSubmit={(groups) => void turn(groups)}
        >
          Encrypt my library
        </RecoveryCodeForm>
      </div>
    );
  }
  return (
    <PasswordQuestion
      testId="turn-encryption-on"
      attempt={attempt}
      password={password}
      onPassword={setPassword}
      submit="Go on"
      onCancel={onCancel}
      onSubmit={() =>
        void attempt.run(async () => {
          // Going back for it later would make another code, and the one that was written down be of no use.
          await request('accounts.checkPassword', { password });
          setIsAtCode(true);
        })
      }
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5">
        {facts.map(([term, text]) => (
          <div key={term} className="contents">
            <dt className="font-medium">{term}</dt>
            <dd className="text-muted">{text}</dd>
          </div>
        ))}
      </dl>
      {earlier.length > 0 ? (
        <Choice
          label="Earlier libraries"
          value={kept}
          onChange={setKept}
          options={[
            { value: 'encrypt', title: 'Encrypt earlier libraries, too', note: 'Those that restores put aside.' },
            { value: 'delete', title: 'Delete earlier libraries', note: 'For good, before anything else.' },
          ]}
        />
      ) : null}
    </PasswordQuestion>
  );
}

function TurnOff({ onCancel }: { readonly onCancel: () => void }) {
  const [password, setPassword] = useState('');
  const attempt = useAttempt();
  return (
    <PasswordQuestion
      testId="turn-encryption-off"
      attempt={attempt}
      password={password}
      onPassword={setPassword}
      submit="Turn encryption off"
      onCancel={onCancel}
      onSubmit={() => void attempt.run(() => turnEncryptionOff(password))}
    >
      <p className="text-muted">
        Your library can then be read on this disk like any other file, and its recovery code opens nothing any more.
      </p>
    </PasswordQuestion>
  );
}

function useKeptLibraries(): readonly KeptLibrary[] {
  const [kept, setKept] = useState<readonly KeptLibrary[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void request('backup.getOverview', {}).then((overview) => isCurrent && setKept(overview.kept));
    return () => {
      isCurrent = false;
    };
  }, []);
  return kept;
}
