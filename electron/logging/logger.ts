/**
 * The log that the app and the command line share: levels, JSON lines (`entry.ts`), files that turn over (`log-file.ts`).
 * What a line may hold, and what never, says `entry.ts`.
 */
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { entryLine, logLevels, type LogDetails, type LogEvent, type LogLevel } from './entry.ts';
import { LogFile } from './log-file.ts';
import { redact, type Person } from './redact.ts';

/** What parts of Quire write to; `noLog` where nobody wants to know. */
export interface Log {
  /** Something failed. */
  error(where: string, error: AppError): void;
  /** Something is not as it should be, and was dealt with. */
  warn(where: string, code: string, details?: LogDetails): void;
  /** What Quire did: it starts and stops, reads documents, starts a host anew. */
  info(where: string, code: string, details?: LogDetails): void;
  debug(where: string, code: string, details?: LogDetails): void;
}

export const noLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

export interface LoggerOptions {
  readonly folder: string;
  /** Each kind of process has a file of its own, so that none turns over what another writes. */
  readonly name: 'quire' | 'command-line';
  /** Which kind of process a failure that nobody caught was in. */
  readonly process: 'main' | 'command line' | 'host';
  readonly level: LogLevel;
  /** Where a person at a terminal sees errors; absent when nobody sits there. */
  readonly terminal?: (text: string) => void;
}

/** Tells a pipeline host where its last line goes. */
export const LOG_FOLDER_VARIABLE = 'QUIRE_LOG_FOLDER';

/** How much is written. */
export const LOG_LEVEL_VARIABLE = 'QUIRE_LOG';

/** The data folder's logs. */
export function logFolder(dataFolder: string): string {
  return join(dataFolder, 'logs');
}

/** Of `QUIRE_LOG`; `info` when it names no level. */
export function logLevelOf(environment: Readonly<Record<string, string | undefined>>): LogLevel {
  const wanted = environment[LOG_LEVEL_VARIABLE]?.trim().toLowerCase();
  return logLevels.find((level) => level === wanted) ?? 'info';
}

export function thisPerson(): Person {
  try {
    return { home: homedir(), userName: userInfo().username };
  } catch {
    // A container may run as somebody whom its system has no name for.
    return { home: homedir(), userName: '' };
  }
}

/** Characters of an error. */
const MOST_FOR_TERMINAL = 8_000;

export class Logger implements Log {
  readonly folder: string;
  readonly process: LoggerOptions['process'];
  readonly #options: LoggerOptions;
  readonly #file: LogFile;
  readonly #person = thisPerson();
  #hasFailed = false;
  #hidesMessages = false;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.process = options.process;
    this.#file = new LogFile({
      folder: options.folder,
      name: options.name,
      onFailure: (error) => {
        // Once: a disk that is full now is full for the next line, too.
        if (!this.#hasFailed) console.error(`The log can’t be written: ${toAppError(error).message}`);
        this.#hasFailed = true;
      },
    });
  }

  /** Whether lines have no messages, at the level `debug` either: as long as an encrypted library is open. */
  hideMessages(isHidden: boolean): void {
    this.#hidesMessages = isHidden;
  }

  error(where: string, error: AppError): void {
    this.#tell(`${where}: ${error.code}: ${error.message}`, error.cause ?? error);
    this.#write({ level: 'error', where, code: error.code, error: error.cause ?? error });
  }

  warn(where: string, code: string, details?: LogDetails): void {
    this.#write({ level: 'warn', where, code, ...(details ? { details } : {}) });
  }

  info(where: string, code: string, details?: LogDetails): void {
    this.#write({ level: 'info', where, code, ...(details ? { details } : {}) });
  }

  debug(where: string, code: string, details?: LogDetails): void {
    this.#write({ level: 'debug', where, code, ...(details ? { details } : {}) });
  }

  /** What nobody caught; on the disk when this returns, because the process may be over then. */
  fatal(where: string, code: string, error: unknown): void {
    this.#tell(`${where}: ${code}`, error);
    this.#file.writeNow(this.#line({ level: 'error', where, code, error }));
  }

  /** Resolves when all of it is on the disk, or could not be written. */
  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** As `flush`, in a process that is about to end. */
  flushNow(): void {
    this.#file.writeNow(null);
  }

  #write(event: LogEvent): void {
    if (logLevels.indexOf(event.level) > logLevels.indexOf(this.#options.level)) return;
    this.#file.write(this.#line(event), event.level === 'error');
  }

  #line(event: LogEvent): string {
    return entryLine(event, {
      time: new Date(),
      person: this.#person,
      hasMessages: this.#options.level === 'debug' && !this.#hidesMessages,
    });
  }

  #tell(what: string, error: unknown): void {
    const detail = (error instanceof Error ? error.stack : String(error)) ?? '';
    this.#options.terminal?.(redact(`${what}\n${detail.slice(0, MOST_FOR_TERMINAL)}`, this.#person));
  }
}
