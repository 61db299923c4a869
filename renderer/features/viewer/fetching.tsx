/** In the place of pages whose file is on its way here, or can't be had. */
import { LoaderCircle } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import type { OriginalState } from './use-original.ts';

export function Fetching({ original }: { readonly original: Exclude<OriginalState, { readonly state: 'here' }> }) {
  if (original.state === 'failed') {
    return (
      <div className="flex-1 bg-desk p-4" data-testid="original-failed">
        <InlineError error={original.error} action={<Button onClick={original.again}>Try again</Button>} />
        <p className="mt-2.5 px-1 text-label text-muted">Its text can be searched and asked about all the same.</p>
      </div>
    );
  }
  return (
    <div className="flex flex-1 items-center justify-center bg-desk" aria-busy="true" data-testid="viewer-loading">
      {original.isSlow ? (
        <p role="status" className="flex items-center gap-2 text-muted" data-testid="original-fetching">
          <LoaderCircle size={16} aria-hidden="true" className="motion-safe:animate-spin" />
          Fetching its file from your bucket…
        </p>
      ) : null}
    </div>
  );
}
