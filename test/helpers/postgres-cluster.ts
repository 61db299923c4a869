/**
 * A PostgreSQL of the tests' own: in a temporary folder, on a free port of 127.0.0.1, with TLS by an authority of its own,
 * passwords by SCRAM, roles, and pgvector. Without TLS it lets nobody in.
 *
 * `npm run test:conformance` brings its programs (scripts/setup/postgres.mjs) and names them in QUIRE_TEST_POSTGRES.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, type TestCertificates } from './certificates.ts';

/** What is needed to use one; plain data, for it crosses to Vitest's workers. */
export interface PostgresAccess {
  readonly host: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly authority: string;
  /** Certificates that the server can be told to show, by name: `<folder>/<name>.pem` and `.key`. */
  readonly certificates: string;
}

export interface PostgresCluster {
  readonly access: PostgresAccess;
  stop(): Promise<void>;
}

/** Folders of programs, data and pgvector, as scripts/setup/postgres.mjs answers. */
interface Programs {
  readonly programs: string;
  readonly shared: string;
  readonly vector: string;
}

const administrator = 'administrator';
const host = '127.0.0.1';

export async function startCluster(): Promise<PostgresCluster> {
  const named = process.env.QUIRE_TEST_POSTGRES;
  if (!named) throw new Error('There is no PostgreSQL to test with. Run the tests by: npm run test:conformance');
  const folder = await mkdtemp(join(tmpdir(), 'quire-postgres-'));
  try {
    // For the server's user, who is another than root.
    await chmod(folder, 0o755);
    const user = await serverUser();
    const bin = await copyPrograms(folder, JSON.parse(named) as Programs);
    const data = join(folder, 'data');
    const certificates = join(folder, 'certificates');
    const password = randomBytes(24).toString('base64url');
    const made = await makeCertificates();
    for (const own of [data, certificates]) await makeFolder(own, user);
    await writeCertificates(certificates, made, user);
    await initialise({ bin, data, password, user, folder });
    const port = await freePort();
    await configure(data, certificates, port);
    const server = await start(bin, data, user);
    return {
      access: { host, port, user: administrator, password, authority: made.authority, certificates },
      async stop() {
        await end(server);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's `postgres`, as root; null for whoever runs the tests else. The server refuses to be root. */
async function serverUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const number = async (flag: string): Promise<number> => Number(await output('id', [flag, 'postgres']));
  return { uid: await number('-u'), gid: await number('-g') };
}

/**
 * A copy, because a server looks for extensions where it lies itself: the system's folders stay as they are.
 * The places in it are relative to each other as they were.
 */
async function copyPrograms(folder: string, { programs, shared, vector }: Programs): Promise<string> {
  const to = { programs: join(folder, programs), shared: join(folder, shared) };
  await cp(programs, to.programs, { recursive: true, filter: (path) => !path.includes('/bitcode') });
  await cp(shared, to.shared, { recursive: true, dereference: true, filter: (path) => !path.includes('/man') });
  for (const name of await readdir(vector)) {
    const target = name.endsWith('.so') ? join(to.programs, 'lib') : join(to.shared, 'extension');
    await cp(join(vector, name), join(target, name));
  }
  return join(to.programs, 'bin');
}

async function makeFolder(path: string, user: User | null): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  if (user) await chown(path, user.uid, user.gid);
}

async function writeCertificates(folder: string, made: TestCertificates, user: User | null): Promise<void> {
  for (const name of ['server', 'otherName', 'expired'] as const) {
    for (const [ending, text] of [
      ['pem', made[name].certificate],
      ['key', made[name].key],
    ] as const) {
      const file = join(folder, `${name}.${ending}`);
      await writeFile(file, text, { mode: 0o600 });
      if (user) await chown(file, user.uid, user.gid);
    }
  }
}

interface Initialisation {
  readonly bin: string;
  readonly data: string;
  readonly password: string;
  readonly user: User | null;
  readonly folder: string;
}

async function initialise({ bin, data, password, user, folder }: Initialisation): Promise<void> {
  const file = join(folder, 'password');
  await writeFile(file, password, { mode: 0o600 });
  if (user) await chown(file, user.uid, user.gid);
  await output(
    ...as(user, join(bin, 'initdb'), [
      ...['--pgdata', data, '--username', administrator, '--pwfile', file],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', '--no-instructions'],
    ]),
  );
  await rm(file);
}

async function configure(data: string, certificates: string, port: number): Promise<void> {
  const settings = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: join(certificates, 'server.pem'),
    ssl_key_file: join(certificates, 'server.key'),
    password_encryption: 'scram-sha-256',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await writeFile(join(data, 'postgresql.conf'), lines.join(''));
  await writeFile(join(data, 'pg_hba.conf'), `hostssl all all ${host}/32 scram-sha-256\n`);
}

/** Resolves when it takes connections. It ends with the process that started it, however that ends. */
async function start(bin: string, data: string, user: User | null): Promise<ChildProcess> {
  const [program, parameters] = as(user, join(bin, 'postgres'), ['-D', data]);
  const server = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4_000);
      if (log.includes('ready to accept connections')) resolve();
    });
  });
  return server;
}

/** Ends what it serves at once (a “fast shutdown”). */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  await ended;
}

/** A command as the server's user; it is ended by SIGINT when this process dies. */
function as(user: User | null, program: string, parameters: readonly string[]): [string, string[]] {
  const identity = user ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'] : [];
  return ['setpriv', [...identity, '--pdeathsig', 'INT', program, ...parameters]];
}

async function output(program: string, parameters: readonly string[]): Promise<string> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (complaint += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint}`);
  return text;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
