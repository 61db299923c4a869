/** Mail over real SMTP on loopback: what arrives, what is refused before anything is sent, and what is said of failures. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Delivery, MailMessage } from '../../electron/accounts/ports/mailer.ts';
import { createSmtpMailer } from '../../electron/adapters/smtp-mailer.ts';
import type { MailServer } from '../../shared/requests/mail.ts';
import { makeCertificates, type TestCertificates } from '../helpers/certificates.ts';
import { startMailServer, textOf, type MailServerOptions, type TestMailServer } from '../helpers/smtp-server.ts';

const message: MailMessage = {
  id: 'b7e1.1',
  to: 'ann@example.com',
  subject: 'Your code – für Ann',
  text: 'Grüße: ABCD-EFGH\n',
  html: '<p>Grüße: <b>ABCD-EFGH</b></p>\n',
};
const credentials = { user: 'quire', password: 'correct horse battery' };

const mailer = createSmtpMailer();
const impatient = createSmtpMailer({ answer: 1_000, whole: 2_500 });
let certificates: TestCertificates;
const servers: TestMailServer[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => vi.unstubAllEnvs());

async function start(options: MailServerOptions = {}): Promise<TestMailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

/** With the authority of the test's own, and the password where there is a user. */
function send(
  server: MailServer,
  change: Partial<MailServer> = {},
  password = credentials.password,
  by = mailer,
): Promise<Delivery> {
  const settings = { ...server, authority: server.security === 'none' ? '' : certificates.authority, ...change };
  return by.send({ server: settings, password: settings.user === '' ? null : password }, message);
}

/** To a server that says nothing. */
const sendImpatiently = (server: MailServer): Promise<Delivery> => send(server, {}, '', impatient);

function failed(delivery: Delivery): Extract<Delivery, { isSent: false }> {
  if (delivery.isSent) throw new Error('It was sent.');
  return delivery;
}

describe('a message', () => {
  test('arrives once, whole, in both forms, and says what sent it', async () => {
    const server = await start();
    expect(await send(server.settings)).toEqual({ isSent: true });
    const [mail, ...others] = server.mails;
    if (!mail) throw new Error('Nothing arrived.');
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ from: 'quire@example.com', to: ['ann@example.com'], isEncrypted: false, user: null });
    expect(textOf(mail).trim()).toBe('Grüße: ABCD-EFGH');
    expect(textOf(mail, 'text/html').trim()).toBe('<p>Grüße: <b>ABCD-EFGH</b></p>');
    expect(mail.source).toMatch(/^Message-ID: <b7e1\.1@example\.com>\r$/im);
    expect(mail.source).toMatch(/^Auto-Submitted: auto-generated\r$/im);
    expect(mail.source).toMatch(/^From: Quire <quire@example\.com>\r$/im);
    expect(mail.source).not.toMatch(/nodemailer|^x-mailer/im);
  });

  test('does not tell the name of this computer', async () => {
    const server = await start();
    await send(server.settings);
    expect(server.clientNames).toEqual(['[127.0.0.1]']);
  });

  // The header would be the sender's to choose: a hidden recipient, another subject.
  test.each([
    { to: 'ann@example.com\r\nBcc: eve@example.com' },
    { subject: 'Hello\r\nBcc: eve@example.com' },
    { id: 'x>\r\nBcc: eve@example.com' },
  ])('with a second line in a header is not sent: %o', async (change) => {
    const server = await start();
    const access = { server: server.settings, password: null };
    await expect(mailer.send(access, { ...message, ...change })).rejects.toMatchObject({ code: 'request-invalid' });
    expect(server.mails).toEqual([]);
  });

  test('goes to its one address, whatever the address looks like', async () => {
    const server = await start();
    const access = { server: server.settings, password: null };
    await mailer.send(access, { ...message, to: 'ann,eve@example.com' });
    expect(server.mails.flatMap(({ to }) => to).filter((address) => address.startsWith('eve'))).toEqual([]);
  });
});

