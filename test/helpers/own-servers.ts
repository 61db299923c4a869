/** A Postgres (PGlite) and a bucket on loopback, as a person would have them, and what lies in them. */
import { startBucketServer, type BucketServer, type BucketUser } from './bucket-server.ts';
import { startPglite, type TestPostgres } from './pglite-server.ts';

/** May do everything in the bucket. */
export const bucketUser: BucketUser = {
  accessKeyId: 'QUIRE',
  secretAccessKey: 'the secret key of everything',
  prefix: '',
};

export interface OwnServers {
  readonly postgres: TestPostgres;
  readonly bucket: BucketServer;
}

export async function startOwnServers(): Promise<OwnServers> {
  const [postgres, bucket] = await Promise.all([
    startPglite({ shared: true }),
    startBucketServer({ users: [bucketUser] }),
  ]);
  return { postgres, bucket };
}

export async function closeOwnServers({ postgres, bucket }: OwnServers): Promise<void> {
  await Promise.all([postgres.close(), bucket.close()]);
}

/** Rows of all tables that belong to accounts, the accounts among them. Throws where the schema is not there. */
export async function rowsOfAccounts({ pglite }: TestPostgres): Promise<number> {
  const { rows: tables } = await pglite.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'quire' AND column_name = 'user_id'`,
  );
  if (tables.length <= 10) throw new Error(`There are but ${tables.length} tables of accounts.`);
  let count = 0;
  for (const name of ['users', ...tables.map((table) => table.name)]) {
    count += (await pglite.query(`SELECT 1 FROM quire.${name}`)).rows.length;
  }
  return count;
}
