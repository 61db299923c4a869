/**
 * A bucket on loopback: fauxqs keeps the objects; before it stands what fauxqs leaves out: signatures, clocks, hashes of
 * bodies, rights by prefix, lists of parts. Fails in every way that one can, at the request that a test names.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { buildApp } from 'fauxqs';
import { bucketRemoteSchema, type BucketRemote } from '../../shared/remotes.ts';
import { checkRequest, type Keyholder, type Refusal } from './bucket-signatures.ts';
import type { ServerCertificate } from './certificates.ts';

export type BucketOperation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'ListObjects'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'Other';

/** What a request meets. */
export type BucketFault =
  /** The connection ends before, or after, the server did what it was asked. */
  | 'drop-before'
  | 'drop-after'
  /** 500, and 503 with `Retry-After: 7`; nothing is done. */
  | 'server-error'
  | 'busy'
  /** It is done, and of the answer half comes: then the connection ends, or nothing more comes. */
  | 'half'
  | 'stall'
  /** Nothing is done, and nothing ever answered. */
  | 'silence'
  /** One bit of what is stored, or of what is sent, is turned. */
  | 'damage';

/** Every kind of fault after which the same call has to succeed when it is tried again. */
export const passingFaults: readonly BucketFault[] = [
  'drop-before',
  'drop-after',
  'server-error',
  'busy',
  'half',
  'stall',
  'silence',
];

export interface BucketUser extends Keyholder {
  /** May do everything with keys that begin so, and nothing with others. */
  readonly prefix: string;
  /** But not these. */
  readonly refused?: readonly BucketOperation[];
}

export interface BucketRequest {
  readonly operation: BucketOperation;
  /** Without the bucket's name; empty where it is the bucket itself. */
  readonly key: string;
  /** Bytes of the body. */
  readonly size: number;
  readonly range: string | null;
  /** Null while, and where, nothing was answered. */
  status: number | null;
}

export interface BucketServer {
  readonly endpoint: string;
  readonly bucket: string;
  readonly users: readonly BucketUser[];
  /** In the order in which they came. */
  readonly requests: BucketRequest[];
  /** Uploads that were begun and not ended: their keys by their ids. */
  readonly uploads: ReadonlyMap<string, { readonly key: string }>;
  /** Asked for each request. @param index 0 is the first since the server began. */
  fault: (request: BucketRequest, index: number) => BucketFault | null;
  /** Milliseconds by which the server's clock is ahead. */
  clockOffset: number;
  /** How a user reaches it; Quire's settings. */
  remote(user?: BucketUser, changed?: Partial<BucketRemote>): BucketRemote;
  /** Keys of what is stored, in order. */
  keys(): Promise<string[]>;
  /** Null when there is none. */
  read(key: string): Promise<Buffer | null>;
  /** At most 11 MiB. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Ends the connections of requests that were never answered. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface BucketServerOptions {
  /** Ada and Grace when absent, each with a prefix of their name. */
  readonly users?: readonly BucketUser[];
  readonly certificate?: ServerCertificate;
  /** What this server has never heard of. */
  readonly unknown?: readonly BucketOperation[];
  /** Entity tags that are no MD5, as with keys of a customer's own. */
  readonly hasOpaqueTags?: boolean;
}

export const bucketUsers: readonly [BucketUser, BucketUser] = [
  { accessKeyId: 'QUIREADA', secretAccessKey: 'the secret key of Ada', prefix: 'ada/' },
  { accessKeyId: 'QUIREGRACE', secretAccessKey: 'the secret key of Grace', prefix: 'grace/' },
];

const bucket = 'library';
const region = 'us-east-1';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Part {
  readonly tag: string;
  readonly size: number;
}

const escaped = (text: string): string => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const xml = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', ...headers },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`),
});

const refusalOf = ({ status, code, message }: Refusal, headers = {}): Answer =>
  xml(status, `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`, headers);

function operationOf(method: string, key: string, query: URLSearchParams): BucketOperation {
  const ofKey = key !== '';
  const has = (name: string): boolean => query.has(name);
  if (method === 'PUT' && ofKey) return has('uploadId') ? 'UploadPart' : 'PutObject';
  if (method === 'HEAD' && ofKey) return 'HeadObject';
  if (method === 'GET' && ofKey) return has('uploadId') ? 'ListParts' : 'GetObject';
  if (method === 'GET') return has('uploads') ? 'ListMultipartUploads' : 'ListObjects';
  if (method === 'DELETE' && ofKey) return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'POST' && has('uploads')) return 'CreateMultipartUpload';
  if (method === 'POST' && has('uploadId')) return 'CompleteMultipartUpload';
  return method === 'POST' && has('delete') ? 'DeleteObjects' : 'Other';
}

