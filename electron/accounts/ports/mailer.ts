/** The port to a mail server (SMTP). */
import type { AppError } from '../../../shared/errors.ts';
import type { MailServer, MailStep } from '../../../shared/requests/mail.ts';

export interface MailServerAccess {
  readonly server: MailServer;
  /** Null where the server wants no sign-in. */
  readonly password: string | null;
}

/** A whole message. Its texts are sent as they are: nothing in them is looked up, and nothing is attached. */
export interface MailMessage {
  /**
   * Its name for every server and reader on the way, without a domain; two with the same name are one mail, and readers
   * may show the first alone.
   */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Delivery =
  | { readonly isSent: true }
  | {
      readonly isSent: false;
      /** Where it ended. */
      readonly step: MailStep;
      /** `mail-failed`, or `cancelled` when the signal ended it. */
      readonly error: AppError;
      /** True when the server will not take this message for this recipient, however often it is tried. */
      readonly isFinal: boolean;
      /** True when the message was handed over and no word came back: it may have been sent all the same. */
      readonly isUncertain: boolean;
    };

export interface Mailer {
  /** Hands one message to the server, in one attempt of limited time. Never rejects for what a server or a network does. */
  send(access: MailServerAccess, message: MailMessage, signal?: AbortSignal): Promise<Delivery>;
}
