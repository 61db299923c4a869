/** Whose window it is, and what of an account it keeps on this computer. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountSummary, SessionState } from '../../../shared/accounts.ts';

const person = (id: string): AccountSummary => ({
  id,
  kind: id === 'local' ? 'local' : 'account',
  name: id,
  email: id === 'local' ? null : `${id}@example.com`,
  isAdministrator: false,
  isEmailVerified: false,
  isEncrypted: false,
  createdAt: 0,
});
const open = (id: string): SessionState => ({
  state: 'open',
  account: person(id),
  accessToken: 'a secret token',
  expiresAt: 1,
  isKept: false,
  keychainError: null,
});

type Answers = Record<string, () => SessionState>;
let local: Map<string, string>;
let session: Map<string, string>;
let answers: Answers;

function storage(stored: Map<string, string>) {
  return {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
}

/** As the window begins: with what is stored, and nothing else. */
async function begin() {
  vi.resetModules();
  vi.stubGlobal('localStorage', storage(local));
  vi.stubGlobal('sessionStorage', storage(session));
  vi.stubGlobal('window', {
    quire: {
      request: (name: string) => {
        try {
          return Promise.resolve({ ok: true, value: answers[name]?.() });
        } catch (error) {
          return Promise.resolve({ ok: false, error });
        }
      },
    },
  });
  const store = await import('../../../renderer/app/stores/session-store.ts');
  const workspace = await import('../../../renderer/app/stores/workspace-store.ts');
  const positions = await import('../../../renderer/app/stores/reading-positions.ts');
  return { ...store, ...workspace, ...positions };
}

const tagPlace = JSON.stringify({
  view: { kind: 'library', section: 'tag:divorce' },
  documentId: null,
  isAlone: false,
});

beforeEach(() => {
  local = new Map();
  session = new Map();
  answers = {};
});

describe('the session', () => {
  // Catches: a token that lies about in the window's state, where a broken page could read it.
  it('is kept without its token', async () => {
    answers['session.current'] = () => open('ada');
    const { loadSession, useSessionStore } = await begin();
    await loadSession();
    expect(JSON.stringify(useSessionStore.getState())).not.toContain('secret');
    expect(useSessionStore.getState().session).toMatchObject({ state: 'open', account: { id: 'ada' } });
  });

  // Catches: the library of the account before drawn for a moment after another one was opened.
  it('hides everything once another account is open, until the window begins anew', async () => {
    answers['session.current'] = () => ({ state: 'signed-out', hasAccounts: true });
    answers['accounts.signIn'] = () => open('ada');
    const { loadSession, signIn, useSessionStore } = await begin();
    await loadSession();
    expect(useSessionStore.getState().isEnding).toBe(false);
    await signIn({ email: 'ada@example.com', password: 'x', staySignedIn: false });
    expect(useSessionStore.getState().isEnding).toBe(true);
  });

  // Catches: the shell drawn again with the documents of before, because the event came ahead of the answer.
  it('stays hidden when main tells of it twice', async () => {
    answers['session.current'] = () => open('local');
    answers['accounts.signIn'] = () => open('ada');
    const { loadSession, signIn, useSessionStore } = await begin();
    await loadSession();
    answers['session.current'] = () => open('ada');
    await loadSession();
    await signIn({ email: 'ada@example.com', password: 'x', staySignedIn: false });
    expect(useSessionStore.getState().isEnding).toBe(true);
  });

  // Catches: a way in that is drawn in the window that is about to go, with what is typed into it.
  it('hides everything at once when it is locked or over, until the window begins anew', async () => {
    answers['session.current'] = () => open('ada');
    answers['session.lock'] = () => ({ state: 'locked', account: person('ada') });
    const { loadSession, lock, isOpen, useSessionStore } = await begin();
    await loadSession();
    await lock();
    expect(isOpen()).toBe(false);
    expect(useSessionStore.getState()).toMatchObject({ session: { state: 'locked' }, isEnding: true });
  });

  it('stays as it is when a request fails, which is thrown', async () => {
    answers['session.current'] = () => ({ state: 'locked', account: person('ada') });
    answers['session.unlock'] = () => {
      throw { code: 'wrong-credentials', message: 'No.', hint: '', retryable: false };
    };
    const { loadSession, unlock, useSessionStore } = await begin();
    await loadSession();
    await expect(unlock('x')).rejects.toMatchObject({ code: 'wrong-credentials' });
    expect(useSessionStore.getState().session).toMatchObject({ state: 'locked' });
  });

  it('a name that is changed needs no new beginning', async () => {
    answers['session.current'] = () => open('ada');
    answers['accounts.rename'] = () =>
      ({ ...open('ada'), account: { ...person('ada'), name: 'Countess' } }) as SessionState;
    const { loadSession, rename, useSessionStore, signedInAccount } = await begin();
    await loadSession();
    await rename('Countess');
    expect(signedInAccount()?.name).toBe('Countess');
    expect(useSessionStore.getState().isEnding).toBe(false);
  });

  it('may be shown before main was asked only when the local profile was open last', async () => {
    expect((await begin()).isOpen()).toBe(true);
    local.set('quire.account', 'ada');
    expect((await begin()).isOpen()).toBe(false);
  });
});

