/**
 * Hands the terminal over to another program: same streams, signals passed on, its exit code becomes ours.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupError } from './log.mjs';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code; 128 + the signal's number when a signal ended it, as shells have it
 */
export function handOver(program, args, { cwd, env } = {}) {
  return ended(program, spawn(program, args, { cwd, env, stdio: 'inherit' }));
}

/**
 * The same for several at once: what it says is kept until its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, output: string }>} the exit code as of `handOver`; both streams in one
 */
export async function listenTo(program, args, { cwd, env } = {}) {
  const child = spawn(program, args, { cwd, env, stdio: ['inherit', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return { code: await ended(program, child), output };
}

function ended(program, child) {
  return new Promise((resolve, reject) => {
    const listeners = passedOn.map((signal) => [signal, () => child.kill(signal)]);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const finish = () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
    child.on('error', (cause) => {
      finish();
      reject(new SetupError(`“${program}” cannot be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      finish();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
