/**
 * `npm test`: set-up, then every check in turn; stops at the first that fails.
 *
 *   npm test                          all
 *   npm test -- unit integration      some, in their usual order
 *   npm test -- e2e -- viewer         what follows the second `--` goes to Vitest
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { withRunFolder } from './run-folder.mjs';
import { appEnvironment, setup } from './setup.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { describeElectron } from './setup/electron.mjs';
import { handOver, listenTo } from './setup/hand-over.mjs';
import { reportFailure, say, SetupError } from './setup/log.mjs';
import { packageDirectory, repositoryRoot } from './setup/paths.mjs';
import { environmentWithLocalTools } from './setup/run.mjs';

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
  if (step.window && process.platform === 'linux') return runOnOwnDisplay(ready.node, step.args, folder, env);
  return handOver(ready.node, step.args, { cwd: repositoryRoot, env });
}

/**
 * A display, a session bus and a keyring of the tests' own: neither the person's screen nor their keys are touched, and a
 * machine without either can run them.
 */
async function runOnOwnDisplay(node, args, parent, env) {
  const folder = mkdtempSync(join(parent, 'session-'));
  const unlock = 'printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"';
  const own = { XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder, XDG_SESSION_TYPE: 'x11', WAYLAND_DISPLAY: undefined };
  return handOver(
    'xvfb-run',
    ['-a', '-s', '-screen 0 1600x1000x24', 'dbus-run-session', '--', 'sh', '-c', unlock, 'sh', node, ...args],
    { cwd: repositoryRoot, env: { ...env, ...own } },
  );
}

function splitArguments(args) {
  const separator = args.indexOf('--');
  return separator < 0 ? [args, []] : [args.slice(0, separator), args.slice(separator + 1)];
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
