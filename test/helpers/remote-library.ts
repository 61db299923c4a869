/** A remote library on PGlite: the schema as it ships, and accounts in it. */
import { randomUUID } from 'node:crypto';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { createRemoteUser } from '../../electron/adapters/postgres/users.ts';
import type { Entity, EntityKind, Register } from '../../electron/sync/entity.ts';
import type { RemoteParts } from '../../electron/sync/ports/remote-parts.ts';
import type { Device, RemoteStore } from '../../electron/sync/ports/remote-store.ts';
import type { JsonValue } from '../../electron/db/database.ts';
import { databaseRemoteSchema } from '../../shared/remotes.ts';
import { startPglite, type TestPostgres } from './pglite-server.ts';

export interface RemoteLibrary {
  readonly server: TestPostgres;
  /** One connection, which everything below shares: PGlite serves no more. */
  readonly session: PostgresSession;
  /** An account of its own, with a device that was greeted. */
  join(): Promise<RemoteAccount>;
  /** The same of an account that is there. */
  enter(userId: string): Promise<RemoteAccount>;
  close(): Promise<void>;
}

export interface RemoteAccount {
  readonly userId: string;
  readonly email: string;
  /** The one that was greeted; what is pushed is its. */
  readonly device: Device;
  readonly store: RemoteStore;
  readonly parts: RemoteParts;
  /** Another computer of the same account. */
  another(): Promise<{ readonly device: Device; readonly parts: RemoteParts }>;
}

export async function startRemoteLibrary(): Promise<RemoteLibrary> {
  const server = await startPglite();
  const { host, port, database, user } = server;
  const session = openPostgres(
    databaseRemoteSchema.parse({ host, port, database, user, tls: 'off' }),
    server.password,
    { connections: 1 },
  );
  await migrateRemote(session);
  const emailOf = (userId: string): string => `${userId}@example.com`;
  async function enter(userId: string): Promise<RemoteAccount> {
    const store = new PostgresRemoteStore(session, userId);
    const greet = async (): Promise<{ device: Device; parts: RemoteParts }> => {
      const device = { id: randomUUID(), name: 'Desk', platform: 'linux', appVersion: '1.0.0' };
      await store.greet(device);
      return { device, parts: openRemoteParts({ session, userId, deviceId: device.id }) };
    };
    return { userId, email: emailOf(userId), store, ...(await greet()), another: greet };
  }
  return {
    server,
    session,
    enter,
    async join() {
      const userId = randomUUID();
      await createRemoteUser(session, { id: userId, email: emailOf(userId), signIn: { hash: 'argon2' } });
      return enter(userId);
    },
    async close() {
      await session.close();
      await server.close();
    },
  };
}

/** A stamp of a moment, by a device that is called by one letter (hex). */
export function stampAt(at: number, device = 'a'): string {
  return `${String(at).padStart(16, '0')}-${device.repeat(8)}`;
}

/** An entity whose registers were all written at one moment. */
export function entityAt(
  at: number,
  kind: EntityKind,
  id: string,
  values: Readonly<Record<string, JsonValue>>,
): Entity {
  const registers = Object.entries(values).map(([name, value]): [string, Register] => [
    name,
    { stamp: stampAt(at), seen: 0, value },
  ]);
  return { kind, id, registers: Object.fromEntries(registers), tombstone: null };
}

export function deletedAt(at: number, kind: EntityKind, id: string, into: string | null = null): Entity {
  return { kind, id, registers: {}, tombstone: { stamp: stampAt(at), seen: 0, into } };
}
