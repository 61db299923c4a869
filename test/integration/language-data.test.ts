/** Language data from a registry. Each test names a way in which a download could harm or leave half a file. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNpmLanguageData } from '../../electron/adapters/npm-language-data.ts';
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
