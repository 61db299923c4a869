import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';

const electron = vi.hoisted(() => {
  const window = { shown: true, listeners: ['ready-to-show'] };
  const shownWithDialog: boolean[] = [];
  return { window, shownWithDialog };
});

vi.mock('electron', () => ({
  app: { whenReady: () => Promise.resolve(), exit: () => undefined, getPath: () => '/dev/null' },
  BrowserWindow: {
    getAllWindows: () => [
      {
        hide: () => (electron.window.shown = false),
        removeAllListeners: (name: string) =>
          (electron.window.listeners = electron.window.listeners.filter((other) => other !== name)),
      },
    ],
  },
  dialog: {
    showErrorBox: () =>
      electron.shownWithDialog.push(electron.window.shown || electron.window.listeners.includes('ready-to-show')),
  },
}));

const { utf8Locales } = await import('../../../electron/app/character-set.ts');
const { showStartError } = await import('../../../electron/app/start-error.ts');

describe('the character set of file names', () => {
  // Catches: a dropped file with an umlaut in its name that vanishes where no locale is set.
  it.each([
    [{}, { LC_CTYPE: 'C.UTF-8' }],
    [{ LANG: '' }, { LC_CTYPE: 'C.UTF-8' }],
    [{ LANG: 'C' }, { LC_CTYPE: 'C.UTF-8' }],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'POSIX' }, { LC_ALL: 'C.UTF-8' }],
    [{ LANG: 'de_DE.UTF-8' }, {}],
    [{ LANG: 'C', LC_CTYPE: 'en_GB.utf8' }, {}],
    // Chosen by the person, with files named accordingly.
    [{ LANG: 'de_DE@euro' }, {}],
    // What it sets is enough: it can't start itself anew twice.
    [{ LC_CTYPE: 'C.UTF-8' }, {}],
  ])('%j needs %j', (environment, needed) => {
    expect(utf8Locales(environment, 'linux')).toEqual(needed);
  });

  it('is no matter of the locale elsewhere', () => {
    expect(utf8Locales({}, 'darwin')).toEqual({});
    expect(utf8Locales({}, 'win32')).toEqual({});
  });
});

// Catches: a dialog over a window that says the same.
it('an error at the start is told in the dialog alone', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  showStartError(new AppError('database-damaged', 'The library is damaged.'));
  await vi.waitFor(() => expect(electron.shownWithDialog).toEqual([false]));
});
