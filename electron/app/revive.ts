/** What happens when the window's process dies (a PDF crashed it, the system took its memory) or no longer answers. */
import { app, dialog, type BrowserWindow } from 'electron';
import { toAppError } from '../../shared/errors.ts';
import { REVIVED } from '../../shared/revived.ts';
import { crashCounter } from './crash-counter.ts';
import { log, logError } from './log.ts';
import { APP_ORIGIN } from './security.ts';

/**
 * Opens the page anew where its process died; the page says so. Where it dies again and again, a dialog asks instead of
 * reloading for ever. Everything else (reading, answers that are being written) is main's and goes on meanwhile.
 */
export function reviveWindow(window: BrowserWindow): void {
  const { webContents } = window;
  const isTooOften = crashCounter();
  const tell = (error: unknown): void => logError('window', toAppError(error));
  const reopen = (): void => {
    if (window.isDestroyed()) return;
    // One that dies as it loads is counted by its end.
    window.loadURL(`${APP_ORIGIN}/index.html?${REVIVED}`).catch(tell);
  };
  let question: AbortController | null = null;

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    // Answered now, it would end the process that is opened anew.
    question?.abort();
    log().warn('window', 'process-ended', { reason, exitCode });
    if (isTooOften(Date.now())) askWhetherToGoOn(window, reopen).catch(tell);
    // Its end is still being told; a page that is loaded in the middle of that is lost with it.
    else setImmediate(reopen);
  });

  window.on('unresponsive', () => {
    if (question) return;
    question = new AbortController();
    askWhetherToWait(window, question.signal)
      .catch(tell)
      .finally(() => (question = null));
  });
  window.on('responsive', () => question?.abort());
}

async function askWhetherToGoOn(window: BrowserWindow, reopen: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'Quire’s window keeps stopping.',
    detail:
      'It was opened anew several times and stopped each time. Nothing in the library is lost. If it stops whenever ' +
      'the same document is opened, that document’s file is the likely cause; delete it, or leave it closed.',
    buttons: ['Try Again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) reopen();
  else app.quit();
}

async function askWhetherToWait(window: BrowserWindow, signal: AbortSignal): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'Quire’s window does not answer.',
    detail:
      'It may only need a little longer. Opened anew, it loses what was typed last and not sent; nothing in the ' +
      'library is lost.',
    buttons: ['Wait', 'Open Anew'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    signal,
  });
  // What hangs can't be asked to end; its end is then seen to like any other.
  if (response === 1 && !signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}
