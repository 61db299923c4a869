/** What the account opens by beside its password: who signed in at a provider such as Google, and was linked to it. */
import { LoaderCircle } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { IdentityProviderName, LinkedIdentity } from '../../../shared/requests/identities.ts';
import { loadSession } from '../../app/stores/session-store.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useBrowserAttempt } from '../../hooks/use-browser-attempt.ts';
import { useSignInProviders } from '../../hooks/use-sign-in-providers.ts';
import { request } from '../../ipc/client.ts';
import { linkedText } from './provider-words.ts';

export function LinkedIdentities() {
  const providers = useSignInProviders();
  const [linked, setLinked] = useState<readonly LinkedIdentity[] | null>(null);
  const [now] = useState(() => Date.now());
  const browser = useBrowserAttempt();
  const { run, error, isRunning, clear } = useAttempt();
  useEffect(() => {
    void run(async () => setLinked(await request('identities.list', {})));
  }, [run]);
  if (providers.length === 0) return null;
  const { waitingFor } = browser;
  const link = async (provider: IdentityProviderName) => {
    clear();
    const { issuer, name } = provider;
    const isLinked = await browser.run(provider, async () => setLinked(await request('identities.link', { issuer })));
    if (!isLinked) return;
    // The provider has proven the e-mail address, too.
    await loadSession();
    showDone(`${name} opens this account from now on.`);
  };
  const unlink = async ({ issuer, name }: IdentityProviderName) => {
    browser.clear();
    if (await run(async () => setLinked(await request('identities.unlink', { issuer })))) {
      showDone(`${name} no longer opens this account. Its password does.`);
    }
  };
  const shownError = waitingFor ? null : (error ?? browser.error);
  return (
    <section aria-label="Sign in without the password" className="mt-5">
      <h4 className="text-label font-medium">Sign in without the password</h4>
      <p className="mt-0.5 text-label text-muted">
        What you link opens this account, too. It has to have the same e-mail address.
      </p>
      <ul className="mt-2 divide-y divide-line rounded-lg border border-line">
        {linked &&
          providers.map((provider) => {
            const identity = linked.find(({ issuer }) => issuer === provider.issuer);
            const isWaiting = waitingFor?.issuer === provider.issuer;
            const action = isWaiting ? 'Cancel' : identity ? 'Unlink' : 'Link…';
            return (
              <li key={provider.issuer} className="flex items-center gap-3 px-3 py-2" data-testid="linked-identity">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{provider.name}</p>
                  <p role="status" className="text-label text-muted">
                    {isWaiting
                      ? 'Sign in on the page that opened in your browser. Quire goes on here by itself.'
                      : linkedText(identity, now)}
                  </p>
                </div>
                {isWaiting ? (
                  <LoaderCircle
                    size={16}
                    className="shrink-0 text-accent-ink motion-safe:animate-spin"
                    aria-hidden="true"
                  />
                ) : null}
                {/* One button, so that the focus stays where it is. */}
                <Button
                  aria-label={
                    isWaiting ? `Cancel linking ${provider.name}` : `${action.replace('…', '')} ${provider.name}`
                  }
                  disabled={waitingFor !== null && !isWaiting}
                  onClick={() => {
                    if (isWaiting) browser.cancel();
                    else if (!isRunning) void (identity ? unlink(provider) : link(provider));
                  }}
                >
                  {action}
                </Button>
              </li>
            );
          })}
      </ul>
      {shownError ? (
        <div className="mt-2">
          <FormError error={shownError} />
        </div>
      ) : null}
    </section>
  );
}
