/** What an attempt to send mail failed for, in words that say what to change. */
import { AppError, assertNever } from '../../shared/errors.ts';
import type { MailServer, MailStep } from '../../shared/requests/mail.ts';
import type { Delivery } from '../accounts/ports/mailer.ts';

/** How far an attempt came. */
export interface Progress {
  step: MailStep;
  /** The server asked for the content, and it was written. */
  isHandedOver: boolean;
}

export interface FailureContext extends Readonly<Progress> {
  readonly server: MailServer;
  readonly password: string | null;
  readonly recipient: string;
  /** The app ended it. */
  readonly isStopped: boolean;
}

/** What nodemailer's errors carry: https://nodemailer.com/errors */
interface SmtpError {
  readonly code?: string;
  /** Of the system or of TLS, where `code` is nodemailer’s own. */
  readonly originalCode?: string;
  /** The command that was answered, `MAIL FROM` for one. */
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

type Failure = Extract<Delivery, { readonly isSent: false }>;

/** Turns what nodemailer throws into what the port tells. */
export function describeFailure(thrown: unknown, context: FailureContext): Failure {
  if (context.isStopped) {
    const error = new AppError('cancelled', 'Sending was stopped.', { retryable: true });
    return { isSent: false, step: context.step, error, isFinal: false, isUncertain: context.isHandedOver };
  }
  const error = (thrown instanceof Error ? thrown : {}) as SmtpError;
  const status = error.responseCode ?? 0;
  const step = stepOf(error, context);
  const { message, hint } = explain(error, step, context);
  return {
    isSent: false,
    step,
    error: new AppError('mail-failed', message, {
      hint,
      retryable: status < 500 && !isCertificateError(codeOf(error)),
      // SECURITY: the error itself may repeat what was sent, the password among it, and logs keep causes.
      cause: new Error(`${step}: ${codeOf(error)} ${error.command ?? ''} ${status || ''}`.trim()),
    }),
    // Only what the server has against this recipient or this content: the rest changes with the settings.
    isFinal: status >= 500 && (error.command === 'RCPT TO' || error.command === 'DATA'),
    isUncertain: context.isHandedOver && status === 0,
  };
}

function codeOf({ code, originalCode }: SmtpError): string {
  return originalCode ?? code ?? 'unknown';
}

/** nodemailer’s own codes of what is no matter of TLS, whatever the system’s code is. */
const notOfTls = new Set(['EDNS', 'ETIMEDOUT', 'EPROTOCOL']);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNECTION',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** With TLS from the first byte, connecting and encrypting are one step of nodemailer’s; what failed tells them apart. */
function stepOf(error: SmtpError, { step, server }: FailureContext): MailStep {
  if (step !== 'connect') return step;
  if (error.code === 'ETLS' || error.command === 'STARTTLS' || isCertificateError(codeOf(error))) return 'encrypt';
  if (error.responseCode !== undefined || notOfTls.has(error.code ?? '')) return 'connect';
  return server.security === 'tls' && !networkCodes.has(codeOf(error)) ? 'encrypt' : 'connect';
}

interface Words {
  readonly message: string;
  readonly hint: string;
}

const settings = 'Settings, Mail server';

function explain(error: SmtpError, step: MailStep, context: FailureContext): Words {
  switch (step) {
    case 'connect':
      return explainConnection(error, context);
    case 'encrypt':
      return explainEncryption(error, context);
    case 'sign-in':
      return explainSignIn(error, context);
    case 'send':
      return explainRefusal(error, context);
    default:
      return assertNever(step);
  }
}

function explainConnection(error: SmtpError, context: FailureContext): Words {
  const { host, port, security } = context.server;
  const place = `${host}, port ${port},`;
  const code = codeOf(error);
  if (error.code === 'EDNS') {
    return {
      message: `There is no server called ${host}, or the network is down.`,
      hint: `Check the name in ${settings}, and the network.`,
    };
  }
  if (error.responseCode !== undefined) {
    return {
      message: `${host} takes no mail now${serverWords(error, context)}.`,
      hint: 'Try again later, or ask whoever runs the server.',
    };
  }
  if (code === 'ETIMEDOUT') {
    return {
      message: `${place} did not answer in time.`,
      hint:
        security === 'tls'
          ? `Check the port in ${settings}: with TLS from the start it is usually 465. A firewall may be in the way.`
          : `Check the port in ${settings}: with STARTTLS it is usually 587. A server that wants TLS from the start says nothing, either.`,
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      message: `Nothing answers at ${host}, port ${port}.`,
      hint: `Check name and port in ${settings}, and whether the server runs.`,
    };
  }
  return {
    message: `The connection to ${place} could not be made or broke off.`,
    hint: 'Check the network, then try again.',
  };
}

/** Node's codes of a chain that does not verify: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCodes = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
const dateCodes = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const wrongName = 'ERR_TLS_CERT_ALTNAME_INVALID';

function isCertificateError(code: string): boolean {
  return certificateCodes.has(code) || dateCodes.has(code) || code === wrongName;
}

function explainEncryption(error: SmtpError, { server: { host, port, security } }: FailureContext): Words {
  const code = codeOf(error);
  if (code === wrongName) {
    return {
      message: `The certificate of ${host} is for a server of another name.`,
      hint: `Enter the server’s name in ${settings} as its certificate has it; nothing was sent.`,
    };
  }
  if (dateCodes.has(code)) {
    return {
      message: `The certificate of ${host} has expired or does not hold yet.`,
      hint: 'Check this computer’s date, or ask whoever runs the server; nothing was sent.',
    };
  }
  if (certificateCodes.has(code)) {
    return {
      message: `The certificate of ${host} is from nobody that Quire knows.`,
      hint: `If the server is your own, enter the certificate of its authority in ${settings}; nothing was sent.`,
    };
  }
  return security === 'tls'
    ? {
        message: `${host} does not speak TLS on port ${port}.`,
        hint: `Choose STARTTLS in ${settings} (usually port 587), or the port for TLS (usually 465).`,
      }
    : {
        message: `${host} offers no encryption by STARTTLS on port ${port}.`,
        hint: `Choose TLS in ${settings} (usually port 465); without encryption Quire sends no mail over a network.`,
      };
}

function explainSignIn(error: SmtpError, context: FailureContext): Words {
  const { host, user } = context.server;
  if (error.responseCode === undefined) {
    return error.code === 'EAUTH'
      ? { message: `There is no password to sign in to ${host} with.`, hint: `Enter it in ${settings}.` }
      : { message: `The connection to ${host} broke off at the sign-in.`, hint: 'Try again in a moment.' };
  }
  if (error.responseCode < 500) {
    return {
      message: `${host} takes no sign-in now${serverWords(error, context)}.`,
      hint: 'Try again in a few minutes.',
    };
  }
  return {
    message: `${host} refused the sign-in of ${user}${serverWords(error, context)}.`,
    hint: `Check user and password in ${settings}; many providers want a password made for one app. Leave the user empty where the server wants no sign-in.`,
  };
}

function explainRefusal(error: SmtpError, context: FailureContext): Words {
  const { host, sender, user } = context.server;
  const said = serverWords(error, context);
  if (error.responseCode === undefined) {
    return { message: `The connection to ${host} broke off while the mail was sent.`, hint: 'Try again in a moment.' };
  }
  if (error.responseCode < 500) {
    return { message: `${host} does not take the mail now${said}.`, hint: 'Try again in a few minutes.' };
  }
  if (error.command === 'MAIL FROM') {
    return user === ''
      ? {
          message: `${host} takes no mail from ${sender} without a sign-in${said}.`,
          hint: `Enter user and password in ${settings}.`,
        }
      : {
          message: `${host} does not let ${user} send as ${sender}${said}.`,
          hint: `Enter an address of this user as the sender in ${settings}.`,
        };
  }
  if (error.command === 'RCPT TO') {
    return {
      message: `${host} takes no mail for ${context.recipient}${said}.`,
      hint: 'Check the address; some servers take mail for others only after a sign-in.',
    };
  }
  return { message: `${host} refused the message${said}.`, hint: 'Ask whoever runs the server.' };
}

/** Characters of a server's own words that a message repeats. */
const wordsLimit = 200;

/**
 * `: what the server said`, one line; empty when it said nothing.
 * SECURITY: some servers repeat the line that they did not like, which may be the one with the password.
 */
function serverWords({ response = '' }: SmtpError, { password, server }: FailureContext): string {
  const secrets = password
    ? [
        password,
        base64(password),
        base64(`\u0000${server.user}\u0000${password}`),
        base64(`${server.user}\u0000${server.user}\u0000${password}`),
      ]
    : [];
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), response);
  const line = hidden
    .replace(/^\d{3}[ -]/gm, '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  if (line === '') return '';
  return `: ${line.length > wordsLimit ? `${line.slice(0, wordsLimit)}…` : line}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
