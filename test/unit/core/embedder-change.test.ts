/** The way back from a change of embedder. */
import { expect, it, vi } from 'vitest';
import { EmbedderChange, type EmbedderChangeOptions } from '../../../electron/core/embedder-change.ts';
import { AppError } from '../../../shared/errors.ts';
import { settingsSchema } from '../../../shared/requests/settings.ts';

const builtIn = settingsSchema.parse({}).embedder;
const other = { ...builtIn, kind: 'openai' as const, baseUrl: 'http://127.0.0.1:1', model: 'new' };

function begun() {
  const write = vi.fn(() => Promise.resolve());
  const onError = vi.fn();
  const change = new EmbedderChange({
    database: { settings: { set: write, delete: write } },
    settings: { current: { ...settingsSchema.parse({}), embedder: other } },
    embedders: { settingsOf: (fingerprint: string) => (fingerprint === 'new' ? other : builtIn) },
    before: builtIn,
    onChange: () => undefined,
    announce: () => undefined,
    onError,
  } as unknown as EmbedderChangeOptions);
  return { change, write, onError };
}

// Catches: a change that can't be cancelled, because the one before it came to its end in that moment.
it('stays until the change that it leads back from is complete', async () => {
  const { change, write, onError } = begun();
  change.complete('old');
  await vi.waitFor(() => expect(write).toHaveBeenCalledOnce());
  expect(change.before).toEqual(builtIn);
  change.complete('new');
  await vi.waitFor(() => expect(change.before).toBeNull());
  expect(onError).not.toHaveBeenCalled();
});

// Catches: a way back that stays written down for good, and nobody hears why.
it('tells why its end could not be written down', async () => {
  const { change, write, onError } = begun();
  const full = new AppError('disk-full', 'The disk is full.');
  write.mockRejectedValueOnce(full);
  change.complete('new');
  await vi.waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(full));
});
