/** A package registry on loopback that serves language data as the real one does: a document, and a tarball in it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { recognitionDirectory } from './models.ts';

export interface PackageRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface RegistryOptions {
  /** Changes the tarball after its hash was taken. */
  readonly tampered?: boolean;
  /** Leaves the data for this engine out of the package. */
  readonly withoutData?: boolean;
  /** Begins the address of a tarball; the registry's own when absent. */
  readonly tarballs?: string;
  /** Sends whoever asks for a tarball on to this address. */
  readonly redirect?: string;
  /** Sends half of a tarball, and nothing after it, as long as this is true. */
  readonly stalls?: () => boolean;
  /** Bytes of data in a package, zeros; the data of English when absent. */
  readonly size?: number;
}

/** The data of every language is that of English, the only one that is built in. */
export async function startPackageRegistry(
  codes: readonly string[],
  options: RegistryOptions = {},
): Promise<PackageRegistry> {
  const tarballs = new Map<string, Buffer>();
  for (const code of codes) tarballs.set(code, await pack(code, options));
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    const path = decodeURIComponent(incoming.url ?? '');
    asked.push(path);
    const code = /^\/(?:tarballs|@tesseract\.js-data)\/(\w+)/.exec(path)?.[1] ?? '';
    const tarball = tarballs.get(code);
    if (!tarball) return void answer.writeHead(404).end('{}');
    if (path.startsWith('/tarballs/')) {
      if (options.redirect) return void answer.writeHead(302, { location: options.redirect }).end();
      if (options.stalls?.()) return void answer.writeHead(200).write(tarball.subarray(0, tarball.length >> 1));
      const sent = options.tampered ? Buffer.concat([tarball.subarray(0, -1), Buffer.from([0xff])]) : tarball;
      return void answer.writeHead(200, { 'content-type': 'application/octet-stream' }).end(sent);
    }
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `${options.tarballs ?? url()}tarballs/${code}`, integrity };
    const manifest = {
      name: `@tesseract.js-data/${code}`,
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { dist } },
    };
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(manifest));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url: url(),
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Whoever still waits for the other half.
        server.closeAllConnections();
      }),
  };
}

async function pack(code: string, { withoutData, size }: RegistryOptions): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-package-'));
  try {
    const file = join(folder, 'package', '4.0.0_best_int', `${code}.traineddata.gz`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(join(folder, 'package', 'package.json'), JSON.stringify({ name: code, version: '1.0.0' }));
    const data = join(recognitionDirectory, 'eng.traineddata.gz');
    if (!withoutData) await writeFile(file, size === undefined ? await readFile(data) : Buffer.alloc(size));
    await create({ gzip: true, cwd: folder, file: join(folder, 'package.tgz') }, ['package']);
    return await readFile(join(folder, 'package.tgz'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
