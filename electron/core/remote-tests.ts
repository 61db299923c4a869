/** The tests of a person's own servers, loaded when one is asked for: the start of Quire loads neither pg nor the AWS SDK. */
import type { RemoteTests } from '../sync/ports/remote-tests.ts';
import {
  bucketTestSteps,
  databaseTestSteps,
  type RemoteTestStep,
  type RemoteTestStepName,
} from '../../shared/remotes.ts';

/** @param userId Below whose prefix a bucket is tried, since keys may be good for no other. */
export function createRemoteTests(userId: string): RemoteTests {
  return {
    database: async (remote, password, onSteps, signal) => {
      const { testDatabase } = await import('../adapters/postgres/test-database.ts');
      return gather(databaseTestSteps, testDatabase(remote, password, { signal }), onSteps);
    },
    bucket: async (remote, secret, onSteps, signal) => {
      const { testBucket } = await import('../adapters/s3/test-bucket.ts');
      return gather(bucketTestSteps, testBucket(remote, secret, userId, { signal }), onSteps);
    },
  };
}

/** All steps, from one after another; tells of all each time that one changes. */
async function gather(
  names: readonly RemoteTestStepName[],
  changes: AsyncIterable<RemoteTestStep>,
  onSteps: (steps: readonly RemoteTestStep[]) => void,
): Promise<readonly RemoteTestStep[]> {
  let steps = names.map((name): RemoteTestStep => ({ name, state: 'waiting', detail: '', error: null }));
  for await (const changed of changes) {
    steps = steps.map((step) => (step.name === changed.name ? changed : step));
    onSteps(steps);
  }
  return steps;
}
