/** The mail server, for the administrator: what is typed is a draft until a test message went through. */
import { CircleCheck, CircleDashed, CircleMinus, CircleX, KeyRound, Mail, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import {
  usualMailPorts,
  type MailSecurity,
  type MailSettingsView,
  type MailTest,
} from '../../../shared/requests/mail.ts';
import { signedInAccount } from '../../app/stores/session-store.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { TextField } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';
import { AuthorityField } from './authority-field.tsx';
import {
  describeUnsent,
  draftOf,
  draftProblem,
  emptyDraft,
  serverOf,
  stepLines,
  type MailDraft,
  type StepLine,
} from './mail-words.ts';
import { TabHead } from './tab.tsx';

export function MailTab() {
  const [view, setView] = useState<MailSettingsView | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const take = useCallback(async (answer: () => Promise<MailSettingsView>): Promise<boolean> => {
    try {
      setView(await answer());
      setError(null);
      return true;
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      return false;
    }
  }, []);
  useEffect(() => {
    request('mail.getSettings', {}).then(setView, (thrown: unknown) => setError(toAppError(thrown).toInfo()));
  }, []);
  return (
    <>
      <TabHead
        title="Mail server"
        note="Quire sends codes that confirm an e-mail address or replace a forgotten password through a server of yours. Without one it sends no mail."
      />
      {error ? <InlineError error={error} className="mb-3" /> : null}
      {view ? <MailForm view={view} take={take} /> : null}
      {view ? <UnsentMails view={view} /> : null}
    </>
  );
}

interface MailFormProps {
  readonly view: MailSettingsView;
  readonly take: (answer: () => Promise<MailSettingsView>) => Promise<boolean>;
}

const securities = [
  { value: 'tls', label: 'TLS' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'none', label: 'None' },
] as const satisfies readonly { readonly value: MailSecurity; readonly label: string }[];

function MailForm({ view, take }: MailFormProps) {
  const [draft, setDraft] = useState<MailDraft>(() => draftOf(view.server));
  const [to, setTo] = useState(() => signedInAccount()?.email ?? '');
  const [test, setTest] = useState<MailTest | 'running' | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const edit = (change: Partial<MailDraft>): void => {
    setDraft((last) => ({ ...last, ...change }));
    // What a test found was about what stood there before.
    setTest(null);
  };
  const chooseSecurity = (security: MailSecurity): void => {
    const isUsualPort = draft.port === '' || Number(draft.port) === usualMailPorts[draft.security];
    edit({ security, ...(isUsualPort ? { port: String(usualMailPorts[security]) } : {}) });
  };
  const password = draft.password === '' ? {} : { password: draft.password };
  const save = async () => {
    const isSaved = await take(() => request('mail.setSettings', { server: serverOf(draft), ...password }));
    if (isSaved) setDraft((last) => ({ ...last, password: '' }));
  };
  const runTest = async () => {
    setTest('running');
    setError(null);
    try {
      const result = await request('mail.test', { server: serverOf(draft), to, ...password });
      setTest(result);
      if (result.ok) await save();
    } catch (thrown) {
      setTest(null);
      setError(toAppError(thrown).toInfo());
    }
  };
  const problem = draftProblem(draft);
  const result = test === null || test === 'running' ? null : test;
  return (
    <form
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void runTest();
      }}
    >
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="Server"
          className="min-w-44 flex-1"
          value={draft.host}
          placeholder="smtp.example.com"
          onChange={(event) => edit({ host: event.target.value })}
        />
        <TextField
          label="Port"
          className="w-20"
          inputMode="numeric"
          value={draft.port}
          onChange={(event) => edit({ port: event.target.value.replace(/\D/g, '') })}
        />
        <Segmented label="Encryption" value={draft.security} options={securities} onChange={chooseSecurity} />
      </div>
      {problem ? <p className="text-label text-danger">{problem}</p> : null}
      <TextField
        label="User"
        value={draft.user}
        placeholder="Empty where the server wants no sign-in"
        onChange={(event) => edit({ user: event.target.value })}
      />
      <TextField
        label="Password"
        type="password"
        value={draft.password}
        placeholder={view.hasPassword ? 'Saved' : ''}
        disabled={draft.user.trim() === ''}
        onChange={(event) => edit({ password: event.target.value })}
        note={
          view.hasPassword && !view.isPasswordKept
            ? 'There is no keychain to keep it in: it holds until Quire ends.'
            : 'Kept in your system’s keychain alone. It is never shown again.'
        }
        trailing={
          view.hasPassword && view.server ? (
            <Button
              className="h-8"
              icon={<KeyRound size={13} />}
              onClick={() => void take(() => request('mail.setSettings', { server: view.server, password: '' }))}
            >
              Remove
            </Button>
          ) : null
        }
      />
      <TextField
        label="Sender"
        type="email"
        value={draft.sender}
        placeholder="quire@example.com"
        onChange={(event) => edit({ sender: event.target.value })}
        note="The address that mails come from; most servers want one of the user’s own."
      />
      <AuthorityField value={draft.authority} onChange={(authority) => edit({ authority })} />
      <TextField
        label="Send a test message to"
        type="email"
        required
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          tone="primary"
          className="h-8"
          icon={<Mail size={13} />}
          disabled={test === 'running' || problem !== null}
        >
          {test === 'running' ? 'Sending…' : 'Test and use'}
        </Button>
        {result && !result.ok ? (
          <Button className="h-8" onClick={() => void save()}>
            Use anyway
          </Button>
        ) : null}
        {view.server ? (
          <Button
            tone="quiet"
            className="h-8"
            icon={<Trash2 size={13} />}
            onClick={() => {
              edit(emptyDraft);
              void take(() => request('mail.setSettings', { server: null }));
            }}
          >
            Send no mail
          </Button>
        ) : null}
      </div>
      <div role="status" data-testid="mail-test">
        {result ? <Steps lines={stepLines(result.steps)} /> : null}
        {result?.ok ? (
          <p className="mt-2 text-label text-success">The message was sent, and the server is in use.</p>
        ) : null}
        {(result?.error ?? error) ? (
          <InlineError error={(result?.error ?? error) as ErrorInfo} className="mt-2" />
        ) : null}
      </div>
    </form>
  );
}

