/** A mail server as an administrator sets it up, for tests that reach none. */
import type { MailServer } from '../../shared/requests/mail.ts';

export const mailServer: MailServer = {
  host: 'smtp.example.com',
  port: 465,
  security: 'tls',
  user: 'ann',
  sender: 'ann@example.com',
  authority: '',
};
