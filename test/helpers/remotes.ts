/** A Postgres and a bucket as a person names them, and tests of them that answer as they are told. */
import fc from 'fast-check';
import type { RemoteTests } from '../../electron/sync/ports/remote-tests.ts';
import {
  bucketRemoteSchema,
  bucketTestSteps,
  databaseRemoteSchema,
  databaseTestSteps,
  type BucketRemote,
  type DatabaseRemote,
  type RemoteTestStep,
  type RemoteTestStepName,
} from '../../shared/remotes.ts';

export const databaseRemote: DatabaseRemote = databaseRemoteSchema.parse({
  host: 'db.example.com',
  database: 'quire',
  user: 'ada',
});

export const bucketRemote: BucketRemote = bucketRemoteSchema.parse({
  endpoint: 'https://s3.example.com',
  bucket: 'papers',
  accessKeyId: 'QUIREADA',
});

/** What the schemas let through, for `arbitraryOf`; nobody listens there. */
export const namesOfRemotes = {
  user: fc.constantFrom('ada', 'o’brien @ home'),
  database: fc.constantFrom('quire', 'a/b c'),
  endpoint: fc.constantFrom('http://127.0.0.1:9', 'http://localhost:9/s3'),
  region: fc.constantFrom('us-east-1', 'auto'),
  bucket: fc.constantFrom('papers', 'my.papers-2'),
  accessKeyId: fc.constantFrom('QUIREADA', 'GK31c2f218a2e44f485b94239e'),
  authority: fc.constant('-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----'),
} as const;

/** All steps of a test, each as this one says. */
export function stepsOf(
  names: readonly RemoteTestStepName[],
  state: (name: RemoteTestStepName) => RemoteTestStep['state'] = () => 'passed',
): readonly RemoteTestStep[] {
  return names.map((name) => ({ name, state: state(name), detail: '', error: null }));
}

export interface ToldTests extends RemoteTests {
  /** What each test was given, in order. */
  readonly given: { readonly remote: DatabaseRemote | BucketRemote; readonly secret: string }[];
  /** How the next ones end. */
  passes: boolean;
  /** What each waits for, unless it is cancelled. */
  held: Promise<void> | null;
}

export function toldTests(): ToldTests {
  const run = async (
    names: readonly RemoteTestStepName[],
    remote: DatabaseRemote | BucketRemote,
    secret: string,
    onSteps: (steps: readonly RemoteTestStep[]) => void,
    signal: AbortSignal,
  ): Promise<readonly RemoteTestStep[]> => {
    tests.given.push({ remote, secret });
    onSteps(stepsOf(names, (name) => (name === 'reach' ? 'running' : 'waiting')));
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      if (tests.held) await Promise.race([tests.held, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
    const steps = stepsOf(names, (name) => (tests.passes || name !== names.at(-1) ? 'passed' : 'failed'));
    onSteps(steps);
    return steps;
  };
  const tests: ToldTests = {
    given: [],
    passes: true,
    held: null,
    database: (remote, secret, onSteps, signal) => run(databaseTestSteps, remote, secret, onSteps, signal),
    bucket: (remote, secret, onSteps, signal) => run(bucketTestSteps, remote, secret, onSteps, signal),
  };
  return tests;
}
