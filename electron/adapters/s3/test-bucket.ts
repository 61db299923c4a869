/** Tries everything with a bucket that sync will want of it, step by step; leaves nothing there. */
import { randomBytes, randomUUID } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { AppError, toAppError, type ErrorCode } from '../../../shared/errors.ts';
import { bucketTestSteps, type BucketRemote, type RemoteTestStep } from '../../../shared/remotes.ts';
import { withinTime } from '../../time-limit.ts';
import { prefixOf } from './blob-store.ts';
import { connectBucket, type BucketConnection, type BucketOptions } from './client.ts';
import { deleteObject, headObject } from './objects.ts';
import { describeOffset, LARGEST_SKEW } from './s3-errors.ts';

type StepName = (typeof bucketTestSteps)[number];

export interface BucketTestOptions extends BucketOptions {
  readonly signal?: AbortSignal;
}

/** Milliseconds: what is tolerated, and told. */
const tellSkew = 5 * 60_000;
/** Milliseconds for taking the probe away when the test was stopped. */
const tidyLimit = 10_000;
const notReached: readonly ErrorCode[] = ['remote-unreachable', 'remote-timeout', 'remote-tls', 'cancelled'];

/**
 * Tests a bucket, and leaves it as it was, also when it is stopped.
 *
 * Yields each step twice, when it begins (`running`) and with what came of it (`passed`, `failed`); after one that failed,
 * the others once, as `not-tried`. Never throws for what it finds; an aborted signal makes a step fail with `cancelled`.
 *
 * @param userId The account's: the probe is an object below its prefix, since keys may be good for no other.
 */
export async function* testBucket(
  remote: BucketRemote,
  secretAccessKey: string,
  userId: string,
  { signal, ...options }: BucketTestOptions = {},
): AsyncGenerator<RemoteTestStep, void, void> {
  let probe: Probe | null = null;
  let hasFailed = false;
  try {
    for (const name of bucketTestSteps) {
      if (hasFailed) {
        yield step(name, 'not-tried');
        continue;
      }
      yield step(name, 'running');
      try {
        probe ??= new Probe(connectBucket(remote, secretAccessKey, options), prefixOf(userId), signal);
        yield step(name, 'passed', await probe.run(name));
      } catch (thrown) {
        hasFailed = true;
        yield { ...step(name, 'failed'), error: toAppError(thrown).toInfo() };
      }
    }
  } finally {
    await probe?.close();
  }
}

function step(name: StepName, state: RemoteTestStep['state'], detail = ''): RemoteTestStep {
  return { name, state, detail, error: null };
}

class Probe {
  readonly #bucket: BucketConnection;
  readonly #prefix: string;
  readonly #signal: AbortSignal | undefined;
  readonly #key: string;
  readonly #bytes = randomBytes(64);
  /** It may be there: an answer that was lost is no proof that it is not. */
  #isLeft = false;

  constructor(bucket: BucketConnection, prefix: string, signal: AbortSignal | undefined) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#signal = signal;
    // No address, so that nobody takes it for a file.
    this.#key = `${prefix}test-of-the-connection-${randomUUID()}`;
  }

  /** What was found, for the person. */
  async run(step: StepName): Promise<string> {
    switch (step) {
      case 'reach':
        return this.#reach();
      case 'list':
        await this.#list();
        return '';
      case 'put':
        return this.#put();
      case 'get':
        return this.#get();
      case 'delete':
        return this.#delete();
      case 'clock':
        return this.#compareClocks();
    }
  }

  async #reach(): Promise<string> {
    try {
      await this.#list();
    } catch (thrown) {
      // Any answer is one; what it says is the next step's.
      if (thrown instanceof AppError && notReached.includes(thrown.code)) throw thrown;
    }
    const { endpoint } = this.#bucket.remote;
    const isPlain = endpoint !== null && new URL(endpoint).protocol === 'http:';
    return `${this.#bucket.host}, ${isPlain ? 'without TLS' : 'TLS, certificate verified'}`;
  }

  async #list(): Promise<void> {
    const { client, remote, send } = this.#bucket;
    await send(this.#signal, (abortSignal) =>
      client.send(new ListObjectsV2Command({ Bucket: remote.bucket, Prefix: this.#prefix, MaxKeys: 1 }), {
        abortSignal,
      }),
    );
  }

  async #put(): Promise<string> {
    const { client, remote, send } = this.#bucket;
    this.#isLeft = true;
    await send(this.#signal, (abortSignal) =>
      client.send(
        new PutObjectCommand({
          Bucket: remote.bucket,
          Key: this.#key,
          Body: this.#bytes,
          ContentType: 'application/octet-stream',
        }),
        { abortSignal },
      ),
    );
    return '';
  }

  async #get(): Promise<string> {
    const { client, remote, send, host } = this.#bucket;
    const found = await send(this.#signal, async (abortSignal) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: remote.bucket, Key: this.#key }), {
        abortSignal,
      });
      return Body?.transformToByteArray();
    });
    if (found && this.#bytes.equals(found)) return '';
    throw new AppError('remote-damaged', `${host} answered with other bytes than it was sent.`, {
      hint: 'Ask whoever runs the server: a cache or a filter before it may change what passes.',
    });
  }

  async #delete(): Promise<string> {
    await deleteObject(this.#bucket, this.#key, this.#signal);
    if ((await headObject(this.#bucket, this.#key, this.#signal)) !== null) {
      throw new AppError('remote-unsupported', `${this.#bucket.host} still has what was deleted.`, {
        hint: 'Turn off object lock for this bucket, so that deleted documents are gone.',
      });
    }
    this.#isLeft = false;
    return '';
  }

  #compareClocks(): Promise<string> {
    const offset = this.#bucket.clockOffset();
    const { host } = this.#bucket;
    if (offset === null) return Promise.resolve('The server does not tell its time.');
    const differs = `This computer’s clock is ${describeOffset(offset)} ${offset > 0 ? 'behind' : 'ahead of'} ${host}`;
    if (Math.abs(offset) > LARGEST_SKEW) {
      const error = new AppError('remote-forbidden', `${differs}; a bucket takes a quarter of an hour at most.`, {
        hint: 'Set date, time and time zone of this computer, or of the server, then test again.',
      });
      return Promise.reject(error);
    }
    return Promise.resolve(Math.abs(offset) > tellSkew ? `${differs}. Set it: past 15 minutes sync stops.` : '');
  }

  /** Takes the probe away, also after a stop, as far as the server lets it. */
  async close(): Promise<void> {
    if (this.#isLeft) {
      const tidy = withinTime(tidyLimit, undefined, (signal) => deleteObject(this.#bucket, this.#key, signal));
      await tidy.catch(() => undefined);
    }
    this.#bucket.close();
  }
}
