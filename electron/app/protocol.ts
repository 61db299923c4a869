/** Serves app://quire/…: the window's own files, first-page pictures and the bytes of documents. Nothing else. */
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { AppError } from '../../shared/errors.ts';
import { openStored, type StoredFile, type StoredReader } from '../encryption/stored-file.ts';
import { errno } from '../errno.ts';
import { APP_SCHEME, CONTENT_SECURITY_POLICY } from './security.ts';

/** A file of the library that is open. */
export interface LibraryFile {
  readonly stored: StoredFile;
  /** How a plain name of it ends, with the dot. */
  readonly extension: string;
}

export interface ProtocolOptions {
  /** Folder of the built window. */
  readonly rendererFolder: string;
  /** A first-page picture by content hash; null while no library may be looked at. */
  readonly thumbnail: (contentHash: string) => Promise<LibraryFile | null>;
  /** A document's bytes, or null when there is no such document. */
  readonly document: (documentId: string) => Promise<LibraryFile | null>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
  '.bcmap': 'application/octet-stream',
  '.icc': 'application/octet-stream',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/** Bytes; pictures are below it, documents mostly above. */
const SMALL_FILE = 1_000_000;
/** Bytes of a larger file that are read at once. */
const STREAM_PIECE = 262_144;

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/** What is read of the library that may be looked at now. */
class Reads {
  readonly #streams = new Set<Readable>();
  #ends = 0;

  /** How often reading was ended: another count says that what was begun before must not be answered. */
  get ends(): number {
    return this.#ends;
  }

  add(stream: Readable): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  end(): void {
    this.#ends += 1;
    for (const stream of this.#streams) stream.destroy(new AppError('interrupted', 'The library was closed.'));
  }
}

/**
 * Must run after the app is ready. The function that it returns ends what is being read of a library: what was asked for
 * before is answered no more.
 */
export function serveApp(options: ProtocolOptions): () => void {
  const reads = new Reads();
  protocol.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'quire' || request.method !== 'GET') return notFound();
    const path = decodePath(url.pathname);
    if (path === null) return notFound();
    const own = ownFile(path, options.rendererFolder);
    if (own !== null) return respondWithOwn(own);
    const { ends } = reads;
    const answer = await respondWithLibrary(path, options, request.headers.get('range'), reads);
    if (reads.ends === ends) return answer ?? notFound();
    // SECURITY: it was locked meanwhile.
    await answer?.body?.cancel();
    return notFound();
  });
  return () => reads.end();
}

/** Null for a path that is not well formed. */
function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/**
 * A picture or a document; null for every other path, and for a file that can't be looked at, whatever keeps it from
 * that: an encrypted one that was changed, too.
 */
async function respondWithLibrary(
  path: string,
  options: ProtocolOptions,
  range: string | null,
  reads: Reads,
): Promise<Response | null> {
  try {
    const file = await libraryFile(path, options);
    return file && (await respond(file, range, reads));
  } catch (error) {
    if (isOfFile(error)) return null;
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(['file-changed', 'file-not-found', 'interrupted']);

function isOfFile(error: unknown): boolean {
  if (error instanceof AppError) return refusals.has(error.code);
  // Streams and zlib have codes of their own kind.
  return /^E(?!RR_)/.test(errno(error) ?? '');
}

/** The file of a picture or a document; null for every other path. */
async function libraryFile(path: string, options: ProtocolOptions): Promise<LibraryFile | null> {
  const thumbnail = /^\/thumbnails\/([0-9a-f]{64})\.webp$/.exec(path);
  if (thumbnail?.[1]) return options.thumbnail(thumbnail[1]);
  const document = /^\/documents\/([0-9a-f-]{36})\/file$/.exec(path);
  return document?.[1] ? options.document(document[1]) : null;
}

/** One of the window's own files; null when the path is none of them. */
function ownFile(path: string, folder: string): string | null {
  // SECURITY: a path can't climb out of the window's folder.
  const file = normalize(join(folder, path));
  return file.startsWith(folder + sep) && existsSync(file) ? file : null;
}

/**
 * Read at once: they are few and lie beside the app, and at the start, when the event loop is busy, each turn of it that
 * an asynchronous read takes would keep the window waiting.
 */
function respondWithOwn(file: string): Response {
  return new Response(readFileSync(file), { headers: headersOf(extname(file)) });
}

function headersOf(extension: string): Record<string, string> {
  return {
    'Content-Type': types[extension] ?? 'application/octet-stream',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
  };
}

async function respond({ stored, extension }: LibraryFile, range: string | null, reads: Reads): Promise<Response> {
  const reader = await openStored(stored);
  let isStreamed = false;
  try {
    const size = reader.length;
    const headers: Record<string, string> = { ...headersOf(extension), 'Accept-Ranges': 'bytes' };
    // What is encrypted on the disk must not lie in the window's cache, which is not.
    if (stored.key) headers['Cache-Control'] = 'no-store';
    const part = range === null ? null : parseRange(range, size);
    if (part === 'unsatisfiable')
      return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } });
    const { start, end } = part ?? { start: 0, end: size - 1 };
    headers['Content-Length'] = String(end - start + 1);
    if (part) headers['Content-Range'] = `bytes ${start}-${end}/${size}`;
    // A stream costs several turns of the event loop; at the start the window waits for each of them.
    isStreamed = end - start >= SMALL_FILE;
    const body = isStreamed ? streamed(reader, start, end, reads) : await reader.read(start, end - start + 1);
    return new Response(body, { status: part ? 206 : 200, headers });
  } finally {
    if (!isStreamed) await reader.close();
  }
}

function streamed(
  reader: StoredReader,
  start: number,
  end: number,
  reads: Reads,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stream = streamOf(reader, start, end);
  reads.add(stream);
  return Readable.toWeb(stream) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The bytes from `start` to `end`, both inclusive; the file is closed when they were read, or nobody wants more. */
function streamOf(reader: StoredReader, start: number, end: number): Readable {
  let at = start;
  return new Readable({
    read() {
      reader.read(at, Math.min(STREAM_PIECE, end - at + 1)).then(
        (bytes) => {
          at += bytes.length;
          this.push(bytes.length === 0 ? null : bytes);
        },
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      reader.close().then(() => done(error), done);
    },
  });
}

/** One range of bytes, both ends inclusive, others than the first are ignored; null for what means none (RFC 9110, 14.2). */
function parseRange(header: string, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] !== '' && match[2] !== '' && Number(match[1]) > Number(match[2])) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY } });
}
