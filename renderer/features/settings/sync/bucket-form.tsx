/** A bucket of one's own: what is typed is a draft until its test passed. */
import { useState } from 'react';
import type { BucketRemote } from '../../../../shared/remotes.ts';
import type { NamedRemote, RemotesView } from '../../../../shared/requests/remotes.ts';
import { Checkbox } from '../../../components/checkbox.tsx';
import { PasswordField } from '../../../components/password-field.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { request } from '../../../ipc/client.ts';
import { AuthorityField } from '../authority-field.tsx';
import { Choice } from '../choice.tsx';
import { bucketDraft, checkBucket, hasSecretKey, isAddressInTheClear, type BucketDraft } from './remote-words.ts';
import { RemoteForm } from './remote-form.tsx';
import { useRemoteTest } from './use-remote-test.ts';

export interface BucketFormProps {
  readonly named: NamedRemote<BucketRemote> | null;
  readonly onSaved: (view: RemotesView) => void;
  readonly onCancel: () => void;
}

export function BucketForm({ named, onSaved, onCancel }: BucketFormProps) {
  const [draft, setDraft] = useState<BucketDraft>(() => bucketDraft(named?.remote ?? null));
  const test = useRemoteTest('bucket');
  const edit = (change: Partial<BucketDraft>): void => {
    setDraft((last) => ({ ...last, ...change }));
    test.clear();
  };
  const checked = checkBucket(draft);
  const remote = 'remote' in checked ? checked.remote : null;
  const isKept = hasSecretKey(named, remote);
  const isInTheClear = isAddressInTheClear(draft);
  const isOther = draft.service === 'other';
  // The checkbox says what is wanted, and why.
  const isYesWanting = isInTheClear && !draft.plainTextAccepted;
  const isSecretWanting = draft.secret === '' && !isKept;
  const problem = 'problem' in checked ? (isYesWanting ? '' : checked.problem) : isSecretWanting ? '' : null;
  return (
    <RemoteForm
      kind="bucket"
      label="Bucket"
      test={test}
      problem={problem}
      onTest={() =>
        request('remotes.testBucket', {
          remote: requireRemote(remote),
          ...(isKept && draft.secret === '' ? {} : { secret: draft.secret }),
        })
      }
      onSave={() => request('remotes.set', { bucket: requireRemote(remote) })}
      onSaved={onSaved}
      onCancel={onCancel}
    >
      <div>
        <Segmented
          label="Service"
          value={draft.service}
          options={[
            { value: 'other', label: 'Own server or other service' },
            { value: 'amazon', label: 'Amazon S3' },
          ]}
          onChange={(service) => edit({ service, plainTextAccepted: false })}
        />
      </div>
      {isOther ? (
        <TextField
          label="Address"
          autoFocus
          value={draft.endpoint}
          placeholder="https://s3.example.com"
          onChange={(event) => edit({ endpoint: event.target.value, plainTextAccepted: false })}
        />
      ) : null}
      {isInTheClear ? (
        <Checkbox
          label="Send everything unencrypted"
          note="Whoever is on the way between this computer and that one can read what is not encrypted below, and change it. Only in a network that you trust."
          checked={draft.plainTextAccepted}
          onChange={(plainTextAccepted) => edit({ plainTextAccepted })}
        />
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Bucket"
          value={draft.bucket}
          placeholder="papers"
          onChange={(event) => edit({ bucket: event.target.value })}
        />
        <TextField label="Region" value={draft.region} onChange={(event) => edit({ region: event.target.value })} />
      </div>
      <TextField
        label="Access key’s id"
        value={draft.accessKeyId}
        onChange={(event) => edit({ accessKeyId: event.target.value })}
      />
      <PasswordField
        label="Secret key"
        autoComplete="current-password"
        value={draft.secret}
        placeholder={isKept ? 'Saved' : ''}
        onChange={(secret) => edit({ secret })}
        note="Kept in your system’s keychain alone, for this key’s id, address and bucket. It is never shown again."
      />
      <Choice
        label="Encryption of files"
        value={draft.sealed ? 'sealed' : 'open'}
        onChange={(choice) => edit({ sealed: choice === 'sealed' })}
        options={[
          {
            value: 'sealed',
            title: 'Encrypt files before they are sent',
            note: 'Who runs the bucket sees sizes and times, and opens nothing. In the database titles, tags, the text of your documents, questions, answers and vectors still lie readable: who runs it can read them.',
          },
          {
            value: 'open',
            title: 'Send files as they are',
            note: 'Who runs the bucket can open your PDFs; links to single files can be shared.',
          },
        ]}
      />
      {isOther ? <AuthorityField value={draft.authority} onChange={(authority) => edit({ authority })} /> : null}
      <details>
        <summary className="cursor-pointer text-label text-muted">Where a service wants it otherwise</summary>
        <div className="mt-2 flex flex-col gap-2.5">
          {isOther ? (
            <Checkbox
              label="The bucket’s name stands in the path"
              note="https://server/bucket, in place of https://bucket.server: MinIO, Ceph and Garage want it."
              checked={draft.pathStyle}
              onChange={(pathStyle) => edit({ pathStyle })}
            />
          ) : null}
          <Checkbox
            label="Send checksums always"
            note="Older servers refuse them. Quire checks each file by its hash either way."
            checked={draft.checksums === 'always'}
            onChange={(isAlways) => edit({ checksums: isAlways ? 'always' : 'when-required' })}
          />
        </div>
      </details>
    </RemoteForm>
  );
}

/** The form is not sent without one. */
function requireRemote(remote: BucketRemote | null): BucketRemote {
  if (!remote) throw new Error('The form is not filled in.');
  return remote;
}
