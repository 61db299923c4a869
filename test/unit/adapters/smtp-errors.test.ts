/** What a failed attempt is called, and what is never told of it. */
import { describe, expect, test } from 'vitest';
import { describeFailure, type FailureContext } from '../../../electron/adapters/smtp-errors.ts';
import { mailServer as server } from '../../helpers/mail-settings.ts';

const context: FailureContext = {
  server,
  password: 'hunter two',
  recipient: 'bob@example.com',
  step: 'connect',
  isHandedOver: false,
  isStopped: false,
};
const fail = (error: Record<string, unknown>, change: Partial<FailureContext> = {}) =>
  describeFailure(Object.assign(new Error('Raw words: hunter two'), error), { ...context, ...change });

describe('a failure', () => {
  // nodemailer calls both ECONNECTION or ESOCKET; only the system's own code tells them apart.
  test('to connect is told from one to encrypt', () => {
    expect(fail({ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }).step).toBe('connect');
    expect(fail({ code: 'EDNS', originalCode: 'ENOTFOUND' }).error.message).toContain(
      'no server called smtp.example.com',
    );
    for (const originalCode of [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'CERT_HAS_EXPIRED',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'EPROTO',
    ]) {
      expect([originalCode, fail({ code: 'ESOCKET', originalCode }).step]).toEqual([originalCode, 'encrypt']);
    }
    expect(fail({ code: 'ETLS', command: 'STARTTLS' }, { server: { ...server, security: 'starttls' } }).step).toBe(
      'encrypt',
    );
    expect(fail({ code: 'ETIMEDOUT' }).error.message).toContain('did not answer in time');
  });

  test('for want of a password says so', () => {
    const { error, isFinal } = fail({ code: 'EAUTH', command: 'API' }, { step: 'sign-in', password: null });
    expect(error.message).toContain('no password');
    expect(isFinal).toBe(false);
  });

  test('is final only when the server has something against this recipient or this content', () => {
    const refuse = (command: string, responseCode: number) =>
      fail({ code: 'EENVELOPE', command, responseCode, response: `${responseCode} No` }, { step: 'send' }).isFinal;
    expect([refuse('RCPT TO', 550), refuse('DATA', 554)]).toEqual([true, true]);
    expect([refuse('MAIL FROM', 550), refuse('RCPT TO', 451), refuse('DATA', 421)]).toEqual([false, false, false]);
  });

  test('is uncertain only when the content was handed over and no word came back', () => {
    const at = { step: 'send', isHandedOver: true } as const;
    expect(fail({ code: 'ECONNECTION' }, at).isUncertain).toBe(true);
    expect(fail({ code: 'ECONNECTION' }, { ...at, isHandedOver: false }).isUncertain).toBe(false);
    expect(fail({ code: 'EMESSAGE', command: 'DATA', responseCode: 451 }, at).isUncertain).toBe(false);
    expect(fail({}, { ...at, isStopped: true })).toMatchObject({ isUncertain: true, error: { code: 'cancelled' } });
  });

  test('keeps what the server said on one line, and nothing of the password', () => {
    const { error } = fail(
      { code: 'EAUTH', responseCode: 535, response: '535-5.7.8 Bad\r\n535 5.7.8 hunter two' },
      { step: 'sign-in' },
    );
    expect(error.message).toContain('5.7.8 Bad 5.7.8 …');
    expect([error.message, error.hint, error.stack, (error.cause as Error).stack].join()).not.toContain('hunter');
  });
});
