/**
 * Checks requests to a bucket as Amazon does: signature version 4 in a header or in the address, clock, body.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html, written without Amazon's package,
 * so that a mistake in what the package is told is found.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Keyholder {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a server answers a request with that it does not take: a status, and S3's code for it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Milliseconds by which clocks may differ. */
const largestSkew = 15 * 60_000;
/** Seconds that a link may last: a week. */
const longestLink = 604_800;
const algorithm = 'AWS4-HMAC-SHA256';

interface Claim {
  readonly accessKeyId: string;
  /** `20260102/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  /** `20260102T030405Z`. */
  readonly date: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly payloadHash: string;
  /** Seconds; of a link alone. */
  readonly lasts: number | null;
}

const refusal = (status: number, code: string, message = code): Refusal => ({ status, code, message });
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** Whoever signed it, or why it is refused. @param now Milliseconds since the epoch, by the server's clock. */
export function checkRequest<User extends Keyholder>(
  request: SignedRequest,
  users: readonly User[],
  region: string,
  now: number,
): { readonly user: User } | { readonly refused: Refusal } {
  const claim = claimOf(request);
  if (!claim) return { refused: refusal(403, 'AccessDenied', 'Anonymous access is refused.') };
  const user = users.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!user) return { refused: refusal(403, 'InvalidAccessKeyId', 'This access key is not known.') };
  if (claim.scope !== `${claim.date.slice(0, 8)}/${region}/s3/aws4_request`) {
    return { refused: refusal(400, 'AuthorizationHeaderMalformed', `The region is wrong; expecting '${region}'`) };
  }
  const refused = refuseTime(claim, now) ?? refuseSignature(request, claim, user) ?? refuseBody(request, claim);
  return refused ? { refused } : { user };
}

function claimOf(request: SignedRequest): Claim | null {
  const header = (name: string): string => textOf(request.headers[name]);
  const query = new URL(request.url, 'http://bucket').searchParams;
  if (query.get('X-Amz-Algorithm') === algorithm) {
    const [accessKeyId = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
    return {
      accessKeyId,
      scope: scope.join('/'),
      date: query.get('X-Amz-Date') ?? '',
      signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
      signature: query.get('X-Amz-Signature') ?? '',
      payloadHash: 'UNSIGNED-PAYLOAD',
      lasts: Number(query.get('X-Amz-Expires') ?? NaN),
    };
  }
  const stated =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    );
  if (!stated) return null;
  const [, accessKeyId = '', scope = '', signedHeaders = '', signature = ''] = stated;
  const payloadHash = header('x-amz-content-sha256');
  return { accessKeyId, scope, date: header('x-amz-date'), signedHeaders, signature, payloadHash, lasts: null };
}

const textOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).join(',');

function refuseTime({ date, lasts }: Claim, now: number): Refusal | null {
  const signed = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signed)) return refusal(403, 'AccessDenied', 'The request has no valid date.');
  if (lasts === null) {
    if (Math.abs(now - signed) <= largestSkew) return null;
    return refusal(403, 'RequestTimeTooSkewed', 'The difference between the clocks is too large.');
  }
  if (!Number.isInteger(lasts) || lasts < 1 || lasts > longestLink) {
    return refusal(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires must be a week at most.');
  }
  if (signed > now + largestSkew) return refusal(403, 'AccessDenied', 'Request is not yet valid');
  return now > signed + lasts * 1_000 ? refusal(403, 'AccessDenied', 'Request has expired') : null;
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function refuseSignature(request: SignedRequest, claim: Claim, user: Keyholder): Refusal | null {
  const { pathname, searchParams } = new URL(request.url, 'http://bucket');
  const named = claim.signedHeaders.split(';');
  const mustBeSigned = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))];
  if (!mustBeSigned.every((name) => named.includes(name))) {
    return refusal(403, 'AccessDenied', 'There were headers present in the request which were not signed.');
  }
  const query = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const headers = named.map((name) => `${name}:${textOf(request.headers[name]).trim().replace(/ +/g, ' ')}\n`).join('');
  const path = pathname.split('/').map((part) => encoded(decodeURIComponent(part)));
  const canonical = [request.method, path.join('/'), query, headers, claim.signedHeaders, claim.payloadHash].join('\n');
  const toSign = [algorithm, claim.date, claim.scope, sha256(canonical).toString('hex')].join('\n');
  const key = claim.scope.split('/').reduce<Buffer | string>(hmac, `AWS4${user.secretAccessKey}`);
  const given = Buffer.from(claim.signature, 'hex');
  const right = hmac(key, toSign);
  if (given.length === right.length && timingSafeEqual(given, right)) return null;
  return refusal(403, 'SignatureDoesNotMatch', 'The signature does not match.');
}

/** Digests of a body by the headers that state them; base64. */
const digests: Readonly<Record<string, (body: Buffer) => string>> = {
  'content-md5': (body) => createHash('md5').update(body).digest('base64'),
  'x-amz-checksum-sha256': (body) => sha256(body).toString('base64'),
  'x-amz-checksum-crc32': (body) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return sum.toString('base64');
  },
};

function refuseBody({ headers, body }: SignedRequest, { payloadHash }: Claim): Refusal | null {
  if (payloadHash.startsWith('STREAMING-')) {
    return refusal(501, 'NotImplemented', 'Bodies in signed chunks are not taken here.');
  }
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && payloadHash !== sha256(body).toString('hex')) {
    return refusal(400, 'XAmzContentSHA256Mismatch', 'The body is not what was signed.');
  }
  for (const [name, digest] of Object.entries(digests)) {
    const stated = textOf(headers[name]);
    if (stated !== '' && stated !== digest(body)) return refusal(400, 'BadDigest', `${name} is not that of the body.`);
  }
  return null;
}
