/**
 * Remote migrations, in order: number N brings a schema from version N-1 to N. Never edited once shipped.
 *
 * Each runs in a transaction, which also writes the new version to `quire.meta` (`schema-version`); migrate.ts does both.
 */
import type { Sql } from '../session.ts';
import { schema } from './0001-schema.ts';
import { buckets } from './0002-buckets.ts';

export type RemoteMigration = (sql: Sql) => Promise<void>;

export const remoteMigrations: readonly RemoteMigration[] = [schema, buckets];
