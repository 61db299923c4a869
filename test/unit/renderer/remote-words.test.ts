/** What Settings, Sync says of servers before anything is sent to them, and of how a test went. */
import { describe, expect, test } from 'vitest';
import {
  bucketDraft,
  bucketName,
  bucketSafety,
  checkBucket,
  checkDatabase,
  databaseDraft,
  databaseName,
  databaseSafety,
  hasPassword,
  hasSecretKey,
  isAddressInTheClear,
  secretWords,
  stepText,
  stepTitle,
  testText,
} from '../../../renderer/features/settings/sync/remote-words.ts';
import { bucketTestSteps, databaseTestSteps } from '../../../shared/remotes.ts';
import { bucketRemote as bucket, databaseRemote as database, stepsOf } from '../../helpers/remotes.ts';

const amazon = { ...bucket, endpoint: null, pathStyle: false };

describe('a draft', () => {
  test('is the remote again, and never has a secret to begin with', () => {
    expect(checkDatabase(databaseDraft(database))).toEqual({ remote: database });
    expect(checkBucket(bucketDraft(bucket))).toEqual({ remote: bucket });
    expect(checkBucket(bucketDraft(amazon))).toEqual({ remote: amazon });
    expect([databaseDraft(database).password, bucketDraft(bucket).secret]).toEqual(['', '']);
  });

  test('says what is wrong with it, and nothing as long as fields are empty', () => {
    const of = databaseDraft(database);
    expect(checkDatabase(databaseDraft(null))).toEqual({ problem: '' });
    expect(checkDatabase({ ...of, host: 'https://db' })).toEqual({
      problem: 'A server’s name looks like db.example.com.',
    });
    expect(checkDatabase({ ...of, port: '99999' })).toEqual({ problem: 'A port is a number from 1 to 65,535.' });
    expect(checkDatabase({ ...of, authority: 'x' })).toMatchObject({ problem: expect.stringContaining('BEGIN') });
    expect(checkDatabase({ ...of, tls: 'off' })).toMatchObject({ problem: expect.stringContaining('in the clear') });
    expect(checkBucket(bucketDraft(null))).toEqual({ problem: '' });
    expect(checkBucket({ ...bucketDraft(bucket), endpoint: 'where' })).toMatchObject({
      problem: expect.stringContaining('https://s3.example.com'),
    });
    expect(checkBucket({ ...bucketDraft(bucket), bucket: 'a/b' })).toMatchObject({
      problem: expect.stringContaining('letters'),
    });
  });

  // Catches: an authority, or the yes to sending in the clear, of a service that was chosen before.
  test('of Amazon has neither address nor authority', () => {
    const chosen = { ...bucketDraft(bucket), service: 'amazon' as const, authority: 'left over', pathStyle: true };
    expect(checkBucket(chosen)).toEqual({ remote: amazon });
    expect(isAddressInTheClear({ ...chosen, endpoint: 'http://s3.example.com' })).toBe(false);
    expect(isAddressInTheClear({ ...chosen, service: 'other', endpoint: ' http://s3.example.com ' })).toBe(true);
  });

  // Catches: “Saved” beside a field whose secret belongs to another server, and a test that then sends none.
  test('needs no secret where that of exactly this remote is there', () => {
    for (const secret of ['kept', 'this-run'] as const) {
      expect(hasPassword({ remote: database, secret }, database)).toBe(true);
      expect(hasSecretKey({ remote: bucket, secret }, bucket)).toBe(true);
      expect(hasPassword({ remote: database, secret }, { ...database, host: 'other.example.com' })).toBe(false);
      expect(hasSecretKey({ remote: bucket, secret }, { ...bucket, bucket: 'others' })).toBe(false);
    }
    expect(hasPassword({ remote: database, secret: 'missing' }, database)).toBe(false);
    expect(hasPassword(null, database)).toBe(false);
    expect(hasSecretKey({ remote: bucket, secret: 'kept' }, null)).toBe(false);
  });
});

test('what is named is told in one line, with how it is reached', () => {
  expect(databaseName(database)).toBe('ada@db.example.com:5432/quire');
  expect(bucketName(bucket)).toBe('papers at s3.example.com');
  expect(bucketName(amazon)).toBe('papers at Amazon S3, us-east-1');
  expect(databaseSafety(database)).toContain('checked certificate');
  expect(databaseSafety({ ...database, tls: 'off' })).toContain('Unencrypted');
  expect(databaseSafety({ ...database, tls: 'off', host: 'localhost' })).toContain('On this computer');
  expect(bucketSafety(bucket)).toBe('TLS. Files are encrypted before they are sent.');
  expect(bucketSafety({ ...bucket, endpoint: 'http://s3.example.com', sealed: false })).toContain('Unencrypted');
  expect(bucketSafety({ ...bucket, endpoint: 'http://127.0.0.1:9' })).toContain('On this computer');
});

test('where a secret is, is said, and is a warning where it will not stay or is gone', () => {
  const words = (['none', 'kept', 'this-run', 'missing'] as const).map((state) => secretWords('bucket', state));
  expect(words.map(({ isWarning }) => isWarning)).toEqual([false, false, true, true]);
  expect(words[2]?.text).toContain('holds until this library is closed');
  expect(words[3]?.text).toContain('Type it again');
});

describe('a test', () => {
  // Catches: a step that is new in the contract, and nameless in the window.
  test('has a title for each of its steps', () => {
    for (const name of databaseTestSteps) expect(stepTitle('database', name)).not.toBe(name);
    for (const name of bucketTestSteps) expect(stepTitle('bucket', name)).not.toBe(name);
  });

  test('tells what a step found', () => {
    const [step] = stepsOf(['version']);
    expect(step && stepText({ ...step, detail: 'PostgreSQL 15.18' })).toBe('passed · PostgreSQL 15.18');
    expect(step && stepText({ ...step, state: 'not-tried' })).toBe('not tried');
  });

  test('is told in one sentence to who does not see its list', () => {
    const at = (name: string, state: 'running' | 'failed') =>
      testText(
        'database',
        stepsOf(databaseTestSteps, (each) => (each === name ? state : 'waiting')),
      );
    expect(at('tls', 'running')).toBe('Testing: Encrypt the connection.');
    expect(at('sign-in', 'failed')).toBe('The test failed: Sign in.');
    expect(testText('bucket', stepsOf(bucketTestSteps))).toBe('All steps passed.');
  });
});
