/**
 * Where the system's browser comes back to after a sign-in: a server on 127.0.0.1 with a port of its own, which takes
 * one answer and ends (RFC 8252, 7.3).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { returnAddress } from '../../shared/requests/identities.ts';

/** The same at each sign-in, since providers compare it; only the port is left open to desktop apps. */
const { hostname: ADDRESS, pathname: PATH } = new URL(returnAddress);
/** Milliseconds for the last page to get to the browser. */
const LAST_PAGE = 2_000;

export interface BrowserAnswer {
  /** With what the provider answered, in its query. */
  readonly url: URL;
  /** What the browser shows at the end. */
  show(title: string, text: string): Promise<void>;
}

export interface BrowserReturn {
  readonly redirectUri: string;
  /** The first answer; rejects with the signal's reason. */
  answer(signal: AbortSignal): Promise<BrowserAnswer>;
  /** Nobody can come back any more. */
  close(): void;
}

export async function awaitBrowser(): Promise<BrowserReturn> {
  const first = Promise.withResolvers<BrowserAnswer>();
  let isAnswered = false;
  const server = createServer((request, response) => {
    const origin = `http://${ADDRESS}:${(server.address() as AddressInfo | null)?.port}`;
    const url = addressOf(request, origin);
    if (isAnswered || request.method !== 'GET' || url?.pathname !== PATH || !url.searchParams.has('state')) {
      // Browsers look for an icon; others look for open ports.
      return void send(response, 404, 'Not found', 'There is nothing here.');
    }
    isAnswered = true;
    first.resolve({ url, show: (title, text) => send(response, 200, title, text) });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, ADDRESS, resolve);
  });
  return {
    redirectUri: `http://${ADDRESS}:${(server.address() as AddressInfo).port}${PATH}`,
    answer: (signal) => untilAborted(first.promise, signal),
    close() {
      server.close();
      // The last page is on its way; a browser that does not take it is not waited for.
      setTimeout(() => server.closeAllConnections(), LAST_PAGE).unref();
    },
  };
}

/** What was asked for; null when it was not asked of this address. */
function addressOf({ url = '', headers }: IncomingMessage, origin: string): URL | null {
  const address = URL.canParse(url, origin) ? new URL(url, origin) : null;
  // SECURITY: a page elsewhere whose name leads to this computer sends that name as the host.
  return address?.origin === origin && headers.host === address.host ? address : null;
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** SECURITY: a page that loads and runs nothing, and is kept nowhere: its address has the code of the sign-in in it. */
function send(response: ServerResponse, status: number, title: string, text: string): Promise<void> {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escaped(title)}</title></head>
<body><h1>${escaped(title)}</h1><p>${escaped(text)}</p></body></html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  return new Promise((resolve) => {
    // Also when the browser is gone by now: nobody is left to be told.
    response.once('close', resolve);
    response.end(page, resolve);
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
