/**
 * A Postgres with pgvector inside the test's own process, on 127.0.0.1: PGlite behind pglite-socket.
 *
 * It is the real thing as far as statements go. It has no TLS and no passwords; everybody is the superuser, so row-level
 * security holds only after SET SESSION AUTHORIZATION (which RESET does not take back here, only naming another role). It
 * cancels nothing, and serves one connection at a time: a pool of it has one, unless it is `shared`. COPY FROM STDIN wedges it. Its clock is
 * Date.now, so a test that replaces that moves both.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { repositoryRoot } from './app.ts';
import { openDoor, type Door } from './one-at-a-time.ts';

export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Any other would do, too. */
  readonly password: string;
  /** The same, for what takes nothing else. */
  readonly url: string;
  /** Straight to it, without the socket; between statements of a client's transaction it waits for its end. */
  readonly pglite: PGlite;
  /** Of a shared one: switches it off, and on again where it was. */
  readonly door: Door | null;
  close(): Promise<void>;
}

export interface PgliteOptions {
  /** Without pgvector installed in the database; it can be created. */
  readonly bare?: boolean;
  /** For several connections, which take turns. */
  readonly shared?: boolean;
}

/** Starts one with an empty database; takes half a second, the first time on a computer some seconds. */
export async function startPglite(options: PgliteOptions = {}): Promise<TestPostgres> {
  const pglite = await PGlite.create({ extensions: { vector }, loadDataDir: await snapshot() });
  if (options.bare) await pglite.exec('DROP EXTENSION vector');
  const server = new PGLiteSocketServer({
    db: pglite,
    host: '127.0.0.1',
    port: 0,
    maxConnections: options.shared ? 64 : 4,
  });
  await server.start();
  const own = Number(server.getServerConn().split(':').at(-1));
  const door = options.shared ? await openDoor(own) : null;
  const port = door?.port ?? own;
  return {
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'postgres',
    password: 'postgres',
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    pglite,
    door,
    async close() {
      await door?.shut();
      await server.stop();
      await pglite.close();
    },
  };
}

let made: Promise<Blob> | null = null;

/**
 * A data folder with pgvector created. Making one takes seconds and reading it half of one, so it is made once and kept
 * in `.cache`: each test file runs in a process of its own.
 */
function snapshot(): Promise<Blob> {
  made ??= readOrMake();
  return made;
}

async function readOrMake(): Promise<Blob> {
  const file = join(repositoryRoot, '.cache', `pglite-${await versions()}.tar.gz`);
  try {
    return new File([await readFile(file)], 'snapshot.tar.gz', { type: 'application/x-gzip' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const pglite = await PGlite.create({ extensions: { vector } });
  await pglite.exec('CREATE EXTENSION vector');
  const dump = await pglite.dumpDataDir('gzip');
  await pglite.close();
  await mkdir(dirname(file), { recursive: true });
  // Two processes may make it at once: whoever is last leaves a whole one, too.
  const half = `${file}.${randomUUID()}`;
  await writeFile(half, new Uint8Array(await dump.arrayBuffer()));
  await rename(half, file);
  return dump;
}

/** A snapshot of another version is none. */
async function versions(): Promise<string> {
  const main = createRequire(import.meta.url);
  const found = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector'].map(async (name) => {
    const description: unknown = JSON.parse(
      await readFile(join(dirname(main.resolve(name)), '..', 'package.json'), 'utf8'),
    );
    return description !== null && typeof description === 'object' && 'version' in description
      ? String(description.version)
      : 'unknown';
  });
  return (await Promise.all(found)).join('-');
}
