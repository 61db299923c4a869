/** What set-up fetches: a changed package is refused, a damaged download is fetched again, and what can't be had is said. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSetupClone, offline, packFiles, type SetupClone } from '../../helpers/setup-clone.ts';

const packages = 'user-cache/quire/packages';
const tarballName = 'quire-test-weights-1.2.3.tgz';
let clone: SetupClone;
let genuine: Uint8Array;

beforeEach(async () => {
  clone = await makeSetupClone();
  genuine = await packFiles({ 'model.bin': 'the numbers that were measured' });
  await clone.write('registry/genuine.tgz', genuine);
});
afterEach(() => clone.remove());

/** Fetches the package by the hash of the genuine one; prints where it is. */
const fetchPackage = () => {
  const sha512 = createHash('sha512').update(genuine).digest('base64');
  const pin = { name: '@quire/test-weights', version: '1.2.3', sha512, megabytes: 42 };
  return clone.run(`
    const { fetchPackage } = await import('./scripts/setup/packages.mjs');
    console.log(await fetchPackage(${JSON.stringify(pin)}));`);
};
/** npm brings this file of the test's own instead of the registry's. */
const bring = (file: string) =>
  clone.setNpm(`fs.copyFileSync(path.join(clone, '${file}'), path.join(process.cwd(), 'brought.tgz'));`);
const kept = () => readdir(join(clone.folder, packages));

test('a package is fetched once, and verified each time', async () => {
  await bring('registry/genuine.tgz');
  const { code, stdout } = await fetchPackage();
  expect(code).toBe(0);
  expect(stdout.trim()).toBe(join(clone.folder, packages, tarballName));
  expect(new Uint8Array(await readFile(stdout.trim()))).toEqual(genuine);
  expect(await fetchPackage()).toMatchObject({ code: 0, stderr: '' });
  expect(await clone.npmCalls()).toEqual([['pack', '@quire/test-weights@1.2.3', '--silent', '--ignore-scripts']]);
  // Damaged on the disk meanwhile: it is not used on.
  await clone.write(join(packages, tarballName), genuine.slice(0, -7));
  expect((await fetchPackage()).code).toBe(0);
  expect(await clone.npmCalls()).toHaveLength(2);
  expect(new Uint8Array(await readFile(stdout.trim()))).toEqual(genuine);
});

test('a package that was changed is refused with both hashes, and nothing of it is kept', async () => {
  const changed = await packFiles({ 'model.bin': 'the numbers that somebody else likes' });
  await clone.write('registry/changed.tgz', changed);
  await bring('registry/changed.tgz');
  const { code, stdout, stderr } = await fetchPackage();
  expect(code).toBe(1);
  expect(stdout).toBe('');
  const hashes = [changed, genuine].map((bytes) => createHash('sha512').update(bytes).digest('base64'));
  expect(stderr).toContain(
    `@quire/test-weights@1.2.3 is not the file that Quire pinned: sha512 ${hashes[0]}, expected ${hashes[1]}.`,
  );
  expect(stderr).toContain('nothing of it was used');
  expect(await kept()).toEqual([]);
});

test('without a registry it says which package, how large, and what to do; what came of it goes', async () => {
  await clone.setNpm(`fs.writeFileSync('half.tgz.part', 'half of it'); ${offline}`);
  const { code, stderr } = await fetchPackage();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Downloading @quire\/test-weights@1\.2\.3 \(42 MB\) …/);
  expect(stderr).toMatch(/Set-up needs the package @quire\/test-weights@1\.2\.3 \(42 MB\) from the npm registry/);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(await kept()).toEqual([]);
  await clone.setNpm('');
  expect((await fetchPackage()).stderr).toContain('npm pack wrote no tarball for @quire/test-weights@1.2.3.');
});

test('the hash of what is packed in a .gz does not depend on the packer; half of one has none', async () => {
  const text = 'traineddata '.repeat(5_000);
  await clone.write('fast.gz', gzipSync(text, { level: 1 }));
  await clone.write('small.gz', gzipSync(text, { level: 9 }));
  await clone.write('half.gz', gzipSync(text).subarray(0, 60));
  await clone.write('none.gz', 'This was never packed.');
  const { stdout, code } = await clone.run(`
    const { hashFile } = await import('./scripts/setup/packages.mjs');
    for (const name of ['fast', 'small', 'half', 'none', 'missing'])
      console.log(await hashFile(name + '.gz', 'sha256', 'hex'));`);
  expect(code).toBe(0);
  const hash = createHash('sha256').update(text).digest('hex');
  expect(stdout.trim().split('\n')).toEqual([hash, hash, 'undefined', 'undefined', 'undefined']);
});

test('data that is not what was pinned is made anew; what comes out wrong is not kept, and the old stays', async () => {
  const sha256 = createHash('sha256').update('the data').digest('hex');
  const ensure = (content: string) =>
    clone.run(`
      const { writeFile } = await import('node:fs/promises');
      const { ensureModelFolder } = await import('./scripts/setup/model-folder.mjs');
      const make = (made) => writeFile(made + '/data', ${JSON.stringify(content)});
      console.log(await ensureModelFolder({ name: 'things', sha256: { data: '${sha256}' }, make }));`);
  const refused = await ensure('other data');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(new RegExp(`has sha256 [0-9a-f]{64}, expected ${sha256}`));
  expect(await readdir(join(clone.folder, 'user-cache', 'quire', 'models'))).toEqual([]);
  const made = await ensure('the data');
  expect(made.stdout.trim()).toBe(join(clone.folder, '.cache', 'models', 'things'));
  // Damaged in this clone: it comes from the person's other clones, and is not made.
  await clone.write('.cache/models/things/data', 'the dat');
  expect((await ensure('never asked for')).code).toBe(0);
  expect(await readFile(join(clone.folder, '.cache', 'models', 'things', 'data'), 'utf8')).toBe('the data');
});
