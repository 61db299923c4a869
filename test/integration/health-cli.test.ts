/** `quire health`, and what is left in the log after work with secrets in it. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { healthChecks } from '../../shared/health.ts';
import { commandLine } from '../helpers/command-line.ts';
import { openTestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { temporaryFolder } from '../helpers/library.ts';

const { folder, remove } = temporaryFolder();
const library = join(folder, 'data');
const { quire } = commandLine(folder, library);

const lineSchema = z.looseObject({
  type: z.literal('health'),
  state: z.enum(['ok', 'degraded', 'down']),
  checks: z.array(
    z.looseObject({ id: z.enum(healthChecks), state: z.string(), message: z.string(), hint: z.string() }),
  ),
});

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'letter.pdf'), await makeLetter());
  expect((await quire('ingest', 'letter.pdf')).code).toBe(0);
});
afterAll(remove);

test('health is one JSON object, and 0 where everything works or works with less', async () => {
  const { code, lines } = await quire('health');
  expect(lines).toHaveLength(1);
  const { state, checks } = lineSchema.parse(lines[0]);
  expect(code).toBe(0);
  // A machine without a keychain or with little room works with less.
  expect(['ok', 'degraded']).toContain(state);
  expect(checks.map(({ id }) => id)).toEqual(healthChecks);
  for (const id of ['database', 'hosts', 'embedder', 'answers', 'recognition'] as const) {
    expect(checks.find((check) => check.id === id)).toMatchObject({ state: 'ok' });
  }
});

test('health works while the library is open elsewhere', async () => {
  const running = await openTestCore();
  try {
    const data = join(running.folder, '..', 'elsewhere');
    // The library's own folder, as the app would have it.
    await mkdir(join(data, 'accounts'), { recursive: true });
    await symlink(running.folder, join(data, 'accounts', 'local'));
    const { code, lines } = await quire('health', '--data-dir', data);
    expect({ code, state: lineSchema.parse(lines[0]).checks[0]?.state }).toEqual({ code: 0, state: 'ok' });
  } finally {
    await running.close();
  }
});

test('health is 1 where something does not work, told without a stack; the log names no path', async () => {
  const other = join(folder, 'broken');
  await mkdir(join(other, 'accounts', 'local'), { recursive: true });
  await writeFile(join(other, 'accounts', 'local', 'library.db'), 'not a database'.repeat(20));
  const { code, lines, errors } = await quire('health', '--data-dir', other);
  expect({ code, lines }).toMatchObject({ code: 1, lines: [{ type: 'health', state: 'down' }] });
  expect(lineSchema.parse(lines[0]).checks[0]).toMatchObject({ id: 'database', code: 'database-damaged' });
  expect(errors).not.toMatch(/\n\s+at /);
  const log = await readFile(join(other, 'logs', 'command-line.log'), 'utf8');
  expect(log).toContain('"command":"health"');
  expect(log).not.toContain(other);
});

test('the log has outcomes in numbers, and no name or word of a document', async () => {
  await writeFile(
    join(folder, 'patient file.txt'),
    'The ferryman Alvine Brekke owes the harbour nine hundred crowns.\n',
  );
  await writeFile(join(folder, 'broken.pdf'), 'The ferryman Alvine Brekke owes the harbour'.repeat(50));
  expect((await quire('ingest', 'patient file.txt', 'broken.pdf')).code).toBe(1);
  expect((await quire('ask', 'What does Alvine Brekke owe?')).code).toBe(0);
  const logs = join(library, 'logs');
  const files = await readdir(logs);
  expect(files).toContain('command-line.log');
  const text = (await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')))).join('');
  const entries = text
    .trim()
    .split('\n')
    .map((line) => z.looseObject({ level: z.string(), where: z.string(), code: z.string() }).parse(JSON.parse(line)));
  expect(entries).toContainEqual(expect.objectContaining({ where: 'ingest', code: 'ready', documents: 1 }));
  expect(entries.some(({ where, code }) => where === 'ingest' && code.startsWith('pdf-'))).toBe(true);
  expect(text).not.toMatch(/ferryman|Alvine|Brekke|patient|broken\.pdf|letter\.pdf/);
});
