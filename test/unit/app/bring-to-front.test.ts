import type { BrowserWindow } from 'electron';
import { expect, it, vi } from 'vitest';

const stolen = vi.hoisted(() => vi.fn());
vi.mock('electron', () => ({ app: { focus: stolen } }));
const { bringToFront } = await import('../../../electron/app/bring-to-front.ts');

/** A window of which a system grants the focus or not. */
function windowWith(isGranted: boolean) {
  const done: string[] = [];
  const onFocus: (() => void)[] = [];
  const note = (name: string) => () => void done.push(name);
  const window = {
    isDestroyed: () => false,
    isMinimized: () => true,
    restore: note('restore'),
    show: note('show'),
    focus: note('focus'),
    isFocused: () => isGranted,
    flashFrame: (isFlashing: boolean) => void done.push(`flash ${isFlashing}`),
    once: (_name: string, listener: () => void) => void onFocus.push(listener),
  };
  return { window: window as unknown as BrowserWindow, done, onFocus };
}

// Catches: a person who signed in, in the browser, and does not see that Quire went on.
it('brings a window that lies minimised behind the browser to the front', () => {
  const { window, done } = windowWith(true);
  bringToFront(window);
  expect(done).toEqual(['restore', 'show', 'focus']);
  expect(stolen).toHaveBeenCalledWith({ steal: true });
});

it('has the taskbar tell where the system keeps the focus with the browser, until the window has it', () => {
  const { window, done, onFocus } = windowWith(false);
  bringToFront(window);
  expect(done.at(-1)).toBe('flash true');
  onFocus.forEach((listener) => listener());
  expect(done.at(-1)).toBe('flash false');
});

it('does nothing without a window', () => {
  stolen.mockClear();
  bringToFront(null);
  expect(stolen).not.toHaveBeenCalled();
});
