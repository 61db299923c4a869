/** `quire write` as a process of its own: a file that is not in the library yet, and what a prompt needs. */
import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { commandLine } from '../helpers/command-line.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { temporaryFolder } from '../helpers/library.ts';

test('a file is added and written about; its document is written about by id; a prompt needs a model', async () => {
  const { folder, remove } = temporaryFolder();
  try {
    await mkdir(join(folder, 'data'));
    const { quire } = commandLine(folder, join(folder, 'data'));
    await writeFile(join(folder, 'crane.pdf'), await makeLetter());
    const first = await quire('write', 'crane.pdf', '--kind', 'key-points');
    expect([first.code, first.errors]).toEqual([0, '']);
    expect(first.lines[0]).toMatchObject({ type: 'start' });
    expect(first.lines.at(-1)).toEqual({ type: 'finish', reason: 'complete' });
    const text = first.lines.flatMap((line) => (line.type === 'text-delta' ? [String(line['text'])] : [])).join('');
    expect(text).toContain('nine days');
    const citation = first.lines.find(({ type }) => type === 'citation');
    expect(citation).toMatchObject({ page: 1, number: 1 });
    expect(citation?.['boxes']).not.toEqual([]);
    const piece = first.lines.find(({ type }) => type === 'piece');
    expect(piece).toMatchObject({
      kind: 'key-points',
      state: 'complete',
      requests: [],
      source: { kind: 'extractive' },
    });

    const id = String(citation?.['documentId']);
    const second = await quire('write', id);
    expect(second.lines.at(-1)).toEqual({ type: 'finish', reason: 'complete' });
    const prompt = await quire('write', id, '--prompt', 'Who pays?');
    expect(prompt.code).toBe(1);
    expect(prompt.lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'provider-not-configured' } });
    expect((await quire('write', id, '--kind', 'prompt')).code).toBe(2);
    expect((await quire('write', 'nowhere.pdf')).code).toBe(1);
  } finally {
    remove();
  }
}, 120_000);
