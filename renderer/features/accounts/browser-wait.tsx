/** Stands in place of the ways in while a person signs in in the system's browser. */
import { LoaderCircle } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { IdentityProviderName } from '../../../shared/requests/identities.ts';
import { Button } from '../../components/button.tsx';

export interface BrowserWaitProps {
  readonly provider: IdentityProviderName;
  readonly onCancel: () => void;
}

export function BrowserWait({ provider, onCancel }: BrowserWaitProps) {
  // The button that began it, which is there again when this ends.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus();
    },
    [before],
  );
  return (
    <div className="flex flex-col items-center gap-4 pb-2 text-center" data-testid="browser-wait">
      <div role="status" className="flex flex-col items-center gap-3">
        <LoaderCircle size={20} className="text-accent-ink motion-safe:animate-spin" aria-hidden="true" />
        <p className="max-w-full break-words text-muted">
          Sign in with {provider.name} on the page that opened in your browser. Quire goes on here by itself.
        </p>
      </div>
      <Button autoFocus className="h-9 w-full" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
