/** Accounts of a remote library: found by e-mail, deleted with everything, and of each role its own alone. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  countRowsOf,
  createRemoteUser,
  deleteRemoteUser,
  findRemoteUser,
  getRemoteUser,
  setRemoteEmail,
  setRemoteSignIn,
} from '../../../electron/adapters/postgres/users.ts';
import { vectorTable } from '../../../electron/adapters/postgres/remote-vectors.ts';
import { entityKinds } from '../../../electron/sync/entity.ts';
import {
  deletedAt,
  entityAt,
  startRemoteLibrary,
  type RemoteAccount,
  type RemoteLibrary,
} from '../../helpers/remote-library.ts';

let library: RemoteLibrary;
let account: RemoteAccount;

beforeAll(async () => {
  library = await startRemoteLibrary();
});
beforeEach(async () => {
  account = await library.join();
});
afterAll(() => library.close());

const space = { fingerprint: 'model', dimensions: 3 };

/** Something in every table. */
async function fill({ store, parts, device }: RemoteAccount): Promise<void> {
  const contentHash = createHash('sha256').update('text').digest();
  const chunk = { ordinal: 0, page: 1, pageEnd: 1, tokenCount: 1, contentHash, ranges: '[]', headingPath: '[]' };
  await parts.putChunks('d1', 'r1', [
    { ...chunk, boxes: Buffer.of(1), contextText: 'c', searchTerms: 's', text: 'text' },
  ]);
  const size = { width: 1, height: 1, rotation: 0, hasText: true };
  await parts.putPages('d1', 'r1', [{ number: 1, ...size, source: 'content', text: 'text', geometry: Buffer.of(1) }]);
  await parts.putVectors(space, [{ contentHash, vector: new Float32Array([1, 2, 3]) }]);
  const file = { kind: 'original', contentHash: 'c', size: 1, sealed: false } as const;
  await parts.nameBucket('b'.repeat(32), '“files” at s3.example.com');
  await parts.putFile({ ...file, documentId: 'd1', address: 'a1' });
  await parts.putFile({ ...file, documentId: 'd2', address: 'a2' });
  const reading = { id: 'r1', pages: 1, chunks: 1 };
  await store.push(device.id, [
    ...entityKinds.map((kind) => entityAt(1, kind, 'd1', { title: 'secret', reading })),
    deletedAt(1, 'document', 'd2'),
  ]);
}

