/** The processes that read, embed and recognise, and what became of them in this run: for the log, and for their check. */
import type { Log } from '../logging/logger.ts';
import type { HostLauncher } from '../pipeline/ports/host-launcher.ts';
import {
  DEFAULT_IDLE_LIMIT,
  DEFAULT_MEMORY_LIMIT,
  DEFAULT_STALL_LIMIT,
  PipelineHost,
  type HostEnd,
} from '../workers/host-pool.ts';

export interface HostFailures {
  /** Processes that ended by themselves, or had to be ended. */
  readonly failures: number;
  /** Milliseconds since the epoch; null when there were none. */
  readonly lastFailureAt: number | null;
}

export interface Hosts {
  readonly reading: readonly PipelineHost[];
  readonly embedding: PipelineHost;
  readonly recognising: PipelineHost;
  /** For what may crash its host and must take nothing along. */
  readonly trying: PipelineHost;
  readonly failures: HostFailures;
  /** Ends them all. */
  close(): void;
}

export interface HostsOptions {
  readonly launcher: HostLauncher;
  /** Milliseconds; the default when absent. */
  readonly stallLimit?: number | undefined;
  readonly log: Log;
}

/** Hosts that read PDFs side by side. Two keep two cores busy; the embedder has a third to itself. */
const READING_HOSTS = 2;

/** None is started before it has work. */
export function createHosts({ launcher, stallLimit = DEFAULT_STALL_LIMIT, log }: HostsOptions): Hosts {
  let failures: HostFailures = { failures: 0, lastFailureAt: null };
  const told =
    (host: string) =>
    ({ failed, reason, jobs, milliseconds }: HostEnd): void => {
      const details = { host, jobs, milliseconds: Math.round(milliseconds) };
      if (failed) {
        // Another is started with the next job.
        log.warn('host', reason, details);
        failures = { failures: failures.failures + 1, lastFailureAt: Date.now() };
      } else if (reason === 'idle' || reason === 'closed') log.debug('host', reason, details);
      else log.info('host', reason, details);
    };
  const newHost = (name: string): PipelineHost =>
    new PipelineHost({
      launcher,
      stallLimit,
      idleLimit: DEFAULT_IDLE_LIMIT,
      memoryLimit: DEFAULT_MEMORY_LIMIT,
      onEnd: told(name),
    });
  const reading = Array.from({ length: READING_HOSTS }, () => newHost('reading'));
  const embedding = newHost('embedding');
  const recognising = newHost('recognising');
  const trying = newHost('trying');
  return {
    reading,
    embedding,
    recognising,
    trying,
    get failures() {
      return failures;
    },
    close() {
      for (const host of [...reading, embedding, recognising, trying]) host.close();
    },
  };
}
