/** All accounts of this computer, for the one who manages them: who they are, and what they may spend. */
import { useEffect, useState } from 'react';
import type { Limits, ManagedAccount } from '../../../shared/accounts.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { AccountAvatar } from '../../components/account-avatar.tsx';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { limitFields, parseLimits, typedLimits } from '../../components/typed-limits.ts';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';
import { request } from '../../ipc/client.ts';
import { limitsText } from './account-settings-words.ts';

/** @param own Id of the administrator's own account, whose limits are in its own settings. */
export function ManagedAccounts({ own }: { readonly own: string }) {
  const [accounts, setAccounts] = useState<readonly ManagedAccount[] | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(() => {
    request('accounts.list', {}).then(setAccounts, (thrown: unknown) => setError(toAppError(thrown).toInfo()));
  }, []);
  return (
    <section aria-label="Accounts on this computer" className="mt-6 border-t border-line pt-4">
      <h4 className="text-label font-medium">Accounts on this computer</h4>
      <p className="mt-0.5 text-label text-muted">
        You made the first one, so you may limit what the others spend at providers. What is in their libraries stays
        their own.
      </p>
      {error ? <InlineError error={error} className="mt-2" /> : null}
      <ul className="mt-2 divide-y divide-line rounded-lg border border-line">
        {accounts?.map((account) => (
          <li key={account.id} className="px-3 py-2" data-testid="managed-account">
            <div className="flex items-center gap-2.5">
              <span className="flex w-[22px] shrink-0 justify-center">
                <AccountAvatar account={account} />
              </span>
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{account.name}</p>
                <p className="truncate text-label text-muted">
                  {account.email ?? 'Without a password'} · {account.id === own ? 'you' : limitsText(account.limits)}
                </p>
              </div>
              {account.id === own || open === account.id ? null : (
                <Button aria-label={`Limits of ${account.name}`} onClick={() => setOpen(account.id)}>
                  Limits…
                </Button>
              )}
            </div>
            {open === account.id ? (
              <LimitsForm
                account={account}
                onSaved={(next) => {
                  setAccounts(next);
                  setOpen(null);
                }}
                onCancel={() => setOpen(null)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {accounts?.filter(({ kind }) => kind === 'account').length === 1 ? (
        <p className="mt-2 text-label text-muted">
          Nobody else has one yet. Others make theirs where you sign in, after you signed out.
        </p>
      ) : null}
    </section>
  );
}

interface LimitsFormProps {
  readonly account: ManagedAccount;
  readonly onSaved: (accounts: readonly ManagedAccount[]) => void;
  readonly onCancel: () => void;
}

function LimitsForm({ account, onSaved, onCancel }: LimitsFormProps) {
  const [typed, setTyped] = useState(() => typedLimits(account.limits));
  const attempt = useAttempt();
  const element = useIntoView<HTMLFormElement>();
  const { limits, problems } = parseLimits(typed);
  const save = async (next: Limits) => {
    await attempt.run(async () =>
      onSaved(await request('accounts.setLimits', { accountId: account.id, limits: next })),
    );
  };
  return (
    <form
      ref={element}
      noValidate
      aria-label={`Limits of ${account.name}`}
      className="flex scroll-mb-6 flex-col gap-3 pt-2.5 pb-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (limits) void save(limits);
      }}
    >
      <div className="grid grid-cols-3 gap-3">
        {limitFields.map(({ name, label }, index) => (
          <TextField
            key={name}
            label={label}
            inputMode="decimal"
            placeholder="No limit"
            autoFocus={index === 0}
            value={typed[name]}
            aria-invalid={problems[name] !== undefined}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            note={problems[name] ? <span className="text-danger">{problems[name]}</span> : null}
          />
        ))}
      </div>
      <p className="text-label text-muted">
        Money counts by the built-in list of prices, at least, whatever price somebody sets for a model. A model that is
        not in it counts by their own price, or in tokens alone: a limit of tokens holds those, too.
      </p>
      {attempt.error ? <FormError error={attempt.error} /> : null}
      <div className="flex gap-2">
        <SubmitButton attempt={attempt} running="Saving…" disabled={limits === null}>
          Save limits
        </SubmitButton>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
