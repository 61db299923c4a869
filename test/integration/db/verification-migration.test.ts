/** Answers of before sentences were checked: they stay as they are, and a new one is stored beside them. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { initial } from '../../../electron/db/migrations/0001-initial.ts';
import { openConnection } from '../../../electron/db/open.ts';
import type { SentenceVerification } from '../../../shared/domain.ts';
import { temporaryFolder } from '../../helpers/library.ts';

// Catches: a conversation of before that cannot be opened any more, because its answers have no verification.
test('a library of before opens with its answers unchecked, and stores what is checked', async () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'library.db');
  const old = openConnection({ path, migrations: [initial] });
  old.exec(`
    INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES ('c', 'Old', '[]', 1, 1);
    INSERT INTO messages (id, conversation_key, role, state, created_at, text)
      VALUES ('q', 1, 'user', 'complete', 1, 'How much?'), ('a', 1, 'assistant', 'complete', 2, 'Five [1].');
  `);
  old.close();
  const database = await openDatabase({ path });
  const before = await database.messages.list('c');
  expect(before.map(({ text, verification }) => [text, verification])).toEqual([
    ['How much?', []],
    ['Five [1].', []],
  ]);
  const verification: SentenceVerification[] = [
    {
      start: 0,
      end: 9,
      verdict: 'unsupported',
      reason: 'number',
      citations: [1],
      flagged: [{ kind: 'number', start: 0, end: 4, text: 'Five' }],
      wordsAlone: true,
    },
  ];
  await database.messages.update('a', { verification });
  await database.messages.update('a', { state: 'complete' });
  expect((await database.messages.get('a'))?.verification).toEqual(verification);
  await database.close();
  remove();
});
