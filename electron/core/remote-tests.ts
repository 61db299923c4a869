/** The tests of a person's own servers, each in a thread of its own: main loads neither pg nor the AWS SDK. */
import type { RemoteTests } from '../sync/ports/remote-tests.ts';
import { inErrandThread } from './errand-thread.ts';

/** @param userId Below whose prefix a bucket is tried, since keys may be good for no other. */
export function createRemoteTests(userId: string): RemoteTests {
  return {
    database: (remote, password, steps, signal) =>
      inErrandThread((thread) => thread.testDatabase(remote, password), { steps, signal }),
    bucket: (remote, secret, steps, signal) =>
      inErrandThread((thread) => thread.testBucket(remote, secret, userId), { steps, signal }),
  };
}
