/** Checks of the library by the thread that reads, while the other one writes. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { wholeLibrary } from '../../../shared/scope.ts';
import { openTestLibrary } from '../../helpers/library.ts';
import { emptyAnswer } from '../../helpers/message.ts';

// Catches: a whole library that is called damaged, because FTS5 checks an index by what its connection saw of it before.
it('calls no full-text index damaged that was merged since the last check', async () => {
  const { database, close } = await openTestLibrary();
  const conversationId = randomUUID();
  await database.conversations.create({ id: conversationId, title: 'Cranes', scope: wholeLibrary, createdAt: 1 });
  for (let round = 0; round < 12; round += 1) {
    for (let message = 0; message < 5; message += 1) {
      const text = `The crane ${round} has ${message} rings.`;
      await database.messages.append({ ...emptyAnswer, id: randomUUID(), conversationId, state: 'complete', text });
    }
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  }
  await close();
});
