/** One library, two processes: the command line beside whoever has the library open. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore, type Core } from '../../electron/core/core.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { commandLine, saying } from '../helpers/command-line.ts';
import { modelEnvironment } from '../helpers/models.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { temporaryFolder } from '../helpers/library.ts';

const { folder: root, remove } = temporaryFolder();
const data = join(root, 'data');
const folder = join(data, 'accounts', 'local');
const { start, outcomeOf, quire } = commandLine(root, data);

let core: Core | null = null;

async function open(): Promise<Core> {
  core = await openCore({
    folder,
    keys: null,
    launcher: createForkedHostLauncher({
      entry: workerEntry('pipeline-host'),
      environment: modelEnvironment,
    }),
    keychain: createEnvironmentKeychain({}),
    onError: (_where, error) => {
      throw error;
    },
  });
  return core;
}

async function close(): Promise<void> {
  await core?.close();
  core = null;
}

beforeAll(async () => {
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'letter.pdf'), await makeLetter());
  await writeFile(join(root, 'note.md'), '# Moorings\n\nThe ferry Alvine lies at the northern mooring.\n');
  await writeFile(join(root, 'filing.pdf'), (await makeFiling()).bytes);
});
afterEach(close);
afterAll(remove);

// Catches: a command line that resumes the app's unfinished documents, or sweeps the files it is just copying.
test('beside an open library, commands that only ask work and touch nothing; those that change are refused', async () => {
  const holder = await open();
  await holder.ingest.add([join(root, 'letter.pdf')]);
  await holder.ingest.idle();
  await holder.embedQueue.idle();
  const letter = (await holder.database.documents.list())[0];
  const waiting = await holder.database.documents.insert({
    id: '00000000-0000-4000-8000-000000000001',
    contentHash: 'a'.repeat(64),
    path: join(root, 'waiting.pdf'),
    title: 'Waiting',
    format: 'pdf',
    size: 1,
    addedAt: Date.now(),
  });
  await writeFile(join(folder, 'blobs', 'half.part'), 'half a copy');

  for (const parameters of [
    ['ingest', 'note.md'],
    ['delete', String(letter?.id)],
  ]) {
    const { code, lines, errors } = await quire(...parameters);
    expect({ parameters, code, lines }).toMatchObject({
      parameters,
      code: 1,
      lines: [{ type: 'error', where: parameters[0], error: { code: 'library-in-use', retryable: false } }],
    });
    expect(errors).toContain(folder);
    expect(errors).toContain('Close the other Quire');
  }
  expect(await quire('search', 'wear of the slewing ring', '--k', '1')).toMatchObject({
    code: 0,
    lines: [
      { type: 'hit', documentId: letter?.id },
      { type: 'done', mode: 'hybrid', note: null },
    ],
  });
  expect((await quire('list')).lines.map(({ id, status }) => [id, status])).toEqual([
    [waiting.document.id, 'queued'],
    [letter?.id, 'ready'],
  ]);
  const asked = await quire('ask', 'How much is the slewing ring worn?');
  expect(asked.code).toBe(0);
  const { messages } = await holder.chat.conversation(String(asked.lines[0]?.['conversationId']));
  expect(messages.at(-1)).toMatchObject({ state: 'complete' });
  expect(messages.at(-1)?.text).toContain('4.2 millimetres');

  expect(await holder.database.documents.get(waiting.document.id)).toEqual(waiting.document);
  expect(await readdir(join(folder, 'blobs'))).toContain('half.part');
  await holder.deleteDocuments([waiting.document.id]);
});

// Catches: a lock that a closed core keeps, so that a library could be opened once a process.
test('a library that was closed can be opened by another process, and then again by this one', async () => {
  await open();
  await close();
  expect((await quire('ingest', 'note.md')).code).toBe(0);
  const again = await open();
  expect((await again.database.documents.list()).map(({ title }) => title)).toContain('Moorings');
});

// Catches: a lock file that has to be removed by hand after a crash, and a lock that passes on to a process's children.
test('a process that holds the library keeps others out, until it is killed', async () => {
  const holder = start('ingest', 'filing.pdf', '--json');
  const ended = outcomeOf(holder);
  await saying(holder, '"extracting"');
  // It neither finishes nor lets go before it is killed.
  holder.kill('SIGSTOP');
  await expect(open()).rejects.toMatchObject({ code: 'library-in-use' });
  expect(await quire('ingest', 'note.md')).toMatchObject({ code: 1, lines: [{ error: { code: 'library-in-use' } }] });
  const exited = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await exited;
  const next = await open();
  const filing = (await next.database.documents.list()).find(({ path }) => path.endsWith('filing.pdf'));
  expect(filing).toBeDefined();
  expect((await ended).code).toBeNull();
});
