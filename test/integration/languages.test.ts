/** Languages of recognition in the app's own core: downloads that are cancelled or closed over, and removal. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recognitionHandlers } from '../../electron/ipc/handlers/recognition.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makePlacedLetter } from '../helpers/fixtures.ts';
import { startPackageRegistry, type PackageRegistry } from '../helpers/package-registry.ts';
import { scan } from '../helpers/scans.ts';

let registry: PackageRegistry;
let opened: TestCore;
let isStalling: boolean;

beforeEach(async () => {
  isStalling = false;
  registry = await startPackageRegistry(['deu', 'fra'], { stalls: () => isStalling });
  opened = await openTestCore({}, { languageRegistry: registry.url });
});
afterEach(async () => {
  await opened.close();
  await registry.close();
});

type Name = `${'install' | 'cancel' | 'remove'}Language`;
const send = (name: Name, code: string) => recognitionHandlers(opened.core)[`recognition.${name}`]({ language: code });
const german = (list: readonly { readonly code: string }[]) => list.find(({ code }) => code === 'deu');
const listed = async () => german(await recognitionHandlers(opened.core)['recognition.listLanguages']({}));
const tarballs = () => registry.asked.filter((path) => path.startsWith('/tarballs/'));
/** Of the folder with language data; none before the first download. */
async function files(): Promise<string[]> {
  const here = await readdir(opened.folder);
  return here.includes('languages') ? readdir(join(opened.folder, 'languages')) : [];
}

// Catches: a download that nobody can end, or that leaves half a file that is taken for a language.
test('a download is cancelled, leaves nothing, and can be begun again', async () => {
  isStalling = true;
  const outcome = send('installLanguage', 'deu').catch((error: unknown) => error);
  await expect.poll(tarballs).toHaveLength(1);
  expect(await listed()).toMatchObject({ installed: false, downloading: true });
  expect(german(await send('cancelLanguage', 'deu'))).toMatchObject({
    installed: false,
    downloading: false,
  });
  expect(await outcome).toMatchObject({ code: 'cancelled' });
  expect(await files()).toEqual([]);
  isStalling = false;
  expect(german(await send('installLanguage', 'deu'))).toMatchObject({ installed: true });
  // What is over can't be cancelled any more, and is not undone by it.
  expect(german(await send('cancelLanguage', 'deu'))).toMatchObject({ installed: true });
});

// Catches: a second download of the same, from a dialog that was opened again; and one that goes on behind a closed library.
test('who asks again waits for the same download; closing the library ends it', async () => {
  isStalling = true;
  const ask = () => send('installLanguage', 'deu').catch((error: unknown) => error);
  const both = Promise.all([ask(), ask()]);
  await expect.poll(tarballs).toHaveLength(1);
  await opened.restart();
  expect(await both).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
  expect(tarballs()).toHaveLength(1);
  expect(await files()).toEqual([]);
});

// Catches: data that stays, a setting that names a language that is gone, and a scan that fails because of either.
test('a language is removed: its data and its place in the settings go, what was recognised in it stays', async () => {
  const { core } = opened;
  await send('installLanguage', 'deu');
  await send('installLanguage', 'fra');
  await core.settings.update({ ...core.settings.current, recognition: { languages: ['deu', 'eng'] } });
  const bytes = await scan((await makePlacedLetter()).bytes);
  const [first] = await core.ingest.add([await opened.file('first.pdf', bytes)]);
  await opened.settled();
  const before = await core.database.documents.get(first?.documentId ?? '');
  expect(before).toMatchObject({ state: 'ready', ocrPages: 1 });

  expect(german(await send('removeLanguage', 'deu'))).toMatchObject({ installed: false });
  expect(core.settings.current.recognition.languages).toEqual(['eng']);
  expect(await files()).toEqual(expect.not.arrayContaining(['deu.traineddata.gz']));
  expect(await core.database.documents.get(before?.id ?? '')).toEqual(before);
  await expect(core.recognition.again(before?.id ?? '', ['deu'])).rejects.toMatchObject({ code: 'language-missing' });
  await core.recognition.again(before?.id ?? '', ['eng']);
  await opened.settled();
  expect(await core.database.documents.get(before?.id ?? '')).toMatchObject({ state: 'ready', ocrPages: 1 });

  // With the last one goes the copy of English that the engine wanted beside it.
  await send('removeLanguage', 'fra');
  expect(await files()).toEqual([]);
}, 120_000);
