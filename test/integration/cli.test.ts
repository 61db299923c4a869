/** The command line as scripts use it: lines of JSON on stdout and nothing else, and exit codes that tell. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { commandLine, saying, type Line } from '../helpers/command-line.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makeEncrypted, makeLetter } from '../helpers/fixtures.ts';
import { temporaryFolder } from '../helpers/library.ts';

const { folder, remove } = temporaryFolder();
const library = join(folder, 'data');
const nobody = '00000000-0000-4000-8000-000000000000';

const { start, outcomeOf, quire } = commandLine(folder, library);

let letterId = '';

beforeAll(async () => {
  await mkdir(join(folder, 'inbox'), { recursive: true });
  await writeFile(join(folder, 'inbox', 'letter.pdf'), await makeLetter());
  const { code, lines } = await quire('ingest', 'inbox/letter.pdf');
  expect(code).toBe(0);
  letterId = String(lines.at(-1)?.['id']);
});

afterAll(remove);

test('ingest tells of each file, and answers 1 when one of them failed', async () => {
  await writeFile(join(folder, 'secret.pdf'), await makeEncrypted('harbour'));
  await writeFile(
    join(folder, 'note.md'),
    '# Moorings\n\nThe ferry Alvine lies at the northern mooring on Tuesdays.\n',
  );
  const { code, lines } = await quire('ingest', 'inbox', 'secret.pdf', 'note.md', 'gone.pdf');
  expect(code).toBe(1);
  const documents = lines.filter(({ type }) => type === 'document');
  expect(documents).toHaveLength(4);
  const named = (name: string): Line | undefined => documents.find(({ path }) => String(path).endsWith(name));
  expect(named('letter.pdf')).toMatchObject({ id: letterId, status: 'duplicate', error: null });
  expect(named('note.md')).toMatchObject({ status: 'ready', textPages: 1, error: null, title: 'Moorings' });
  expect(named('secret.pdf')).toMatchObject({ status: 'failed', error: { code: 'pdf-encrypted' } });
  expect(named('gone.pdf')).toMatchObject({ id: null, status: 'failed', error: { code: 'file-not-found' } });
  for (const { stage, done, total } of lines.filter(({ type }) => type === 'progress')) {
    expect(['queued', 'extracting', 'chunking', 'embedding']).toContain(stage);
    expect(Number(done)).toBeLessThanOrEqual(Number(total));
  }
  for (const line of documents) expect(typeof line['ms']).toBe('number');
});

test('list has a line for each document', async () => {
  const { code, lines } = await quire('list');
  expect(code).toBe(0);
  expect(lines.find(({ id }) => id === letterId)).toMatchObject({ type: 'document', status: 'ready', pages: 1 });
});

test('search finds the passage with its page and boxes, in each mode', async () => {
  for (const mode of ['hybrid', 'vector', 'text']) {
    const { code, lines } = await quire('search', 'wear of the slewing ring', '--k', '2', '--mode', mode);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ type: 'hit', rank: 1, documentId: letterId, page: 1 });
    expect(z.array(z.looseObject({ page: z.literal(1), x0: z.number() })).parse(lines[0]?.['boxes'])).not.toEqual([]);
    expect(lines.at(-1)).toMatchObject({ type: 'done', mode });
  }
});

test('search and ask in a document that does not exist fail, and do not pretend that nothing was found', async () => {
  for (const command of ['search', 'ask']) {
    const { code, lines, errors } = await quire(command, 'slewing ring', '--doc', nobody);
    expect({ command, code }).toEqual({ command, code: 1 });
    expect(lines).toMatchObject([{ type: 'error', error: { code: 'not-found' } }]);
    expect(errors).toContain(nobody);
  }
});

test('ask streams text with citations, and goes on with its conversation in the same documents', async () => {
  const first = await quire('ask', 'How much is the slewing ring worn?', '--doc', letterId);
  expect(first.code).toBe(0);
  const text = first.lines.filter(({ type }) => type === 'text-delta').map((line) => String(line['text']));
  expect(text.join('')).toContain('4.2 millimetres');
  expect(first.lines.filter(({ type }) => type === 'text-start')).toHaveLength(1);
  const citation = first.lines.find(({ type }) => type === 'citation');
  expect(citation).toMatchObject({ documentId: letterId, page: 1 });
  expect(citation?.['quote']).toContain('slewing ring');
  const checks = first.lines.filter(({ type }) => type === 'verification');
  expect(checks[0]).toMatchObject({ verdict: 'supported', citations: [1], flagged: [] });
  expect(first.lines.at(-1)).toMatchObject({ type: 'finish', reason: 'complete' });
  const conversation = String(first.lines[0]?.['conversationId']);
  // The mooring is told of in another document, which this conversation was not asked about.
  const second = await quire('ask', 'Where does the ferry Alvine lie?', '--conversation', conversation);
  expect(second.code).toBe(0);
  const cited = second.lines.filter(({ type }) => type === 'citation').map(({ documentId }) => documentId);
  expect(cited.filter((id) => id !== letterId)).toEqual([]);
  const unknown = await quire('ask', 'And now?', '--conversation', nobody);
  expect(unknown).toMatchObject({ code: 1, lines: [{ type: 'error', error: { code: 'not-found' } }] });
});

test('a wrong command, option or value is usage: 2, with nothing on stdout', async () => {
  for (const parameters of [['fly'], ['search'], ['search', 'x', '--mode', 'magic'], ['search', 'x', '--k', '0'], []]) {
    expect({ parameters, ...(await quire(...parameters)) }).toMatchObject({ parameters, code: 2, lines: [] });
  }
});

test.each([
  [['search', ''], /question is empty[\s\S]*Usage: quire search/],
  [['ask', '   '], /question is empty[\s\S]*Usage: quire ask/],
  [['ask', 'x', '--fast'], /unknown option '--fast'[\s\S]*Usage: quire ask/],
])('%j is answered with what is wrong and how it is used, and searches nothing', async (parameters, says) => {
  const { code, lines, errors } = await quire(...parameters);
  expect({ code, lines }).toEqual({ code: 2, lines: [] });
  expect(errors).toMatch(says);
});

test('--version prints the version alone, with 0', async () => {
  const child = start('--version');
  let output = '';
  child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('Ctrl+C ends an ingest at once with 1, and the next one goes on with the document', async () => {
  await writeFile(join(folder, 'filing.pdf'), (await makeFiling()).bytes);
  const child = start('ingest', 'filing.pdf', '--json');
  const ended = outcomeOf(child);
  await saying(child, '"extracting"');
  // As a terminal does it: to every process in the group.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  expect((await ended).code).toBe(1);
  const { lines } = await quire('list');
  const filing = lines.find(({ path }) => String(path).endsWith('filing.pdf'));
  expect(filing).toMatchObject({ error: null });
  expect(filing?.['status']).not.toBe('failed');
  const deleted = await quire('delete', String(filing?.['id']));
  expect(deleted).toMatchObject({ code: 0, lines: [{ type: 'deleted', id: filing?.['id'] }] });
});

test('delete counts what went; an unknown id is a failure', async () => {
  const gone = await quire('delete', letterId);
  expect(gone).toMatchObject({ code: 0, lines: [{ type: 'deleted', id: letterId, files: 2 }] });
  expect(Number(gone.lines[0]?.['chunks'])).toBeGreaterThan(0);
  expect(gone.lines[0]?.['vectors']).toBe(gone.lines[0]?.['chunks']);
  expect(await quire('delete', letterId)).toMatchObject({ code: 1, lines: [{ type: 'error' }] });
});

test('a library that is damaged is refused with a line and 1, not with a stack', async () => {
  const other = join(folder, 'broken');
  await mkdir(join(other, 'accounts', 'local'), { recursive: true });
  await writeFile(join(other, 'accounts', 'local', 'library.db'), 'not a database'.repeat(20));
  const { code, lines, errors } = await quire('list', '--data-dir', other);
  expect({ code, lines }).toMatchObject({ code: 1, lines: [{ type: 'error', error: { code: 'database-damaged' } }] });
  expect(errors).not.toMatch(/\n\s+at /);
});

test('a data folder that cannot be made is refused with a line and 1', async () => {
  const file = join(folder, 'a file');
  await writeFile(file, 'no folder');
  for (const place of [join(file, 'data'), ...(process.platform === 'linux' ? ['/proc/quire/data'] : [])]) {
    const { code, lines } = await quire('list', '--data-dir', place);
    expect({ code, lines }).toMatchObject({ code: 1, lines: [{ type: 'error', error: { code: 'file-unreadable' } }] });
  }
});
