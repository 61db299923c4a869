/** A clone that is nothing but the set-up's scripts, an npm of the test's own, and what the test lays into it. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { create } from 'tar';

const scripts = join(import.meta.dirname, '..', '..', 'scripts');

export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SetupClone {
  readonly folder: string;
  /** What npm was asked for, each call its arguments. */
  npmCalls(): Promise<readonly (readonly string[])[]>;
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  writeJson(path: string, content: unknown): Promise<void>;
  /** What npm does from now on: the body of a function of `args`, with `fs`, `path` and `clone` at hand. */
  setNpm(body: string): Promise<void>;
  /** Nothing else is on PATH from now on but these: a script each, or null for the system's own. */
  setPrograms(programs: Readonly<Record<string, string | null>>): Promise<void>;
  /** Runs a module's code, with the set-up's scripts under `./scripts/setup/`; a failure is told as set-up tells it. */
  run(code: string, options?: { readonly node?: string; readonly env?: Record<string, string> }): Promise<RunOutcome>;
  /** Runs a script of the clone. */
  runScript(path: string, args: readonly string[]): Promise<RunOutcome>;
  remove(): Promise<void>;
}

/** A registry that can't be reached, as npm tells it. */
export const offline = `process.stderr.write('npm error code ENOTFOUND\\nnpm error network request failed'); process.exit(1);`;

export async function makeSetupClone(): Promise<SetupClone> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-set-up-'));
  const calls = join(folder, 'npm-calls');
  let path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  await cp(join(scripts, 'setup'), join(folder, 'scripts', 'setup'), { recursive: true });
  await cp(join(scripts, 'setup.mjs'), join(folder, 'scripts', 'setup.mjs'));

  const write: SetupClone['write'] = async (name, content, mode) => {
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    if (mode !== undefined) await chmod(target, mode);
  };
  const execute = (node: string, args: readonly string[], more: Record<string, string> = {}): Promise<RunOutcome> =>
    new Promise((resolve) => {
      const env = {
        ...{ PATH: path, HOME: folder, XDG_CACHE_HOME: join(folder, 'user-cache'), LC_ALL: 'C' },
        ...{ npm_execpath: join(folder, 'npm', 'npm-cli.js'), ...more },
      };
      execFile(node, [...args], { cwd: folder, env, timeout: 25_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      });
    });
  const clone: SetupClone = {
    folder,
    write,
    writeJson: (name, content) => write(name, JSON.stringify(content)),
    npmCalls: async () => {
      const text = await readFile(calls, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as string[]]));
    },
    setNpm: (body) =>
      write(
        'npm/npm-cli.js',
        `const fs = require('node:fs'); const path = require('node:path'); const clone = ${JSON.stringify(folder)};
         const args = process.argv.slice(2);
         fs.appendFileSync(${JSON.stringify(calls)}, JSON.stringify(args) + '\\n');
         ${body}`,
      ),
    setPrograms: async (programs) => {
      path = join(folder, 'programs');
      await mkdir(path, { recursive: true });
      for (const [name, script] of Object.entries(programs)) {
        if (script === null) await symlink(join('/bin', name), join(path, name));
        else await write(join('programs', name), `#!/bin/sh\n${script}\n`, 0o755);
      }
    },
    run: (code, { node = process.execPath, env } = {}) => {
      const body = `import { reportFailure } from './scripts/setup/log.mjs';
        try { ${code} } catch (error) { reportFailure(error); process.exitCode = 1; }`;
      return execute(node, ['--input-type=module', '--eval', body], env);
    },
    runScript: (script, args) => execute(process.execPath, [join(folder, script), ...args]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  await clone.setNpm('');
  return clone;
}

/** A package's tarball, as `npm pack` writes it. */
export async function packFiles(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-pack-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'package', name)), { recursive: true });
      await writeFile(join(folder, 'package', name), content);
    }
    await create({ gzip: true, cwd: folder, file: join(folder, 'package.tgz') }, ['package']);
    return new Uint8Array(await readFile(join(folder, 'package.tgz')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