describe('encryption', () => {
  test.each(['tls', 'starttls'] as const)('by %s with an authority of one’s own, and a sign-in', async (security) => {
    const server = await start({ security, certificate: certificates.server, credentials });
    expect(await send(server.settings)).toEqual({ isSent: true });
    expect(server.mails).toMatchObject([{ isEncrypted: true, user: 'quire' }]);
  });

  test.each(['tls', 'starttls'] as const)('by %s: no server that nobody vouches for gets a word', async (security) => {
    const server = await start({ security, certificate: certificates.server, credentials });
    const delivery = failed(await send(server.settings, { authority: '' }));
    expect(delivery).toMatchObject({ step: 'encrypt', isFinal: false, isUncertain: false });
    expect(delivery.error).toMatchObject({
      code: 'mail-failed',
      message: expect.stringContaining('nobody that Quire knows') as string,
    });
    expect(server.mails).toEqual([]);
  });

  test.each(['tls', 'starttls'] as const)(
    'by %s: nor does one of another name, or one that is over',
    async (security) => {
      const other = await start({ security, certificate: certificates.otherName });
      const expired = await start({ security, certificate: certificates.expired });
      expect(failed(await send(other.settings)).error.message).toContain('another name');
      expect(failed(await send(expired.settings)).error.message).toContain('expired');
      expect([...other.mails, ...expired.mails]).toEqual([]);
    },
  );

  test('cannot be switched off from outside', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await start({ security: 'tls', certificate: certificates.server });
    expect(failed(await send(server.settings, { authority: '' })).step).toBe('encrypt');
    vi.unstubAllEnvs();
  });

  // Whoever stands between may take STARTTLS out of what the server offers.
  test('that is not offered is not done without', async () => {
    const server = await start({ security: 'none', credentials });
    const delivery = failed(await send({ ...server.settings, security: 'starttls' }));
    expect(delivery).toMatchObject({
      step: 'encrypt',
      error: { message: expect.stringContaining('STARTTLS') as string },
    });
    expect(server.mails).toEqual([]);
  });

  test('at the wrong port says which one to try', async () => {
    const plain = await start();
    const delivery = failed(await send({ ...plain.settings, security: 'tls' }));
    expect(delivery).toMatchObject({ step: 'encrypt', error: { hint: expect.stringContaining('STARTTLS') as string } });
    const encrypted = await start({ security: 'tls', certificate: certificates.server });
    const silent = await impatient.send(
      { server: { ...encrypted.settings, security: 'starttls' }, password: null },
      message,
    );
    expect(failed(silent).step).toBe('connect');
  });
});

