/**
 * Runs other programs, and says what they said when they fail.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './log.mjs';
import { repositoryRoot } from './paths.mjs';

/** How much of a failed program's output is kept for the message, in characters. */
const KEPT_OUTPUT = 4000;

/**
 * Runs a program to its end and resolves with its stdout.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number, shell?: boolean, hint?: string }} [options]
 *   timeout in milliseconds; the program is killed after it
 * @returns {Promise<string>}
 */
export function run(program, args, { cwd = repositoryRoot, env = process.env, timeout, shell, hint } = {}) {
  const name = [program.split(/[\\/]/).pop(), ...args].join(' ').slice(0, 120);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let all = '';
    let timedOut = false;
    const timer = timeout && setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeout);
    const keep = (text) => (all = (all + text).slice(-KEPT_OUTPUT));
    child.stdout.setEncoding('utf8').on('data', (text) => ((stdout += text), keep(text)));
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new SetupError(`“${name}” cannot be started: ${cause.message}`, { hint, cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const why = timedOut ? `took longer than ${timeout / 1000} s` : `ended with ${signal ?? `code ${code}`}`;
      const error = new SetupError(`“${name}” ${why}.\n${all.trim()}`, { hint });
      error.output = all.trim();
      reject(error);
    });
  });
}

/**
 * Runs npm with the user's own settings; the very npm that started us where there is one.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options = {}) {
  const own = process.env.npm_execpath;
  // “npm ci” takes the Node away that runs this when it is the one in node_modules; the machine's own is on PATH.
  const node = existsSync(process.execPath) ? process.execPath : 'node';
  if (own?.endsWith('npm-cli.js')) return run(node, [own, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** The environment with node_modules/.bin first in PATH, as npm scripts have it. */
export function environmentWithLocalTools(extra = {}) {
  const path = [join(repositoryRoot, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}

/** True when a program of that name lies on PATH. */
export async function onPath(program) {
  if (process.platform === 'win32') return run('where', [program]).then(Boolean, () => false);
  return run('sh', ['-c', 'command -v "$0"', program]).then(Boolean, () => false);
}
