/** A Postgres of one's own: what is typed is a draft until its test passed. */
import { useState } from 'react';
import { isDatabaseInTheClear, type DatabaseRemote } from '../../../../shared/remotes.ts';
import type { NamedRemote, RemotesView } from '../../../../shared/requests/remotes.ts';
import { Checkbox } from '../../../components/checkbox.tsx';
import { PasswordField } from '../../../components/password-field.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { request } from '../../../ipc/client.ts';
import { AuthorityField } from '../authority-field.tsx';
import { checkDatabase, databaseDraft, hasPassword, type DatabaseDraft } from './remote-words.ts';
import { RemoteForm } from './remote-form.tsx';
import { useRemoteTest } from './use-remote-test.ts';

export interface DatabaseFormProps {
  readonly named: NamedRemote<DatabaseRemote> | null;
  readonly onSaved: (view: RemotesView) => void;
  readonly onCancel: () => void;
}

export function DatabaseForm({ named, onSaved, onCancel }: DatabaseFormProps) {
  const [draft, setDraft] = useState<DatabaseDraft>(() => databaseDraft(named?.remote ?? null));
  const test = useRemoteTest('database');
  const edit = (change: Partial<DatabaseDraft>): void => {
    setDraft((last) => ({ ...last, ...change }));
    test.clear();
  };
  const checked = checkDatabase(draft);
  const remote = 'remote' in checked ? checked.remote : null;
  const isKept = hasPassword(named, remote);
  const isInTheClear = draft.host.trim() !== '' && isDatabaseInTheClear({ ...draft, host: draft.host.trim() });
  return (
    <RemoteForm
      kind="database"
      label="Database"
      test={test}
      // The checkbox below says what is wanted, and why.
      problem={'problem' in checked ? (isInTheClear && !draft.plainTextAccepted ? '' : checked.problem) : null}
      onTest={() =>
        request('remotes.testDatabase', {
          remote: requireRemote(remote),
          ...(isKept && draft.password === '' ? {} : { password: draft.password }),
        })
      }
      onSave={() => request('remotes.set', { database: requireRemote(remote) })}
      onSaved={onSaved}
      onCancel={onCancel}
    >
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="Server"
          className="min-w-44 flex-1"
          autoFocus
          value={draft.host}
          placeholder="db.example.com"
          onChange={(event) => edit({ host: event.target.value, plainTextAccepted: false })}
        />
        <TextField
          label="Port"
          className="w-20"
          inputMode="numeric"
          value={draft.port}
          onChange={(event) => edit({ port: event.target.value.replace(/\D/g, '') })}
        />
        <Segmented
          label="Connection"
          value={draft.tls}
          options={[
            { value: 'verify-full', label: 'TLS' },
            { value: 'off', label: 'Unencrypted' },
          ]}
          onChange={(tls) => edit({ tls, plainTextAccepted: false })}
        />
      </div>
      {isInTheClear ? (
        <Checkbox
          label="Send everything unencrypted, the password too"
          note="Whoever is on the way between this computer and that one can read and change it. Only in a network that you trust."
          checked={draft.plainTextAccepted}
          onChange={(plainTextAccepted) => edit({ plainTextAccepted })}
        />
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Database"
          value={draft.database}
          placeholder="quire"
          onChange={(event) => edit({ database: event.target.value })}
        />
        <TextField label="User" value={draft.user} onChange={(event) => edit({ user: event.target.value })} />
      </div>
      <PasswordField
        label="Password"
        autoComplete="current-password"
        value={draft.password}
        placeholder={isKept ? 'Saved' : ''}
        onChange={(password) => edit({ password })}
        note="Kept in your system’s keychain alone, for this server, user and database. It is never shown again."
      />
      {draft.tls === 'off' ? null : (
        <AuthorityField value={draft.authority} onChange={(authority) => edit({ authority })} />
      )}
    </RemoteForm>
  );
}

/** The form is not sent without one. */
function requireRemote(remote: DatabaseRemote | null): DatabaseRemote {
  if (!remote) throw new Error('The form is not filled in.');
  return remote;
}
