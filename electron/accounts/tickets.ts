/** Tickets: whoever has one may listen to one stream, once, within a minute and within the session it was given to. */
import { randomBytes } from 'node:crypto';

/** Milliseconds. */
const LIFETIME = 60_000;

interface Ticket {
  readonly streamId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

export class Tickets {
  readonly #tickets = new Map<string, Ticket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(streamId: string, sessionId: string): string {
    const now = this.#now();
    for (const [name, { expiresAt }] of this.#tickets) if (expiresAt <= now) this.#tickets.delete(name);
    const ticket = randomBytes(32).toString('base64url');
    this.#tickets.set(ticket, { streamId, sessionId, expiresAt: now + LIFETIME });
    return ticket;
  }

  /** The stream's id; null for a ticket that was used, is too old, or was given to another session. */
  redeem(ticket: string, sessionId: string): string | null {
    const found = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (!found || found.sessionId !== sessionId || found.expiresAt <= this.#now()) return null;
    return found.streamId;
  }

  /** None that was given out is of use any more. */
  clear(): void {
    this.#tickets.clear();
  }
}
