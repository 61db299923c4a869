/** Folders that are watched: what is in them, what they do, and how they are paused and stopped. */
import { Folder, FolderPlus, FolderX, Pause, Play, RefreshCw, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { DeletionCounts } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { WatchedFolder } from '../../../shared/folders.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { newestOnly } from '../../hooks/newest-only.ts';
import { onEvent, request } from '../../ipc/client.ts';
import { folderText } from './folder-words.ts';
import { TabHead } from './tab.tsx';

type Attempt = (action: () => Promise<unknown>) => Promise<void>;

export function FoldersTab() {
  const [folders, setFolders] = useState<readonly WatchedFolder[] | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const attempt = useCallback<Attempt>(async (action) => {
    try {
      await action();
      setError(null);
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  }, []);
  useEffect(() => {
    const load = newestOnly<null, readonly WatchedFolder[]>({
      ask: () => request('folders.list', {}),
      onAnswer: setFolders,
      onError: (thrown) => setError(toAppError(thrown).toInfo()),
    });
    load(null);
    return onEvent('folders.changed', () => load(null));
  }, []);

  return (
    <>
      <TabHead
        title="Watched folders"
        note="New PDFs and text files in these folders are added by themselves, changed ones are read again. When a file goes, its document stays, from Quire’s own copy. Your files are never changed."
      />
      {error ? <InlineError error={error} className="mb-3" /> : null}
      {folders?.length === 0 ? (
        <div
          className="rounded-lg border border-dashed border-line-strong px-4 py-6 text-center text-muted"
          data-testid="no-folders"
        >
          <Folder size={22} strokeWidth={1.5} className="mx-auto mb-2 text-faint" aria-hidden="true" />
          No folder is watched yet. Choose the one where your documents arrive.
        </div>
      ) : null}
      <ul className="flex flex-col gap-2">
        {folders?.map((folder) => (
          <FolderRow key={folder.id} folder={folder} attempt={attempt} />
        ))}
      </ul>
      <Button
        tone={folders?.length === 0 ? 'primary' : 'plain'}
        className="mt-3 h-8"
        icon={<FolderPlus size={14} />}
        onClick={() => void attempt(() => request('folders.choose', {}))}
      >
        Watch a folder…
      </Button>
    </>
  );
}

function FolderRow({ folder, attempt }: { readonly folder: WatchedFolder; readonly attempt: Attempt }) {
  const { id: folderId, name, path, state, error } = folder;
  const [isStopping, setIsStopping] = useState(false);
  const isMissing = state === 'missing';
  return (
    <li className="rounded-lg border border-line bg-surface p-3" data-testid="watched-folder" data-state={state}>
      <div className="flex items-start gap-2.5">
        {isMissing ? (
          <FolderX size={16} className="mt-0.5 shrink-0 text-warning" aria-hidden="true" />
        ) : (
          <Folder size={16} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
        )}
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name}</p>
          <p className="text-label break-all text-muted readable">{path}</p>
          <p className="mt-1 text-label tabular" role="status" data-testid="folder-state">
            {folderText(folder)}
          </p>
          {error ? (
            <p className="mt-1 text-label text-warning readable">
              {error.message} {error.hint}
            </p>
          ) : null}
        </div>
      </div>
      {isStopping ? (
        <StopQuestion folder={folder} attempt={attempt} onDone={() => setIsStopping(false)} />
      ) : (
        <div className="mt-2.5 flex flex-wrap gap-2 pl-[26px]">
          {state === 'paused' ? (
            <Button
              icon={<Play size={13} />}
              aria-label={`Go on watching ${name}`}
              onClick={() => void attempt(() => request('folders.resume', { folderId }))}
            >
              Go on
            </Button>
          ) : (
            <>
              <Button
                icon={<Pause size={13} />}
                aria-label={`Pause watching ${name}`}
                onClick={() => void attempt(() => request('folders.pause', { folderId }))}
              >
                Pause
              </Button>
              <Button
                icon={<RefreshCw size={13} />}
                aria-label={`Look now for changes in ${name}`}
                onClick={() => void attempt(() => request('folders.check', { folderId }))}
              >
                Look now
              </Button>
            </>
          )}
          <Button icon={<Trash2 size={13} />} aria-label={`Stop watching ${name}`} onClick={() => setIsStopping(true)}>
            Stop…
          </Button>
        </div>
      )}
    </li>
  );
}

interface StopQuestionProps {
  readonly folder: WatchedFolder;
  readonly attempt: Attempt;
  readonly onDone: () => void;
}

/** Asks what becomes of the documents. Focus goes to the answer that takes nothing away. */
function StopQuestion({ folder, attempt, onDone }: StopQuestionProps) {
  const { id: folderId, name } = folder;
  const [counts, setCounts] = useState<DeletionCounts | null>(null);
  const [isStopping, setIsStopping] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    void attempt(async () => {
      const value = await request('folders.describeRemoval', { folderId });
      if (isCurrent) setCounts(value);
    });
    return () => {
      isCurrent = false;
    };
  }, [attempt, folderId]);

  const stop = async (withDocuments: boolean) => {
    setIsStopping(true);
    await attempt(async () => {
      await request('folders.remove', { folderId, withDocuments });
      showDone(
        withDocuments && counts
          ? `“${name}” is no longer watched, and ${countOf(counts.documents, 'document')} deleted.`
          : `“${name}” is no longer watched.`,
      );
    });
    onDone();
  };
  const documents = counts?.documents ?? 0;
  return (
    <div
      role="group"
      aria-label={`Stop watching ${name}`}
      className="mt-2.5 rounded-md bg-sunken px-3 py-2.5"
      data-testid="stop-question"
    >
      <p className="font-medium">Stop watching “{name}”?</p>
      <p className="mt-0.5 text-label text-muted">
        {counts === null
          ? 'Counting its documents…'
          : documents === 0
            ? 'No document is in your library through this folder alone.'
            : `${countOf(documents, 'document')} came from it: ${countOf(counts.pages, 'page')}, ${countOf(counts.chunks, 'passage')}. The files themselves stay where they are.`}
      </p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Button tone="primary" autoFocus disabled={isStopping} onClick={() => void stop(false)}>
          {documents === 0 ? 'Stop watching' : 'Keep its documents'}
        </Button>
        {documents > 0 ? (
          <Button tone="danger" disabled={isStopping} onClick={() => void stop(true)}>
            Delete {countOf(documents, 'document')}
          </Button>
        ) : null}
        <Button disabled={isStopping} onClick={onDone}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
