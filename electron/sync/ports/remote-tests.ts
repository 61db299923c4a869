/** Tries out a person's own Postgres and bucket, step by step. core/remote-tests.ts has those of errands. */
import type { BucketRemote, DatabaseRemote, RemoteTestStep } from '../../../shared/remotes.ts';

/**
 * Goes through all steps and never rejects for what it finds: a step that failed says why, those after it are not tried.
 * Ends early when the signal aborts; whatever it answers then is of no interest.
 * @param secret Empty where none is wanted.
 * @param onSteps Told of all steps each time that one changes.
 */
export type TestRemote<Remote> = (
  remote: Remote,
  secret: string,
  onSteps: (steps: readonly RemoteTestStep[]) => void,
  signal: AbortSignal,
) => Promise<readonly RemoteTestStep[]>;

export interface RemoteTests {
  readonly database: TestRemote<DatabaseRemote>;
  readonly bucket: TestRemote<BucketRemote>;
}
