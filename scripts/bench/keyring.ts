/** A keychain of the benchmark's own on Linux: a message bus and a keyring in a temporary folder, for the apps it starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What apps need in their environment to find it. */
const variables = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME'] as const;

/** Sets the environment of this process; the returned function ends the keyring and sets it back. */
export async function startKeyring(folder: string): Promise<() => Promise<void>> {
  const before = variables.map((name) => [name, process.env[name]] as const);
  const runtime = join(folder, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const bus = spawn('dbus-daemon', ['--session', '--print-address=1', '--nofork'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, XDG_RUNTIME_DIR: runtime },
  });
  const [address] = (await Promise.race([once(bus.stdout, 'data'), once(bus, 'error').then(fail)])) as [Buffer];
  process.env['DBUS_SESSION_BUS_ADDRESS'] = address.toString().trim();
  process.env['XDG_RUNTIME_DIR'] = runtime;
  process.env['XDG_DATA_HOME'] = join(folder, 'keyrings');
  const keyring = spawn(
    'gnome-keyring-daemon',
    ['--unlock', '--components=secrets', '--foreground', `--control-directory=${join(runtime, 'keyring')}`],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  keyring.stdin.end('benchmark');
  // It tells its variables when it is ready.
  await Promise.race([once(keyring.stdout, 'data'), once(keyring, 'error').then(fail)]);
  return async () => {
    for (const child of [keyring, bus]) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

function fail([error]: unknown[]): never {
  throw error;
}
