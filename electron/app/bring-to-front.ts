/** Puts the window before those of other programs, as far as the system lets a program do that by itself. */
import { app, type BrowserWindow } from 'electron';

export function bringToFront(window: BrowserWindow | null): void {
  if (!window || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  // macOS leaves the program at the front where it is unless the focus is taken from it.
  app.focus({ steal: true });
  window.focus();
  if (window.isFocused()) return;
  // Windows and some window managers let only the program at the front give the focus away: the taskbar tells then.
  window.flashFrame(true);
  window.once('focus', () => window.flashFrame(false));
}
