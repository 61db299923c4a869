/** A link to a document's file in the person's own bucket, for somebody who has no Quire and no account there. */
import { Link } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';

export interface ShareDialogProps {
  readonly document: { readonly id: string; readonly title: string };
  readonly onClose: () => void;
}

/** Seconds that a link holds. */
const times = {
  '1 hour': 3_600,
  '1 day': 86_400,
  '7 days': 604_800,
} as const;
type Time = keyof typeof times;

type Bucket = 'asked' | 'none' | 'sealed' | 'plain';

export function ShareDialog({ document, onClose }: ShareDialogProps) {
  const [bucket, setBucket] = useState<Bucket>('asked');
  const [unknown, setUnknown] = useState<ErrorInfo | null>(null);
  const [time, setTime] = useState<Time>('1 day');
  const { isRunning, error, run } = useAttempt();
  useEffect(() => {
    request('remotes.get', {}).then(
      ({ bucket: named }) => setBucket(named === null ? 'none' : named.remote.sealed ? 'sealed' : 'plain'),
      (thrown: unknown) => setUnknown(toAppError(thrown).toInfo()),
    );
  }, []);
  const copy = async () => {
    const url = await request('sync.shareLink', { documentId: document.id, seconds: times[time] });
    await navigator.clipboard.writeText(url);
    showDone(`The link is copied. It holds for ${time}.`);
    onClose();
  };
  const failure = unknown ?? error;
  return (
    <Dialog open onClose={onClose} title="Share by a link" description={document.title} testId="share-dialog">
      <div className="flex flex-col gap-3 px-5 pt-3">
        {bucket === 'none' ? (
          <p className="readable">
            No bucket is named, so there is no file that a link could lead to. Name one in Settings, Sync.
          </p>
        ) : bucket === 'sealed' ? (
          <p className="readable" data-testid="share-sealed">
            Files are encrypted before they are sent to your bucket: a link would lead to what nobody can read. Send the
            file itself instead: “Save a copy…” makes one.
          </p>
        ) : (
          <>
            <p className="readable">
              Whoever has the link can download the file from your bucket, without an account, until its time is over.
              It can’t be taken back before.
            </p>
            <div className="flex flex-wrap items-center gap-3">
              <span className="text-label">It holds for</span>
              <Segmented
                label="How long the link holds"
                value={time}
                options={(Object.keys(times) as Time[]).map((value) => ({ value, label: value }))}
                onChange={setTime}
              />
            </div>
          </>
        )}
        {failure ? <InlineError error={failure} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onClose}>{bucket === 'none' || bucket === 'sealed' ? 'Close' : 'Cancel'}</Button>
        {bucket === 'none' || bucket === 'sealed' ? null : (
          <Button
            tone="primary"
            icon={<Link size={13} />}
            disabled={bucket === 'asked' || isRunning}
            onClick={() => void run(copy)}
          >
            {isRunning ? 'Making it…' : 'Copy link'}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