export async function startBucketServer(options: BucketServerOptions = {}): Promise<BucketServer> {
  const { users = bucketUsers, certificate, unknown = [], hasOpaqueTags = false } = options;
  const objects = buildApp({ logger: false });
  const uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Part> }>();
  const silent = new Set<ServerResponse>();

  /** fauxqs itself, without a port of its own. */
  async function store(method: string, url: string, headers: IncomingMessage['headers'], payload: Buffer) {
    // What is injected has a length of its own.
    const own = ['content-length', 'host', 'transfer-encoding'];
    const rest = Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));
    const answer = await objects.inject({
      method: method as 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE',
      url,
      headers: { 'content-type': 'application/octet-stream', ...rest, host: '127.0.0.1' },
      ...(payload.length > 0 || method === 'PUT' ? { payload } : {}),
    });
    const sent = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return { status: answer.statusCode, headers: Object.fromEntries(sent), body: answer.rawPayload } as Answer;
  }

  function mayDo(user: BucketUser, operation: BucketOperation, key: string, query: URLSearchParams, body: Buffer) {
    if (user.refused?.includes(operation)) return false;
    switch (operation) {
      case 'ListObjects':
      case 'ListMultipartUploads':
        return (query.get('prefix') ?? '').startsWith(user.prefix);
      case 'DeleteObjects':
        return [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].every(([, one]) => one?.startsWith(user.prefix));
      case 'Other':
        return false;
      default:
        return key.startsWith(user.prefix);
    }
  }

  /** What fauxqs does not answer; null for the rest. */
  function answerOfUploads(operation: BucketOperation, query: URLSearchParams): Answer | null {
    if (operation === 'ListMultipartUploads') {
      const prefix = query.get('prefix') ?? '';
      const found = [...uploads].filter(([, { key }]) => key.startsWith(prefix));
      const rows = found.map(
        ([id, { key }]) => `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      const result = `<IsTruncated>false</IsTruncated>${rows.join('')}`;
      return xml(200, `<ListMultipartUploadsResult>${result}</ListMultipartUploadsResult>`);
    }
    const upload = uploads.get(query.get('uploadId') ?? '');
    if (operation === 'AbortMultipartUpload' && !upload) {
      return refusalOf({ status: 404, code: 'NoSuchUpload', message: 'There is no such upload.' });
    }
    if (operation !== 'ListParts') return null;
    if (!upload) return refusalOf({ status: 404, code: 'NoSuchUpload', message: 'There is no such upload.' });
    const after = Number(query.get('part-number-marker') ?? 0);
    // Pages of three, so that whoever reads one only is found out.
    const left = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
    const rows = left
      .slice(0, 3)
      .map(
        ([number, { tag, size }]) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(tag)}</ETag><Size>${size}</Size></Part>`,
      );
    const last = left.slice(0, 3).at(-1)?.[0] ?? after;
    const more = `<IsTruncated>${left.length > 3}</IsTruncated><NextPartNumberMarker>${last}</NextPartNumberMarker>`;
    return xml(200, `<ListPartsResult>${more}${rows.join('')}</ListPartsResult>`);
  }

  /** Keeps the list of uploads and their parts, which fauxqs does not tell. */
  function follow(operation: BucketOperation, key: string, query: URLSearchParams, answer: Answer, size: number): void {
    if (answer.status >= 300) return;
    const id = query.get('uploadId') ?? '';
    if (operation === 'CreateMultipartUpload') {
      const made = /<UploadId>([^<]+)</.exec(answer.body.toString())?.[1] ?? '';
      uploads.set(made, { key, parts: new Map() });
    }
    if (operation === 'UploadPart') {
      uploads.get(id)?.parts.set(Number(query.get('partNumber')), { tag: answer.headers['etag'] ?? '', size });
    }
    if (operation === 'CompleteMultipartUpload' || operation === 'AbortMultipartUpload') uploads.delete(id);
  }

  async function answer(message: IncomingMessage, body: Buffer, request: BucketRequest, damaged: boolean) {
    const { method = 'GET', headers } = message;
    const url = message.url ?? '/';
    const { pathname, searchParams } = new URL(url, 'http://bucket');
    const checked = checkRequest({ method, url, headers, body }, users, region, Date.now() + server.clockOffset);
    if ('refused' in checked) return refusalOf(checked.refused);
    if (pathname.split('/')[1] !== bucket) {
      return refusalOf({ status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' });
    }
    const { operation, key } = request;
    if (unknown.includes(operation)) {
      return refusalOf({ status: 501, code: 'NotImplemented', message: 'A header you provided implies more.' });
    }
    if (!mayDo(checked.user, operation, key, searchParams, body)) {
      return refusalOf({ status: 403, code: 'AccessDenied', message: 'Access Denied' });
    }
    const hasDigest = headers['content-md5'] ?? Object.keys(headers).find((name) => name.startsWith('x-amz-checksum-'));
    if (operation === 'DeleteObjects' && !hasDigest) {
      return refusalOf({ status: 400, code: 'InvalidRequest', message: 'Missing required header: Content-MD5' });
    }
    const own = answerOfUploads(operation, searchParams);
    if (own) return own;
    const isStored = operation === 'PutObject' || operation === 'UploadPart';
    const sent = hasOpaqueTags ? inside(headers, body) : { headers, body };
    const done = await store(method, url, sent.headers, damaged && isStored ? turned(sent.body) : sent.body);
    follow(operation, key, searchParams, done, body.length);
    const shown = hasOpaqueTags ? outside(done) : done;
    return damaged && operation === 'GetObject' ? { ...shown, body: turned(shown.body) } : shown;
  }

  const listener: RequestListener = (message, response) => {
    handle(message, response).catch(() => response.destroy());
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(message.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
    const body = await buffer(message);
    const request: BucketRequest = {
      operation: operationOf(message.method ?? '', key, searchParams),
      key,
      size: body.length,
      range: message.headers.range ?? null,
      status: null,
    };
    const fault = server.fault(request, server.requests.push(request) - 1);
    if (fault === 'drop-before') return void response.destroy();
    if (fault === 'silence') return void silent.add(response);
    const given =
      fault === 'server-error'
        ? refusalOf({ status: 500, code: 'InternalError', message: 'We encountered an internal error.' })
        : fault === 'busy'
          ? refusalOf({ status: 503, code: 'SlowDown', message: 'Reduce your rate.' }, { 'retry-after': '7' })
          : await answer(message, body, request, fault === 'damage');
    if (fault === 'drop-after') return void response.destroy();
    request.status = given.status;
    const isHead = message.method === 'HEAD';
    const length = isHead ? (given.headers['content-length'] ?? '0') : String(given.body.length);
    response.writeHead(given.status, {
      ...given.headers,
      ...(given.status === 204 ? {} : { 'content-length': length }),
      date: new Date(Date.now() + server.clockOffset).toUTCString(),
    });
    if (fault === 'half' || fault === 'stall') {
      await new Promise((resolve) => response.write(given.body.subarray(0, given.body.length / 2), resolve));
      if (fault === 'half') response.destroy();
      else silent.add(response);
      return;
    }
    response.end(isHead ? undefined : given.body);
  }

  const { key, certificate: cert } = certificate ?? {};
  const listening = certificate ? createTlsServer({ key, cert }, listener) : createServer(listener);
  await store('PUT', `/${bucket}`, {}, Buffer.alloc(0));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = `/${bucket}`;
  const server: BucketServer = {
    endpoint: `${certificate ? 'https' : 'http'}://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    bucket,
    users,
    requests: [],
    uploads,
    fault: () => null,
    clockOffset: 0,
    remote: (user = users[0], changed = {}) =>
      bucketRemoteSchema.parse({
        endpoint: server.endpoint,
        region,
        bucket,
        accessKeyId: user?.accessKeyId,
        sealed: false,
        ...changed,
      }),
    async keys() {
      const listed = await store('GET', `${address}?list-type=2`, {}, Buffer.alloc(0));
      return [...listed.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, one = '']) => one);
    },
    async read(one) {
      const { status, body } = await store('GET', `${address}/${one}`, {}, Buffer.alloc(0));
      return status === 200 ? body : null;
    },
    async write(one, bytes) {
      const { status } = await store('PUT', `${address}/${one}`, {}, Buffer.from(bytes));
      if (status !== 200) throw new Error(`The bucket took no ${bytes.length} bytes: ${status}`);
    },
    hangUp() {
      for (const response of silent) response.destroy();
      silent.clear();
    },
    async close() {
      server.hangUp();
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
      await objects.close();
    },
  };
  return server;
}

function turned(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

/** Tags of another form: what the client says is told to fauxqs as its own, and the other way round. */
const inside = (headers: IncomingMessage['headers'], body: Buffer) => ({
  headers: headers['if-match'] ? { ...headers, 'if-match': headers['if-match'].replace('opaque-', '') } : headers,
  body: body.length < 1_000_000 && body.includes('<Part>') ? Buffer.from(`${body}`.replaceAll('opaque-', '')) : body,
});

function outside({ status, headers, body }: Answer): Answer {
  const tag = headers['etag'];
  const text = headers['content-type']?.startsWith('application/xml') ? body.toString() : null;
  return {
    status,
    headers: tag ? { ...headers, etag: tag.replace('"', '"opaque-') } : headers,
    body: text === null ? body : Buffer.from(text.replace(/(<ETag>(?:&quot;|")?)/g, '$1opaque-')),
  };
}
