/**
 * The pipeline host seen from main: started when there is work, watched, killed when it shows no progress, replaced
 * when it died or grew large, ended when idle. A job that was running when its host died fails with a reason;
 * nothing else is lost, since everything before was committed.
 */
import type { BirpcReturn } from 'birpc';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { HostExit, HostLauncher, HostProcess } from '../pipeline/ports/host-launcher.ts';
import type { HostCallbacks, HostFunctions, HostRunner, JobCallbacks } from '../pipeline/ports/pipeline-host.ts';
import { connectRpc } from './rpc.ts';

export interface HostOptions {
  readonly launcher: HostLauncher;
  /** A host without a sign of life for this long is killed; milliseconds. */
  readonly stallLimit: number;
  /** A host without work for this long is ended, which gives its memory back; milliseconds. */
  readonly idleLimit: number;
  /** A host above this resident size is replaced after its job; bytes. */
  readonly memoryLimit: number;
  readonly onEnd?: (end: HostEnd) => void;
}

/** Why a host's process ended. */
export interface HostEnd {
  /** False where it was ended on purpose. */
  readonly failed: boolean;
  readonly reason: ErrorCode | 'large' | 'idle' | 'closed';
  /** Jobs that it took along. */
  readonly jobs: number;
  /** That it lived. */
  readonly milliseconds: number;
}

/** A PDF may take long, but a page that takes a minute will not come. */
export const DEFAULT_STALL_LIMIT = 60_000;
export const DEFAULT_IDLE_LIMIT = 20_000;
export const DEFAULT_MEMORY_LIMIT = 500 * 1024 * 1024;

interface Job {
  readonly callbacks: JobCallbacks;
  readonly reject: (error: AppError) => void;
}

interface RunningHost {
  readonly process: HostProcess;
  readonly rpc: BirpcReturn<HostFunctions, HostCallbacks>;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  lastSign: number;
  hung: boolean;
}

