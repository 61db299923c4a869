/**
 * The log: one JSON line an event in `logs/quire.log`, turned over at 2 MB. It holds codes, stages and stacks;
 * never text of documents, questions, answers or keys.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import type { AppError } from '../../shared/errors.ts';

const MAX_LOG_BYTES = 2_000_000;

function write(entry: Readonly<Record<string, unknown>>): void {
  try {
    const folder = app.getPath('logs');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'quire.log');
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
  } catch (error) {
    // A full disk must not end the app for want of a log line; the terminal still gets it.
    console.error(error);
  }
}

export function logError(where: string, error: AppError): void {
  const cause = error.cause instanceof Error ? error.cause.stack : undefined;
  console.error(`${where}: ${error.code}: ${error.message}`, cause ?? error.stack);
  write({ level: 'error', where, code: error.code, message: error.message, stack: cause ?? error.stack });
}
