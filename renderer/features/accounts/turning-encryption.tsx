/** How far turning an account's encryption on or off is; its library is closed meanwhile. */
import { useState } from 'react';
import type { EncryptionTask } from '../../../shared/accounts.ts';
import { turnEncryptionBack } from '../../app/stores/encryption-store.ts';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { turningWords } from './accounts-words.ts';

export function TurningEncryption({ task }: { readonly task: EncryptionTask }) {
  const { stage, done, total } = task;
  const [isTurningBack, setIsTurningBack] = useState(false);
  const words = turningWords(task);
  return (
    <div data-testid="turning-encryption" className="flex flex-col gap-3.5 pb-2">
      <h1 className="text-title font-semibold">{words.title}</h1>
      <p className="text-muted tabular" role="status">
        {words.stage}
      </p>
      <ProgressBar label={words.title} value={stage === 'files' && total > 0 ? done / total : null} />
      <p className="text-label text-muted">
        If Quire ends meanwhile, nothing is lost: it goes on when you open your account again.
      </p>
      <Button
        className="h-9 w-full"
        disabled={isTurningBack}
        onClick={() => {
          setIsTurningBack(true);
          void turnEncryptionBack();
        }}
      >
        {isTurningBack ? 'Turning back…' : 'Turn back'}
      </Button>
    </div>
  );
}
