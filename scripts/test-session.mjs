/**
 * A display, a session bus and a keyring of the tests' own: neither the person's screen nor their keys are touched, and a
 * machine without either can run them. On Linux.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from './setup/log.mjs';

/** What a program is told to be in the session. */
const told = ['DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS'];

/** Opens the keyring, says where the session is, and ends with its input: also when whoever started it is killed. */
const script = `printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&
printf '%s\\n' ${told.map((name) => `"$${name}"`).join(' ')} && exec cat >/dev/null`;

/**
 * @param {string} parent folder for the session's own
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ env: Record<string, string>, end: () => Promise<void> }>}
 */
export async function startSession(parent, env) {
  const folder = mkdtempSync(join(parent, 'session-'));
  const own = { XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder, XDG_SESSION_TYPE: 'x11', WAYLAND_DISPLAY: '' };
  const child = spawn(
    'xvfb-run',
    ['-a', '-s', '-screen 0 1600x1000x24', 'dbus-run-session', '--', 'sh', '-c', script],
    { env: { ...env, ...own }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const closed = once(child, 'close').catch((cause) => {
    throw new SetupError(`“xvfb-run” cannot be started: ${cause.message}`, { cause });
  });
  const lines = [];
  const named = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === told.length) return;
    }
  })();
  await Promise.race([named, closed]);
  if (lines.length < told.length) throw new SetupError('The display or the keyring of the tests could not be started.');
  const places = Object.fromEntries(told.map((name, index) => [name, lines[index]]));
  return {
    env: { ...own, ...places },
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}
