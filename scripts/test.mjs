/**
 * `npm test`: set-up, then every check in turn; stops at the first that fails.
 *
 *   npm test                          all
 *   npm test -- unit integration      some, in their usual order
 *   npm test -- e2e -- viewer         what follows the second `--` goes to Vitest
 */
import { join } from 'node:path';
import { withRunFolder } from './run-folder.mjs';
import { appEnvironment, setup } from './setup.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { describeElectron } from './setup/electron.mjs';
import { handOver, listenTo } from './setup/hand-over.mjs';
import { reportFailure, say, SetupError } from './setup/log.mjs';
import { packageDirectory, repositoryRoot } from './setup/paths.mjs';
import { environmentWithLocalTools } from './setup/run.mjs';
import { startSession } from './test-session.mjs';

/** Each takes about half of a machine with two cores. */
const WINDOWS_AT_ONCE = 2;

const [names, vitestArguments] = splitArguments(process.argv.slice(2));

/** A tool of node_modules, run with Node 24. */
const tool = (name, file, ...args) => ({ args: [join(packageDirectory(name), file), ...args] });
const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'failures-reporter.mjs')}`];
const vitest = (project) => tool('vitest', 'vitest.mjs', 'run', '--project', project, ...reporters, ...vitestArguments);

const steps = {
  format: { ...tool('prettier', 'bin/prettier.cjs', '--check', '--log-level', 'warn', '.'), reads: true },
  lint: { ...tool('eslint', 'bin/eslint.js', '--max-warnings', '0', '.'), reads: true },
  types: { ...tool('typescript', 'bin/tsc', '--noEmit'), reads: true },
  unit: vitest('unit'),
  integration: vitest('integration'),
  build: { build: true },
  e2e: { ...vitest('e2e'), window: true },
};

try {
  const unknown = names.filter((name) => !(name in steps));
  if (unknown.length > 0) {
    throw new SetupError(`there is no step “${unknown[0]}”.`, {
      hint: `The steps are: ${Object.keys(steps).join(', ')}.`,
    });
  }
  const chosen = Object.entries(steps).filter(([name]) => names.length === 0 || names.includes(name));
  const needsWindow = chosen.some(([, step]) => step.window);
  const ready = await setup({ need: needsWindow ? 'test' : 'run' });
  // The windowed tests run the built app; when they alone were chosen, it must still be this source's.
  if (needsWindow && !chosen.some(([, step]) => step.build)) await ensureBuilt(ready);
  if (ready.electron) say(describeElectron(ready.electron));
  process.exitCode = await withRunFolder((folder, env) => runSteps(chosen, ready, folder, env));
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

async function runSteps(chosen, ready, folder, own) {
  const env = environmentWithLocalTools({ ...appEnvironment(ready), ...own });
  const began = performance.now();
  // What only reads the source goes side by side: each of them has but one thread.
  const readingCode = await runReading(
    chosen.filter(([, step]) => step.reads),
    ready,
    env,
  );
  if (readingCode !== 0) return readingCode;
  for (const [name, step] of chosen) {
    if (step.reads) continue;
    process.stdout.write(`\n── ${name} ──\n`);
    const start = performance.now();
    const code = await runStep(step, ready, folder, env);
    if (code !== 0) return failed(name, code, start);
    process.stdout.write(`${name}: passed in ${seconds(start)}\n`);
  }
  process.stdout.write(`\nPASSED: ${chosen.map(([name]) => name).join(', ')} in ${seconds(began)}\n`);
  return 0;
}

/** Answers with the code of the first that failed, and 0 when none did. Each speaks at its end; those that failed last. */
async function runReading(steps, ready, env) {
  const start = performance.now();
  const running = steps.map(async ([name, step]) => {
    const { code, output } = await listenTo(ready.node, step.args, { cwd: repositoryRoot, env });
    const told = `\n── ${name} ──\n${output}`;
    if (code === 0) process.stdout.write(`${told}${name}: passed in ${seconds(start)}\n`);
    return { name, code, told };
  });
  const bad = (await Promise.all(running)).filter(({ code }) => code !== 0);
  for (const { name, code, told } of bad) {
    process.stdout.write(told);
    failed(name, code, start);
  }
  return bad[0]?.code ?? 0;
}

function failed(name, code, start) {
  process.stdout.write(
    `\nFAILED: ${name} (code ${code}, after ${seconds(start)}). Again, alone: npm test -- ${name}\n`,
  );
  return code;
}

async function runStep(step, ready, folder, env) {
  if (step.build) {
    await ensureBuilt({ ...ready, force: true });
    return 0;
  }
  if (step.window && process.platform === 'linux') return runInSessions(ready.node, step.args, folder, env);
  return handOver(ready.node, step.args, { cwd: repositoryRoot, env });
}

/** Runs the windowed tests with a session for each of the workers: where one waits for its window, the other goes on. */
async function runInSessions(node, args, folder, env) {
  const sessions = [];
  try {
    // One after the other: two that look for a free display at once may find the same.
    for (let number = 1; number <= WINDOWS_AT_ONCE; number += 1) sessions.push(await startSession(folder, env));
    const named = { ...env, QUIRE_TEST_SESSIONS: JSON.stringify(sessions.map((session) => session.env)) };
    return await handOver(node, args, { cwd: repositoryRoot, env: named });
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

function splitArguments(args) {
  const separator = args.indexOf('--');
  return separator < 0 ? [args, []] : [args.slice(0, separator), args.slice(separator + 1)];
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
