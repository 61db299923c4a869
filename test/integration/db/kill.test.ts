/** A process that is killed while it writes leaves a library that is whole. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { embedAll, temporaryFolder, testEmbedder } from '../../helpers/library.ts';

const writer = fileURLToPath(new URL('../../fixtures/writing-process.ts', import.meta.url));

describe('kill -9', () => {
  // Catches: two steps that belong together committed apart (rows without their full-text row, wrong counts).
  it.each([
    ['a plain library', null],
    ['an encrypted one, of which nothing can be read then', new Uint8Array(randomBytes(32))],
  ])('at any moment loses no finished document and leaves no orphan: %s', async (_name, key) => {
    const { folder, remove } = temporaryFolder();
    const path = join(folder, 'library.db');
    const given = key ? [Buffer.from(key).toString('hex')] : [];
    try {
      for (const delay of [0, 40, 90, 150, 260]) {
        const child = spawn(process.execPath, [writer, path, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
        const finished: string[] = [];
        for await (const line of createInterface({ input: child.stdout })) {
          if (line !== 'open') finished.push(line);
          else setTimeout(() => child.kill('SIGKILL'), delay + Math.random() * 40);
        }
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');

        const isRead = readdirSync(folder).some((name) =>
          readFileSync(join(folder, name)).includes('words to store words'),
        );
        // A plain one that was killed before its first passage has none either.
        if (key) expect(isRead).toBe(false);
        else if (finished.length > 1) expect(isRead).toBe(true);

        const database = await openDatabase({ path, key });
        expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
        const documents = await database.documents.list();
        const last = finished.at(-1);
        if (last !== undefined) expect(documents.find(({ id }) => id === last)?.state).toBe('ready');
        for (const { id, state, searchable } of documents) {
          if (state === 'ready' || !searchable) continue;
          await embedAll(database, id, testEmbedder);
          expect(await database.vectors.progress(testEmbedder.fingerprint, id)).toEqual({ done: 151, total: 151 });
        }
        expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
        await database.close();
      }
    } finally {
      remove();
    }
  });
});
