/**
 * `fetch` whose signal also ends the reading of the answer. Before Node 24 (Electron 33 has Node 20) the garbage collector
 * takes what links the signal to the body once the headers are there: an abort is then lost, and the reader waits for as
 * long as the server likes.
 */
export async function stoppableFetch(url: string | URL | Request, options: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, options);
  const { body, status, statusText, headers } = answer;
  if (!body || !options.signal) return answer;
  // A pipe holds on to its signal, and cancels what it reads from.
  const piped = body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal: options.signal });
  return new Response(piped, { status, statusText, headers });
}
