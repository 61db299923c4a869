/**
 * An OpenAI-compatible server on loopback, for tests: models, streamed chat, base64 embeddings, and every way to fail.
 *
 * It is a real HTTP server on a port of its own; tests and the app talk to it as to any provider.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the next requests meet. */
export type Failure =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      readonly code?: string;
      /** The server's own words. */
      readonly words?: string;
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Answers, writes this many tokens (0: the headers alone) and says nothing more. */
  | { readonly kind: 'hang-after'; readonly tokens: number }
  /** Writes this many tokens and cuts the connection. */
  | { readonly kind: 'cut-off'; readonly tokens: number }
  /** Writes this many tokens and ends the response properly, but without a finish reason. */
  | { readonly kind: 'end-early'; readonly tokens: number }
  | { readonly kind: 'malformed' };

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** Bytes of the body. */
  readonly bytes: number;
}

export interface ChatRequestBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

export interface OpenAiServerOptions {
  readonly models?: readonly string[];
  /** Refuses every other key with 401; takes any (or none) when absent. */
  readonly apiKey?: string;
  readonly tokensPerSecond?: number;
  readonly dimensions?: number;
  /** `float` answers with numbers although base64 was asked for, as some servers do. */
  readonly embeddingFormat?: 'base64' | 'float';
  /** Told of each token of an answer when it is written to the connection: what latency is measured from. */
  readonly onToken?: (token: string) => void;
  /** The answer's text by request; cites the prompt's passages when absent. */
  readonly reply?: (body: ChatRequestBody) => string;
}

export interface OpenAiServer {
  /** `http://127.0.0.1:<port>/v1` */
  readonly baseUrl: string;
  readonly host: string;
  readonly requests: readonly RecordedRequest[];
  /** Chat streams that the client left before their end. */
  readonly abandoned: number;
  /**
   * Fails the next `times` requests to chat or embeddings (all of them until `recover` when absent), once `after` more
   * have been answered.
   */
  fail(failure: Failure, times?: number, after?: number): void;
  recover(): void;
  setReply(reply: (body: ChatRequestBody) => string): void;
  setTokensPerSecond(rate: number): void;
  close(): Promise<void>;
}

