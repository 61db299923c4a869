/** The mails' words: whole in both forms, with nothing from elsewhere, and nothing that a name could smuggle in. */
import { describe, expect, test } from 'vitest';
import { accountMail, testMail } from '../../../electron/accounts/mail-templates.ts';

const kinds = ['welcome', 'verify-email', 'reset-password'] as const;

describe.each(kinds)('the mail %s', (kind) => {
  const mail = accountMail(kind, 'Ann Lee', 'ABCDEFGH');

  test('has the code, how long it holds and what to do otherwise in both forms', () => {
    for (const form of [mail.text, mail.html]) {
      expect(form).toContain('Hello Ann Lee,');
      expect(form).toContain('ABCD-EFGH');
      expect(form).toContain('30 minutes');
      expect(form).toMatch(/ignore this mail/);
    }
    // Programs that make codes copyable look for it on a line of its own.
    expect(mail.text).toMatch(/^\s*ABCD-EFGH$/m);
    expect(mail.subject).not.toContain('ABCD');
  });

  test('loads nothing, leads nowhere and runs nothing', () => {
    expect(mail.html).not.toMatch(
      /https?:|url\(|src=|href=|<(?:img|link|script|iframe|form|object|base|a)\b|\bon\w+=/i,
    );
    expect(mail.text).not.toMatch(/https?:|www\./);
  });

  test('is read in light and in dark: no colour of text or ground is fixed', () => {
    expect(mail.html).toContain('<meta name="color-scheme" content="light dark">');
    expect(mail.html).not.toMatch(/(?:^|[;"\s{])(?:background(?:-color)?|color)\s*:|bgcolor/i);
  });
});

describe('a name', () => {
  const greeting = (name: string): string => accountMail('welcome', name, 'ABCDEFGH').text.split('\n')[0] ?? '';

  test('is text, whatever it looks like', () => {
    const { html, text } = accountMail('welcome', `Ann & "Bob's"`, 'ABCDEFGH');
    expect(html).toContain('Hello Ann &amp; &quot;Bob&#39;s&quot;,');
    expect(text).toContain(`Hello Ann & "Bob's",`);
    expect(accountMail('welcome', '<b>Ann</b>', 'ABCDEFGH').html).not.toContain('<b>');
  });

  test('stays on one line', () => {
    expect(greeting('Ann\r\n\r\nYour password is wanted')).toBe('Hello Ann Your password is wanted,');
    expect(greeting('Ann\u202egnp.exe')).toBe('Hello,');
  });

  // Whoever makes an account chooses the name and the address that the first mail goes to.
  test.each(['https://evil.example', 'evil.example/win', 'www evil', 'mail me@evil.example', 'x'.repeat(61), '', ' '])(
    'that could be a link or a letter is left out: %s',
    (name) => expect(greeting(name)).toBe('Hello,'),
  );

  test.each(['J. R. Smith', 'Ödön von Horváth', 'José', '李小龍', 'Mary-Jane O’Neil'])(
    'of a person is used: %s',
    (name) => expect(greeting(name)).toBe(`Hello ${name},`),
  );
});

test('the test message has both forms and no code', () => {
  const { text, html } = testMail();
  expect(text).toContain('test message');
  expect(html).toContain('test message');
  expect(html).not.toMatch(/https?:|<a\b/i);
});
