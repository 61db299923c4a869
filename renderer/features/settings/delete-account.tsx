/**
 * The end of an account, with everything in it: says what goes, and wants the password. Of one that syncs the person says
 * first what becomes of the library on their servers; nothing goes here before that is deleted there, or left on purpose.
 */
import { Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { DeletedThere } from '../../../shared/sync-view.ts';
import { deleteAccount } from '../../app/stores/session-store.ts';
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { deletedThereText } from '../../components/sync-words.ts';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';
import { request } from '../../ipc/client.ts';
import { contentText, isOfServers } from './account-settings-words.ts';
import { DeletingThere, LibraryThere, type LibraryEnd } from './library-there.tsx';
import { useDoomedContent } from './use-doomed-content.ts';

export function DeleteAccount() {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <section aria-label="Delete account" className="mt-6 border-t border-line pt-4">
      <h4 className="text-label font-medium">Delete account</h4>
      {isAsking ? (
        <Question onCancel={() => setIsAsking(false)} />
      ) : (
        <>
          <p className="mt-0.5 text-label text-muted">With everything that is in it, from this computer, for good.</p>
          <Button className="mt-2" icon={<Trash2 size={13} />} onClick={() => setIsAsking(true)}>
            Delete account…
          </Button>
        </>
      )}
    </section>
  );
}

function Question({ onCancel }: { readonly onCancel: () => void }) {
  const [password, setPassword] = useState('');
  const [end, setEnd] = useState<LibraryEnd | null>(null);
  const [deleted, setDeleted] = useState<DeletedThere | null>(null);
  // As it was when this was asked: a deletion there turns sync off.
  const [syncs] = useState(() => useSyncStore.getState().status.state !== 'off');
  const content = useDoomedContent();
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const element = useIntoView<HTMLFormElement>();
  const isFirstThere = syncs && end === 'delete' && deleted === null;
  const remove = async (action: () => Promise<unknown>) => {
    if (!(await attempt.run(action))) field.current?.select();
  };
  const removeHere = (leavesLibrary: boolean) => remove(() => deleteAccount(password, leavesLibrary));
  const removeThere = () =>
    remove(async () => setDeleted(await request('sync.deleteThere', { password, alsoOnlyThere: true })));
  const isUnreachable = isFirstThere && attempt.error !== null && isOfServers(attempt.error);
  const isReady = password !== '' && content !== null && (!syncs || end !== null);
  return (
    <form
      ref={element}
      noValidate
      data-testid="delete-account"
      className="scroll-mb-6 mt-2 flex flex-col gap-3 rounded-md bg-sunken px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void (isFirstThere ? removeThere() : removeHere(end === 'keep'));
      }}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5 tabular">
        <dt className="font-medium">Goes</dt>
        <dd className="text-muted" data-testid="account-content">
          {content ? `${contentText(content)}, with their index, settings and keys.` : 'Counting…'}
          {content?.isLast ? (
            <span className="mt-1 block">
              It is the last account: what is set up for accounts goes, too, which is the mail server, providers of
              sign-ins, and limits.
            </span>
          ) : null}
        </dd>
        <dt className="font-medium">Stays</dt>
        <dd className="text-muted">
          The files that you added, where they lie. Backups that you made.
          {content?.isLast ? null : ' Other accounts.'}
        </dd>
      </dl>
      {deleted ? (
        <p role="status" data-testid="deleted-there" className="rounded-md bg-surface px-3 py-2">
          <span className="block font-medium">{deletedThereText(deleted)}</span>
          <span className="block text-muted">
            Your account is still on this computer, with sync off. Now it can be deleted here.
          </span>
        </p>
      ) : syncs ? (
        <LibraryThere value={end} onChange={setEnd} />
      ) : null}
      <p className="text-muted">This can’t be undone.</p>
      {deleted ? null : (
        <PasswordField
          ref={field}
          label="Password"
          autoFocus={!syncs}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          isWrong={attempt.error?.code === 'wrong-credentials'}
        />
      )}
      <DeletingThere />
      {attempt.error && !attempt.isRunning ? <FormError error={attempt.error} /> : null}
      {isUnreachable && !attempt.isRunning ? <WhatNow /> : null}
      <div className="flex flex-wrap gap-2">
        <SubmitButton attempt={attempt} tone="danger" running="Deleting…" disabled={!isReady}>
          {isUnreachable ? 'Try again' : isFirstThere ? 'Delete on your servers' : 'Delete account'}
        </SubmitButton>
        {isUnreachable ? (
          <Button tone="danger" disabled={attempt.isRunning || password === ''} onClick={() => void removeHere(true)}>
            Delete only here
          </Button>
        ) : null}
        {/* Another one then, which takes the focus: that of the field went with it. */}
        <Button
          key={deleted ? 'keep' : 'cancel'}
          autoFocus={deleted !== null}
          disabled={attempt.isRunning}
          onClick={onCancel}
        >
          {deleted ? 'Keep the account here' : 'Cancel'}
        </Button>
      </div>
    </form>
  );
}

/** In sight with the buttons below it. */
function WhatNow() {
  const element = useIntoView<HTMLParagraphElement>();
  return (
    <p ref={element} className="scroll-mb-20 text-muted">
      Nothing was deleted on this computer. Try again, or delete the account here alone: what is on your servers stays
      there then.
    </p>
  );
}
