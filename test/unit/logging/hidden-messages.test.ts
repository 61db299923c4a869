/** `QUIRE_LOG=debug` adds messages to the log, and not while an encrypted library is open. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Logger } from '../../../electron/logging/logger.ts';
import { AppError } from '../../../shared/errors.ts';
import { temporaryFolder } from '../../helpers/library.ts';

// Catches: names of documents of an encrypted library in a plain file, because somebody looked for a mistake once.
it('hides messages as long as it is told to', async () => {
  const { folder, remove } = temporaryFolder();
  const log = new Logger({ folder, name: 'quire', process: 'main', level: 'debug' });
  const fail = (name: string) => log.error('reading', new AppError('file-unreadable', `${name} can’t be read.`));
  fail('harbour.pdf');
  log.hideMessages(true);
  fail('alvine.pdf');
  log.hideMessages(false);
  fail('mooring.pdf');
  await log.flush();
  const lines = (await readFile(join(folder, 'quire.log'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => /harbour|alvine|mooring/.exec(line)?.[0])).toEqual(['harbour', undefined, 'mooring']);
  expect(lines[1]).toContain('file-unreadable');
  remove();
});
