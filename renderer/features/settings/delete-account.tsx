/** The end of an account, with everything in it: says what goes, and wants the password. */
import { Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { deleteAccount, useSessionStore } from '../../app/stores/session-store.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';
import { request } from '../../ipc/client.ts';
import { contentText, type AccountContent } from './account-settings-words.ts';

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
  const content = useContent();
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const element = useIntoView<HTMLFormElement>();
  const remove = async () => {
    if (!(await attempt.run(() => deleteAccount(password)))) field.current?.select();
  };
  return (
    <form
      ref={element}
      noValidate
      data-testid="delete-account"
      className="scroll-mb-6 mt-2 flex flex-col gap-3 rounded-md bg-sunken px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') void remove();
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
      <p className="text-muted">This can’t be undone.</p>
      <PasswordField
        ref={field}
        label="Password"
        autoFocus
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={attempt.error?.code === 'wrong-credentials'}
      />
      {attempt.error ? <FormError error={attempt.error} /> : null}
      <div className="flex gap-2">
        <SubmitButton
          attempt={attempt}
          tone="danger"
          running="Deleting…"
          disabled={password === '' || content === null}
        >
          Delete account
        </SubmitButton>
        <Button disabled={attempt.isRunning} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** Null until it is counted. */
function useContent(): DoomedContent | null {
  const documents = useLibraryStore((state) => state.documents.size);
  const [others, setOthers] = useState<Omit<DoomedContent, 'documents'> | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void countOthers().then((counts) => isCurrent && setOthers(counts));
    return () => {
      isCurrent = false;
    };
  }, []);
  return others && { documents, ...others };
}

interface DoomedContent extends AccountContent {
  /** Nobody has another account on this computer. */
  readonly isLast: boolean;
}

async function countOthers(): Promise<Omit<DoomedContent, 'documents'>> {
  const conversations = (archived: boolean) => request('conversations.list', { archived, limit: 1 });
  const { session } = useSessionStore.getState();
  // The last one is its administrator's.
  const isAdministrator = session?.state === 'open' && session.account.isAdministrator;
  const [shown, archived, pieces, accounts] = await Promise.all([
    conversations(false),
    conversations(true),
    request('written.list', { limit: 1 }),
    isAdministrator ? request('accounts.list', {}) : null,
  ]);
  const isLast = accounts?.filter(({ kind }) => kind === 'account').length === 1;
  return { conversations: shown.total + archived.total, pieces: pieces.total, isLast };
}
