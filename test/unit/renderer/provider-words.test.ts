/** What is typed of a sign-in provider: taken as it is meant, and refused before main would. */
import { describe, expect, test } from 'vitest';
import {
  emptyProvider,
  googleDraft,
  linkedText,
  providerDraftOf,
  providerOf,
  providerProblem,
} from '../../../renderer/features/settings/provider-words.ts';

const draft = { ...emptyProvider, issuer: 'https://login.example.com', name: 'Example', clientId: 'quire' };

describe('a draft', () => {
  test('is the provider that was set up, without its secret', () => {
    const present = { issuer: draft.issuer, name: 'Example', clientId: 'quire', hasClientSecret: true };
    expect(providerDraftOf(present)).toEqual(draft);
  });

  test('may be tried when main would take it, and says what is wrong with it otherwise', () => {
    expect(providerProblem(draft, [])).toBeNull();
    expect(providerProblem({ ...googleDraft, clientId: 'quire' }, [])).toBeNull();
    // Nobody is told of a fault in what they have not typed yet.
    expect(providerProblem(emptyProvider, [])).toBe('');
    expect(providerProblem({ ...draft, clientId: ' ' }, [])).toBe('');
    expect(providerProblem({ ...draft, issuer: 'http://127.0.0.1:8080/realms/quire' }, [])).toBeNull();
    for (const issuer of ['login.example.com', 'http://login.example.com', 'https://login.example.com/?a=b']) {
      expect(providerProblem({ ...draft, issuer }, []), issuer).toContain('looks like https://accounts.google.com');
    }
  });

  // Catches: a second “Google” that silently takes the place of the first, with its client ID.
  test('is refused where the list has its address already', () => {
    expect(providerProblem({ ...draft, issuer: ` ${draft.issuer} ` }, [draft.issuer])).toContain('already');
  });

  test('may be the address of the metadata, which is below the provider’s', () => {
    const issuer = `${draft.issuer}/realms/quire`;
    expect(providerOf({ ...draft, issuer: ` ${issuer}/.well-known/openid-configuration` }).issuer).toBe(issuer);
    // One of its own ends with a slash at some providers.
    expect(providerOf({ ...draft, issuer: `${issuer}/` }).issuer).toBe(`${issuer}/`);
  });
});

// Catches: a name that is changed and takes the secret with it.
test('a secret is left, replaced or removed', () => {
  expect(providerOf(draft).clientSecret).toBeNull();
  expect(providerOf({ ...draft, clientSecret: ' s3cret ' }).clientSecret).toBe('s3cret');
  expect(providerOf({ ...draft, removesSecret: true }).clientSecret).toBe('');
});

test('a link says since when', () => {
  const now = new Date(2027, 2, 14, 12).getTime();
  expect(linkedText({ issuer: draft.issuer, name: 'Example', linkedAt: now }, now)).toBe('Linked · Today');
  expect(linkedText(undefined, now)).toBe('Not linked');
});
