/** OpenStack Swift's S3 API on loopback: four processes in a temporary folder, which end with `close`. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface SwiftServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface SwiftUser {
  /** `account:user`. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** As swift-server.py names them: each has buckets of its own. */
export const swiftUsers: readonly [SwiftUser, SwiftUser] = [
  { accessKeyId: 'ada:ada', secretAccessKey: 'adas-secret-key' },
  { accessKeyId: 'grace:grace', secretAccessKey: 'graces-secret-key' },
];

/** What `ensureSwift` of scripts/setup/swift.mjs tells. */
const programsSchema = z.object({ python: z.string(), modules: z.string(), libraries: z.string() });
const readySchema = z.object({ endpoint: z.url() });

/** Unpacks Debian's packages the first time. */
export async function startSwift(): Promise<SwiftServer> {
  const setup = new URL('../../scripts/setup/swift.mjs', import.meta.url).href;
  const { ensureSwift } = (await import(setup)) as { readonly ensureSwift: () => Promise<unknown> };
  const { python, modules, libraries } = programsSchema.parse(await ensureSwift());
  const folder = await mkdtemp(join(tmpdir(), 'quire-swift-'));
  const script = fileURLToPath(new URL('swift-server.py', import.meta.url));
  const child = spawn(python, [script, folder], {
    env: { PATH: '/usr/bin:/bin', PYTHONPATH: modules, LD_LIBRARY_PATH: libraries, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const line = await new Promise<string | null>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', () => resolve(null));
  });
  if (line === null) {
    await close();
    throw new Error(`Swift did not start: ${said}`);
  }
  return { endpoint: readySchema.parse(JSON.parse(line)).endpoint, close };
}
