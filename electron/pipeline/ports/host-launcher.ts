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
export const HOST_HEAP_MIB = 768;
