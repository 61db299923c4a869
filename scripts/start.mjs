/**
 * `npm start`: set-up, a build when the source is newer, then the window. `npm start -- FILE…` opens files in it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appEnvironment, setup } from './setup.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { describeElectron } from './setup/electron.mjs';
import { handOver } from './setup/hand-over.mjs';
import { reportFailure, say, SetupError } from './setup/log.mjs';
import { repositoryRoot } from './setup/paths.mjs';

try {
  const ready = await setup({ need: 'start' });
  await ensureBuilt(ready);
  say(describeElectron(ready.electron));
  requireDisplay();
  const { executable } = ready.electron;
  const args = [...sandboxFlags(executable), repositoryRoot, ...process.argv.slice(2)];
  process.exitCode = await handOver(executable, args, {
    // npm changes to the repository; files named on the command line are relative to where the person is.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { ...process.env, ...utf8Locale(process.env), ...appEnvironment(ready) },
  });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

/** Without a locale Quire would start itself anew to have UTF-8 file names, and leave this terminal. */
function utf8Locale({ LC_ALL, LC_CTYPE, LANG }) {
  const isBare = ['', 'C', 'POSIX'].includes(LC_ALL || LC_CTYPE || LANG || '');
  return process.platform === 'linux' && isBare ? { [LC_ALL ? 'LC_ALL' : 'LC_CTYPE']: 'C.UTF-8' } : {};
}

function requireDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return;
  throw new SetupError('there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).', {
    hint: 'Everything is set up and built. On a machine without a screen run: xvfb-run -a npm start',
  });
}

/** Chromium's sandbox refuses to run as root, and cannot run where neither user namespaces nor its helper are allowed. */
function sandboxFlags(executable) {
  if (process.platform !== 'linux') return [];
  if (process.getuid() === 0) {
    say('Running as root: Chromium’s sandbox is off (--no-sandbox).');
    return ['--no-sandbox'];
  }
  const helper = join(dirname(executable), 'chrome-sandbox');
  const { uid, mode } = statSync(helper, { throwIfNoEntry: false }) ?? {};
  const helperWorks = uid === 0 && (mode & 0o4000) !== 0;
  if (!helperWorks && userNamespacesForbidden()) {
    throw new SetupError('this system forbids the user namespaces that Chromium’s sandbox is made of.', {
      hint: `Let its helper do it instead: sudo chown root "${helper}" && sudo chmod 4755 "${helper}"`,
    });
  }
  return [];
}

/** Ubuntu 24.04's AppArmor setting, and Debian's older one. */
function userNamespacesForbidden() {
  const setting = (name) => {
    const path = `/proc/sys/kernel/${name}`;
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  };
  return setting('apparmor_restrict_unprivileged_userns') === '1' || setting('unprivileged_userns_clone') === '0';
}
