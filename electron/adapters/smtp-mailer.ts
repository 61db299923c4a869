/**
 * Sends mail over SMTP with nodemailer's connection: one connection a message, encrypted, the server's certificate
 * checked, everything limited in time.
 */
import { Readable } from 'node:stream';
import tls from 'node:tls';
import type SmtpConnection from 'nodemailer/lib/smtp-connection';
import type { Delivery, Mailer, MailMessage, MailServerAccess } from '../accounts/ports/mailer.ts';
import { AppError } from '../../shared/errors.ts';
import type { MailStep } from '../../shared/requests/mail.ts';
import { isThisComputer } from '../../shared/this-computer.ts';
import { describeFailure, type Progress } from './smtp-errors.ts';

/** Milliseconds. */
export interface MailTimeLimits {
  /** For the name to be looked up, the connection, and its first word. */
  readonly answer: number;
  /** For the whole attempt. */
  readonly whole: number;
}

const usualLimits: MailTimeLimits = { answer: 15_000, whole: 60_000 };
/** Milliseconds that a server has to say goodbye. */
const farewell = 1_000;

/** What mails are from, beside the address. */
const senderName = 'Quire';

export function createSmtpMailer(limits: MailTimeLimits = usualLimits): Mailer {
  return { send: (access, message, signal) => send(access, message, limits, signal) };
}

/** Loaded with the first mail: few installations ever send one. */
async function load() {
  const [connection, composer] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    import('nodemailer/lib/mail-composer'),
  ]);
  return { Connection: connection.default, Composer: composer.default };
}

async function send(
  access: MailServerAccess,
  message: MailMessage,
  limits: MailTimeLimits,
  signal: AbortSignal | undefined,
): Promise<Delivery> {
  const { server, password } = access;
  const { Connection, Composer } = await load();
  const content = await new Composer(compose(access, message)).compile().build();
  const progress: Progress = { step: 'connect', isHandedOver: false };
  const reach = (step: MailStep): void => void (progress.step = step);
  const connection = new Connection({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    // SECURITY: a server, or whoever stands between, that offers no encryption gets no mail in its place.
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    // The name of this computer is nobody’s business (RFC 5321, 4.1.3 allows an address in its place).
    name: '[127.0.0.1]',
    // Without a network a name of this computer is looked up all the same.
    allowInternalNetworkInterfaces: isThisComputer(server.host),
    dnsTimeout: limits.answer,
    connectionTimeout: limits.answer,
    greetingTimeout: limits.answer,
    socketTimeout: limits.whole,
    tls: {
      // SECURITY: said here, because NODE_TLS_REJECT_UNAUTHORIZED would switch it off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(server.authority === '' ? {} : { ca: [...tls.rootCertificates, server.authority] }),
    },
  });
  try {
    await converse(
      connection,
      access,
      { from: server.sender, to: message.to, content },
      { progress, reach, limits, signal },
    );
    // The message is the server’s now, whatever it answers to the goodbye.
    connection.quit();
    setTimeout(() => connection.close(), farewell).unref();
    return { isSent: true };
  } catch (thrown) {
    if (connection.upgrading) reach('encrypt');
    connection.close();
    return describeFailure(thrown, {
      server,
      password,
      recipient: message.to,
      ...progress,
      isStopped: signal?.aborted ?? false,
    });
  }
}

interface Conversation {
  readonly progress: Progress;
  readonly reach: (step: MailStep) => void;
  readonly limits: MailTimeLimits;
  readonly signal: AbortSignal | undefined;
}

/** Connects, signs in and hands the message over. Rejects with what nodemailer says, or at a limit, or by the signal. */
function converse(
  connection: SmtpConnection,
  { server, password }: MailServerAccess,
  { from, to, content }: { readonly from: string; readonly to: string; readonly content: Buffer },
  { progress, reach, limits, signal }: Conversation,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('stopped'));
    const overdue = setTimeout(() => reject(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })), limits.whole);
    const settle = <Values extends readonly unknown[]>(
      end: (...values: Values) => void,
    ): ((...values: Values) => void) => {
      return (...values) => {
        clearTimeout(overdue);
        signal?.removeEventListener('abort', stop);
        end(...values);
      };
    };
    resolve = settle(resolve);
    reject = settle(reject);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) return stop();
    // Stays to the end: an error that nobody listens to would end the app.
    connection.on('error', reject);
    connection.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));

    const hand = (): void => {
      reach('send');
      // A generator runs when it is first read from: that is, when the server has said that it wants the content.
      const parts = (function* () {
        progress.isHandedOver = true;
        yield content;
      })();
      connection.send({ from, to: [to], size: content.length }, Readable.from(parts, { objectMode: false }), (error) =>
        error ? reject(error) : resolve(),
      );
    };
    connection.connect((failure) => {
      if (failure) return reject(failure);
      if (server.user === '') return hand();
      reach('sign-in');
      connection.login({ user: server.user, pass: password ?? '' }, (error) => (error ? reject(error) : hand()));
    });
  });
}

function compose({ server }: MailServerAccess, { id, to, subject, text, html }: MailMessage) {
  const domain = server.sender.slice(server.sender.lastIndexOf('@') + 1);
  // SECURITY: addresses and subject are one line each, or the rest would be headers of the sender’s choice.
  for (const line of [server.sender, to, subject, id]) {
    if (/\p{Cc}/u.test(line)) throw new AppError('request-invalid', 'An address or a subject is one line.');
  }
  return {
    from: { name: senderName, address: server.sender },
    to: { name: '', address: to },
    subject,
    text,
    html,
    messageId: `<${id}@${domain}>`,
    // So that no out-of-office reply comes back (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    // SECURITY: nothing in a message makes a file or an address of the network part of it.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
