/** Starts the pipeline host as an Electron utility process. */
import { utilityProcess } from 'electron';
import { HOST_FLAGS, type HostLauncher } from '../pipeline/ports/host-launcher.ts';

export interface UtilityHostOptions {
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function createUtilityHostLauncher(options: UtilityHostOptions): HostLauncher {
  return {
    launch() {
      const child = utilityProcess.fork(options.entry, [], {
        serviceName: 'Quire pipeline',
        env: { ...process.env, ...options.environment } as Record<string, string>,
        execArgv: [...HOST_FLAGS],
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      let ended = false;
      // SIGKILL, since a process that hangs in WebAssembly does not answer to anything less.
      const kill = (): void => {
        ended = true;
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      };
      // It has no id, and can't be killed, until it runs.
      child.once('spawn', () => {
        if (ended) kill();
      });
      return {
        get pid() {
          return child.pid;
        },
        post: (message) => child.postMessage(message),
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => void child.on('exit', (code) => listener({ code, signal: null })),
        kill,
      };
    },
  };
}
