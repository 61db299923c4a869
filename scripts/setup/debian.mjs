/**
 * The system's libraries and programs: installed with apt-get where set-up is root on Debian (a container, CI); elsewhere
 * what really is missing is named, with the command that brings it.
 */
import { readFileSync } from 'node:fs';
import { say, SetupError } from './log.mjs';
import { onPath, run } from './run.mjs';

/** apt-get waits for mirrors; ten minutes mean that none answers. Milliseconds. */
const APT_TIMEOUT = 10 * 60_000;

/**
 * What each purpose needs. Several names: the first that this release knows is installed
 * (the 64-bit time_t transition renamed libraries in Debian 13 and Ubuntu 24.04).
 */
const libraries = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libsecret-1-0'],
  ['unzip'],
];
const display = [['xvfb'], ['xauth'], ['dbus'], ['dbus-x11'], ['gnome-keyring']];
const reference = [['poppler-utils'], ['tesseract-ocr'], ['tesseract-ocr-eng']];

/** Programs that only tests and benches start, and the package each comes in. */
const testPrograms = { 'xvfb-run': 'xvfb', 'dbus-run-session': 'dbus', 'gnome-keyring-daemon': 'gnome-keyring' };
const benchPrograms = { pdftotext: 'poppler-utils', pdftoppm: 'poppler-utils', tesseract: 'tesseract-ocr' };

/**
 * Brings the packages that are missing; does nothing where it may not (no root) or cannot (no apt).
 *
 * @param {'start' | 'test' | 'bench'} need a display of its own is part of every need: without one, `xvfb-run npm start` is offered
 */
export async function ensureSystemPackages(need) {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isDebian()) return;
  const wanted = [...libraries, ...display, ...(need === 'bench' ? reference : [])];
  try {
    await installPackages(wanted);
  } catch (error) {
    // Whether it matters shows later: Electron may start without what could not be installed.
    say(firstLine(error));
  }
}

/**
 * Brings those packages that are missing. Throws where they can't be had, or where this is not root on Debian.
 *
 * @param {readonly (readonly string[])[]} wanted several names for one: the first that this release knows
 */
export async function installPackages(wanted) {
  const missing = isDebian() ? await missingPackages(wanted) : wanted;
  if (missing.length === 0) return;
  const listed = missing.map(([name]) => name).join(' ');
  if (!isDebian() || process.getuid() !== 0) {
    throw new SetupError(`missing packages: ${listed}.`, { hint: installHint(missing.map((names) => names.at(-1))) });
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    say('Updating the list of Debian packages …');
    await run('apt-get', ['update', '-qq'], { env, timeout: APT_TIMEOUT });
    const names = await Promise.all(missing.map(knownName));
    say(`Installing ${names.join(' ')} …`);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env, timeout: APT_TIMEOUT });
  } catch (error) {
    throw new SetupError(`Debian packages could not be installed (${listed}): ${firstLine(error)}`, { cause: error });
  }
}

/** Refuses to go on when Electron would not find its libraries, or a test its programs. */
export async function checkSystem(need, executable) {
  if (process.platform !== 'linux') return;
  const missing = await missingLibraries(executable);
  if (missing.length > 0) {
    throw new SetupError(`Electron needs libraries that this system does not have: ${missing.join(', ')}.`, {
      hint: installHint(libraries.map((names) => names.at(-1))),
    });
  }
  const programs = { ...(need === 'start' ? {} : testPrograms), ...(need === 'bench' ? benchPrograms : {}) };
  const absent = [];
  for (const [program, name] of Object.entries(programs)) if (!(await onPath(program))) absent.push([program, name]);
  if (absent.length > 0) {
    throw new SetupError(`missing programs: ${absent.map(([program]) => program).join(', ')}.`, {
      hint: installHint([...new Set(absent.map(([, name]) => name))]),
    });
  }
}

/** Shared libraries that the loader does not find, as `ldd` tells it. */
async function missingLibraries(executable) {
  // Where ldd itself cannot be run (musl, NixOS) nothing is known, and Electron will say what it misses.
  const output = await run('ldd', [executable]).catch(() => '');
  return [...output.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

function installHint(packages) {
  return isDebian()
    ? `Install them with: sudo apt-get install ${packages.join(' ')}`
    : `Install them with your system's package manager (their names on Debian: ${packages.join(' ')}).`;
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

async function missingPackages(wanted) {
  // dpkg-query fails when it does not know one of the names, and still lists the others.
  const script = 'dpkg-query -W -f \'${Package} ${db:Status-Abbrev}\\n\' "$@" 2>/dev/null || true';
  const output = await run('sh', ['-c', script, 'sh', ...wanted.flat()]);
  const installed = new Set([...output.matchAll(/^(\S+) ii/gm)].map(([, name]) => name));
  return wanted.filter((names) => !names.some((name) => installed.has(name)));
}

/** The first name that this release has a package for. */
async function knownName(names) {
  for (const name of names.slice(0, -1)) {
    const known = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(known)) return name;
  }
  return names.at(-1);
}

function firstLine(error) {
  return (error.output || error.message).trim().split('\n').at(-1);
}
