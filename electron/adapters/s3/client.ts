/** A connection to one's own bucket: where it leads, what it trusts, and what it answers in place of the SDK's errors. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import type { AppError } from '../../../shared/errors.ts';
import type { BucketRemote } from '../../../shared/remotes.ts';
import { endpointOf } from './bucket-name.ts';
import { statusOf, toRemoteError, type FailureContext } from './s3-errors.ts';

export interface BucketOptions {
  /** Milliseconds of silence after which a server is given up; 30 seconds when absent. */
  readonly silence?: number;
}

/** Milliseconds. */
const usualSilence = 30_000;
/** Milliseconds by which clocks may differ before a refusal may be for that: below what any service takes. */
const clockTolerance = 4 * 60_000;
/** Milliseconds until a connection has to be made. */
const connectLimit = 10_000;

export interface BucketConnection {
  readonly client: S3Client;
  readonly remote: BucketRemote;
  readonly host: string;
  /** Milliseconds by which the server's clock is ahead, by its last answer; null before the first. */
  clockOffset(): number | null;
  /** Sends a command (once more where clocks differ, see below); rejects with an AppError. */
  send<Output>(signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<Output>): Promise<Output>;
  /** What a body that breaks off is told as. */
  error(thrown: unknown, signal: AbortSignal | undefined): AppError;
  close(): void;
}

/** Connects at the first request. Throws as `endpointOf`. */
export function connectBucket(
  remote: BucketRemote,
  secretAccessKey: string,
  { silence = usualSilence }: BucketOptions = {},
): BucketConnection {
  const endpoint = endpointOf(remote);
  const checksums = remote.checksums === 'always' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 8 }),
    httpsAgent: new HttpsAgent({
      keepAlive: true,
      maxSockets: 8,
      // SECURITY: said outright, so that no environment variable turns it off.
      rejectUnauthorized: true,
      ...(remote.authority === null ? {} : { ca: remote.authority }),
    }),
  };
  const client = new S3Client({
    endpoint: endpoint.href,
    region: remote.region,
    forcePathStyle: remote.pathStyle,
    credentials: { accessKeyId: remote.accessKeyId, secretAccessKey },
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestStreamBufferSize: 65_536,
    // The engine waits and tries again, for everything alike.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    // Servers of one's own answer it late or never, and our bodies are 8 MiB at most.
    expectContinueHeader: false,
    // Nothing of this computer's settings for Amazon's own programs.
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    useAccelerateEndpoint: false,
    disableS3ExpressSessionAuth: true,
    // SECURITY: redirects to another region are not followed.
    followRegionRedirects: false,
    requestHandler: { ...agents, connectionTimeout: Math.min(connectLimit, silence), socketTimeout: silence },
  });
  let offset: number | null = null;

  client.middlewareStack.add(
    (next) => async (call) => {
      // SECURITY: the SDK's names the operating system, its version and Node's; no server needs them.
      const headers = (call.request as { readonly headers?: Record<string, string> }).headers ?? {};
      headers['user-agent'] = 'Quire';
      delete headers['x-amz-user-agent'];
      return next(call);
    },
    { step: 'build', name: 'quireUserAgent', priority: 'low' },
  );
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(date)) offset = offsetOf(date, Date.now());
      return result;
    },
    { step: 'deserialize', name: 'quireClock', priority: 'low' },
  );

  const context = (signal: AbortSignal | undefined): FailureContext => ({
    host: endpoint.host,
    bucket: remote.bucket,
    region: remote.region,
    silence,
    clockOffset: offset,
    isAborted: signal?.aborted ?? false,
  });

  return {
    client,
    remote,
    host: endpoint.host,
    clockOffset: () => offset,
    async send(signal, run) {
      const given = signal ?? new AbortController().signal;
      const signedWith = offset ?? 0;
      try {
        given.throwIfAborted();
        return await run(given);
      } catch (thrown) {
        // The SDK signs by the server's clock as the last answer told it, which may have been the one that refused this.
        const isCorrected = Math.abs((offset ?? 0) - signedWith) > clockTolerance;
        if (!isCorrected || given.aborted || statusOf(thrown) !== 403) throw toRemoteError(thrown, context(given));
      }
      try {
        return await run(given);
      } catch (thrown) {
        throw toRemoteError(thrown, context(given));
      }
    },
    error: (thrown, signal) => toRemoteError(thrown, context(signal)),
    close() {
      client.destroy();
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** A `Date` header is of whole seconds: what is within one is none. */
function offsetOf(date: number, now: number): number {
  const ahead = date + 500 - now;
  return Math.abs(ahead) < 1_500 ? 0 : ahead;
}
