/** What the contract lets through as a mail server. */
import { describe, expect, test } from 'vitest';
import { mailServerSchema } from '../../../shared/requests/mail.ts';
import { mailServer as server } from '../../helpers/mail-settings.ts';

const isTaken = (change: Partial<Record<keyof typeof server, unknown>>): boolean =>
  mailServerSchema.safeParse({ ...server, ...change }).success;

describe('a mail server', () => {
  test('may be a name or an address, of another port', () => {
    for (const host of ['smtp.example.com', 'SMTP.Example.com', 'mail', '192.0.2.1', '2001:db8::1', 'localhost']) {
      expect([host, isTaken({ host })]).toEqual([host, true]);
    }
    expect(mailServerSchema.parse({ ...server, host: ' SMTP.Example.com ' }).host).toBe('smtp.example.com');
  });

  test('is no address of the web, no path and no second line', () => {
    for (const host of ['', 'https://smtp.example.com', 'smtp.example.com:465', 'a/b', 'a b', 'a\r\nb', '-a', 'a@b']) {
      expect([host, isTaken({ host })]).toEqual([host, false]);
    }
    for (const port of [0, 65_536, 25.5, '25']) expect(isTaken({ port })).toBe(false);
    expect(isTaken({ user: 'ann\r\nMAIL FROM:<x>' })).toBe(false);
  });

  // Codes that set passwords go through it.
  test('without encryption is on this computer', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(isTaken({ host, security: 'none' })).toBe(true);
    for (const host of ['smtp.example.com', '192.168.0.1', '127.0.0.1.example.com', 'localhost.example.com']) {
      expect([host, isTaken({ host, security: 'none' })]).toEqual([host, false]);
    }
  });

  test('sends from one address', () => {
    for (const sender of [
      '',
      'quire',
      'a@example.com, b@example.com',
      'Ann <a@example.com>',
      'a@example.com\nBcc: b@c.de',
    ]) {
      expect([sender, isTaken({ sender })]).toEqual([sender, false]);
    }
  });
});
