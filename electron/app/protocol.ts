/** Serves app://quire/…: the window's own files, first-page pictures and the bytes of documents. Nothing else. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, type ProtocolResponse } from 'electron';
import { LARGEST_ANSWER } from '../../shared/document-file.ts';
import { AppError } from '../../shared/errors.ts';
import { openStored, type StoredFile } from '../encryption/stored-file.ts';
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
  /** Called with what went wrong besides a file that can't be looked at. */
  readonly onError: (thrown: unknown) => void;
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

/** Chromium's net::ERR_FAILED. */
const FAILED = -2;

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/**
 * Must run after the app is ready. What was asked for before the function that it returns was called is answered no more.
 *
 * `registerBufferProtocol` is deprecated in favour of `handle`, which costs the start of the window a twentieth (40 ms):
 * it loads Node's fetch and takes every answer through two streams, while the window waits for its script.
 */
export function serveApp(options: ProtocolOptions): () => void {
  let ends = 0;
  protocol.registerBufferProtocol(APP_SCHEME, (request, answer) => {
    const path = request.method === 'GET' ? decodePath(request.url) : null;
    if (path === null) return answer(notFound());
    const own = ownFile(path, options.rendererFolder);
    if (own !== null) return answer(ownAnswer(own));
    const before = ends;
    libraryAnswer(path, options, rangeOf(request.headers)).then(
      // SECURITY: it may have been locked meanwhile.
      (found) => answer(found !== null && ends === before ? found : notFound()),
      (thrown: unknown) => {
        options.onError(thrown);
        answer({ error: FAILED });
      },
    );
  });
  return () => void (ends += 1);
}

/** The path of an address of the window's; null for another's, and for one that is not well formed. */
function decodePath(address: string): string | null {
  const { host, pathname } = new URL(address);
  if (host !== 'quire') return null;
  try {
    return decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/**
 * A picture or a document; null for every other path, and for a file that can't be looked at, whatever keeps it from
 * that: an encrypted one that was changed, too.
 */
async function libraryAnswer(
  path: string,
  options: ProtocolOptions,
  range: string | null,
): Promise<ProtocolResponse | null> {
  try {
    const file = await libraryFile(path, options);
    return file && (await answerWith(file, range));
  } catch (error) {
    if (isOfFile(error)) return null;
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(['file-changed', 'file-not-found', 'interrupted']);

function isOfFile(error: unknown): boolean {
  if (error instanceof AppError) return refusals.has(error.code);
  // Errors of Node's own have codes of another kind.
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
  return file.startsWith(folder + sep) && existsSync(file) && statSync(file).isFile() ? file : null;
}

/**
 * Read at once: they are few and lie beside the app, and at the start, when the event loop is busy, each turn of it that
 * an asynchronous read takes would keep the window waiting.
 */
function ownAnswer(file: string): ProtocolResponse {
  return { statusCode: 200, headers: headersOf(extname(file)), data: readFileSync(file) };
}

function headersOf(extension: string): Record<string, string> {
  return {
    'Content-Type': types[extension] ?? 'application/octet-stream',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
  };
}

/** The bytes that were asked for, if they are not too many to be held: the window asks for a long file piece by piece. */
async function answerWith({ stored, extension }: LibraryFile, range: string | null): Promise<ProtocolResponse> {
  const reader = await openStored(stored);
  try {
    const size = reader.length;
    const headers: Record<string, string> = { ...headersOf(extension), 'Accept-Ranges': 'bytes' };
    // What is encrypted on the disk must not lie in the window's cache, which is not.
    if (stored.key) headers['Cache-Control'] = 'no-store';
    const part = range === null ? null : parseRange(range, size);
    if (part === 'unsatisfiable') {
      return { statusCode: 416, headers: { 'Content-Range': `bytes */${size}` }, data: Buffer.alloc(0) };
    }
    const { start, end } = part ?? { start: 0, end: size - 1 };
    const length = end - start + 1;
    if (length > LARGEST_ANSWER) return { statusCode: 413, headers: headersOf(extension), data: Buffer.alloc(0) };
    headers['Content-Length'] = String(length);
    if (part) headers['Content-Range'] = `bytes ${start}-${end}/${size}`;
    const bytes = await reader.read(start, length);
    return { statusCode: part ? 206 : 200, headers, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
  } finally {
    await reader.close();
  }
}

function rangeOf(headers: Readonly<Record<string, string>>): string | null {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'range')?.[1] ?? null;
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

function notFound(): ProtocolResponse {
  return { statusCode: 404, headers: headersOf('.txt'), data: Buffer.from('Not found') };
}
