/** The files of deploy/ as far as they can be tried without Docker: secrets, certificates, and what compose.yml promises. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../helpers/app.ts';

const run = promisify(execFile);
const deploy = join(repositoryRoot, 'deploy');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-deploy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const compose = await readFile(join(deploy, 'compose.yml'), 'utf8');
/** Each service with its lines. */
const services = new Map(
  (/^services:\n([\s\S]*?)^volumes:/m.exec(compose)?.[1] ?? '')
    .split(/^(?= {2}[a-z-]+:$)/m)
    .map((text): [string, string] => [/^ {2}([a-z-]+):$/m.exec(text)?.[1] ?? '', text])
    .filter(([name]) => name !== ''),
);

async function settings(): Promise<ReadonlyMap<string, string>> {
  await cp(join(deploy, 'make-env.sh'), join(folder, 'make-env.sh'));
  await run(join(folder, 'make-env.sh'), ['quire.example', '192.168.1.5']);
  const text = await readFile(join(folder, '.env'), 'utf8');
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

describe('compose.yml', () => {
  test('asks for nothing that make-env.sh does not write', async () => {
    const wanted = new Set([...compose.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name));
    const given = await settings();
    expect([...wanted].filter((name) => !given.has(name))).toEqual([]);
    expect(wanted.size).toBeGreaterThan(10);
  });

  test('listens on the address that the person sets alone', () => {
    const ports = [...compose.matchAll(/^ {6}- '?([^\n']*:\d+)'?$/gm)].map(([, port = '']) => port);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:/);
  });

  test('pins every image, restarts every service and checks its health; what runs once does neither', () => {
    expect([...services.keys()]).toContain('certificates');
    for (const [name, text] of services) {
      expect(text).toMatch(/^ {4}image: \S+:v?\d+\.\d+\.\d+\S*$/m);
      expect(text).toContain('<<: *service');
      expect([name, text.includes('healthcheck:')]).toEqual([name, name !== 'certificates']);
      expect([name, text.includes(`restart: 'no'`)]).toEqual([name, name === 'certificates']);
    }
    expect(compose).toContain('restart: unless-stopped');
  });

  test('mounts only what is there', async () => {
    const mounted = [...compose.matchAll(/^ {6}- \.\/([^:\n]+):/gm)].map(([, path = '']) => path);
    expect(mounted.length).toBeGreaterThan(5);
    for (const path of mounted) await expect(stat(join(deploy, path))).resolves.toBeDefined();
  });
});

describe('make-env.sh', () => {
  test('writes secrets that only the person can read, others each time, and never over those that are there', async () => {
    const first = await settings();
    expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0);
    await expect(run(join(folder, 'make-env.sh'), ['other.example'])).rejects.toMatchObject({ code: 1 });
    await rm(join(folder, '.env'));
    const second = await settings();
    const secrets = [...first.keys()].filter((name) => /PASSWORD|SECRET|KEY_ID/.test(name));
    expect(secrets).toHaveLength(6);
    for (const name of secrets) {
      expect(first.get(name)).toMatch(/^(GK)?[0-9a-f]{24,}$/);
      expect(first.get(name)).not.toBe(second.get(name));
    }
    expect(first.get('SERVER_NAMES')).toBe('quire.example,192.168.1.5');
    expect(first.get('BIND_ADDRESS')).toBe('127.0.0.1');
  });

  test('refuses what is no name', async () => {
    await cp(join(deploy, 'make-env.sh'), join(folder, 'make-env.sh'));
    await expect(run(join(folder, 'make-env.sh'), ['a;b'])).rejects.toMatchObject({ code: 2 });
    expect(await readdir(folder)).toEqual(['make-env.sh']);
  });
});

describe('make-certificates.sh', () => {
  const place = (name: string): string => join(folder, name);
  const make = (names: string): Promise<unknown> =>
    run(join(deploy, 'certificates', 'make-certificates.sh'), [], {
      env: {
        ...process.env,
        SERVER_NAMES: names,
        AUTHORITY_FOLDER: place('authority'),
        DATABASE_FOLDER: place('database'),
        OBJECTS_FOLDER: place('objects'),
        DATABASE_USER: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      },
    });
  const read = (path: string): Promise<string> => readFile(place(path), 'utf8');

  /** What a client that trusts the authority alone says of the server under this name. */
  async function connectAs(name: string): Promise<string> {
    const [key, cert, ca] = await Promise.all(
      ['server.key', 'server.crt', 'authority.crt'].map((file) => read(`objects/${file}`)),
    );
    const server = createServer({ key, cert });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await new Promise((resolve) => {
        const { port } = server.address() as AddressInfo;
        // Without `servername` it is checked against the host.
        const socket = connect({ port, host: '127.0.0.1', ca, ...(name === '127.0.0.1' ? {} : { servername: name }) });
        socket
          .once('secureConnect', () => resolve('trusted'))
          .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        socket.once('secureConnect', () => socket.destroy());
      });
    } finally {
      server.close();
    }
  }

  test('makes servers that are trusted under their names, by whoever has the authority', async () => {
    await make('quire.example, 192.168.1.5');
    for (const name of ['quire.example', 'localhost', 'objects', '127.0.0.1'])
      expect([name, await connectAs(name)]).toEqual([name, 'trusted']);
    expect(await connectAs('other.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const certificate = new X509Certificate(await read('database/server.crt'));
    expect(certificate.subjectAltName).toContain('IP Address:192.168.1.5');
    expect(certificate.subjectAltName).toContain('DNS:database');
    expect(certificate.ca).toBe(false);
    for (const secret of ['authority/authority.key', 'database/server.key', 'objects/server.key']) {
      expect((await stat(place(secret))).mode & 0o077).toBe(0);
    }
  });

  test('keeps what is good; with other names it makes new certificates by the same authority', async () => {
    await make('quire.example');
    const [authority, before] = [await read('authority/authority.crt'), await read('database/server.crt')];
    await make('quire.example');
    expect(await read('database/server.crt')).toBe(before);
    await make('quire.example,second.example');
    expect(await read('database/server.crt')).not.toBe(before);
    expect(await read('objects/authority.crt')).toBe(authority);
    expect(await connectAs('second.example')).toBe('trusted');
  });

  test('after a run that was cut off makes what is missing', async () => {
    await make('quire.example');
    await rm(place('authority/authority.key'));
    await rm(place('objects/server.key'));
    await make('quire.example');
    expect(await connectAs('quire.example')).toBe('trusted');
    expect(
      new X509Certificate(await read('database/server.crt')).verify(
        new X509Certificate(await read('authority/authority.crt')).publicKey,
      ),
    ).toBe(true);
  });

  test('refuses names that would mean something else to openssl', async () => {
    await expect(make('quire.example\nbasicConstraints=CA:TRUE')).rejects.toMatchObject({ code: 1 });
    await expect(make('')).rejects.toMatchObject({ code: expect.any(Number) });
  });
});
