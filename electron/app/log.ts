/** The app's log: `logs/quire.log` in the data folder. What a line holds, and what never, says `logging/entry.ts`. */
import { app } from 'electron';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { logCrashes, logRejections } from '../logging/crashes.ts';
import { LOG_FOLDER_VARIABLE, LOG_LEVEL_VARIABLE, Logger, logFolder, logLevelOf } from '../logging/logger.ts';
import { dataFolder } from './paths.ts';

let logger: Logger | null = null;

/** Milliseconds after the start, which has other things to do. */
const OLD_LOGS_AFTER = 30_000;

export function log(): Logger {
  return (logger ??= new Logger({
    folder: logFolder(dataFolder()),
    name: 'quire',
    process: 'main',
    level: logLevelOf(process.env),
    // Of an installed app, what it writes there ends up in a log of the system's.
    ...(app.isPackaged ? {} : { terminal: (text: string) => console.error(text) }),
  }));
}

export function logError(where: string, error: AppError): void {
  log().error(where, error);
}

/** Tells pipeline hosts where their last line goes, and that it has no message when the library is encrypted. */
export function logEnvironment(isEncrypted: boolean): Readonly<Record<string, string>> {
  return { [LOG_FOLDER_VARIABLE]: log().folder, ...(isEncrypted ? { [LOG_LEVEL_VARIABLE]: 'info' } : {}) };
}

/** Once, at the start of the one process that has the window. */
export function startLog(): void {
  logCrashes(log());
  logRejections(log());
  const { electron = '', chrome = '' } = process.versions;
  log().info('app', 'start', { version: app.getVersion(), electron, chrome, platform: process.platform });
  setTimeout(() => {
    forgetOldLogs().catch((thrown: unknown) => logError('old logs', toAppError(thrown)));
  }, OLD_LOGS_AFTER).unref();
  app.once('quit', (_event, exitCode) => {
    log().info('app', 'stop', { exitCode, milliseconds: Math.round(performance.now()) });
    log().flushNow();
  });
}

async function forgetOldLogs(): Promise<void> {
  const folder = app.getPath('logs');
  // Whoever keeps the data beside them has both in one.
  if (folder === log().folder) return;
  const { removeOldLogs } = await import('../logging/old-logs.ts');
  await removeOldLogs(folder);
}
