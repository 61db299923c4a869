/** A mail server on loopback that keeps what it is sent, and fails in every way that one can. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { MailServer } from '../../shared/requests/mail.ts';
import type { ServerCertificate } from './certificates.ts';

/** What the next connections meet, each once. */
export type MailFailure =
  /** Answers this at a step with a status and words. */
  | {
      readonly at: 'greeting' | 'sign-in' | 'sender' | 'recipient' | 'content';
      readonly status: number;
      readonly words: string;
    }
  /** Takes the connection, or the whole message, and says nothing more. */
  | { readonly at: 'greeting' | 'content'; readonly hang: true }
  /** Ends the connection in the middle of the content, or when it has all of it and has kept it. */
  | { readonly at: 'content' | 'end of content'; readonly cut: true }
  /** Has all of the content, keeps it, and says nothing more. */
  | { readonly at: 'end of content'; readonly keep: true };

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came: headers, and parts as quoted-printable or base64. */
  readonly source: string;
  readonly isEncrypted: boolean;
  readonly user: string | null;
}

export interface TestMailServer {
  /** How it is reached; without sign-in, unless one was asked for. */
  readonly settings: MailServer;
  readonly mails: readonly ReceivedMail[];
  /** Connections so far. */
  readonly connections: number;
  /** The name that clients said they have. */
  readonly clientNames: readonly string[];
  /** How many failures nobody met yet. */
  readonly failuresLeft: number;
  fail(...failures: readonly MailFailure[]): void;
  close(): Promise<void>;
}

export interface MailServerOptions {
  /** `none` when absent. */
  readonly security?: MailServer['security'];
  readonly certificate?: ServerCertificate;
  /** No mail without it. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Takes mail from these senders only. */
  readonly senders?: readonly string[];
}

export async function startMailServer(options: MailServerOptions = {}): Promise<TestMailServer> {
  const { security = 'none', certificate, credentials, senders } = options;
  const mails: ReceivedMail[] = [];
  const clientNames: string[] = [];
  const failures: MailFailure[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const take = <At extends MailFailure['at']>(...steps: readonly At[]): Extract<MailFailure, { at: At }> | null => {
    const next = failures[0];
    if (!next || !steps.some((step) => step === next.at)) return null;
    failures.shift();
    return next as Extract<MailFailure, { at: At }>;
  };
  const refusal = (failure: MailFailure | null): Error | null =>
    failure && 'status' in failure ? Object.assign(new Error(failure.words), { responseCode: failure.status }) : null;

  const server = new SMTPServer({
    secure: security === 'tls',
    ...(certificate ? { key: certificate.key, cert: certificate.certificate } : {}),
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: credentials === undefined,
    disabledCommands: [...(security === 'starttls' ? [] : ['STARTTLS']), ...(credentials ? [] : ['AUTH'])],
    // On loopback alone: Quire never signs in to another computer in the clear.
    allowInsecureAuth: security === 'none',
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(_session, done) {
      const failure = take('greeting');
      if (failure && 'hang' in failure) return;
      done(refusal(failure));
    },
    onAuth({ username, password }, _session, done) {
      const failed = refusal(take('sign-in'));
      if (failed) return done(failed);
      if (username !== credentials?.user || password !== credentials?.password) {
        return done(Object.assign(new Error('5.7.8 Authentication failed'), { responseCode: 535 }));
      }
      done(null, { user: username });
    },
    onMailFrom({ address }, session, done) {
      clientNames.push(session.hostNameAppearsAs);
      const failed = refusal(take('sender'));
      if (failed) return done(failed);
      if (senders && !senders.includes(address)) {
        return done(
          Object.assign(new Error('5.7.1 Sender address rejected: not owned by user'), { responseCode: 553 }),
        );
      }
      done();
    },
    onRcptTo(_address, _session, done) {
      done(refusal(take('recipient')));
    },
    onData(stream, session, done) {
      const failure = take('content', 'end of content');
      if (failure && 'cut' in failure && failure.at === 'content') {
        stream.once('data', cutAll);
        return;
      }
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (failure && 'hang' in failure) return;
        const failed = refusal(failure);
        if (failed) return done(failed);
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(parts).toString('utf8'),
          isEncrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        if (failure && 'cut' in failure) return cutAll();
        if (failure && 'keep' in failure) return;
        done();
      });
    },
  });
  // A client that does not trust the certificate hangs up: that is what some tests are about.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    settings: {
      host: '127.0.0.1',
      port: (server.server.address() as AddressInfo).port,
      security,
      user: credentials?.user ?? '',
      sender: 'quire@example.com',
      authority: '',
    },
    mails,
    clientNames,
    get connections() {
      return connections;
    },
    get failuresLeft() {
      return failures.length;
    },
    fail: (...next) => void failures.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
}

/** The words of one part of a mail, decoded. */
export function textOf({ source }: ReceivedMail, type: 'text/plain' | 'text/html' = 'text/plain'): string {
  const parts = source.split(/\r\n--[^\r\n]+\r\n/);
  const part =
    parts.find((candidate) => candidate.slice(0, 200).toLowerCase().includes(`content-type: ${type}`)) ?? source;
  const end = part.indexOf('\r\n\r\n');
  const [head, body] = [part.slice(0, end), part.slice(end + 4)];
  if (/base64/i.test(head)) return Buffer.from(body.split('\r\n--')[0] ?? '', 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The code in a mail, as it is shown. */
export function codeOf(mail: ReceivedMail): string {
  const code = /^\s*([2-9A-Z]{4}-[2-9A-Z]{4})\s*$/m.exec(textOf(mail))?.[1];
  if (code === undefined) throw new Error('The mail has no code.');
  return code;
}
