/**
 * A line of the log: JSON with time, level, where it happened, a code, and numbers. Pure.
 *
 * SECURITY: no message is written at a normal level. Messages name files, and those of foreign errors quote what they
 * stumbled over (`JSON.parse` shows the text); codes, and the places in Quire's own code, tell what happened. Only
 * `QUIRE_LOG=debug` adds messages, redacted, and not while an encrypted library is open.
 */
import { redact, type Person } from './redact.ts';

/** From the one that is always written to the one that tells most. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Numbers, and words of Quire's own; whatever is no such word is left out. */
export type LogDetails = Readonly<Record<string, number | boolean | string | null>>;

export interface LogEvent {
  readonly level: LogLevel;
  /** Which part of Quire: `ingest`, `start`. */
  readonly where: string;
  /** An error's code, or what happened in a word. */
  readonly code: string;
  readonly details?: LogDetails;
  readonly error?: unknown;
}

export interface EntryOptions {
  readonly time: Date;
  readonly person: Person;
  readonly hasMessages: boolean;
}

interface ErrorFields {
  readonly name: string;
  /** Of the system or of SQLite: `ENOSPC`, `SQLITE_FULL`. */
  readonly system?: string;
  readonly message?: string;
  readonly frames: readonly string[];
  readonly cause?: ErrorFields;
}

const LONGEST_WORD = 64;
const LONGEST_MESSAGE = 400;
const MOST_FRAMES = 12;
/** Of a stack that are looked at. */
const MOST_LINES = 100;
const MOST_CAUSES = 3;
const LEFT_OUT = '-';

/** One line, without its end. */
export function entryLine({ level, where, code, details = {}, error }: LogEvent, options: EntryOptions): string {
  const { time, person } = options;
  return JSON.stringify({
    time: time.toISOString(),
    level,
    where: word(where, person),
    code: word(code, person),
    ...Object.fromEntries(
      Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? word(value, person) : value]),
    ),
    ...(error === undefined ? {} : { error: errorFields(error, options, MOST_CAUSES) }),
  });
}

/** A word as Quire itself uses them (`database reader`, `pipeline-hung`, `33.2.1`); anything else becomes a dash. */
export function word(value: string, person: Person): string {
  const isWord = value.length <= LONGEST_WORD && /^[\w.:+-]+(?: [\w.:+-]+){0,3}$/.test(value);
  return isWord && redact(value, person) === value ? value : LEFT_OUT;
}

function errorFields(thrown: unknown, options: EntryOptions, causes: number): ErrorFields {
  const { person, hasMessages } = options;
  if (!(thrown instanceof Error)) {
    return { name: typeof thrown, ...(hasMessages ? { message: shortened(String(thrown), person) } : {}), frames: [] };
  }
  const system = 'code' in thrown && typeof thrown.code === 'string' ? word(thrown.code, person) : null;
  return {
    name: word(thrown.name, person),
    ...(system === null ? {} : { system }),
    ...(hasMessages ? { message: shortened(thrown.message, person) } : {}),
    frames: framesOf(thrown.stack ?? '', thrown.message),
    ...(thrown.cause === undefined || causes === 0 ? {} : { cause: errorFields(thrown.cause, options, causes - 1) }),
  };
}

function shortened(text: string, person: Person): string {
  // Cut before, because patterns take long over a long text; and after, because what was cut in two is not known any more.
  return redact(text.slice(0, 4 * LONGEST_MESSAGE), person).slice(0, LONGEST_MESSAGE);
}

/** `at name (file:line:column)` or `at file:line:column`, as V8 writes them: https://v8.dev/docs/stack-trace-api */
const frame = /^\s*at (?:(?:async )?([\w.$<># [\]]{1,80}) \()?(?:async )?(.{1,1000}?):(\d+):(\d+)\)?$/;

/** Where an error came through Quire's code: names of functions and the last two names of a file's path, no more. */
export function framesOf(stack: string, message: string): readonly string[] {
  // A message may have lines that look like a frame.
  const at = message === '' ? -1 : stack.indexOf(message);
  const lines = (at === -1 ? stack : stack.slice(at + message.length)).split('\n', MOST_LINES);
  return lines
    .flatMap((line) => {
      const [, name, file, row, column] = frame.exec(line) ?? [];
      if (file === undefined) return [];
      const place = `${codeFile(file)}:${row}:${column}`;
      return [name === undefined ? place : `${name} (${place})`];
    })
    .slice(0, MOST_FRAMES);
}

/** Code's own files have plain names; what has any other is no code of ours. */
function codeFile(path: string): string {
  const names = path.split(/[\\/]/).slice(-2).join('/');
  return /^[\w@.:-]+(?:\/[\w@.:-]+)?$/.test(names) && names.length <= LONGEST_WORD ? names : LEFT_OUT;
}
