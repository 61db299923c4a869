/** The ways in beside the password: providers whose page opens in the system's browser. */
import { ExternalLink } from 'lucide-react';
import type { IdentityProviderName } from '../../../shared/requests/identities.ts';
import { signInAt } from '../../app/stores/session-store.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import type { BrowserAttempt } from '../../hooks/use-browser-attempt.ts';

export interface ProviderButtonsProps {
  readonly providers: readonly IdentityProviderName[];
  readonly browser: BrowserAttempt;
  readonly staySignedIn: boolean;
}

export function ProviderButtons({ providers, browser, staySignedIn }: ProviderButtonsProps) {
  const { error, isStopped, run } = browser;
  if (providers.length === 0) return null;
  return (
    <section aria-label="Sign in elsewhere" className="mt-3.5 flex flex-col gap-2" data-testid="provider-buttons">
      <p
        aria-hidden="true"
        className="flex items-center gap-3 text-small text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
      >
        or
      </p>
      {error ? <FormError error={error} /> : null}
      <p role="status" className="text-center text-label text-muted empty:hidden">
        {isStopped ? 'The sign-in was stopped. Nobody was signed in.' : ''}
      </p>
      {providers.map((provider) => (
        <Button
          key={provider.issuer}
          className="h-9 w-full"
          icon={<ExternalLink size={14} className="shrink-0" aria-hidden="true" />}
          onClick={() => void run(provider, () => signInAt({ issuer: provider.issuer, staySignedIn }))}
        >
          <span className="truncate">Continue with {provider.name}</span>
        </Button>
      ))}
    </section>
  );
}
