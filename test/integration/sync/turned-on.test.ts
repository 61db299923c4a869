/** Sync of a whole core through real servers: how it stands while it is turned on anew, and while it is deleted there. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BucketServer } from '../../helpers/bucket-server.ts';
import type { TestCore } from '../../helpers/core.ts';
import { makeLetter } from '../../helpers/fixtures.ts';
import { bucketUser, closeOwnServers, startOwnServers } from '../../helpers/own-servers.ts';
import type { TestPostgres } from '../../helpers/pglite-server.ts';
import { openSecondComputer } from '../../helpers/second-computer.ts';

const email = 'ada@example.com';
const password = 'engines weave patterns';

let postgres: TestPostgres;
let bucket: BucketServer;
let computer: TestCore;

beforeEach(async () => {
  ({ postgres, bucket } = await startOwnServers());
  computer = await openSecondComputer({ postgres, bucket, user: bucketUser, email, password });
});
afterEach(async () => {
  await computer.close();
  await closeOwnServers({ postgres, bucket });
});

/** Without the folders, which the server lists, too. */
const objects = async (): Promise<string[]> => (await bucket.keys()).filter((key) => !key.endsWith('/'));

// Catches: a window that says “off” in the midst of a deletion, and takes away the form that its failure would stand in.
test('a library that is being deleted there is not said to be off before it is', async () => {
  const { sync, ingest } = computer.core;
  await ingest.add([await computer.file('crane.pdf', await makeLetter('The harbour crane'))]);
  await computer.settled();
  expect((await sync.round()).error).toBeNull();
  expect((await objects()).length).toBeGreaterThan(0);

  const states: string[] = [];
  bucket.fault = ({ operation }) => {
    if (!operation.startsWith('DeleteObject')) return null;
    states.push(sync.status.state);
    return 'drop-before';
  };
  await expect(sync.deleteThere(password)).rejects.toMatchObject({ code: 'remote-unreachable' });
  expect(new Set(states)).toEqual(new Set(['syncing']));
  // Some of it may be gone: it is not synced, and said, until it is deleted again.
  expect(sync.status).toMatchObject({ state: 'waiting', error: { code: 'deletion-incomplete' } });

  bucket.fault = () => null;
  await sync.deleteThere(password);
  expect(sync.status.state).toBe('off');
  expect(await objects()).toEqual([]);
});

// Catches: an attempt to turn it on once more, offline, that ends the sync that went on until then.
test('what was on goes on when it can’t be turned on anew', async () => {
  const { sync } = computer.core;
  expect((await sync.round()).state).toBe('idle');
  await postgres.door?.shut();
  await expect(sync.turnOn(password)).rejects.toMatchObject({ code: 'remote-unreachable', retryable: true });
  await postgres.door?.open();
  expect(await sync.round()).toMatchObject({ state: 'idle', error: null });
});
