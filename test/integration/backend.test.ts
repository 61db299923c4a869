/** What happens to the app when one library is replaced by another and something fails on the way. */
import { beforeEach, expect, it, vi } from 'vitest';
import { openBackend } from '../../electron/backend.ts';
import type { Backups, BackupsOptions } from '../../electron/core/backups.ts';
import { openCore, type Core } from '../../electron/core/core.ts';
import type { Desktop } from '../../electron/ipc/desktop.ts';
import type { Keychain } from '../../electron/pipeline/ports/keychain.ts';
import { LOCAL_ACCOUNT, noLimits } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';

let options: BackupsOptions | null = null;

vi.mock('electron', () => ({
  app: { getPath: () => '/data', getAppPath: () => '/app' },
  utilityProcess: {},
  safeStorage: {},
}));
vi.mock('../../electron/app/paths.ts', () => ({
  bundled: () => '/app/dist',
  dataFolder: () => '/data',
  modelEnvironment: () => ({}),
}));
vi.mock('../../electron/core/core.ts', () => ({ openCore: vi.fn() }));
vi.mock('../../electron/core/backups.ts', () => ({
  Backups: class {
    constructor(given: BackupsOptions) {
      options = given;
    }
    close = (): Promise<void> => Promise.resolve();
  } satisfies new (given: BackupsOptions) => Pick<Backups, 'close'>,
}));

const close = vi.fn<Core['close']>();
const onReplaced = vi.fn();
const onLost = vi.fn();
const swap = vi.fn(() => Promise.resolve({ kept: 'kept', note: null }));

function makeCore(): Core {
  return {
    database: {},
    close,
    resume: () => Promise.resolve(),
    watched: { start: () => undefined },
    status: { current: { bytesSent: 0 }, addBytesSent: () => undefined },
    settings: { current: { theme: 'light' } },
  } as unknown as Core;
}

beforeEach(() => {
  vi.clearAllMocks();
  close.mockResolvedValue();
  vi.mocked(openCore).mockImplementation(() => Promise.resolve(makeCore()));
});

async function open() {
  const desktop = { info: () => ({ version: '1' }), setTheme: () => undefined } as unknown as Desktop;
  const backend = openBackend({
    desktop,
    keychainOf: () => ({}) as Keychain,
    administratorLimits: () => Promise.resolve(noLimits),
    proveOwner: () => Promise.reject(new AppError('forbidden', 'No account is open.')),
    emailOf: () => Promise.resolve(null),
    emit: () => undefined,
    begin: (core) => core.resume(),
    onReplaced,
    onLost,
  });
  await backend.open(LOCAL_ACCOUNT, null);
  if (!options) throw new Error('no backups');
  return { backend, replaceLibrary: options.replaceLibrary };
}

// Catches: a window whose every request fails after a library that did not close well.
it('opens a library again when the one of before does not close', async () => {
  const { backend, replaceLibrary } = await open();
  const before = backend.core;
  close.mockRejectedValueOnce(new Error('a watcher does not end'));
  await expect(replaceLibrary(swap)).rejects.toThrow('a watcher does not end');
  expect(swap).not.toHaveBeenCalled();
  expect(backend.core).not.toBe(before);
  expect(onReplaced).toHaveBeenCalledWith({ kept: null, note: null });
  expect(onLost).not.toHaveBeenCalled();
});

it('says so when no library can be opened any more', async () => {
  const { replaceLibrary } = await open();
  const error = new AppError('disk-full', 'The disk is full.');
  vi.mocked(openCore).mockRejectedValueOnce(error);
  await expect(replaceLibrary(swap)).rejects.toBe(error);
  expect(onLost).toHaveBeenCalledWith(error);
});

it('is ready only when the other library is open', async () => {
  const { backend, replaceLibrary } = await open();
  const before = backend.core;
  const replacing = replaceLibrary(swap);
  await backend.ready();
  expect(backend.core).not.toBe(before);
  await replacing;
});
