/** The chat adapter against a real server: every failure that a person can meet becomes a clear error. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOpenAiChat } from '../../electron/adapters/openai-chat.ts';
import type { OpenAiChatOptions } from '../../electron/adapters/openai-chat.ts';
import type { ChatEvent } from '../../electron/pipeline/ports/chat-model.ts';
import { AppError } from '../../shared/errors.ts';
import { startOpenAiServer } from '../helpers/openai-server.ts';
import type { OpenAiServer } from '../helpers/openai-server.ts';

const key = 'sk-test-0123456789';
const messages = [{ role: 'user', content: 'Say something.' }] as const;

let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer({ apiKey: key, reply: () => 'The quick brown fox jumps over the lazy dog.' });
});
afterEach(() => server.close());

function chat(options: Partial<OpenAiChatOptions> = {}) {
  return createOpenAiChat({ baseUrl: server.baseUrl, model: 'test-chat', apiKey: key, ...options });
}

async function collect(options: Partial<OpenAiChatOptions> = {}, signal?: AbortSignal, onEvent?: () => void) {
  const events: ChatEvent[] = [];
  let error: AppError | null = null;
  try {
    for await (const event of chat(options).stream(messages, signal ? { signal } : {})) {
      events.push(event);
      onEvent?.();
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    error = thrown;
  }
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  return { events, error, text };
}

describe('a stream that works', () => {
  test('gives the text, the usage and the finish, in this order', async () => {
    const { events, error, text } = await collect();
    expect(error).toBeNull();
    expect(text).toBe('The quick brown fox jumps over the lazy dog.');
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['usage', 'finish']);
    expect(events.at(-2)).toMatchObject({ usage: { outputTokens: expect.any(Number) as number } });
  });

  test('tells how many bytes went where, and nothing about this computer', async () => {
    const sent: { host: string; model: string; bytes: number }[] = [];
    await collect({ onBytesSent: (event) => sent.push(event) });
    expect(sent).toEqual([{ host: server.host, model: 'test-chat', bytes: server.requests[0]?.bytes }]);
    const headers = server.requests[0]?.headers ?? {};
    expect(Object.keys(headers).filter((name) => name.startsWith('x-stainless'))).toEqual([]);
    expect(headers['user-agent']).toBe('Quire');
  });

  test('sends no key where there is none', async () => {
    const open = await startOpenAiServer();
    await collect({ baseUrl: open.baseUrl, apiKey: null });
    expect(open.requests[0]?.headers.authorization).toBeUndefined();
    await open.close();
  });

  test('leaves out what a reasoning model thinks aloud', async () => {
    server.setReply(() => '<think>\nThe person wants [1] a fox.\n</think>\n\nA fox.');
    expect((await collect()).text).toBe('A fox.');
  });

  test('stops at once, and the server sees it', async () => {
    server.setTokensPerSecond(20);
    const controller = new AbortController();
    const { error, events } = await collect({}, controller.signal, () => controller.abort());
    expect(error?.code).toBe('cancelled');
    expect(events).toMatchObject([{ type: 'delta' }]);
    await expect.poll(() => server.abandoned).toBe(1);
  });

  test('a signal that was aborted before sends nothing', async () => {
    expect((await collect({}, AbortSignal.abort())).error?.code).toBe('cancelled');
    expect(server.requests).toEqual([]);
  });
});

describe('a server that refuses', () => {
  test('401: names the key, never shows any of it', async () => {
    const { error } = await collect({ apiKey: 'sk-wrong' });
    expect(error?.code).toBe('provider-unauthorized');
    expect(`${error?.message} ${error?.hint}`).not.toContain('sk-');
    expect(error?.message).toContain(server.host);
  });

  test('404: names the model', async () => {
    const { error } = await collect({ model: 'gpt-99' });
    expect(error?.code).toBe('provider-model-not-found');
    expect(error?.message).toContain('gpt-99');
  });

  test('404 of the whole path: the address is wrong, not the model', async () => {
    const { error } = await collect({ baseUrl: server.baseUrl.replace('/v1', '/v2') });
    expect(error?.code).toBe('provider-bad-response');
    expect(error?.hint).toContain('/v1');
  });

  test('429 with a short Retry-After is waited for and tried once more', async () => {
    server.fail({ kind: 'status', status: 429, retryAfter: '0.2' }, 1);
    const { error, text } = await collect();
    expect(error).toBeNull();
    expect(text).toContain('fox');
    expect(server.requests).toHaveLength(2);
  });

  test('429 with a long Retry-After is told, not waited for', async () => {
    server.fail({ kind: 'status', status: 429, retryAfter: '90' });
    const started = performance.now();
    const { error } = await collect();
    // Not the 90 s, however busy the machine is.
    expect(performance.now() - started).toBeLessThan(45_000);
    expect(error).toMatchObject({ code: 'provider-rate-limited', retryable: true });
    expect(error?.hint).toContain('90 seconds');
    expect(server.requests).toHaveLength(1);
  });

  test('429 without credit is not tried again', async () => {
    server.fail({ kind: 'status', status: 429, code: 'insufficient_quota' });
    const { error } = await collect();
    expect(error).toMatchObject({ code: 'provider-rate-limited', retryable: false });
    expect(error?.message).toContain('credit');
    expect(server.requests).toHaveLength(1);
  });

  test('500 twice is the server’s trouble', async () => {
    server.fail({ kind: 'status', status: 500, retryAfter: '0.1' });
    const { error } = await collect();
    expect(error).toMatchObject({ code: 'provider-server-error', retryable: true });
    expect(server.requests).toHaveLength(2);
  });

  test('a page of HTML is no answer', async () => {
    server.fail({ kind: 'malformed' });
    expect((await collect()).error?.code).toBe('provider-bad-response');
  });
});

describe('a server that falls silent or away', () => {
  test('no answer at all', async () => {
    server.fail({ kind: 'hang' });
    const { error } = await collect({ firstTokenTimeout: 200 });
    expect(error?.code).toBe('provider-timeout');
  });

  test('headers, but no first token', async () => {
    server.fail({ kind: 'hang-after', tokens: 0 });
    expect((await collect({ firstTokenTimeout: 200 })).error?.code).toBe('provider-timeout');
  });

  test('silence between two tokens keeps what came', async () => {
    server.fail({ kind: 'hang-after', tokens: 3 });
    const { error, text } = await collect({ idleTimeout: 200 });
    expect(error?.code).toBe('provider-timeout');
    expect(text).toBe('The quick brown');
  });

  test('a stop ends a stream that hangs', async () => {
    server.fail({ kind: 'hang-after', tokens: 3 });
    const { error, text } = await collect({}, AbortSignal.timeout(200));
    expect(error?.code).toBe('cancelled');
    expect(text).toBe('The quick brown');
  });

  test.each([{ kind: 'cut-off', tokens: 4 } as const, { kind: 'end-early', tokens: 4 } as const])(
    'a stream that breaks off ($kind) keeps what came and says so',
    async (failure) => {
      server.fail(failure);
      const { error, text } = await collect();
      expect(error?.code).toBe('provider-stream-broken');
      expect(text).toBe('The quick brown fox');
    },
  );

  test('nobody is there', async () => {
    const { error } = await collect({ baseUrl: 'http://127.0.0.1:9/v1' });
    expect(error?.code).toBe('provider-unreachable');
    expect(error?.message).toContain('127.0.0.1:9');
  });

  test('a name that does not exist', async () => {
    const { error } = await collect({ baseUrl: 'http://quire.invalid/v1' });
    expect(error?.code).toBe('provider-unreachable');
  });

  test('an error inside the stream, and broken JSON in it', async () => {
    const lines = ['data: {"error":{"message":"out of memory"}}\n\n', 'data: {"choices":[{"delta":{"con\n\n'];
    for (const line of lines) {
      const odd = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(line);
      });
      await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
      const { port } = odd.address() as AddressInfo;
      const { error } = await collect({ baseUrl: `http://127.0.0.1:${port}/v1` });
      expect(error?.code).toBe('provider-bad-response');
      odd.close();
    }
  });
});
