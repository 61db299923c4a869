/** Providers that accounts of this computer may sign in at, for the administrator. */
import { CircleCheck, IdCard, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { googleIssuer, type IdentityProviderView } from '../../../shared/requests/identities.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { ProviderForm } from './provider-form.tsx';
import { emptyProvider, googleDraft, providerDraftOf, type ProviderDraft } from './provider-words.ts';
import { TabHead } from './tab.tsx';

type Providers = readonly IdentityProviderView[];

export function ProvidersTab() {
  const [providers, setProviders] = useState<Providers | null>(null);
  const [added, setAdded] = useState<ProviderDraft | null>(null);
  const { run, error } = useAttempt();
  useEffect(() => {
    void run(async () => setProviders(await request('identities.getProviders', {})));
  }, [run]);
  const issuers = providers?.map(({ issuer }) => issuer) ?? [];
  return (
    <>
      <TabHead
        title="Sign-in providers"
        note="Whoever has an account here can link it to Google, or to any OpenID Connect provider that you add, and sign in there in place of the password. Nothing of a library goes there."
      />
      {error ? <InlineError error={error} className="mb-3" /> : null}
      {providers?.length === 0 && !added ? (
        <div className="rounded-lg border border-dashed border-line-strong px-4 py-6 text-center text-muted">
          <IdCard size={22} strokeWidth={1.5} className="mx-auto mb-2 text-faint" aria-hidden="true" />
          Everybody signs in with their password. Add a provider that you are registered with.
        </div>
      ) : null}
      <ul className="flex flex-col gap-2">
        {providers?.map((provider) => (
          <ProviderRow
            key={provider.issuer}
            provider={provider}
            others={issuers.filter((issuer) => issuer !== provider.issuer)}
            onChange={setProviders}
          />
        ))}
      </ul>
      {providers && added ? (
        <div className="mt-2 rounded-lg border border-line bg-surface px-3 pt-2 pb-2.5">
          <h4 className="font-medium">{added.name || 'Another provider'}</h4>
          <ProviderForm
            initial={added}
            present={null}
            others={issuers}
            onSaved={(next, name) => {
              setProviders(next);
              setAdded(null);
              showDone(`Accounts can be linked to ${name} now.`);
            }}
            onCancel={() => setAdded(null)}
          />
        </div>
      ) : providers ? (
        <div className="mt-3 flex gap-2">
          {issuers.includes(googleIssuer) ? null : (
            <Button
              tone={providers.length === 0 ? 'primary' : 'plain'}
              className="h-8"
              icon={<Plus size={14} />}
              onClick={() => setAdded(googleDraft)}
            >
              Add Google…
            </Button>
          )}
          <Button className="h-8" icon={<Plus size={14} />} onClick={() => setAdded(emptyProvider)}>
            Add another…
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface ProviderRowProps {
  readonly provider: IdentityProviderView;
  readonly others: readonly string[];
  readonly onChange: (providers: Providers) => void;
}

function ProviderRow({ provider, others, onChange }: ProviderRowProps) {
  const { issuer, name, clientId, hasClientSecret } = provider;
  const [open, setOpen] = useState<'change' | 'remove' | null>(null);
  const [isFine, setIsFine] = useState(false);
  const attempt = useAttempt();
  const test = async () => {
    setIsFine(false);
    setIsFine(await attempt.run(() => request('identities.testProvider', { issuer })));
  };
  const show = (next: typeof open) => {
    attempt.clear();
    setIsFine(false);
    setOpen(next);
  };
  return (
    <li className="rounded-lg border border-line bg-surface p-3" data-testid="identity-provider">
      <div className="flex items-start gap-2.5">
        <IdCard size={16} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words">{name}</p>
          <p className="text-label break-all text-muted readable">{issuer}</p>
          <p className="text-label break-all text-muted readable">
            Client ID {clientId}
            {hasClientSecret ? ' · secret in the keychain' : ''}
          </p>
        </div>
      </div>
      {open === 'change' ? (
        <ProviderForm
          initial={providerDraftOf(provider)}
          present={provider}
          others={others}
          onSaved={(next) => {
            onChange(next);
            show(null);
            showDone(`${name} is changed.`);
          }}
          onCancel={() => show(null)}
        />
      ) : open === 'remove' ? (
        <RemoveQuestion provider={provider} onRemoved={onChange} onCancel={() => show(null)} />
      ) : (
        <div className="mt-2.5 flex flex-wrap gap-2 pl-[26px]">
          <Button aria-label={`Test ${name}`} disabled={attempt.isRunning} onClick={() => void test()}>
            {attempt.isRunning ? 'Testing…' : 'Test'}
          </Button>
          <Button aria-label={`Change ${name}`} onClick={() => show('change')}>
            Change…
          </Button>
          <Button aria-label={`Remove ${name}`} onClick={() => show('remove')}>
            Remove…
          </Button>
        </div>
      )}
      <div role="status" data-testid="provider-test">
        {isFine ? (
          <p className="mt-2 flex items-start gap-1.5 pl-[26px] text-label text-success">
            <CircleCheck size={14} className="mt-0.5 shrink-0" aria-hidden="true" />
            It answers. Whether it knows this client ID shows when somebody signs in.
          </p>
        ) : null}
      </div>
      {attempt.error ? (
        <div className="mt-2">
          <FormError error={attempt.error} />
        </div>
      ) : null}
    </li>
  );
}

interface RemoveQuestionProps {
  readonly provider: IdentityProviderView;
  readonly onRemoved: (providers: Providers) => void;
  readonly onCancel: () => void;
}

function RemoveQuestion({ provider: { issuer, name }, onRemoved, onCancel }: RemoveQuestionProps) {
  const attempt = useAttempt();
  const remove = async () => {
    onRemoved(await request('identities.removeProvider', { issuer }));
    showDone(`Nobody signs in with ${name} any more.`);
  };
  return (
    <form
      aria-label={`Remove ${name}`}
      className="mt-2.5 rounded-md bg-sunken px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt.run(remove);
      }}
    >
      <p className="font-medium">Remove {name}?</p>
      <p className="mt-0.5 text-label text-muted">
        No account opens by it any more, and added again it has to be linked again. Passwords go on to open them.
      </p>
      {attempt.error ? (
        <div className="mt-2">
          <FormError error={attempt.error} />
        </div>
      ) : null}
      <div className="mt-2.5 flex gap-2">
        <Button autoFocus onClick={onCancel}>
          Keep
        </Button>
        <SubmitButton attempt={attempt} tone="danger" running="Removing…">
          Remove
        </SubmitButton>
      </div>
    </form>
  );
}
