/** What a chosen backup holds and what it would replace; nothing is changed before it is confirmed. */
import type { BackupSummary, LibraryOverview, RestorePlan } from '../../../shared/requests/backup.ts';
import { leavePlan, restore, unlockPlan } from '../../app/stores/backup-store.ts';
import { Button } from '../../components/button.tsx';
import { countOf } from '../../components/format.ts';
import { contentText, encryptionText, flawsText, timeText } from './backup-words.ts';
import { SecretForm } from './secret-form.tsx';

export interface RestorePlanCardProps {
  readonly plan: RestorePlan;
  /** The library that is open; null until it was measured. */
  readonly overview: LibraryOverview | null;
}

export function RestorePlanCard({ plan, overview }: RestorePlanCardProps) {
  return (
    <section
      aria-label={`Restore ${plan.fileName}`}
      data-testid="restore-plan"
      className="mt-3 rounded-lg border border-accent bg-accent-soft p-3"
    >
      {plan.backup ? (
        <Contents plan={plan} backup={plan.backup} overview={overview} />
      ) : (
        <SecretForm
          title={`${plan.fileName} is encrypted`}
          text="It opens with the password that its library had when the backup was made, or with its recovery code."
          action="Open the backup"
          onSubmit={(secret) => unlockPlan(plan, secret)}
          onCancel={leavePlan}
        />
      )}
    </section>
  );
}

function Contents({ plan, backup, overview }: RestorePlanCardProps & { readonly backup: BackupSummary }) {
  const encryption = encryptionText(plan);
  const flaws = flawsText(backup);
  const rows: readonly (readonly [what: string, content: string])[] = [
    ['In the backup', contentText(backup)],
    ['Made', `${timeText(backup.createdAt)}, by Quire ${backup.appVersion}`],
    [
      'Replaces',
      overview
        ? `${countOf(overview.counts.documents, 'document')}, ${countOf(overview.counts.conversations, 'conversation')}, and the settings`
        : 'your library and its settings',
    ],
    [
      'Its settings send text to',
      backup.sendsTo.length === 0 ? 'nobody: all stays on this computer' : backup.sendsTo.join(', '),
    ],
    ...(backup.watchedFolders > 0
      ? [['Pauses', `${countOf(backup.watchedFolders, 'watched folder')}, until you resume them in Settings`] as const]
      : []),
    ...(encryption === null ? [] : [['Encryption', encryption] as const]),
  ];
  return (
    <>
      <p className="font-medium break-words">Restore {backup.fileName}?</p>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-label">
        {rows.map(([what, content]) => (
          <div key={what} className="contents">
            <dt className="text-muted">{what}</dt>
            <dd className="min-w-0 break-words">{content}</dd>
          </div>
        ))}
      </dl>
      {flaws ? <p className="mt-2 text-label text-warning">{flaws}</p> : null}
      <p className="mt-2 text-label text-muted">
        Every byte is checked first. Your present library is kept beside it until you delete it, so this can be undone.
      </p>
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={leavePlan}>Cancel</Button>
        <Button tone="primary" autoFocus onClick={() => void restore(plan)}>
          Restore
        </Button>
      </div>
    </>
  );
}
