/** After how long without anybody the window is locked. */
import { useEffect, useState } from 'react';
import type { IdleLock } from '../../../shared/accounts.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { request } from '../../ipc/client.ts';
import { idleLockChoices, idleLockText } from './account-settings-words.ts';

export function IdleLockChoice() {
  const [minutes, setMinutes] = useState<IdleLock | undefined>(undefined);
  const [error, setError] = useState<ErrorInfo | null>(null);
  useEffect(() => {
    request('accounts.getIdleLock', {}).then(setMinutes, (thrown: unknown) => setError(toAppError(thrown).toInfo()));
  }, []);

  const choose = async (next: IdleLock) => {
    const before = minutes;
    setMinutes(next);
    try {
      setMinutes(await request('accounts.setIdleLock', { minutes: next }));
      setError(null);
    } catch (thrown) {
      setMinutes(before);
      setError(toAppError(thrown).toInfo());
    }
  };
  return (
    <>
      <div className="mt-1.5">
        {minutes === undefined ? null : (
          <Segmented
            label="Lock when nobody is there"
            value={String(minutes)}
            onChange={(value) => void choose(value === 'null' ? null : Number(value))}
            options={idleLockChoices(minutes).map((choice) => ({ value: String(choice), label: idleLockText(choice) }))}
          />
        )}
      </div>
      {error ? <InlineError error={error} className="mt-2" /> : null}
    </>
  );
}
