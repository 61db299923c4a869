/** Serves app://quire/…: the window's own files, first-page pictures and the bytes of documents. Nothing else. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { APP_SCHEME, CONTENT_SECURITY_POLICY } from './security.ts';

export interface ProtocolOptions {
  /** Folder of the built window. */
  readonly rendererFolder: string;
  /** File of a first-page picture by content hash; null while no library may be looked at. */
  readonly thumbnailFile: (contentHash: string) => Promise<string | null>;
  /** File of a document's bytes, or null when there is no such document. */
  readonly documentFile: (documentId: string) => Promise<string | null>;
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

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/** Must run after the app is ready. */
export function serveApp(options: ProtocolOptions): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'quire' || request.method !== 'GET') return notFound();
    const path = decodePath(url.pathname);
    if (path === null) return notFound();
    const own = ownFile(path, options.rendererFolder);
    if (own !== null) return respondWithOwn(own);
    const file = await libraryFile(path, options);
    return file === null ? notFound() : respond(file, request.headers.get('range'));
  });
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

/** The file of a picture or a document; null for every other path. */
async function libraryFile(path: string, options: ProtocolOptions): Promise<string | null> {
  const thumbnail = /^\/thumbnails\/([0-9a-f]{64})\.webp$/.exec(path);
  if (thumbnail?.[1]) return options.thumbnailFile(thumbnail[1]);
  const document = /^\/documents\/([0-9a-f-]{36})\/file$/.exec(path);
  return document?.[1] ? options.documentFile(document[1]) : null;
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
  return new Response(readFileSync(file), { headers: headersOf(file) });
}

function headersOf(file: string): Record<string, string> {
  return {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
  };
}

async function respond(file: string, range: string | null): Promise<Response> {
  // Whatever keeps it from being looked at, the window has no file to show.
  const status = await stat(file).catch(() => null);
  if (!status?.isFile()) return notFound();
  const { size } = status;
  const headers: Record<string, string> = { ...headersOf(file), 'Accept-Ranges': 'bytes' };
  const part = range === null ? null : parseRange(range, size);
  if (range !== null && part === null)
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } });
  const { start, end } = part ?? { start: 0, end: size - 1 };
  headers['Content-Length'] = String(end - start + 1);
  if (part) headers['Content-Range'] = `bytes ${start}-${end}/${size}`;
  // A stream costs several turns of the event loop; at the start the window waits for each of them.
  const body =
    end - start < SMALL_FILE
      ? await readPart(file, start, end - start + 1)
      : (Readable.toWeb(createReadStream(file, { start, end })) as ReadableStream<Uint8Array>);
  return new Response(body, { status: part ? 206 : 200, headers });
}

/** The bytes themselves alone: pdf.js asks for a large document in many small pieces. */
async function readPart(file: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(file);
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** One range of bytes, both ends inclusive; null when it can't be satisfied. Others than the first are ignored. */
export function parseRange(header: string, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? null : { start, end };
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY } });
}
