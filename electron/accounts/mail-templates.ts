/**
 * The mails that Quire sends, as plain text and as HTML. Pure.
 *
 * Neither holds a link, a picture or anything else from elsewhere, and the HTML names no colour of text or ground, so that
 * it is read in light and in dark as the mail program shows it.
 */
import type { MailKind } from '../../shared/requests/mail.ts';
import { codeLifetime, formatCode } from './one-time-codes.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Words {
  readonly subject: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const minutes = codeLifetime / 60_000;
const newest = `It holds for ${minutes} minutes, once, and only the newest code counts.`;

const words: Readonly<Record<MailKind, Words>> = {
  welcome: {
    subject: 'Welcome to Quire',
    before: [
      'Your account in Quire was made. What you keep in it stays on your computer.',
      'To confirm that this is your e-mail address, type this code in Quire’s Settings, under Account:',
    ],
    after: [newest, 'If you did not make an account, somebody mistyped their address, and you can ignore this mail.'],
  },
  'verify-email': {
    subject: 'Your code to confirm your e-mail address',
    before: ['To confirm that this is your e-mail address, type this code in Quire’s Settings, under Account:'],
    after: [newest, 'If you did not ask for it, you can ignore this mail.'],
  },
  'reset-password': {
    subject: 'Your code for a new password',
    before: [
      'Somebody asked for a new password for your account in Quire. To choose one, type this code where it was asked for:',
    ],
    after: [newest, 'If that was not you, ignore this mail, and tell nobody the code: your password stays as it is.'],
  },
};

/** @param code As `makeCode` made it. */
export function accountMail(kind: MailKind, name: string, code: string): MailText {
  const { subject, before, after } = words[kind];
  const shown = formatCode(code);
  const [first = '', ...rest] = before;
  const greeting = greet(name);
  return {
    subject,
    text: toText([greeting, first, ...rest, `    ${shown}`, ...after]),
    html: toHtml(subject, [
      ...[greeting, first, ...rest].map(paragraph),
      `<p style="margin:24px 0;padding:12px 16px;border:1px solid #888;border-radius:8px;font:600 24px/1.3 ui-monospace,Consolas,monospace;letter-spacing:2px;text-align:center">${escapeHtml(shown)}</p>`,
      ...after.map(paragraph),
    ]),
  };
}

/** What an administrator sends to see whether a mail server works. */
export function testMail(): MailText {
  const subject = 'A test message from Quire';
  const sentence = 'This is a test message: Quire can send mail with these settings.';
  return { subject, text: toText([sentence]), html: toHtml(subject, [paragraph(sentence)]) };
}

/** Characters of a name. */
const longestName = 60;

/**
 * SECURITY: whoever makes an account chooses its name and whom the first mail goes to. Mail programs make links of what
 * looks like an address, so a name that could be one is left out.
 */
function greet(name: string): string {
  const plain = name.replace(/[\p{C}\s]+/gu, ' ').trim();
  const isSafe = plain !== '' && plain.length <= longestName && !/[:/\\@<>]|www|\.\S/iu.test(plain);
  return isSafe ? `Hello ${plain},` : 'Hello,';
}

function toText(paragraphs: readonly string[]): string {
  return `${[...paragraphs, signature].join('\n\n')}\n`;
}

const signature = '— Quire';

function toHtml(title: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    '</head>',
    '<body style="margin:0;padding:24px">',
    '<div style="max-width:480px;margin:0 auto;font:16px/1.5 system-ui,-apple-system,\'Segoe UI\',Roboto,sans-serif">',
    ...body,
    paragraph(signature),
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function paragraph(text: string): string {
  return `<p style="margin:16px 0">${escapeHtml(text)}</p>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
