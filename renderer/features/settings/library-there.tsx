/** What of an account lies on its owner's servers, and the choice what becomes of it when the account is deleted. */
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { signedInAccount, useSessionStore } from '../../app/stores/session-store.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { isDeleting, progressPart, progressText } from '../../components/sync-words.ts';
import { request } from '../../ipc/client.ts';
import { deleteThereNote, leaveThereNote, thereText } from './account-settings-words.ts';
import { Choice } from './choice.tsx';
import { bucketName, databaseName } from './sync/remote-words.ts';
import { useSyncAnswer } from './sync/use-sync-answer.ts';

/** `keep`: it stays on the servers, and can be signed in to again. */
export type LibraryEnd = 'delete' | 'keep';

const askRemotes = () => request('remotes.get', {});
const askSizes = () => request('sync.sizes', {});

export interface LibraryThereProps {
  readonly value: LibraryEnd | null;
  readonly onChange: (value: LibraryEnd) => void;
}

export function LibraryThere({ value, onChange }: LibraryThereProps) {
  const { value: remotes } = useSyncAnswer(askRemotes, null);
  const { value: sizes } = useSyncAnswer(askSizes, null);
  const unsent = useSyncStore((state) => state.status.unsent);
  const email = useSessionStore((state) => signedInAccount(state)?.email ?? '');
  return (
    <div data-testid="library-there">
      <p className="font-medium">This account syncs. What becomes of the library on your servers?</p>
      <dl
        data-testid="library-there-what"
        className="mt-1 mb-2.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-label text-muted tabular"
      >
        {remotes?.database ? <Fact term="Database" text={databaseName(remotes.database.remote)} /> : null}
        {remotes?.bucket ? <Fact term="Bucket" text={bucketName(remotes.bucket.remote)} /> : null}
        {sizes ? <Fact term="In them" text={thereText(sizes)} /> : null}
      </dl>
      <Choice
        label="The library on your servers"
        value={value}
        autoFocus
        onChange={onChange}
        options={[
          { value: 'delete', title: 'Delete it there, too', note: deleteThereNote(sizes) },
          { value: 'keep', title: 'Leave it there', note: leaveThereNote({ email, unsent, sizes }) },
        ]}
      />
    </div>
  );
}

function Fact({ term, text }: { readonly term: string; readonly text: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className="break-all readable">{text}</dd>
    </>
  );
}

/** How far the deletion there is; nothing while none is under way. */
export function DeletingThere() {
  const progress = useSyncStore((state) => state.status.progress);
  if (!progress || !isDeleting(progress)) return null;
  return (
    <div role="status" data-testid="deleting-there">
      <p className="text-muted tabular">Deleting on your servers: {progressText(progress)}</p>
      <ProgressBar label="Deleting on your servers" value={progressPart(progress)} className="mt-1.5" />
    </div>
  );
}
