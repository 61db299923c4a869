/** The channel to the process that started this one: Electron's parent port, or Node's. */
import type { RpcChannel } from './rpc.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(name: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Electron adds it to the process of a utility process; its types come with Electron's, which plain Node lacks. */
type MaybeUtilityProcess = NodeJS.Process & { readonly parentPort?: ParentPort };

export function parentChannel(): RpcChannel {
  const { parentPort } = process as MaybeUtilityProcess;
  // Ctrl+C in a terminal reaches every process in it; main decides when this one ends, so that its document is not
  // taken for one that crashed its reader.
  process.on('SIGINT', () => undefined);
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      listen: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  // A forked process whose parent died has nobody to work for.
  process.once('disconnect', () => process.exit(0));
  return {
    post: (message) => process.send?.(message),
    listen: (listener) => void process.on('message', listener),
  };
}
