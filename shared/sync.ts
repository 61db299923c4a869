/** How sync stands, as the window shows it. */
import type { ErrorInfo } from './errors.ts';

/** What a round is doing, in its order; the last three are sent and received. */
export type RoundPhase =
  'greeting' | 'comparing' | 'sending' | 'receiving' | 'applying' | 'readings' | 'vectors' | 'files';
/** Or how far deleting the library there is. */
export type SyncPhase = RoundPhase | 'deleting-files' | 'deleting-rows';

export interface SyncProgress {
  readonly phase: SyncPhase;
  readonly done: number;
  /** 0 as long as nobody knows. */
  readonly total: number;
}

/** Problems that are told of, each once, the last ones; there may be one for every document. */
export const MOST_PROBLEMS = 10;

/** `waiting`: something went wrong, and it is tried again at `retryAt`, or when a person says so. */
export type SyncStateName = 'off' | 'idle' | 'syncing' | 'paused' | 'waiting';

export interface SyncStatus {
  readonly state: SyncStateName;
  /** While it is `syncing`. */
  readonly progress: SyncProgress | null;
  /** What ended the last round; null when it ended well. */
  readonly error: ErrorInfo | null;
  /** Milliseconds since the epoch; null when it is not tried again without a person. */
  readonly retryAt: number | null;
  /** Why nothing of this computer is sent: its Quire is older than what wrote to the server. Null when all is well. */
  readonly readOnly: ErrorInfo | null;
  /** What of the account could not be told to the server: another library there has its new e-mail. Null when all is well. */
  readonly account: ErrorInfo | null;
  /** When a round last ended well, in milliseconds since the epoch; null when none has since the start. */
  readonly syncedAt: number | null;
  /** Things that changed here and are not on the server yet. */
  readonly unsent: number;
  /** Conflicts that nobody has looked at. */
  readonly conflicts: number;
  /** What rounds of the last hour passed over, with what to do; everything else went on. At most `MOST_PROBLEMS`. */
  readonly problems: readonly ErrorInfo[];
}