export async function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  const models = options.models ?? ['test-chat', 'test-embedding'];
  const requests: RecordedRequest[] = [];
  const hanging = new Set<ServerResponse>();
  let reply = options.reply ?? citingReply;
  let tokensPerSecond = options.tokensPerSecond ?? 2_000;
  let failure: { readonly what: Failure; left: number; after: number } | null = null;
  let abandoned = 0;

  function nextFailure(): Failure | null {
    if (!failure || failure.left <= 0) return null;
    failure.after -= 1;
    if (failure.after >= 0) return null;
    failure.left -= 1;
    return failure.what;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const body: unknown = text === '' ? null : JSON.parse(text);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const { method = 'GET', headers } = request;
    requests.push({ method, path, headers, body, bytes: Buffer.byteLength(text) });
    if (options.apiKey !== undefined && headers.authorization !== `Bearer ${options.apiKey}`) {
      return sendError(response, 401, 'Incorrect API key provided: sk-…1234.', 'invalid_api_key');
    }
    if (method === 'GET' && path === '/v1/models') {
      return sendJson(response, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    }
    if (method === 'POST' && path === '/v1/chat/completions') return chat(body as ChatRequestBody, response);
    if (method === 'POST' && path === '/v1/embeddings') return embeddings(body as EmbeddingsBody, response);
    return sendError(response, 404, `Unknown path ${path}`, null);
  }

  /** Answers with the planned failure; false when the request goes on (`hang-after` and the like begin as usual). */
  function failNow(planned: Failure | null, response: ServerResponse): boolean {
    if (planned?.kind === 'hang') {
      hanging.add(response);
      return true;
    }
    if (planned?.kind === 'malformed') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome to nginx!</body></html>');
      return true;
    }
    if (planned?.kind !== 'status') return false;
    if (planned.retryAfter !== undefined) response.setHeader('retry-after', planned.retryAfter);
    const { status, words = `Planned failure ${status}`, code = null } = planned;
    sendError(response, status, words, code);
    return true;
  }

  async function chat(body: ChatRequestBody, response: ServerResponse): Promise<void> {
    const planned = nextFailure();
    if (failNow(planned, response)) return;
    if (!models.includes(body.model)) {
      return sendError(response, 404, `The model \`${body.model}\` does not exist`, 'model_not_found');
    }
    const tokens = reply(body).match(/\s*\S{1,6}|\s+$/g) ?? [];
    const inputTokens = Math.ceil(body.messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
    let gone = false;
    response.on('close', () => {
      gone = true;
      if (!response.writableFinished && planned === null) abandoned += 1;
    });
    const send = (chunk: object): void => void response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    const base = { id: 'chatcmpl-test', object: 'chat.completion.chunk', created: 0, model: body.model };
    const begin = performance.now();
    for (const [index, token] of tokens.entries()) {
      if (gone) return;
      if (planned && 'tokens' in planned && index >= planned.tokens) break;
      send({ ...base, choices: [{ index: 0, delta: { content: token }, finish_reason: null }] });
      options.onToken?.(token);
      // Paced by the clock, not by the timer: a timer's millisecond would slow a fast stream down.
      const ahead = ((index + 1) / tokensPerSecond) * 1000 - (performance.now() - begin);
      if (ahead > 1) await sleep(ahead);
    }
    if (planned?.kind === 'hang-after') return void hanging.add(response);
    if (planned?.kind === 'cut-off') {
      // What was written has to be on its way first; destroying drops what is still in the buffer.
      await sleep(20);
      return void response.destroy();
    }
    if (planned?.kind === 'end-early') return void response.end();
    send({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    const usage = {
      prompt_tokens: inputTokens,
      completion_tokens: tokens.length,
      total_tokens: inputTokens + tokens.length,
    };
    send({ ...base, choices: [], usage });
    response.end('data: [DONE]\n\n');
  }

  interface EmbeddingsBody {
    readonly model: string;
    readonly input: string | readonly string[];
    readonly encoding_format?: string;
  }

  function embeddings(body: EmbeddingsBody, response: ServerResponse): void {
    if (failNow(nextFailure(), response)) return;
    if (!models.includes(body.model)) {
      return sendError(response, 404, `The model \`${body.model}\` does not exist`, 'model_not_found');
    }
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const asBase64 = body.encoding_format === 'base64' && options.embeddingFormat !== 'float';
    const data = texts.map((text, index) => {
      const vector = hashedVector(text, options.dimensions ?? 64);
      const embedding = asBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    // Out of order on purpose: the index tells where a vector belongs.
    sendJson(response, {
      object: 'list',
      model: body.model,
      data: data.reverse(),
      usage: { prompt_tokens: 1, total_tokens: 1 },
    });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, String(error), null);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    baseUrl: `http://${host}/v1`,
    host,
    requests,
    get abandoned() {
      return abandoned;
    },
    fail(what, times = Number.POSITIVE_INFINITY, after = 0) {
      failure = { what, left: times, after };
    },
    recover() {
      failure = null;
    },
    setReply(next) {
      reply = next;
    },
    setTokensPerSecond(rate) {
      tokensPerSecond = rate;
    },
    close() {
      for (const response of hanging) response.destroy();
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
    },
  };
}

/** Says the first sentence of each of the first passages in the prompt and cites it; then a number that is none. */
export function citingReply(body: ChatRequestBody): string {
  const prompt = body.messages.at(-1)?.content ?? '';
  const passages = [...prompt.matchAll(/<passage number="(\d+)"[^>]*>\n([\s\S]*?)\n<\/passage>/g)].slice(0, 3);
  if (passages.length === 0)
    return (
      prompt
        .split('\n')
        .at(-1)
        ?.replace(/^Last question:\s*/, '') ?? 'yes'
    );
  const said = passages.map(([, number, text]) => {
    const sentence = /^[\s\S]{20,200}?(?:[.!?](?=\s|$)|\n|$)/.exec(text ?? '')?.[0] ?? (text ?? '').slice(0, 120);
    return `${sentence.replace(/\s+/g, ' ').trim()} [${number}]`;
  });
  return `${said.join('\n\n')}\n\nThis last claim has no passage [99].`;
}

/** A deterministic vector whose direction depends on the words of the text: shared words, near vectors. */
export function hashedVector(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    let hash = 2_166_136_261;
    for (const character of word) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    for (let index = 0; index < dimensions; index += 1) {
      hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519) + index;
      vector[index] = (vector[index] ?? 0) + ((hash >>> 0) / 4_294_967_296 - 0.5);
    }
  }
  return vector;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, message: string, code: string | null): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { message, type: 'invalid_request_error', code } }));
}
