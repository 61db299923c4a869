/** The library as a whole: where it lies, how large it is, its backups. */
import { Archive, ArchiveRestore, ShieldCheck } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { LibraryOverview } from '../../../shared/requests/backup.ts';
import { backUp, chooseRestore, loadBackupTask, useBackupStore, verifyBackup } from '../../app/stores/backup-store.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { formatBytes } from '../../components/format.ts';
import { request } from '../../ipc/client.ts';
import { BackupTaskCard } from './backup-task.tsx';
import { timeText } from './backup-words.ts';
import { KeptLibraries } from './kept-libraries.tsx';
import { RestorePlanCard } from './restore-plan.tsx';
import { TabHead, type TabProps } from './tab.tsx';

export function LibraryTab({ view }: TabProps) {
  const task = useBackupStore((state) => state.task);
  const plan = useBackupStore((state) => state.plan);
  const [overview, setOverview] = useState<LibraryOverview | null>(null);
  const isBusy = task?.state === 'running';

  const measure = useCallback(() => {
    request('backup.getOverview', {}).then(setOverview, showError);
  }, []);
  useEffect(() => void loadBackupTask(), []);
  // A backup that ended has changed what there is to tell.
  useEffect(measure, [measure, isBusy]);

  return (
    <>
      <TabHead
        title="Library"
        note="Copies of your documents, their index and your conversations lie in one folder of your own."
      />
      <h4 className="text-label font-medium">Data folder</h4>
      <p
        className="mt-1 rounded-md border border-line bg-surface px-2.5 py-1.5 font-mono text-label break-all readable"
        data-testid="data-folder"
      >
        {view.dataFolder}
      </p>
      <Sizes overview={overview} />
      <h4 className="mt-5 text-label font-medium">Backup</h4>
      <p className="mt-0.5 text-label text-muted">
        The whole library in one file, for another disk or another computer. Keys are not in it: they stay in the
        system’s keychain.
      </p>
      <p className="mt-1 text-label" data-testid="last-backup">
        {overview?.lastBackup
          ? `Last backup: ${timeText(overview.lastBackup.at)}, ${overview.lastBackup.fileName}, ${formatBytes(overview.lastBackup.bytes)}.`
          : overview
            ? 'This library was never backed up.'
            : 'Looking…'}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button tone="primary" disabled={isBusy} icon={<Archive size={14} />} onClick={() => void backUp()}>
          Back up…
        </Button>
        <Button disabled={isBusy} icon={<ArchiveRestore size={14} />} onClick={() => void chooseRestore()}>
          Restore…
        </Button>
        <Button disabled={isBusy} icon={<ShieldCheck size={14} />} onClick={() => void verifyBackup()}>
          Verify a backup…
        </Button>
      </div>
      {plan && !isBusy ? <RestorePlanCard key={plan.planId} plan={plan} overview={overview} /> : null}
      {task && !plan ? <BackupTaskCard task={task} /> : null}
      <KeptLibraries kept={overview?.kept ?? []} isBusy={isBusy} onDeleted={measure} />
    </>
  );
}

function Sizes({ overview }: { readonly overview: LibraryOverview | null }) {
  const sizes: readonly (readonly [string, number | null | undefined])[] = [
    ['Database', overview?.database],
    ['Originals', overview?.originals],
    ['Thumbnails', overview?.thumbnails],
    ['Free on this disk', overview?.free],
  ];
  return (
    <dl
      className="mt-3 grid grid-cols-4 divide-x divide-line rounded-lg border border-line"
      data-testid="library-sizes"
    >
      {sizes.map(([name, bytes]) => (
        <div key={name} className="px-3 py-2">
          <dt className="text-small text-muted">{name}</dt>
          <dd className="font-medium tabular">{bytes === undefined || bytes === null ? '–' : formatBytes(bytes)}</dd>
        </div>
      ))}
    </dl>
  );
}
