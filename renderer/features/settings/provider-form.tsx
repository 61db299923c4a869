/** A provider as the administrator sets it up: it is looked for at its address before it is kept. */
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { googleIssuer, returnAddress, type IdentityProviderView } from '../../../shared/requests/identities.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';
import { request } from '../../ipc/client.ts';
import { providerOf, providerProblem, type ProviderDraft } from './provider-words.ts';

export interface ProviderFormProps {
  readonly initial: ProviderDraft;
  /** The one that is changed; null for a new one. */
  readonly present: IdentityProviderView | null;
  /** Addresses of the others. */
  readonly others: readonly string[];
  readonly onSaved: (providers: readonly IdentityProviderView[], name: string) => void;
  readonly onCancel: () => void;
}

export function ProviderForm({ initial, present, others, onSaved, onCancel }: ProviderFormProps) {
  const [draft, setDraft] = useState(initial);
  const attempt = useAttempt();
  const element = useIntoView<HTMLFormElement>();
  const isGoogle = initial.issuer === googleIssuer;
  const edit = (change: Partial<ProviderDraft>): void => {
    setDraft((last) => ({ ...last, ...change }));
    // What was found was about what stood there before.
    attempt.clear();
  };
  const problem = providerProblem(draft, others);
  const save = async () => {
    const provider = providerOf(draft);
    onSaved(await request('identities.setProvider', provider), provider.name);
  };
  const testAndSave = async () => {
    await request('identities.testProvider', { issuer: providerOf(draft).issuer });
    await save();
  };
  const hasSecret = present?.hasClientSecret === true && !draft.removesSecret;
  return (
    <form
      ref={element}
      noValidate
      aria-label={present ? `Change ${present.name}` : isGoogle ? 'Add Google' : 'Add another provider'}
      className="flex scroll-mb-6 flex-col gap-3 pt-2.5 pb-1"
      data-testid="provider-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) void attempt.run(testAndSave);
      }}
    >
      <p className="text-label text-muted readable">
        {isGoogle
          ? 'In the Google Cloud console, make an OAuth client of the kind “Desktop app”, and copy what it is given.'
          : `Register Quire there as a native (desktop) app with the redirect address ${returnAddress}, on any port.`}
      </p>
      {isGoogle ? null : (
        <div className="grid grid-cols-[2fr_3fr] gap-3">
          <TextField
            label="Name"
            autoFocus
            maxLength={60}
            placeholder="As people call it"
            value={draft.name}
            onChange={(event) => edit({ name: event.target.value })}
          />
          <TextField
            label="Address"
            type="url"
            maxLength={500}
            placeholder="https://login.example.com"
            // Accounts are linked to it: another address is another provider.
            disabled={present !== null}
            value={draft.issuer}
            aria-invalid={problem !== null && problem !== ''}
            onChange={(event) => edit({ issuer: event.target.value })}
          />
        </div>
      )}
      {problem ? <p className="text-label text-danger">{problem}</p> : null}
      <TextField
        label="Client ID"
        autoFocus={isGoogle}
        maxLength={500}
        value={draft.clientId}
        onChange={(event) => edit({ clientId: event.target.value })}
      />
      <TextField
        label="Client secret"
        type="password"
        maxLength={500}
        placeholder={hasSecret ? 'Saved in the keychain' : isGoogle ? 'GOCSPX-…' : 'Only if the provider gave you one'}
        value={draft.clientSecret}
        onChange={(event) => edit({ clientSecret: event.target.value })}
        note="Kept in your system’s keychain alone. It is never shown again."
        trailing={
          hasSecret ? (
            <Button
              className="h-8"
              icon={<KeyRound size={13} />}
              aria-label="Remove the client secret"
              onClick={() => edit({ removesSecret: true, clientSecret: '' })}
            >
              Remove
            </Button>
          ) : null
        }
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton attempt={attempt} running="Testing…" disabled={problem !== null}>
          Test and save
        </SubmitButton>
        {attempt.error?.code === 'sign-in-failed' ? (
          <Button disabled={attempt.isRunning} onClick={() => void attempt.run(save)}>
            Save anyway
          </Button>
        ) : null}
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      {/* Below the buttons: the one that saves all the same stays in sight. */}
      {attempt.error ? <FormError error={attempt.error} /> : null}
    </form>
  );
}
