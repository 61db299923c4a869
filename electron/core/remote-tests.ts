/** The tests of a person's own servers, loaded when one is asked for: the start of Quire loads neither pg nor the AWS SDK. */
import type { RemoteTests } from '../sync/ports/remote-tests.ts';

export const remoteTests: RemoteTests = {
  database: async (remote, password, onSteps, signal) => {
    const { testDatabase } = await import('../adapters/postgres/test-database.ts');
    return testDatabase(remote, password, onSteps, signal);
  },
  bucket: async (remote, secret, onSteps, signal) => {
    const { testBucket } = await import('../adapters/s3/test-bucket.ts');
    return testBucket(remote, secret, onSteps, signal);
  },
};
