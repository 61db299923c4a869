/** What the thread of an errand serves; each module is loaded by the errand that wants it. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrandFunctions, ErrandListener } from '../sync/ports/remote-errands.ts';
import {
  bucketTestSteps,
  databaseTestSteps,
  type RemoteTestStep,
  type RemoteTestStepName,
} from '../../shared/remotes.ts';
import { connectRpc } from './rpc.ts';

/** Serves main over its port for one errand; the thread then ends by itself. */
export function serveErrands(port: MessagePort): void {
  const cancelling = new AbortController();
  const { signal } = cancelling;

  /** Nothing more to listen to, and so the thread ends; after the turn in which the answer is posted. */
  async function last<T>(errand: () => Promise<T>, clear?: (answer: T) => void): Promise<T> {
    try {
      const answer = await errand();
      if (clear) setImmediate(clear, answer);
      return answer;
    } finally {
      setImmediate(() => port.close());
    }
  }

  const functions: ErrandFunctions = {
    testDatabase: (remote, password) =>
      last(async () => {
        const { testDatabase } = await import('../adapters/postgres/test-database.ts');
        return gather(databaseTestSteps, testDatabase(remote, password, { signal }));
      }),
    testBucket: (remote, secretAccessKey, userId) =>
      last(async () => {
        const { testBucket } = await import('../adapters/s3/test-bucket.ts');
        return gather(bucketTestSteps, testBucket(remote, secretAccessKey, userId, { signal }));
      }),
    signIn: (database, owner) =>
      last(
        async () => {
          const { signIn } = await import('./remote-owner.ts');
          const keptKey = (userId: string): Promise<string | null> => listener.keptKey(userId);
          const { userId, key } = await signIn(database, owner, keptKey, signal);
          try {
            // In memory of its own: what is cloned for main is these bytes alone, no pool that they are part of.
            return { userId, key: new Uint8Array(key) };
          } finally {
            key.fill(0);
          }
        },
        // Main has a copy then.
        ({ key }) => key.fill(0),
      ),
    tellOwner: (database, userId, news) =>
      last(async () => {
        const { tellOwner } = await import('./remote-owner.ts');
        await tellOwner(database, userId, news, signal);
      }),
    reachThere: (access, userId) =>
      last(async () => {
        const { reachThere } = await import('./remote-owner.ts');
        await reachThere(access, userId, signal);
      }),
    deleteThere: (access, userId) =>
      last(async () => {
        const { deleteThere } = await import('./remote-owner.ts');
        return deleteThere(access, userId, (progress) => void listener.deleting.asEvent(progress), signal);
      }),
    cancel: () => cancelling.abort(),
  };

  const listener = connectRpc<ErrandListener, ErrandFunctions>(
    {
      post: (message) => port.postMessage(message),
      listen: (listen) => void port.on('message', listen),
    },
    functions,
  );

  /** All steps, from one after another; tells of all each time that one changes. */
  async function gather(
    names: readonly RemoteTestStepName[],
    changes: AsyncIterable<RemoteTestStep>,
  ): Promise<readonly RemoteTestStep[]> {
    let steps = names.map((name): RemoteTestStep => ({ name, state: 'waiting', detail: '', error: null }));
    for await (const changed of changes) {
      steps = steps.map((step) => (step.name === changed.name ? changed : step));
      void listener.steps.asEvent(steps);
    }
    return steps;
  }
}
