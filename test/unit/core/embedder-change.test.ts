/** The way back from a change of embedder. */
import { expect, it, vi } from 'vitest';
import { EmbedderChange, type EmbedderChangeOptions } from '../../../electron/core/embedder-change.ts';
import { settingsSchema } from '../../../shared/requests/settings.ts';

const builtIn = settingsSchema.parse({}).embedder;
const other = { ...builtIn, kind: 'openai' as const, baseUrl: 'http://127.0.0.1:1', model: 'new' };

function begun() {
  const wanted = vi.fn(() => Promise.resolve({ fingerprint: 'new' }));
  const remove = vi.fn(() => Promise.resolve());
  const change = new EmbedderChange({
    database: { settings: { delete: remove } },
    settings: { current: { ...settingsSchema.parse({}), embedder: other } },
    embedders: { wanted },
    before: builtIn,
    onChange: () => undefined,
    announce: () => undefined,
  } as unknown as EmbedderChangeOptions);
  return { change, wanted, remove };
}

// Catches: a change that can't be cancelled, because the one before it came to its end in that moment.
it('stays until the change that it leads back from is complete', async () => {
  const { change, wanted, remove } = begun();
  change.complete('old');
  await vi.waitFor(() => expect(wanted).toHaveBeenCalled());
  await new Promise((resolve) => setImmediate(resolve));
  expect(change.before).toEqual(builtIn);
  change.complete('new');
  await vi.waitFor(() => expect(remove).toHaveBeenCalledOnce());
  expect(change.before).toBeNull();
});
