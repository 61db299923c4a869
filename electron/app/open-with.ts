/** The files of a command line: what the system passes when a file is opened with Quire. */
import { isAbsolute, join } from 'node:path';

const readable = /\.(?:pdf|txt|text|md|markdown)$/i;

/** @param folder What relative paths are relative to. */
export function filesFromArguments(argv: readonly string[], folder: string): string[] {
  return argv
    .slice(1)
    .filter((argument) => !argument.startsWith('-') && readable.test(argument))
    .map((argument) => (isAbsolute(argument) ? argument : join(folder, argument)));
}
