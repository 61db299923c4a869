/** The Postgres of deploy/compose.yml without Docker: its settings, certificates, rules and roles, on a real server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { databaseRemoteSchema, type DatabaseRemote } from '../../shared/remotes.ts';
import { repositoryRoot } from './app.ts';
import {
  as,
  copyPrograms,
  end,
  freePort,
  makeFolder,
  output,
  serverUser,
  start,
  type Programs,
  type User,
} from './postgres-cluster.ts';

export const deployFolder = join(repositoryRoot, 'deploy');

export interface Ran {
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
}

export interface HostedPostgres {
  readonly backups: string;
  readonly passwords: { readonly owner: string; readonly backup: string };
  remote(user: string, change?: Partial<DatabaseRemote>): DatabaseRemote;
  /** As the superuser, inside of the container. */
  sql(text: string, database?: string): Promise<string>;
  /** A script of deploy/, with variables as the service's. */
  script(path: string, parameters?: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ran>;
  stop(): Promise<void>;
}

export async function startHostedPostgres(): Promise<HostedPostgres> {
  const named = process.env.QUIRE_TEST_POSTGRES;
  if (!named) throw new Error('There is no PostgreSQL to test with. Run the tests by: npm run test:conformance');
  const folder = await mkdtemp(join(tmpdir(), 'quire-hosted-'));
  let server: ChildProcess | null = null;
  try {
    await chmod(folder, 0o755);
    const user = await serverUser();
    const bin = await copyPrograms(folder, JSON.parse(named) as Programs);
    const [data, sockets, certificates] = ['data', 'sockets', 'certificates'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const own of [data, sockets]) await makeFolder(own, user);
    const variables = { owner: "the owner's password", backup: 'the password of backups' };
    const port = await freePort();
    const script: HostedPostgres['script'] = (path, parameters = [], own = {}) =>
      run(join(deployFolder, path), parameters, { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...own });

    const made = await script('certificates/make-certificates.sh', [], {
      SERVER_NAMES: 'quire.example',
      AUTHORITY_FOLDER: join(folder, 'authority'),
      DATABASE_FOLDER: certificates,
      OBJECTS_FOLDER: join(folder, 'objects'),
      DATABASE_USER: user ? `${user.uid}:${user.gid}` : '',
    });
    if (made.code !== 0) throw new Error(made.output);
    await output(...as(user, join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--data-checksums', '--auth=peer']));
    await configure(data, { port, sockets, certificates });
    server = await start(bin, data, user);
    const environment = { PGHOST: sockets, PGPORT: String(port) };
    for (const file of ['10-roles.sql', '20-database.sql']) {
      await psql(user, bin, ['-d', 'postgres', '-f', join(deployFolder, 'database', 'init', file)], {
        ...environment,
        QUIRE_OWNER_PASSWORD: variables.owner,
        QUIRE_BACKUP_PASSWORD: variables.backup,
      });
    }
    const authority = await readFile(join(certificates, 'authority.crt'), 'utf8');
    const backups = join(folder, 'backups');
    await mkdir(backups);
    const [program, identity] = as(user, 'env', [`PGHOST=${sockets}`, `PGPORT=${port}`]);
    const running = server;
    return {
      backups,
      passwords: variables,
      remote: (name, change = {}) =>
        databaseRemoteSchema.parse({ host: 'localhost', port, database: 'quire', user: name, authority, ...change }),
      sql: (text, database = 'quire') => psql(user, bin, ['-d', database, '-c', text], environment),
      script: (path, parameters, own) =>
        script(path, parameters, {
          BACKUP_FOLDER: backups,
          AS_POSTGRES: [program, ...identity].join(' '),
          INIT_FOLDER: join(deployFolder, 'database', 'init'),
          PGHOST: 'localhost',
          PGPORT: String(port),
          PGDATABASE: 'quire',
          PGUSER: 'quire_backup',
          PGPASSWORD: variables.backup,
          PGSSLMODE: 'verify-full',
          PGSSLROOTCERT: join(certificates, 'authority.crt'),
          SERVER_CERTIFICATE: join(certificates, 'server.crt'),
          ...own,
        }),
      async stop() {
        await end(running);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    if (server) await end(server);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The settings are those of compose.yml; only places are others here. */
async function configure(
  data: string,
  own: { readonly port: number; readonly sockets: string; readonly certificates: string },
): Promise<void> {
  const compose = await readFile(join(deployFolder, 'compose.yml'), 'utf8');
  const given = [...compose.matchAll(/^ {6}- -c\n {6}- (\w+)=(.+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  if (given.length === 0) throw new Error('compose.yml has no settings of Postgres in the form that is read here.');
  const settings = {
    ...Object.fromEntries(given),
    listen_addresses: '127.0.0.1',
    port: String(own.port),
    unix_socket_directories: own.sockets,
    fsync: 'off',
  } as Readonly<Record<string, string>>;
  const lines = Object.entries(settings).map(([name, value]) => {
    const here = value.replace('/certificates/', `${own.certificates}/`).replace('/quire/', `${deployFolder}/`);
    return `${name} = '${here}'\n`;
  });
  await writeFile(join(data, 'postgresql.conf'), lines.join(''));
}

async function psql(
  user: User | null,
  bin: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const [program, all] = as(user, join(bin, 'psql'), [
    ...['--no-psqlrc', '--quiet', '-At', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres'],
    ...parameters,
  ]);
  const { code, output: text } = await run(program, all, environment);
  if (code !== 0) throw new Error(text);
  return text.trim();
}

async function run(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const child = spawn(program, parameters, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: text };
}
