/** Set-up's packages: when npm is asked for them and when not, and the Node that runs set-up being taken away by it. */
import { copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSetupClone, offline, type SetupClone } from '../../helpers/setup-clone.ts';

const ensureDependencies = `
  const { ensureDependencies } = await import('./scripts/setup/dependencies.mjs');
  await ensureDependencies();`;
const ownNode = 'node_modules/node/bin/node';

/** What the lockfile wants. */
const wanted = {
  '': { name: 'quire' },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/better-sqlite3': { name: 'better-sqlite3-multiple-ciphers', version: '13.0.3' },
  'node_modules/@napi-rs/canvas-darwin-arm64': { version: '1.1.1', optional: true },
  'node_modules/fsevents': { version: '2.3.3', devOptional: true },
};
/** What of it is installed here: not what other platforms have. */
const installed = {
  'node_modules/zod': wanted['node_modules/zod'],
  'node_modules/better-sqlite3': wanted['node_modules/better-sqlite3'],
};
let clone: SetupClone;

beforeEach(async () => {
  clone = await makeSetupClone();
  await clone.writeJson('package-lock.json', { packages: wanted });
  await clone.writeJson('node_modules/node/package.json', { version: process.version.slice(1) });
  await clone.write(ownNode, `#!/bin/sh\necho ${process.version}\n`, 0o755);
});
afterEach(() => clone.remove());

const install = (packages: object) => clone.writeJson('node_modules/.package-lock.json', { packages });
const commands = async () => (await clone.npmCalls()).map(([command]) => command);

test('packages that agree with the lockfile are left alone, those of other platforms missing', async () => {
  await install(installed);
  expect(await clone.run(ensureDependencies)).toMatchObject({ code: 0, stderr: '' });
  expect(await commands()).toEqual([]);
});

test.each([
  ['no node_modules', null],
  ['a package that is missing', { 'node_modules/zod': wanted['node_modules/zod'] }],
  ['a package in another version', { ...installed, 'node_modules/zod': { version: '4.6.6' } }],
  [
    'an optional package in another version, which would be loaded all the same',
    { ...installed, 'node_modules/@napi-rs/canvas-darwin-arm64': { version: '1.0.0', optional: true } },
  ],
  ['the lockfile of an install that was killed before its end', {}],
])('%s: everything is installed, without install scripts', async (_name, packages) => {
  if (packages) await install(packages);
  const { code, stderr } = await clone.run(ensureDependencies);
  expect(code).toBe(0);
  expect(stderr).toBe('Installing the packages of package-lock.json …\n');
  const [call, ...others] = await clone.npmCalls();
  expect(call?.slice(0, 2)).toEqual(['ci', '--ignore-scripts']);
  expect(others).toEqual([]);
});

test('without a registry it says what is needed and what to look at, and no stack', async () => {
  await clone.setNpm(offline);
  const { code, stderr } = await clone.run(ensureDependencies);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Stopped: .*npm-cli\.js ci .* ended with code 1/);
  expect(stderr).toContain('npm error code ENOTFOUND');
  expect(stderr).toMatch(/check the connection and “npm config get registry”/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('the Node that runs set-up is taken away by “npm ci” and comes back: set-up goes on with the machine’s', async () => {
  // It runs from the clone's own node_modules, as the second set-up of a clone does.
  const running = join(clone.folder, ownNode);
  await copyNode(running);
  await clone.setNpm(`
    const bin = path.join(clone, 'node_modules', 'node', 'bin');
    if (args[0] === 'ci') fs.rmSync(bin, { recursive: true });
    if (args[0] === 'rebuild') {
      fs.mkdirSync(bin);
      fs.writeFileSync(path.join(bin, 'node'), '#!/bin/sh\\necho ${process.version}\\n', { mode: 0o755 });
    }`);
  const { code, stderr } = await clone.run(ensureDependencies, { node: running });
  expect(stderr).toBe(
    `Installing the packages of package-lock.json …\nInstalling Node ${process.version.slice(1)} into node_modules …\n`,
  );
  expect(code).toBe(0);
  expect(await commands()).toEqual(['ci', 'rebuild']);
});

test('when it does not come back, set-up says so instead of going on with a Node that is gone', async () => {
  const running = join(clone.folder, ownNode);
  await copyNode(running);
  await clone.setNpm(`
    if (args[0] === 'ci') fs.rmSync(path.join(clone, 'node_modules', 'node', 'bin'), { recursive: true });
    else { ${offline} }`);
  const { code, stderr } = await clone.run(ensureDependencies, { node: running });
  expect(code).toBe(1);
  expect(stderr).toContain(`Node ${process.version.slice(1)} could not be installed into node_modules.`);
  expect(stderr).toContain('npm error code ENOTFOUND');
  expect(stderr).toMatch(/or install Node 24 yourself/);
});

test('a Node that can’t be had is replaced by the machine’s own, when that is new enough, and it says so', async () => {
  await install(installed);
  await clone.writeJson('node_modules/node/package.json', { version: '24.99.0' });
  await clone.setNpm(`if (args[0] === 'rebuild') fs.rmSync(path.join(clone, '${ownNode}')); ${offline}`);
  const { code, stderr } = await clone.run(ensureDependencies);
  expect(code).toBe(0);
  expect(stderr).toContain(`Node 24.99.0 could not be installed; this machine's own ${process.version} will do.`);
});

test('a program that hangs, fails or is not there is told by its name', async () => {
  const { stdout } = await clone.run(`
    const { run } = await import('./scripts/setup/run.mjs');
    const told = async (...args) => run(...args).catch(({ message, hint }) => console.log(JSON.stringify([message, hint])));
    await told(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { timeout: 300 });
    await told(process.execPath, ['-e', 'console.error("no room"); process.exit(3)'], { hint: 'Make room.' });
    await told('no-such-program', ['--version'], { hint: 'Install it.' });
    console.log(JSON.stringify([await run(process.execPath, ['-e', 'console.log("well")'])]));`);
  const [hung, failed, missing, well] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  expect(hung?.[0]).toMatch(/^“node -e .* took longer than 0\.3 s/);
  expect(failed).toEqual([expect.stringMatching(/ended with code 3\.\nno room$/), 'Make room.']);
  expect(missing).toEqual([expect.stringMatching(/^“no-such-program --version” cannot be started/), 'Install it.']);
  expect(well).toEqual(['well\n']);
});

/** The same Node at another place: linked, as it is 100 MB; copied from another disk. */
async function copyNode(target: string): Promise<void> {
  await rm(target);
  await link(process.execPath, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    await copyFile(process.execPath, target);
  });
}
