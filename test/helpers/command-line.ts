/** The command line as a process of its own, as scripts use it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from './app.ts';
import { modelEnvironment } from './models.ts';

const lineSchema = z.looseObject({ type: z.string() });
export type Line = z.infer<typeof lineSchema>;

export interface Outcome {
  readonly code: number | null;
  /** Every line of stdout; a line that is no JSON object with a type fails the test. */
  readonly lines: readonly Line[];
  readonly errors: string;
}

export interface CommandLine {
  /** In a process group of its own. */
  start(...parameters: readonly string[]): ChildProcess;
  outcomeOf(child: ChildProcess): Promise<Outcome>;
  /** Runs a command with `--json` to its end. */
  quire(...parameters: readonly string[]): Promise<Outcome>;
}

/**
 * @param folder Where the commands run.
 * @param library The data folder.
 * @param largestFile Blocks that the system lets a file of theirs have, of 512 or 1,024 bytes by the shell's choice.
 */
export function commandLine(folder: string, library: string, largestFile?: number): CommandLine {
  const limit = largestFile === undefined ? '' : `ulimit -f ${largestFile} && `;
  const program = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(repositoryRoot, 'electron', 'cli.ts'),
  ];
  const start: CommandLine['start'] = (...parameters) =>
    spawn('sh', ['-c', `${limit}exec "$0" "$@"`, ...program, ...parameters], {
      cwd: folder,
      env: { ...process.env, QUIRE_DATA_DIR: library, ...modelEnvironment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  return { start, outcomeOf, quire: (...parameters) => outcomeOf(start(...parameters, '--json')) };
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (errors += piece.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));
  return { code, lines, errors };
}

/** Resolves when a process has written these words to stdout. */
export function saying(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (piece: Buffer) => {
      if (piece.toString().includes(words)) resolve();
    });
    child.once('exit', () => reject(new Error(`It ended without “${words}”.`)));
  });
}
