/** What nobody caught, in this process and its threads, goes to the log before whatever happens next. */
import type { Worker } from 'node:worker_threads';
import type { Logger } from './logger.ts';

/** Only looks on: the process ends or goes on as it would without. */
export function logCrashes(logger: Logger): void {
  process.on('uncaughtExceptionMonitor', (error) => logger.fatal(logger.process, 'uncaught-exception', error));
  // A thread that dies takes its calls along, which are told where they were made; here is why.
  process.on('worker', (worker: Worker) => {
    worker.on('error', (error) => logger.fatal('thread', 'uncaught-exception', error));
  });
}

/** For Electron's main process, which goes on after a rejection that nobody waited for. */
export function logRejections(logger: Logger): void {
  process.on('unhandledRejection', (reason) => {
    logger.fatal(logger.process, 'unhandled-rejection', reason);
  });
}
