/** What the preload asks before the page does: one answer for each, never an old one, never another session's. */
import { describe, expect, test } from 'vitest';
import type { SessionState } from '../../shared/accounts.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import type { Result } from '../../shared/requests/index.ts';
import { FirstRequests } from '../../electron/first-requests.ts';

const open: Result<SessionState> = {
  ok: true,
  value: {
    state: 'open',
    account: {
      id: 'local',
      kind: 'local',
      name: 'Local profile',
      email: null,
      isAdministrator: false,
      isEncrypted: false,
      isEmailVerified: false,
      createdAt: 0,
    },
    accessToken: 'token-1',
    expiresAt: 0,
    isKept: false,
    keychainError: null,
  },
};
const locked: Result<SessionState> = { ok: true, value: { state: 'signed-out', hasAccounts: true } };
const list: Result<readonly DocumentSummary[]> = { ok: true, value: [] };

function begin(session: Result<SessionState>) {
  const askedFor: string[] = [];
  const first = new FirstRequests({
    session: () => Promise.resolve(session),
    documents: (accessToken) => {
      askedFor.push(accessToken);
      return Promise.resolve(list);
    },
  });
  return { first, askedFor };
}

describe('what the preload asks first', () => {
  test('the session and its documents are there for who asks first, and only once', async () => {
    const { first, askedFor } = begin(open);
    expect(await first.takeSession()).toBe(open);
    expect(await first.takeDocuments('token-1')).toBe(list);
    expect(askedFor).toEqual(['token-1']);
    // A second answer would show the library as it was at the start.
    expect(first.takeSession()).toBeNull();
    expect(await first.takeDocuments('token-1')).toBeNull();
  });

  test('documents that were asked for with one session are not given to another', async () => {
    const { first } = begin(open);
    expect(await first.takeDocuments('token-2')).toBeNull();
    expect(await first.takeDocuments('token-1')).toBeNull();
  });

  test('nothing of a library is asked for while it is locked or nobody is signed in', async () => {
    const { first, askedFor } = begin(locked);
    expect(await first.takeDocuments(null)).toBeNull();
    expect(askedFor).toEqual([]);
  });

  test('after a change everything is asked for anew', async () => {
    const { first } = begin(open);
    first.drop();
    expect(first.takeSession()).toBeNull();
    expect(await first.takeDocuments('token-1')).toBeNull();
  });
});
