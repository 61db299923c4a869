/** Language data from a registry. Each test names a way in which a download could harm or leave half a file. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNpmLanguageData, registryOf } from '../../electron/adapters/npm-language-data.ts';
import { startPackageRegistry, type PackageRegistry, type RegistryOptions } from '../helpers/package-registry.ts';

const { signal } = new AbortController();
let folder: string;
let registry: PackageRegistry | null = null;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'quire-languages-')), 'languages');
});
afterEach(async () => {
  await registry?.close();
  registry = null;
  await rm(folder, { recursive: true, force: true });
});

async function start(options: RegistryOptions = {}): Promise<string> {
  registry = await startPackageRegistry(['deu'], options);
  return registry.url;
}

test('a language is fetched once, and is there without a network from then on', async () => {
  const data = createNpmLanguageData(folder, await start());
  expect(await data.installed()).toEqual(['eng']);
  await data.install('deu', signal);
  expect(await data.installed()).toEqual(['eng', 'deu']);
  // Gzip, as the engine takes it, and nothing else.
  expect((await readFile(join(folder, 'deu.traineddata.gz'))).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  expect(await readdir(folder)).toEqual(['deu.traineddata.gz']);
  const asked = registry!.asked.length;
  await data.install('deu', signal);
  expect(registry!.asked).toHaveLength(asked);
  await registry!.close();
  expect(await createNpmLanguageData(folder, registry!.url).installed()).toEqual(['eng', 'deu']);
});

test('what was changed on the way is refused, and leaves nothing', async () => {
  const data = createNpmLanguageData(folder, await start({ tampered: true }));
  await expect(data.install('deu', signal)).rejects.toMatchObject({
    code: 'language-download-failed',
    message: 'German could not be downloaded.',
    hint: expect.stringContaining('not what the registry announced'),
  });
  expect(await data.installed()).toEqual(['eng']);
});

// Catches: a hash that comes from the same place as what it is to prove.
test('a package that was looked at before is taken as it was then, whatever the registry announces', async () => {
  const deu = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
  const data = createNpmLanguageData(folder, await start(), { deu });
  await expect(data.install('deu', signal)).rejects.toMatchObject({ hint: expect.stringContaining('not what') });
  expect(await data.installed()).toEqual(['eng']);
});

test('only the registry itself is asked: no plain http, no other host, no redirect', async () => {
  const refused = async (url: string, reason: string) => {
    const data = createNpmLanguageData(folder, url);
    await expect(data.install('deu', signal)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining(reason) }),
    });
  };
  await refused('http://packages.invalid/', 'https');
  await refused('ftp://127.0.0.1/', 'https');
  const other = await startPackageRegistry(['deu']);
  try {
    await refused(await start({ tarballs: other.url }), 'another place');
    await registry!.close();
    await refused(await start({ redirect: `${other.url}tarballs/deu` }), 'fetch failed');
    expect(other.asked).toEqual([]);
  } finally {
    await other.close();
  }
});

// Catches: a small package that unpacks to more than there is memory for.
test('data that is too large is not taken into memory', async () => {
  const data = createNpmLanguageData(folder, await start({ size: 51_000_000 }));
  await expect(data.install('deu', signal)).rejects.toMatchObject({
    cause: expect.objectContaining({ message: expect.stringContaining('too large') }),
  });
  expect(await data.installed()).toEqual(['eng']);
});

// Catches: an unpacked archive with an .npmrc that chooses where code and data come from.
test('the registry is the one of the home folder, never of the current one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'quire-home-'));
  const current = process.cwd();
  const archive = await mkdtemp(join(tmpdir(), 'quire-archive-'));
  try {
    await writeFile(join(archive, '.npmrc'), 'registry=https://evil.example/\n');
    process.chdir(archive);
    expect(await registryOf(home)).toBe('https://registry.npmjs.org/');
    await writeFile(
      join(home, '.npmrc'),
      '; mine\nregistry = "https://mirror.example/npm"\n//mirror.example/:_authToken=x\n',
    );
    expect(await registryOf(home)).toBe('https://mirror.example/npm');
    await writeFile(
      join(home, '.npmrc'),
      '@tesseract.js-data:registry=https://scans.example/\nregistry=https://all.example/\n',
    );
    expect(await registryOf(home)).toBe('https://scans.example/');
  } finally {
    process.chdir(current);
    await rm(home, { recursive: true, force: true });
    await rm(archive, { recursive: true, force: true });
  }
});

test('a package without data for this engine is no language', async () => {
  const data = createNpmLanguageData(folder, await start({ withoutData: true }));
  await expect(data.install('deu', signal)).rejects.toMatchObject({ code: 'language-download-failed' });
  expect(await data.installed()).toEqual(['eng']);
});

test('a language that the registry does not have, and a registry that is not there, are told apart', async () => {
  const url = await start();
  const data = createNpmLanguageData(folder, url);
  await expect(data.install('fra', signal)).rejects.toMatchObject({ hint: expect.stringContaining('404') });
  await registry!.close();
  await expect(data.install('deu', signal)).rejects.toMatchObject({
    code: 'language-download-failed',
    retryable: true,
    hint: expect.stringContaining('network'),
  });
});
