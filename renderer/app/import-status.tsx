/** The import in the status bar: how far it is, a cancel, and what became of its files. */
import { CircleCheck, CircleSlash, CircleX, Copy, Hourglass, TriangleAlert, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useEffect, useState, type ReactNode } from 'react';
import type { AppStatus } from '../../shared/requests/app.ts';
import type { ImportFailure, ImportSummary } from '../../shared/imports.ts';
import { Button, IconButton } from '../components/button.tsx';
import { countOf } from '../components/format.ts';
import { layerElement } from '../components/layer.ts';
import { ProgressBar } from '../components/progress-bar.tsx';
import { request } from '../ipc/client.ts';
import { importPart, importText, leftOverText } from './import-words.ts';
import { cancelImport, continueImport, dismissImport, retryFailedImports } from './stores/import-actions.ts';
import { setImportOpen, useStatusStore } from './stores/status-store.ts';
import { showError } from './stores/toast-store.ts';

export interface ImportStatusProps {
  readonly imported: ImportSummary;
  readonly activity: AppStatus['activity'];
}

export function ImportStatus({ imported, activity }: ImportStatusProps) {
  const isOpen = useStatusStore((state) => state.isImportOpen);
  const { active, cancelling } = imported;
  return (
    <>
      <Popover.Root open={isOpen} onOpenChange={setImportOpen}>
        <Popover.Trigger asChild>
          <button
            type="button"
            data-testid="import-status"
            title="What became of the files"
            className="flex h-5 min-w-0 items-center gap-2 rounded px-1 hover:bg-hover hover:text-ink"
          >
            {active ? (
              <>
                <ProgressBar label="Importing files" value={importPart(imported)} className="w-20 shrink-0" />
                <span className="truncate">{importText(imported, activity)}</span>
              </>
            ) : (
              <>
                <TriangleAlert size={13} className="shrink-0 text-warning" aria-hidden="true" />
                <span className="truncate">{leftOverText(imported)}</span>
              </>
            )}
          </button>
        </Popover.Trigger>
        <Popover.Portal container={layerElement()}>
          <Popover.Content
            side="top"
            align="start"
            sideOffset={6}
            collisionPadding={8}
            aria-label="Import"
            data-testid="import-details"
            className="appear z-30 flex max-h-[min(480px,70vh)] w-[min(400px,calc(100vw-16px))] flex-col overflow-hidden rounded-lg bg-raised text-ui text-ink shadow-float focus:outline-none"
          >
            <ImportDetails imported={imported} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {active ? (
        <IconButton
          label="Cancel the import"
          side="top"
          disabled={cancelling}
          className="size-5"
          data-testid="import-cancel"
          onClick={() => void cancelImport()}
        >
          <X size={13} />
        </IconButton>
      ) : null}
    </>
  );
}

function ImportDetails({ imported }: { readonly imported: ImportSummary }) {
  const { total, ready, duplicates, failed, cancelled, waiting, active, cancelling } = imported;
  return (
    <>
      <h2 className="px-4 pt-3 pb-1 font-semibold tabular">
        {active ? 'Importing' : 'Import of'} {countOf(total, 'file')}
      </h2>
      <ul className="px-4 pb-2 tabular">
        <Count icon={<CircleCheck size={14} className="text-success" />} label="Ready" value={ready} />
        <Count icon={<Copy size={14} className="text-muted" />} label="Already in the library" value={duplicates} />
        <Count icon={<CircleX size={14} className="text-danger" />} label="Failed" value={failed} />
        {cancelled > 0 ? (
          <Count icon={<CircleSlash size={14} className="text-muted" />} label="Not added" value={cancelled} />
        ) : null}
        <Count icon={<Hourglass size={14} className="text-muted" />} label="Waiting" value={waiting} />
      </ul>
      {failed > 0 ? <Failures count={failed} /> : null}
      <footer className="flex items-center justify-end gap-2 border-t border-line px-4 py-2.5">
        {active ? (
          <p className="flex-1 text-small text-muted">Cancelling keeps what is ready and takes the rest out again.</p>
        ) : null}
        {failed > 0 ? <Button onClick={() => void retryFailedImports()}>Retry all failed</Button> : null}
        {cancelled > 0 && !active ? <Button onClick={() => void continueImport()}>Add after all</Button> : null}
        {active ? (
          <Button disabled={cancelling} onClick={() => void cancelImport()}>
            Cancel import
          </Button>
        ) : (
          <Button tone="primary" onClick={() => void dismissImport()}>
            Done
          </Button>
        )}
      </footer>
    </>
  );
}

interface CountProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly value: number;
}

function Count({ icon, label, value }: CountProps) {
  return (
    <li className="flex h-6 items-center gap-2" data-testid={`import-count-${label.toLowerCase().split(' ')[0]}`}>
      <span aria-hidden="true">{icon}</span>
      <span className="flex-1">{label}</span>
      <span>{value.toLocaleString('en')}</span>
    </li>
  );
}

/** Which files failed, and why. */
function Failures({ count }: { readonly count: number }) {
  const [failures, setFailures] = useState<readonly ImportFailure[]>([]);
  useEffect(() => {
    let isCurrent = true;
    request('imports.listFailures', {}).then((list) => isCurrent && setFailures(list), showError);
    return () => {
      isCurrent = false;
    };
  }, [count]);
  return (
    <ul
      aria-label="Files that failed"
      tabIndex={0}
      className="min-h-0 overflow-y-auto border-t border-line px-4 py-1.5 focus-visible:-outline-offset-2"
    >
      {failures.map(({ path, fileName, error }) => (
        <li key={path} className="py-1.5 readable" data-testid="import-failure">
          <p className="truncate font-medium" title={path}>
            {fileName}
          </p>
          <p className="text-label break-words text-danger">{error.message}</p>
          {error.hint ? <p className="text-label text-muted">{error.hint}</p> : null}
        </li>
      ))}
    </ul>
  );
}
