/** What the mail server's settings say before anything is sent, and of what could not be. */
import { describe, expect, test } from 'vitest';
import {
  describeUnsent,
  draftOf,
  draftProblem,
  emptyDraft,
  serverOf,
  stepLines,
} from '../../../renderer/features/settings/mail-words.ts';
import type { UnsentMail } from '../../../shared/requests/mail.ts';
import { mailServer as server } from '../../helpers/mail-settings.ts';

describe('a draft', () => {
  test('is the server again, and never has a password to begin with', () => {
    expect(serverOf(draftOf(server))).toEqual(server);
    expect(draftOf(server).password).toBe('');
    expect(draftOf(null)).toEqual(emptyDraft);
  });

  test('may be tried when main would take it, and says what is wrong with it otherwise', () => {
    const draft = draftOf(server);
    expect(draftProblem(draft)).toBeNull();
    // Nobody is told of a fault in what they have not typed yet.
    expect(draftProblem(emptyDraft)).toBe('');
    expect(draftProblem({ ...draft, host: 'https://smtp.example.com' })).toContain('smtp.example.com');
    expect(draftProblem({ ...draft, sender: 'ann' })).toContain('The sender');
    expect(draftProblem({ ...draft, security: 'none' })).toContain('only to a server on this computer');
    expect(draftProblem({ ...draft, port: '99999' })).not.toBeNull();
  });
});

test('the steps of a test come in their order, each with how it ended', () => {
  const lines = stepLines({ connect: 'ok', encrypt: 'failed', 'sign-in': 'not-tried', send: 'skipped' });
  expect(lines.map(({ label, stateLabel }) => `${label}: ${stateLabel}`)).toEqual([
    'Connect: done',
    'Encrypt: failed',
    'Sign in: not tried',
    'Send: not wanted',
  ]);
});

test('an unsent mail says whom it is for and what becomes of it', () => {
  const mail: UnsentMail = {
    id: 'a',
    kind: 'reset-password',
    name: 'Ann',
    createdAt: 0,
    nextAttemptAt: 0,
    error: null,
  };
  const state = (nextAttemptAt: number | null): string => describeUnsent({ ...mail, nextAttemptAt }, 1_000_000).state;
  expect(describeUnsent(mail, 0).title).toBe('Code for a new password, for Ann');
  expect(state(900_000)).toBe('Being sent');
  expect(state(1_000_000 + 61_000)).toBe('Next attempt in 2 min');
  expect(state(1_000_000 + 4 * 3_600_000)).toBe('Next attempt in 4 h');
  expect(state(null)).toBe('Given up');
});
