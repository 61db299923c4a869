/** What the window gets of the library's files, encrypted and not: ranges, types, no place in its cache. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProtocolRequest, ProtocolResponse } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newFileKeys } from '../../../electron/encryption/sealed-file.ts';
import { writeStored, type StoredFile } from '../../../electron/encryption/stored-file.ts';
import { LARGEST_ANSWER } from '../../../shared/document-file.ts';
import { AppError } from '../../../shared/errors.ts';
import { hashOf, temporaryFolder } from '../../helpers/library.ts';

type Handler = (request: ProtocolRequest, answer: (response: ProtocolResponse) => void) => void;
const handled = vi.hoisted(() => ({ handler: null as Handler | null }));
vi.mock('electron', () => ({
  protocol: { registerBufferProtocol: (_scheme: string, handler: Handler) => (handled.handler = handler) },
}));
const { serveApp } = await import('../../../electron/app/protocol.ts');

const documentId = '5bd3dbff-2a1b-4c6b-9d2c-0f5d1a9a0a11';
const contentHash = hashOf('the document');
const content = randomBytes(1_500_000);
let folder: string;
let remove: () => void;
let stored: StoredFile;
let endReads: () => void;
/** What the library waits for before it answers. */
let held: Promise<void> | null;
let wrong: unknown[];

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  held = null;
  wrong = [];
  endReads = serveApp({
    rendererFolder: join(folder, 'renderer'),
    thumbnail: () => Promise.resolve({ stored, extension: '.webp' }),
    document: async (id) => {
      const file = id === documentId ? { stored, extension: '.pdf' } : null;
      await held;
      return file;
    },
    onError: (thrown) => wrong.push(thrown),
  });
});
afterEach(() => remove());

