/** Names, addresses, passwords, waits and limits of accounts in words. */
import { describe, expect, it } from 'vitest';
import {
  initialsOf,
  isEmail,
  passwordAdvice,
  secondsUntil,
  waitText,
} from '../../../renderer/components/account-words.ts';
import { takeLocalWords, turningWords } from '../../../renderer/features/accounts/accounts-words.ts';
import {
  contentText,
  deleteThereNote,
  idleLockChoices,
  idleLockText,
  isOfServers,
  leaveThereNote,
  limitsText,
  thereText,
} from '../../../renderer/features/settings/account-settings-words.ts';
import { noLimits } from '../../../shared/accounts.ts';
import { accountRequests } from '../../../shared/requests/accounts.ts';
import { noSizes } from '../../../shared/sync-view.ts';

describe('initials', () => {
  // Catches: a broken half of a surrogate pair, or a bracket, in the avatar.
  it.each([
    ['Ada Lovelace', 'AL'],
    ['  ada  ', 'A'],
    ['Jean-Luc Picard', 'JP'],
    ['Ada (work)', 'A'],
    ['李小龙', '李'],
    ['𝒜da 𝓛ovelace', '𝒜𝓛'],
    ['…', ''],
  ])('of %s are %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe('an address', () => {
  // Catches: a form that lets through what main then refuses as a malformed request, or the other way round.
  it.each([
    'ada@example.com',
    ' Ada.Lovelace+quire@mail.example.co.uk ',
    'a@b',
    'ada',
    '@example.com',
    'ada@@example.com',
    '.ada@example.com',
    'a..b@example.com',
    'ada@example..com',
    'ada@-example.com',
    'ada@example.c',
    "o'brien@example.ie",
    'ada @example.com',
    `${'a'.repeat(250)}@example.com`,
    'ädä@example.com',
    '',
  ])('“%s” is judged as main judges it', (address) => {
    const params = { email: address, password: 'x', staySignedIn: false };
    expect(isEmail(address)).toBe(accountRequests['accounts.signIn'].params.safeParse(params).success);
  });
});

describe('a password that is chosen', () => {
  const own = { name: 'Ada Lovelace', email: 'ada.lovelace@example.com' };

  it('tells how much is missing, and nothing as a mistake while it is typed', () => {
    expect(passwordAdvice('', own)).toMatchObject({ isFine: false, isWrong: false });
    expect(passwordAdvice('abcdefghi', own)).toEqual({ isFine: false, isWrong: false, text: '1 more character.' });
    expect(passwordAdvice('abc', own).text).toBe('7 more characters.');
    expect(passwordAdvice('four words of mine', own)).toMatchObject({ isFine: true, isWrong: false });
  });

  // Catches: somebody's own name or address as a password, in other letters.
  it('is not the name or the address', () => {
    expect(passwordAdvice('ADA LOVELACE', own)).toMatchObject({ isFine: false, isWrong: true });
    expect(passwordAdvice('Ada.Lovelace@example.com', own)).toMatchObject({ isFine: false, isWrong: true });
    expect(passwordAdvice('ada.lovelace', own)).toMatchObject({ isFine: false, isWrong: true });
    expect(passwordAdvice('adalovelace', own)).toMatchObject({ isFine: false, isWrong: true });
    // Nothing typed yet is no word of one's own.
    expect(passwordAdvice(' '.repeat(12), { name: '', email: '' }).isFine).toBe(false);
    expect(passwordAdvice('four words of mine', { name: '', email: '' })).toMatchObject({ isFine: true });
  });

  it('counts characters as people do, and has an end', () => {
    expect(passwordAdvice('😀'.repeat(9), own).text).toBe('1 more character.');
    expect(passwordAdvice('😀'.repeat(128), own)).toMatchObject({ isFine: true });
    expect(passwordAdvice('a'.repeat(129), own)).toMatchObject({ isFine: false, isWrong: true });
  });
});

describe('a wait', () => {
  // Catches: a button that reads “0 s” and is still locked, or a negative wait after the clock was put forward.
  it('rounds up, and ends', () => {
    expect(secondsUntil(10_001, 10_000)).toBe(1);
    expect(secondsUntil(10_000, 10_000)).toBe(0);
    expect(secondsUntil(0, 10_000)).toBe(0);
  });

  it.each([
    [1, '1 s'],
    [99, '99 s'],
    [100, '2 min'],
    [3_540, '59 min'],
    [3_541, '1 h'],
    [3_900, '1 h 5 min'],
    [86_400, '24 h'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(waitText(seconds)).toBe(text);
  });
});

describe('what an account takes along and loses', () => {
  it('tells whose library it is, in numbers where they are known', () => {
    expect(takeLocalWords(null).label).not.toMatch(/this library/i);
    expect(takeLocalWords(1).note).toMatch(/^1 document and all conversations become yours alone/);
    expect(takeLocalWords(0).note).toMatch(/^Its settings and conversations/);
  });

  it('counts what a deletion takes', () => {
    expect(contentText({ documents: 1, conversations: 2, pieces: 0 })).toBe('1 document, 2 conversations');
    expect(contentText({ documents: 0, conversations: 0, pieces: 3 })).toBe(
      '0 documents, 0 conversations, 3 written pieces',
    );
  });
});

describe('turning encryption on and off', () => {
  // Catches: a stage of which nothing is known until it is over, and that looks as if it had stopped.
  it('says of the database that it may take long, and of files how far they are', () => {
    const task = { direction: 'on', done: 0, total: 221_000_000 } as const;
    expect(turningWords({ ...task, stage: 'database' }).stage).toBe('Database: 221 MB. This may take a few minutes.');
    expect(turningWords({ ...task, stage: 'files', done: 1_000_000 }).stage).toBe('Documents: 1.0 MB of 221 MB');
  });
});

describe('the settings of an account', () => {
  it('offers the usual times until it locks, and one that was set otherwise', () => {
    expect(idleLockChoices(5).map(idleLockText)).toEqual(['Never', '1 min', '5 min', '15 min', '1 h']);
    expect(idleLockChoices(90).map(idleLockText)).toEqual(['Never', '1 min', '5 min', '15 min', '1 h', '90 min']);
  });

  it('tells what an account may spend', () => {
    expect(limitsText(noLimits)).toBe('No limits');
    expect(limitsText({ ...noLimits, monthlyCost: 5 })).toBe('$5.00 a month');
    expect(limitsText({ monthlyCost: 0, monthlyTokens: 2_000_000, requestsPerMinute: 1 })).toBe(
      '$0.00 and 2,000,000 tokens a month, 1 request a minute',
    );
  });
});

describe('the library on the servers of an account that is deleted', () => {
  const files = { documents: 2, bytes: 3_000_000 };

  it('is told by how large it is', () => {
    expect(thereText({ ...noSizes, both: files, there: files, indexThere: 5_000_000 })).toBe(
      '4 documents with 6.0 MB of files, and an index of 5.0 MB.',
    );
    expect(thereText({ ...noSizes, here: files })).toBe('No files.');
    expect(thereText(noSizes)).toBe('No documents.');
  });

  // Catches: a choice that does not say what it loses.
  it('is deleted, or left, with a word on what is lost by that', () => {
    const ada = { email: 'ada@example.com', unsent: 0, sizes: noSizes };
    expect(deleteThereNote(null)).not.toContain('lost');
    expect(deleteThereNote({ ...noSizes, there: files })).toContain(
      'The files of 2 documents are not on this computer',
    );
    expect(leaveThereNote(ada)).toContain('as ada@example.com with your password.');
    expect(leaveThereNote(ada)).not.toContain('Not sent yet');
    expect(leaveThereNote({ ...ada, unsent: 3, sizes: { ...noSizes, here: files } })).toContain(
      'Not sent yet, and gone with this computer’s: 3 changes and the files of 2 documents.',
    );
  });

  it('lets the account be deleted here alone when it is the servers that fail, and not for a wrong password', () => {
    const codes = ['remote-unreachable', 'deletion-incomplete', 'wrong-credentials', 'too-many-attempts'] as const;
    expect(codes.map((code) => isOfServers({ code }))).toEqual([true, true, false, false]);
  });
});
