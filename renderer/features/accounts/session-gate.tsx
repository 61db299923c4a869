/** What the window shows while no library is open: unlock, sign in, make an account, or go on without one. */
import { ArrowLeft } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccountSummary } from '../../../shared/accounts.ts';
import { useEncryptionStore } from '../../app/stores/encryption-store.ts';
import { loadSession, openLocal, useSessionStore, type Session } from '../../app/stores/session-store.ts';
import { AccountAvatar } from '../../components/account-avatar.tsx';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { Logo } from '../../components/logo.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { useBrowserAttempt, type BrowserAttempt } from '../../hooks/use-browser-attempt.ts';
import { useHasMail } from '../../hooks/use-has-mail.ts';
import { useSignInProviders } from '../../hooks/use-sign-in-providers.ts';
import { signInNote } from './accounts-words.ts';
import { BrowserWait } from './browser-wait.tsx';
import { KeychainWait } from './keychain-wait.tsx';
import { RegisterForm } from './register-form.tsx';
import { RecoverForm } from './recover-form.tsx';
import { ResetForm } from './reset-form.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { TurningEncryption } from './turning-encryption.tsx';
import { UnlockForm } from './unlock-form.tsx';

type Way = 'unlock' | 'sign-in' | 'register' | 'reset' | 'recover';

function firstWay(session: Session): Way {
  if (session.state === 'locked') return 'unlock';
  return session.state === 'signed-out' && !session.hasAccounts ? 'register' : 'sign-in';
}

export function SessionGate() {
  const session = useSessionStore((state) => state.session);
  const error = useSessionStore((state) => state.error);
  const task = useEncryptionStore((state) => state.task);
  return (
    <main aria-label="Quire" className="h-full overflow-y-auto bg-canvas" data-testid="session-gate">
      <div className="flex min-h-full flex-col items-center justify-center px-4 py-5">
        <div className="appear w-full max-w-[400px] rounded-xl bg-raised px-7 pt-6 pb-4 shadow-float">
          <KeychainWait className="mb-4" />
          {task ? (
            <TurningEncryption key={task.direction} task={task} />
          ) : session ? (
            <WaysIn key={session.state} session={session} />
          ) : error ? (
            <>
              <Head title="Quire can’t tell who is signed in" />
              <InlineError error={error} />
              <Button tone="primary" className="mt-3.5 h-9 w-full" autoFocus onClick={() => void loadSession()}>
                Try again
              </Button>
            </>
          ) : null}
        </div>
      </div>
    </main>
  );
}

/** The ways in, or who is waited for in the browser; what was typed is there again when nobody is any more. */
function WaysIn({ session }: { readonly session: Session }) {
  const browser = useBrowserAttempt();
  const { waitingFor, cancel } = browser;
  return (
    <>
      {waitingFor ? (
        <div onKeyDown={(event) => event.key === 'Escape' && cancel()}>
          <Head title="Continue in your browser" />
          <BrowserWait provider={waitingFor} onCancel={cancel} />
        </div>
      ) : null}
      <div hidden={waitingFor !== null}>
        <Ways session={session} browser={browser} />
      </div>
    </>
  );
}

interface WaysProps {
  readonly session: Session;
  readonly browser: BrowserAttempt;
}

function Ways({ session, browser }: WaysProps) {
  const [way, setWay] = useState<Way>(() => firstWay(session));
  const [email, setEmail] = useState('');
  const leaving = useAttempt();
  const hasMail = useHasMail();
  const providers = useSignInProviders();
  const locked = session.state === 'locked' ? session.account : null;
  const hasAccounts = session.state !== 'signed-out' || session.hasAccounts;
  return (
    <div
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || way === firstWay(session)) return;
        event.preventDefault();
        setWay(firstWay(session));
      }}
    >
      {way === 'unlock' && locked ? (
        <>
          <Head title={locked.name} note={locked.email} account={locked} />
          <UnlockForm email={locked.email} />
        </>
      ) : way === 'register' ? (
        <>
          <Head title="Create an account" note="On this computer, with a library of its own." />
          <RegisterForm email={email} onEmail={setEmail} localDocuments={null} onSignIn={() => setWay('sign-in')} />
        </>
      ) : way === 'reset' ? (
        <>
          <Head title="Choose a new password" note="A code that is mailed to you shows that the account is yours." />
          <ResetForm
            email={email}
            onEmail={setEmail}
            onRecover={() => setWay('recover')}
            onDone={() => setWay('sign-in')}
          />
        </>
      ) : way === 'recover' ? (
        <>
          <Head title="Choose a new password" note="Your recovery code opens your encrypted library." />
          <RecoverForm email={email} onEmail={setEmail} onDone={() => setWay('sign-in')} />
        </>
      ) : (
        <>
          <Head title="Sign in" note={signInNote(providers)} />
          <SignInForm email={email} onEmail={setEmail} providers={providers} browser={browser} />
        </>
      )}
      {session.state === 'signed-out' && session.deletionLeft ? (
        <InlineError error={session.deletionLeft} className="mt-3.5" />
      ) : null}
      {leaving.error ? <InlineError error={leaving.error} className="mt-3.5" /> : null}
      <nav
        aria-label="Other ways in"
        className="mt-4 flex flex-wrap items-center justify-center gap-x-1 border-t border-line pt-3"
      >
        {locked && way !== 'unlock' ? (
          <Button tone="quiet" icon={<ArrowLeft size={14} />} onClick={() => setWay('unlock')}>
            Back to {locked.name}
          </Button>
        ) : null}
        {hasAccounts && way !== 'sign-in' ? (
          <Button tone="quiet" onClick={() => setWay('sign-in')}>
            {locked ? 'Switch account' : 'Sign in'}
          </Button>
        ) : null}
        {hasMail && (way === 'sign-in' || way === 'unlock') ? (
          <Button
            tone="quiet"
            onClick={() => {
              if (locked?.email) setEmail(locked.email);
              setWay('reset');
            }}
          >
            Forgot the password?
          </Button>
        ) : null}
        {way === 'sign-in' || (way === 'unlock' && locked?.isEncrypted) ? (
          <Button
            tone="quiet"
            onClick={() => {
              if (locked?.email) setEmail(locked.email);
              setWay('recover');
            }}
          >
            Use a recovery code
          </Button>
        ) : null}
        {way === 'sign-in' ? (
          <Button tone="quiet" onClick={() => setWay('register')}>
            Create an account
          </Button>
        ) : null}
        <Button tone="quiet" disabled={leaving.isRunning} onClick={() => void leaving.run(openLocal)}>
          Use without an account
        </Button>
      </nav>
    </div>
  );
}

interface HeadProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly account?: AccountSummary;
}

function Head({ title, note, account }: HeadProps) {
  return (
    <header className="mb-4 flex flex-col items-center text-center">
      {account ? <AccountAvatar account={account} large /> : <Logo size={36} />}
      <h1 className="mt-2 max-w-full text-title font-semibold tracking-tight break-words">{title}</h1>
      {note ? <p className="mt-0.5 max-w-full break-words text-muted">{note}</p> : null}
      {account ? (
        <p className="mt-1.5 flex items-center gap-1.5 text-small text-muted">
          <Logo size={14} />
          Quire is locked
        </p>
      ) : null}
    </header>
  );
}
