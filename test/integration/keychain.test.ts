/** Keys go into the system's keychain and nowhere else; without one, the app says so and goes on. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../helpers/use-keychain.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-keychain-'));
  await mkdir(join(folder, 'run'), { mode: 0o700 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'run'),
    XDG_DATA_HOME: join(folder, 'data'),
  };
}

function parse(stdout: string): unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

if (process.platform === 'linux') {
  describe('the Secret Service', () => {
    test('keeps a key, gives it back, forgets it; the other endpoint’s is not touched', async () => {
      const command = `printf pw | gnome-keyring-daemon --unlock --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring" --daemonize >/dev/null && exec "${process.execPath}" "${script}"`;
      const { stdout } = await run('dbus-run-session', ['--', 'sh', '-c', command], { env: environment() });
      expect(parse(stdout).map((line) => (line as { value: unknown }).value)).toEqual([
        null,
        null,
        'sk-test-ü',
        null,
        null,
        null,
        null,
        null,
        'session-key',
      ]);
      // SECURITY: the keyring's file is encrypted; the key is in no file as it is.
      for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (file.isFile())
          expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toMatch(/sk-test|secret of sessions/);
      }
    });

    test('that is not there fails with a code and what to do, at once and every time', async () => {
      const started = performance.now();
      const { stdout } = await run(process.execPath, [script], { env: environment() });
      const lines = parse(stdout) as { error: { code: string; hint: string } }[];
      expect(lines).toHaveLength(9);
      for (const { error } of lines) {
        expect(error.code).toBe('keychain-unavailable');
        expect(error.hint).toContain('Secret Service');
      }
      expect(performance.now() - started).toBeLessThan(60_000);
    });
  });
}

describe('keys from the environment', () => {
  const keychain = createEnvironmentKeychain({ QUIRE_ANSWERS_KEY: ' sk-a ', QUIRE_EMBEDDER_KEY: '' });

  test('are read, trimmed, and absent when empty', async () => {
    expect(await keychain.get('answers@api.example.com')).toBe('sk-a');
    expect(await keychain.get('embedder@api.example.com')).toBeNull();
  });

  test('cannot be changed', async () => {
    await expect(keychain.set('answers@api.example.com', 'x')).rejects.toMatchObject({ code: 'keychain-unavailable' });
    await expect(keychain.delete('embedder@api.example.com')).rejects.toMatchObject({
      hint: expect.stringContaining('QUIRE_EMBEDDER_KEY') as string,
    });
  });
});