describe('a refusal', () => {
  test('of the sign-in names the user and no password', async () => {
    const server = await start({ security: 'tls', certificate: certificates.server, credentials });
    const delivery = failed(await send(server.settings, {}, 'wrong password'));
    expect(delivery).toMatchObject({ step: 'sign-in', isFinal: false, isUncertain: false });
    expect(delivery.error).toMatchObject({ code: 'mail-failed', retryable: false });
    expect(delivery.error.message).toContain('refused the sign-in of quire');
  });

  // Some servers repeat the command that they did not like; AUTH PLAIN carries the password in base64.
  test('that repeats the password is told without it', async () => {
    const server = await start({ security: 'tls', certificate: certificates.server, credentials });
    const secrets = [
      credentials.password,
      Buffer.from(credentials.password).toString('base64'),
      Buffer.from(`\0quire\0${credentials.password}`).toString('base64'),
    ];
    server.fail({ at: 'sign-in', status: 535, words: `I do not know ${secrets.join(' or ')}` });
    const { error } = failed(await send(server.settings));
    const told = [error.message, error.hint, String(error.cause), (error.cause as Error).stack, error.stack].join('\n');
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(error.message).toContain('I do not know');
  });

  test('of the sender is a matter of the settings, not of the mail', async () => {
    const server = await start({ senders: ['other@example.com'] });
    const delivery = failed(await send(server.settings));
    expect(delivery).toMatchObject({ step: 'send', isFinal: false });
    expect(delivery.error.message).toContain('quire@example.com');
    expect(delivery.error.message).toContain('without a sign-in');
  });

  test('of the recipient or of the content for good ends it', async () => {
    const server = await start();
    server.fail(
      { at: 'recipient', status: 550, words: '5.1.1 No such user' },
      { at: 'content', status: 554, words: '5.7.1 Looks like spam' },
    );
    const recipient = failed(await send(server.settings));
    expect(recipient).toMatchObject({ step: 'send', isFinal: true, isUncertain: false });
    expect(recipient.error.message).toContain('ann@example.com: 5.1.1 No such user');
    const content = failed(await send(server.settings));
    expect(content).toMatchObject({ step: 'send', isFinal: true, isUncertain: false });
    expect(content.error.message).toContain('Looks like spam');
  });

  test.each(['greeting', 'sender', 'recipient', 'content'] as const)(
    'for now, at the %s, may be tried again',
    async (at) => {
      const server = await start();
      server.fail({ at, status: at === 'greeting' ? 421 : 451, words: '4.7.1 Come back later' });
      const delivery = failed(await send(server.settings));
      expect(delivery).toMatchObject({
        isFinal: false,
        isUncertain: false,
        error: { code: 'mail-failed', retryable: true },
      });
      expect(delivery.error.message).toContain('Come back later');
      expect(await send(server.settings)).toEqual({ isSent: true });
      expect(server.mails).toHaveLength(1);
    },
  );
});

describe('a server', () => {
  test('that is not there is said to be so', async () => {
    const server = await start();
    await server.close();
    const delivery = failed(await send(server.settings));
    expect(delivery).toMatchObject({ step: 'connect', isFinal: false, error: { retryable: true } });
    expect(delivery.error.message).toContain(`port ${server.settings.port}`);
    const nowhere = failed(await send({ ...server.settings, host: 'smtp.invalid', security: 'tls' }));
    expect(nowhere).toMatchObject({
      step: 'connect',
      error: { message: expect.stringContaining('smtp.invalid') as string },
    });
  });

  test('that says nothing is left in time', async () => {
    const server = await start();
    server.fail({ at: 'greeting', hang: true });
    const delivery = failed(await sendImpatiently(server.settings));
    expect(delivery).toMatchObject({ step: 'connect', isUncertain: false });
    expect(delivery.error.message).toContain('did not answer in time');
  });

  // A byte now and then keeps every limit between two bytes from being reached.
  test('that says a little now and then is left in time, too', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('220-');
      const drip = setInterval(() => socket.write('.'), 100);
      socket.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const settings: MailServer = {
      host: '127.0.0.1',
      port,
      security: 'none',
      user: '',
      sender: 'q@example.com',
      authority: '',
    };
    expect(failed(await sendImpatiently(settings)).step).toBe('connect');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('that breaks off in the content, or has it and says nothing, may have sent it', async () => {
    const server = await start();
    server.fail({ at: 'content', cut: true }, { at: 'end of content', cut: true }, { at: 'content', hang: true });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const delivery = failed(await sendImpatiently(server.settings));
      expect(delivery).toMatchObject({ step: 'send', isFinal: false, isUncertain: true, error: { retryable: true } });
    }
    expect(server.mails).toHaveLength(1);
  });

  test('is left when the app wants to end', async () => {
    const server = await start();
    server.fail({ at: 'content', hang: true });
    const controller = new AbortController();
    const sending = mailer.send({ server: server.settings, password: null }, message, controller.signal);
    await expect.poll(() => server.failuresLeft).toBe(0);
    controller.abort();
    expect(failed(await sending).error.code).toBe('cancelled');
  });
});