const stepIcons: Readonly<Record<StepLine['state'], typeof CircleCheck>> = {
  ok: CircleCheck,
  failed: CircleX,
  skipped: CircleMinus,
  'not-tried': CircleDashed,
};

function Steps({ lines }: { readonly lines: readonly StepLine[] }) {
  return (
    <ol className="flex flex-wrap gap-x-4 gap-y-1 text-label">
      {lines.map(({ step, label, state, stateLabel }) => {
        const Icon = stepIcons[state];
        const tone = state === 'ok' ? 'text-success' : state === 'failed' ? 'text-danger' : 'text-muted';
        return (
          <li key={step} className={`flex items-center gap-1.5 ${tone}`}>
            <Icon size={14} aria-hidden="true" />
            {label}: {stateLabel}
          </li>
        );
      })}
    </ol>
  );
}

function UnsentMails({ view: { unsent } }: { readonly view: MailSettingsView }) {
  const [now] = useState(() => Date.now());
  if (unsent.length === 0) return null;
  return (
    <section className="mt-6" aria-label="Mails that were not sent">
      <h4 className="mb-2 font-medium">Not sent</h4>
      <ul className="flex flex-col gap-2">
        {unsent.map((mail) => {
          const { title, state } = describeUnsent(mail, now);
          return (
            <li key={mail.id} className="rounded-lg border border-line bg-surface p-3 text-label">
              <p className="flex justify-between gap-3">
                <span className="font-medium readable">{title}</span>
                <span className="shrink-0 text-muted">{state}</span>
              </p>
              {mail.error ? (
                <p className="mt-1 text-muted readable">
                  {mail.error.message} {mail.error.hint}
                </p>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