describe('what the window keeps of an account', () => {
  // Catches: the name of one account's tag, and where it read, shown to the next that signs in.
  it('is each one’s own', async () => {
    local.set('quire.place', tagPlace);
    local.set('quire.reading', JSON.stringify([['d', 7, 0, 'fit', 0]]));
    answers['session.current'] = () => open('ada');
    const { loadSession, useWorkspaceStore, readingPosition, showSearch, showLibrary } = await begin();
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'library', section: 'tag:divorce' });
    await loadSession();
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'library', section: 'all' });
    expect(readingPosition('d')).toBeNull();
    showSearch();
    showLibrary('collection:mine');
    expect(local.get('quire.place')).toBe(tagPlace);
    expect(local.get('quire.place@ada')).toContain('collection:mine');
  });

  it('is there again at the next start', async () => {
    local.set('quire.account', 'ada');
    local.set('quire.place@ada', tagPlace);
    answers['session.current'] = () => open('ada');
    const { useWorkspaceStore, loadSession, isWhereItBegan } = await begin();
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'library', section: 'tag:divorce' });
    await loadSession();
    expect(isWhereItBegan()).toBe(true);
  });

  // Catches: an account made from the local profile that has lost where everything was read.
  it('goes along with the library, though the window begins anew before the answer comes', async () => {
    local.set('quire.place', tagPlace);
    answers['session.current'] = () => open('local');
    answers['accounts.register'] = () => open('ada');
    const first = await begin();
    await first.loadSession();
    const params = { email: 'ada@example.com', name: 'Ada', password: 'x', takeLocal: true, staySignedIn: false };
    void first.register(params);
    answers['session.current'] = () => open('ada');
    const { loadSession, useWorkspaceStore } = await begin();
    await loadSession();
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'library', section: 'tag:divorce' });
    expect(local.has('quire.place')).toBe(false);
  });

  it('stays with the local profile when the account could not be made', async () => {
    local.set('quire.place', tagPlace);
    answers['session.current'] = () => open('local');
    answers['accounts.register'] = () => {
      throw { code: 'email-taken', message: 'No.', hint: '', retryable: false };
    };
    const { loadSession, register } = await begin();
    await loadSession();
    const params = { email: 'ada@example.com', name: 'Ada', password: 'x', takeLocal: true, staySignedIn: false };
    await expect(register(params)).rejects.toMatchObject({ code: 'email-taken' });
    answers['session.current'] = () => open('ada');
    await loadSession();
    expect(local.get('quire.place')).toBe(tagPlace);
    expect(local.get('quire.place@ada')).not.toContain('divorce');
  });

  // Catches: names of tags and collections of a deleted account left on the computer.
  it('goes with the account', async () => {
    local.set('quire.account', 'ada');
    local.set('quire.place@ada', tagPlace);
    local.set('quire.reading@ada', '[]');
    answers['session.current'] = () => open('ada');
    answers['accounts.delete'] = () => ({ state: 'signed-out', hasAccounts: false });
    const { loadSession, deleteAccount } = await begin();
    await loadSession();
    await deleteAccount('x', false);
    expect([...local.keys()]).toEqual(['quire.account']);
    expect(local.get('quire.account')).not.toBe('ada');
  });
});