/** What Chromium makes of the answer. */
async function ask(path: string, range?: string, method = 'GET'): Promise<Response> {
  const { handler } = handled;
  if (!handler) throw new Error('nothing is served');
  const answer = await new Promise<ProtocolResponse>((resolve) =>
    handler({ url: `app://quire${path}`, method, referrer: '', headers: range ? { Range: range } : {} }, resolve),
  );
  if (answer.error !== undefined) return Response.error();
  const { statusCode, headers, data } = answer;
  return new Response(new Uint8Array(data as Buffer), { status: statusCode, headers: headers as HeadersInit });
}
const askDocument = (range?: string): Promise<Response> => ask(`/documents/${documentId}/file?v=1`, range);
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe.each([
  ['plain', false],
  ['encrypted', true],
])('%s', (_what, isEncrypted) => {
  beforeEach(async () => {
    const key = isEncrypted ? { ...newFileKeys(randomBytes(32)), kind: 'original' as const, contentHash } : null;
    stored = { path: join(folder, 'file'), key };
    await writeStored(stored, content);
  });

  // Catches: ciphertext or padding that reaches the window, a range that is off by a piece.
  it('is answered whole and in ranges', async () => {
    const whole = await askDocument();
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('application/pdf');
    expect(whole.headers.get('content-length')).toBe('1500000');
    expect((await bytesOf(whole)).equals(content)).toBe(true);
    for (const [range, start, end] of [
      ['bytes=0-9', 0, 10],
      ['bytes=65530-131080', 65_530, 131_081],
      ['bytes=200000-1499999', 200_000, 1_500_000],
      ['bytes=-100', 1_499_900, 1_500_000],
      ['bytes=1400000-9999999', 1_400_000, 1_500_000],
    ] as const) {
      const part = await askDocument(range);
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/1500000`);
      expect((await bytesOf(part)).equals(content.subarray(start, end))).toBe(true);
    }
    expect((await askDocument('bytes=1500000-')).status).toBe(416);
  });

  // Catches: decrypted pages that lie in the window's own cache on the disk.
  it('is kept by the window only when it is not encrypted', async () => {
    for (const response of [
      await askDocument(),
      await askDocument('bytes=0-9'),
      await ask(`/thumbnails/${contentHash}.webp`),
    ]) {
      expect(response.headers.get('cache-control')).toBe(isEncrypted ? 'no-store' : null);
      await bytesOf(response);
    }
  });

  it('that is gone is not found', async () => {
    await rm(stored.path);
    expect((await askDocument()).status).toBe(404);
    expect((await ask('/documents/00000000-0000-4000-8000-000000000000/file')).status).toBe(404);
  });

  // Catches: a file of a gigabyte that is taken into memory at once.
  it('is not answered whole when it is long', async () => {
    await writeStored(stored, randomBytes(LARGEST_ANSWER + 1));
    expect((await askDocument()).status).toBe(413);
    expect((await askDocument('bytes=1-')).status).toBe(206);
    expect((await askDocument('bytes=0-')).status).toBe(413);
  });

  // Catches: what was asked for before the lock and is answered after it.
  it.each([undefined, 'bytes=0-9'])('is not answered when it was locked meanwhile (%s)', async (range) => {
    let release: () => void = () => undefined;
    held = new Promise((resolve) => (release = resolve));
    const answer = askDocument(range);
    endReads();
    release();
    expect((await answer).status).toBe(404);
    await expect.poll(() => openFiles(), { timeout: 5_000 }).not.toContain(stored.path);
    expect((await askDocument(range)).ok).toBe(true);
  });
});

/** Paths of the files that this process has open; none where the system does not tell. */
async function openFiles(): Promise<string> {
  const { readdir, readlink } = await import('node:fs/promises');
  const names = await readdir('/proc/self/fd').catch(() => []);
  return (await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))).join('\n');
}

// Catches: pages of a file that somebody changed on the disk.
it('an encrypted file that was changed is not shown', async () => {
  stored = {
    path: join(folder, 'file'),
    key: { ...newFileKeys(randomBytes(32)), kind: 'original', contentHash },
  };
  await writeStored(stored, content);
  const file = await readFile(stored.path);
  file.writeUInt8(file.readUInt8(100) ^ 1, 100);
  await writeFile(stored.path, file);
  expect((await askDocument('bytes=0-9')).status).toBe(404);
  expect((await askDocument()).status).toBe(404);
  // What is whole of it is still shown.
  expect((await bytesOf(await askDocument('bytes=200000-200009'))).equals(content.subarray(200_000, 200_010))).toBe(
    true,
  );
});

// Catches: a request that fails in the middle of a lock, as if something was wrong.
it('a library that was locked meanwhile has no such file', async () => {
  stored = { path: join(folder, 'file'), key: null };
  held = Promise.reject(new AppError('interrupted', 'The library was locked meanwhile.'));
  expect((await askDocument()).status).toBe(404);
});

// Catches: a window that waits for ever, and a fault that nobody hears of.
it('what fails otherwise is told', async () => {
  held = Promise.reject(new Error('no more threads'));
  expect((await askDocument()).type).toBe('error');
  expect(wrong).toEqual([new Error('no more threads')]);
});

// Catches: a folder or a name that no file can have, which end the app where they are read.
it('of the window’s folder only files are answered', async () => {
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'secret.txt'), 'not the window’s');
  const page = await ask('/index.html');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toBe('<!doctype html>');
  const others = ['/', '/assets', '/assets/', '/index.html/', '/missing.js', '/%00', '/%2e%2e%2fsecret.txt', '/%zz'];
  for (const path of [...others, `/${'a'.repeat(5_000)}`]) expect((await ask(path)).status, path).toBe(404);
});

it('nothing but reading is answered', async () => {
  stored = { path: join(folder, 'file'), key: null };
  await writeFile(stored.path, content);
  expect((await ask(`/documents/${documentId}/file`, undefined, 'POST')).status).toBe(404);
});

it.each([
  ['bytes=-0', 416],
  ['bytes=0-', 416],
  ['bytes=-5', 416],
  [undefined, 200],
])('a file without content is answered as such (%s)', async (range, status) => {
  stored = { path: join(folder, 'file'), key: null };
  await writeFile(stored.path, '');
  const answer = await askDocument(range);
  expect(answer.status).toBe(status);
  expect((await bytesOf(answer)).length).toBe(0);
});

it.each(['bytes=abc', 'bytes=9-5', 'pages=1-2', 'bytes=-'])(
  'a range that means nothing is no range (%s): RFC 9110, 14.2',
  async (range) => {
    stored = { path: join(folder, 'file'), key: null };
    await writeFile(stored.path, content);
    const answer = await askDocument(range);
    expect(answer.status).toBe(200);
    expect((await bytesOf(answer)).equals(content)).toBe(true);
  },
);