/** Every table there is, by the catalogue. */
async function tables(): Promise<string[]> {
  const rows = await library.session.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'quire'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describe('an account', () => {
  test('is found by its e-mail in any case of letters, with what signing in needs', async () => {
    const user = { id: account.userId, email: account.email, signIn: { hash: 'argon2' } };
    expect(await findRemoteUser(library.session, account.email.toUpperCase())).toEqual(user);
    expect(await getRemoteUser(library.session, account.userId)).toEqual(user);
    expect(await findRemoteUser(library.session, 'nobody@example.com')).toBeNull();
    expect(await getRemoteUser(library.session, randomUUID())).toBeNull();
  });

  test('made twice is one: who comes second gets the first', async () => {
    const second = { id: randomUUID(), email: account.email.toUpperCase(), signIn: { hash: 'other' } };
    expect((await createRemoteUser(library.session, second)).id).toBe(account.userId);
    expect(await getRemoteUser(library.session, second.id)).toBeNull();
  });

  test('can get another password and e-mail, each by itself', async () => {
    const email = `new-${account.email}`;
    const signIn = { hash: 'new', keys: ['a', null] };
    expect(await setRemoteSignIn(library.session, account.userId, signIn)).toBe(true);
    expect(await findRemoteUser(library.session, account.email)).toMatchObject({ signIn });
    await setRemoteEmail(library.session, account.userId, email);
    expect(await findRemoteUser(library.session, email.toUpperCase())).toEqual({ id: account.userId, email, signIn });
    expect(await findRemoteUser(library.session, account.email)).toBeNull();
    expect(await setRemoteSignIn(library.session, randomUUID(), signIn)).toBe(false);
  });

  test('keeps its e-mail when another account has the one that it wants, and may write its own in another way', async () => {
    const other = await library.join();
    await expect(setRemoteEmail(library.session, account.userId, other.email.toUpperCase())).rejects.toMatchObject({
      code: 'email-taken',
      hint: expect.stringContaining(account.email),
    });
    expect(await findRemoteUser(library.session, account.email)).toMatchObject({ id: account.userId });
    expect(await findRemoteUser(library.session, other.email)).toMatchObject({ id: other.userId });
    await setRemoteEmail(library.session, account.userId, account.email.toUpperCase());
    expect(await getRemoteUser(library.session, account.userId)).toMatchObject({ email: account.email.toUpperCase() });
  });

  test('that is deleted leaves no row in any table, and all of another’s', async () => {
    const other = await library.join();
    await fill(account);
    await fill(other);
    const withUsers = (await tables()).filter((name) => name !== 'meta');
    const before = await countRowsOf(library.session, account.userId);
    // Each table had something, so that none is proven empty that never had a row.
    expect(Object.keys(before).sort()).toEqual(withUsers);
    expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([]);
    const deleted = await deleteRemoteUser(library.session, account.userId);
    expect(deleted.before).toEqual(before);
    expect(deleted.left).toEqual(Object.fromEntries(withUsers.map((name) => [name, 0])));
    expect(await countRowsOf(library.session, other.userId)).toEqual(before);
  });

  test('that goes by its row alone takes everything along, too', async () => {
    await fill(account);
    await library.session.query(`DELETE FROM quire.users WHERE id = $1`, [account.userId]);
    expect(Object.values(await countRowsOf(library.session, account.userId)).every((rows) => rows === 0)).toBe(true);
  });
});

/** PGlite knows no passwords, but roles and their rights it has; `npm run test:conformance` signs in as them. */
describe('another role of the same database', () => {
  const role = 'mallory';

  beforeAll(async () => {
    await library.session.query(`CREATE ROLE ${role} LOGIN`);
    await library.session.query(`GRANT quire_member TO ${role}`);
  });

  async function asMallory<T>(work: () => Promise<T>): Promise<T> {
    await library.session.query(`SET SESSION AUTHORIZATION ${role}`);
    try {
      return await work();
    } finally {
      // By name: in PGlite, RESET leaves it as it is.
      await library.session.query(`SET SESSION AUTHORIZATION ${library.server.user}`);
    }
  }

  test('sees no row of any table but the version of the schema', async () => {
    await fill(account);
    const all = await tables();
    const seen = await asMallory(() =>
      Promise.all(
        all.map(async (name) => {
          const [row] = await library.session.query<{ rows: number }>(`SELECT count(*) AS rows FROM quire.${name}`);
          return [name, row?.rows];
        }),
      ),
    );
    expect(seen.filter(([, rows]) => rows !== 0)).toEqual([['meta', 2]]);
    expect(all).toContain(vectorTable(space.fingerprint));
  });

  test('changes, deletes and adds nothing of it', async () => {
    await fill(account);
    const before = await countRowsOf(library.session, account.userId);
    const withUsers = (await tables()).filter((name) => name !== 'meta' && name !== 'users');
    await asMallory(async () => {
      for (const name of withUsers) {
        expect(await library.session.query(`UPDATE quire.${name} SET user_id = user_id RETURNING 1`)).toEqual([]);
        expect(await library.session.query(`DELETE FROM quire.${name} RETURNING 1`)).toEqual([]);
      }
      expect(await library.session.query(`UPDATE quire.users SET sign_in = '{}' RETURNING 1`)).toEqual([]);
      expect(await library.session.query(`DELETE FROM quire.users RETURNING 1`)).toEqual([]);
      const forbidden = { code: 'remote-forbidden' };
      const { session } = library;
      await expect(
        session.query(`INSERT INTO quire.documents (user_id, id, registers) VALUES ($1, 'x', '{}')`, [account.userId]),
      ).rejects.toMatchObject(forbidden);
      await expect(
        session.query(`INSERT INTO quire.users (id, role, email, sign_in) VALUES ($1, 'postgres', 'x', '{}')`, [
          randomUUID(),
        ]),
      ).rejects.toMatchObject(forbidden);
      await expect(session.query(`UPDATE quire.meta SET value = '0'`)).rejects.toMatchObject(forbidden);
      await expect(session.query(`CREATE TABLE quire.own (x integer)`)).rejects.toMatchObject(forbidden);
    });
    expect(await countRowsOf(library.session, account.userId)).toEqual(before);
  });

  test('has its own account with the same e-mail beside it, opens vectors, and cannot give its account away', async () => {
    await fill(account);
    await asMallory(async () => {
      const own = await createRemoteUser(library.session, { id: randomUUID(), email: account.email, signIn: {} });
      expect(await findRemoteUser(library.session, account.email)).toEqual(own);
      await fill(await library.enter(own.id));
      expect(Object.values(await countRowsOf(library.session, own.id)).every((rows) => rows > 0)).toBe(true);
      await expect(
        library.session.query(`UPDATE quire.users SET role = 'postgres' WHERE id = $1`, [own.id]),
      ).rejects.toMatchObject({ code: 'remote-forbidden' });
      const { left } = await deleteRemoteUser(library.session, own.id);
      expect(Object.values(left).every((rows) => rows === 0)).toBe(true);
    });
    expect(await findRemoteUser(library.session, account.email)).toMatchObject({ id: account.userId });
  });

  test('is kept apart by a plan that looks for its accounts once, and uses the index', async () => {
    const plan = await asMallory(() =>
      library.session.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (COSTS OFF) SELECT FROM quire.changes WHERE user_id = $1 AND seq > 5 ORDER BY seq LIMIT 10`,
        [account.userId],
      ),
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('InitPlan');
    expect(text).not.toContain('SubPlan');
    expect(text).toContain('changes_user_id_seq_key');
  });
});
