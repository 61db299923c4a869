/** Starts the pipeline host as a forked Node process: for the command line and the tests. */
import { fork } from 'node:child_process';
import { HOST_FLAGS, type HostLauncher, type HostProcess } from '../pipeline/ports/host-launcher.ts';

export interface ForkedHostOptions {
  /** The host's entry module. */
  readonly entry: string;
  /** Variables for the host alone, on top of the process's own. */
  readonly environment: Readonly<Record<string, string>>;
}

export function createForkedHostLauncher(options: ForkedHostOptions): HostLauncher {
  return {
    launch(): HostProcess {
      const child = fork(options.entry, [], {
        serialization: 'advanced',
        env: { ...process.env, ...options.environment },
        execArgv: [...process.execArgv, ...HOST_FLAGS],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      return {
        pid: child.pid,
        post: (message) => {
          if (child.connected) child.send(message as object);
        },
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => {
          child.on('exit', (code, signal) => listener({ code, signal }));
          child.on('error', () => listener({ code: null, signal: null }));
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
