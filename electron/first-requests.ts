/**
 * What the page asks first, asked by the preload while the page's script is still on its way: by the time that it runs,
 * main has answered, and the window is drawn once and whole.
 */
import type { DocumentSummary } from '../shared/domain.ts';
import type { SessionState } from '../shared/accounts.ts';
import type { Result } from '../shared/requests/index.ts';

export interface FirstAsk {
  session(): Promise<Result<SessionState>>;
  documents(accessToken: string): Promise<Result<readonly DocumentSummary[]>>;
}

interface FirstList {
  readonly accessToken: string;
  readonly answer: Result<readonly DocumentSummary[]>;
}

export class FirstRequests {
  #session: Promise<Result<SessionState>> | null;
  #list: Promise<FirstList | null> | null;

  constructor(ask: FirstAsk) {
    const session = ask.session();
    this.#session = session;
    this.#list = session.then(async (answered) => {
      if (!answered.ok || answered.value.state !== 'open') return null;
      const { accessToken } = answered.value;
      return { accessToken, answer: await ask.documents(accessToken) };
    });
  }

  /** Something changed: what was answered before may no longer be so. */
  drop(): void {
    this.#session = null;
    this.#list = null;
  }

  /** Once; null when it has to be asked for. */
  takeSession(): Promise<Result<SessionState>> | null {
    const session = this.#session;
    this.#session = null;
    return session;
  }

  /** Once, and for the session that it was asked for; null when it has to be asked for. */
  async takeDocuments(accessToken: string | null): Promise<Result<readonly DocumentSummary[]> | null> {
    const list = this.#list;
    this.#list = null;
    const first = await list;
    return first && first.accessToken === accessToken ? first.answer : null;
  }
}
