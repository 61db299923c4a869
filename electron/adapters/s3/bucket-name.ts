/** Where a bucket is, and what it goes by; without the SDK, so that main may ask, too. */
import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { BucketRemote } from '../../../shared/remotes.ts';
import { isThisComputer } from '../../../shared/this-computer.ts';

/**
 * Where the bucket is. Throws `remote-tls` for plain http to another computer, unless that was accepted;
 * `request-invalid` for names that would lead elsewhere.
 */
export function endpointOf(remote: BucketRemote): URL {
  // SECURITY: the SDK takes an ARN as a bucket's name, too, and then goes where that leads.
  if (!/^[a-z0-9][\w.-]*$/i.test(remote.bucket)) throw invalid(`“${remote.bucket}” is not the name of a bucket.`);
  if (!/^[a-z0-9][\w-]*$/i.test(remote.region)) throw invalid(`“${remote.region}” is not the name of a region.`);
  // SECURITY: said outright, as the SDK would else take one of an environment variable or of another program's settings.
  const amazon = `https://s3.${remote.region}.amazonaws.com${remote.region.startsWith('cn-') ? '.cn' : ''}`;
  const url = new URL(remote.endpoint ?? amazon);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('The endpoint has more in it than the address of a server.');
  }
  if (url.protocol === 'http:' && !isThisComputer(url.hostname) && !remote.plainTextAccepted) {
    throw new AppError('remote-tls', `${url.host} would be sent files and names without encryption.`, {
      hint: 'Use an endpoint that begins with https://, or accept plain text in Settings, Sync.',
    });
  }
  return url;
}

function invalid(message: string): AppError {
  return new AppError('request-invalid', message, { hint: 'Correct it in Settings, Sync.' });
}

/** See `BlobStore.name`: 32 hex digits of its server's host and its own name. Throws as `endpointOf`. */
export function bucketNameOf(remote: BucketRemote): string {
  const place = JSON.stringify([endpointOf(remote).host, remote.bucket]);
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

/** See `BlobStore.label`. Throws as `endpointOf`. */
export function bucketLabelOf(remote: BucketRemote): string {
  return `“${remote.bucket}” at ${endpointOf(remote).host}`;
}
