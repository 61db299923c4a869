/** Databases and roles on the server of the tests of conformance. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openPostgres, type PostgresOptions } from '../../electron/adapters/postgres/connection.ts';
import { quoteName } from '../../electron/adapters/postgres/postgres-errors.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { databaseRemoteSchema, type DatabaseRemote } from '../../shared/remotes.ts';
// What the server is told through: see its declaration of `postgres`.
import type {} from '../conformance/setup.ts';

/** Somebody who may sign in. */
export interface TestRole {
  readonly name: string;
  readonly password: string;
}

export interface TestDatabase {
  readonly name: string;
  /** As the superuser, in this database. */
  readonly admin: PostgresSession;
  /** Makes a role that may sign in and has no other rights. */
  makeRole(prefix: string): Promise<TestRole>;
  remote(role: TestRole, change?: Partial<DatabaseRemote>): DatabaseRemote;
  /** A session with the role's own credentials. */
  open(role: TestRole, options?: PostgresOptions): PostgresSession;
  /** Closes every session, and removes the database and its roles. */
  remove(): Promise<void>;
}

/** The superuser. */
export function administrator(): TestRole {
  const { user, password } = inject('postgres');
  return { name: user, password };
}

/** @param vector Whether pgvector is created in it. */
export async function makeDatabase(vector = true): Promise<TestDatabase> {
  const { host, port, authority } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const sessions: PostgresSession[] = [];
  const roles: TestRole[] = [];

  const remoteTo = (database: string, { name: user }: TestRole, change: Partial<DatabaseRemote> = {}): DatabaseRemote =>
    databaseRemoteSchema.parse({ host, port, database, user, authority, ...change });
  const open = (role: TestRole, options: PostgresOptions = {}, database = name): PostgresSession => {
    const session = openPostgres(remoteTo(database, role), role.password, options);
    sessions.push(session);
    return session;
  };

  const root = open(administrator(), {}, 'postgres');
  await root.query(`create database ${name}`);
  // By default everybody may connect, and nobody but the owner may make anything.
  const admin = open(administrator());
  if (vector) await admin.query('create extension vector');
  return {
    name,
    admin,
    async makeRole(prefix) {
      const role = { name: `${prefix}_${randomBytes(4).toString('hex')}`, password: randomBytes(12).toString('hex') };
      await root.query(`create role ${quoteName(role.name)} login password '${role.password}'`);
      roles.push(role);
      return role;
    },
    remote: (role, change) => remoteTo(name, role, change),
    open: (role, options) => open(role, options),
    async remove() {
      for (const session of sessions) if (session !== root) await session.close();
      await root.query(`drop database ${name} with (force)`);
      for (const role of roles) await root.query(`drop role ${quoteName(role.name)}`);
      await root.close();
    },
  };
}
