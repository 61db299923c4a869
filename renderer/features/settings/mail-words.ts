/** What the mail server's settings say. Pure. */
import {
  mailServerSchema,
  mailSteps,
  type MailKind,
  type MailServer,
  type MailStep,
  type MailTest,
  type UnsentMail,
} from '../../../shared/requests/mail.ts';

/** What is typed; numbers as they stand in their field. */
export interface MailDraft extends Omit<MailServer, 'port'> {
  readonly port: string;
  readonly password: string;
}

export const emptyDraft: MailDraft = {
  host: '',
  port: '465',
  security: 'tls',
  user: '',
  sender: '',
  authority: '',
  password: '',
};

export function draftOf(server: MailServer | null): MailDraft {
  return server ? { ...server, port: String(server.port), password: '' } : emptyDraft;
}

/** As main takes it, if `draftProblem` finds nothing. */
export function serverOf({ host, port, security, user, sender, authority }: MailDraft): MailServer {
  return { host, port: Number(port), security, user, sender, authority };
}

/** What keeps it from being tried, for a person; empty while fields are, and null when nothing does. */
export function draftProblem(draft: MailDraft): string | null {
  if (draft.host.trim() === '' || draft.port === '' || draft.sender.trim() === '') return '';
  const [issue] = mailServerSchema.safeParse(serverOf(draft)).error?.issues ?? [];
  if (!issue) return null;
  return issue.path[0] === 'sender' ? 'The sender is an address such as quire@example.com.' : issue.message;
}

const stepWords: Readonly<Record<MailStep, string>> = {
  connect: 'Connect',
  encrypt: 'Encrypt',
  'sign-in': 'Sign in',
  send: 'Send',
};

const stateWords: Readonly<Record<MailTest['steps'][MailStep], string>> = {
  ok: 'done',
  failed: 'failed',
  skipped: 'not wanted',
  'not-tried': 'not tried',
};

export interface StepLine {
  readonly step: MailStep;
  readonly label: string;
  readonly state: MailTest['steps'][MailStep];
  readonly stateLabel: string;
}

export function stepLines(steps: MailTest['steps']): readonly StepLine[] {
  return mailSteps.map((step) => ({
    step,
    label: stepWords[step],
    state: steps[step],
    stateLabel: stateWords[steps[step]],
  }));
}

const kindWords: Readonly<Record<MailKind, string>> = {
  welcome: 'Welcome',
  'verify-email': 'Code to confirm the address',
  'reset-password': 'Code for a new password',
};

/** `Code for a new password, for Ann` and what becomes of it. */
export function describeUnsent(
  { kind, name, nextAttemptAt }: UnsentMail,
  now: number,
): { readonly title: string; readonly state: string } {
  const title = `${kindWords[kind]}, for ${name}`;
  if (nextAttemptAt === null) return { title, state: 'Given up' };
  const minutes = Math.ceil((nextAttemptAt - now) / 60_000);
  if (minutes <= 0) return { title, state: 'Being sent' };
  return {
    title,
    state: minutes < 90 ? `Next attempt in ${minutes} min` : `Next attempt in ${Math.round(minutes / 60)} h`,
  };
}
