/** Writes what the command line has to say: a JSON object a line on stdout, or sentences for people. */
import type { AppError } from '../../shared/errors.ts';
import type { EventMap } from '../../shared/events.ts';

type LibraryListener = (event: EventMap['library.changed']) => void;

export interface Printer {
  /** One line: the object when `--json` was given, else the sentence. An empty sentence prints nothing. */
  line(value: { readonly type: string; readonly [key: string]: unknown }, sentence: string): void;
  /** Text that goes on in the same line, for people alone. */
  text(text: string): void;
  error(where: string, error: AppError): void;
  libraryChanged: LibraryListener;
  onLibraryChange(listener: LibraryListener): void;
}

export function createPrinter(json: boolean): Printer {
  const listeners: LibraryListener[] = [];
  return {
    line: (value, sentence) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
      else if (sentence !== '') process.stdout.write(`${sentence}\n`);
    },
    text: (text) => {
      if (!json) process.stdout.write(text);
    },
    error: (where, error) => {
      if (json) process.stdout.write(`${JSON.stringify({ type: 'error', where, error: error.toInfo() })}\n`);
      process.stderr.write(`${where}: ${error.message} ${error.hint}\n`);
    },
    libraryChanged: (event) => {
      for (const listener of listeners) listener(event);
    },
    onLibraryChange: (listener) => void listeners.push(listener),
  };
}