/** One host process, restarted as needed. Jobs run one at a time or side by side, as the caller likes. */
export class PipelineHost implements HostRunner {
  readonly #options: HostOptions;
  readonly #jobs = new Map<string, Job>();
  #host: RunningHost | null = null;
  #watch: NodeJS.Timeout | null = null;
  #idleSince = 0;
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#host?.process.pid;
  }

  async run<T>(
    jobId: string,
    work: (host: HostFunctions) => Promise<T>,
    callbacks: JobCallbacks,
    signal: AbortSignal,
  ): Promise<T> {
    if (this.#closed || signal.aborted) throw cancelled();
    const host = this.#ensure();
    host.lastSign = performance.now();
    const gone = Promise.withResolvers<never>();
    this.#jobs.set(jobId, { callbacks, reject: gone.reject });
    const onAbort = (): void => {
      // One that can't be told any more does no more work either.
      host.rpc.cancel.asEvent(jobId).catch(() => gone.reject(cancelled()));
      setTimeout(() => this.#giveUp(host, jobId), CANCEL_GRACE).unref();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work(host.rpc as unknown as HostFunctions), gone.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#jobs.delete(jobId);
      this.#idleSince = performance.now();
      if (this.#jobs.size === 0) await this.#replaceWhenLarge(host);
    }
  }

  /** Ends the process; running jobs fail as cancelled. */
  close(): void {
    this.#closed = true;
    this.#end(cancelled(), 'closed');
  }

  /** Best effort: a host that hangs or dies meanwhile is ended by the watch, which frees its files as well. */
  async closeDocuments(): Promise<void> {
    const host = this.#host;
    if (!host) return;
    const closing = host.rpc.closeDocuments().catch(() => undefined);
    await settledWithin(closing, CLOSE_GRACE);
  }

  #ensure(): RunningHost {
    if (this.#host) return this.#host;
    const child = this.#options.launcher.launch();
    const callbacks: HostCallbacks = {
      pages: (jobId, ...rest) => this.#callback(jobId, 'pages', (job) => job.pages?.(...rest)),
      storedPages: (jobId, ...rest) => this.#callback(jobId, 'storedPages', (job) => job.storedPages?.(...rest)),
      chunks: (jobId, ...rest) => this.#callback(jobId, 'chunks', (job) => job.chunks?.(...rest)),
      recognised: (jobId, ...rest) => this.#callback(jobId, 'recognised', (job) => job.recognised?.(...rest)),
      alive: () => this.#sign(),
    };
    const rpc = connectRpc<HostFunctions, HostCallbacks>(
      { post: (message) => child.post(message), listen: (listener) => child.onMessage(listener) },
      callbacks,
    );
    const now = performance.now();
    const host: RunningHost = { process: child, rpc, startedAt: now, lastSign: now, hung: false };
    child.onExit((exit) => {
      if (this.#host === host) this.#fail(exit, host.hung);
    });
    this.#host = host;
    this.#watch = setInterval(() => this.#check(), Math.min(1_000, this.#options.stallLimit / 4));
    this.#watch.unref();
    return host;
  }

  async #callback<T>(jobId: string, name: string, call: (job: JobCallbacks) => Promise<T> | undefined): Promise<T> {
    this.#sign();
    const job = this.#jobs.get(jobId);
    if (!job) throw cancelled();
    const answer = call(job.callbacks);
    if (!answer) throw new AppError('internal', `The job does not take ${name}.`);
    const value = await answer;
    this.#sign();
    return value;
  }

  #sign(): void {
    if (this.#host) this.#host.lastSign = performance.now();
  }

  #check(): void {
    const host = this.#host;
    if (!host) return;
    const now = performance.now();
    if (this.#jobs.size === 0) {
      if (now - this.#idleSince > this.#options.idleLimit) this.#end(cancelled(), 'idle');
    } else if (now - host.lastSign > this.#options.stallLimit) {
      host.hung = true;
      this.#fail({ code: null, signal: null }, true);
    }
  }

  /** A job that does not end after its cancellation takes its host along, but no job that works beside it. */
  #giveUp(host: RunningHost, jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (this.#host !== host || !job) return;
    if (this.#jobs.size === 1) this.#end(cancelled(), 'cancelled');
    else job.reject(cancelled());
  }

  async #replaceWhenLarge(host: RunningHost): Promise<void> {
    if (this.#host !== host) return;
    // The job is done, whatever becomes of its host while it is asked.
    const asked = host.rpc.memory().catch(() => 0);
    const bytes = (await settledWithin(asked, MEMORY_GRACE)) ?? 0;
    if (bytes > this.#options.memoryLimit && this.#jobs.size === 0 && this.#host === host)
      this.#end(cancelled(), 'large');
  }

  #fail(exit: HostExit, hung: boolean): void {
    const error = exitError(exit, hung, this.#options.stallLimit);
    this.#end(error, error.code, true);
  }

  #end(error: AppError, reason: HostEnd['reason'], failed = false): void {
    const host = this.#host;
    this.#host = null;
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
    if (!host) return;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#options.onEnd?.({ failed, reason, jobs: jobs.length, milliseconds: performance.now() - host.startedAt });
    for (const job of jobs) job.reject(error);
    host.rpc.$close(error);
    host.process.kill();
  }
}

/** Milliseconds that a cancelled job has to end by itself before its host is replaced. */
const CANCEL_GRACE = 2_000;
/** Milliseconds that a host has to close its documents, and to tell its size. */
const CLOSE_GRACE = 1_000;
const MEMORY_GRACE = 1_000;

/** The promise's value, or undefined when it takes longer; leaves no timer behind. */
async function settledWithin<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function cancelled(): AppError {
  return new AppError('cancelled', 'This was cancelled.', { retryable: true });
}

function exitError(exit: HostExit, hung: boolean, stallLimit: number): AppError {
  if (hung) {
    return new AppError(
      'pipeline-hung',
      `Reading made no progress for ${Math.round(stallLimit / 1_000)} seconds and was stopped.`,
      {
        hint: 'The file may be damaged. Try again, or open it in another program and save it anew.',
        retryable: true,
      },
    );
  }
  // V8 aborts with SIGABRT (134 as an exit code) when its heap is full.
  if (exit.signal === 'SIGABRT' || exit.code === 134) {
    return new AppError('pipeline-out-of-memory', 'Reading needed more memory than it may have and was stopped.', {
      hint: 'The file is too large or too complex. Split it and try again.',
      retryable: true,
    });
  }
  return new AppError('pipeline-crashed', 'The reading process ended unexpectedly.', {
    hint: 'The file may be damaged. Try again, or open it in another program and save it anew.',
    retryable: true,
  });
}
