/** What is read from addresses and headers that servers and people write in many ways. */
import { APIError } from 'openai';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createClient,
  describeSeconds,
  hostOf,
  isLoopback,
  retryAfterSeconds,
  retryDelaySeconds,
  toProviderError,
} from '../../../electron/adapters/openai-client.ts';

// The package's error classes are known once the first client was made.
beforeAll(() => createClient({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm', apiKey: null }));

test.each([
  ['http://localhost:11434/v1', true],
  ['http://127.0.0.1:1234/v1', true],
  ['http://127.8.9.1/v1', true],
  ['http://[::1]:8080/v1', true],
  ['https://api.openai.com/v1', false],
  ['http://localhost.example.com/v1', false],
  ['http://127.0.0.1.example.com/v1', false],
  ['http://192.168.1.5:8000/v1', false],
])('%s is on this computer: %s', (url, here) => expect(isLoopback(url)).toBe(here));

test('hosts are named with a port where it is not the scheme’s own', () => {
  expect(hostOf('https://api.openai.com/v1')).toBe('api.openai.com');
  expect(hostOf('http://127.0.0.1:11434/v1')).toBe('127.0.0.1:11434');
  expect(() => hostOf('nonsense')).toThrow(/not the address/);
});

describe('Retry-After', () => {
  const now = Date.parse('2025-01-01T00:00:00Z');
  test.each([
    [{ 'retry-after': '12' }, 12],
    [{ 'retry-after': '0.5' }, 0.5],
    [{ 'retry-after': 'Wed, 01 Jan 2025 00:01:30 GMT' }, 90],
    [{ 'retry-after': 'Tue, 31 Dec 2024 00:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 0.25],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('%j is %s seconds', (headers, seconds) =>
    expect(retryAfterSeconds(new Headers(headers as HeadersInit), now)).toBe(seconds),
  );

  test('what is worth a second try', () => {
    const error = (status: number, code?: string) => APIError.generate(status, { error: { code } }, 'm', new Headers());
    expect(retryDelaySeconds(error(429))).toBe(2);
    expect(retryDelaySeconds(error(503))).toBe(1);
    expect(retryDelaySeconds(error(429, 'insufficient_quota'))).toBeNull();
    expect(retryDelaySeconds(error(400))).toBeNull();
    expect(retryDelaySeconds(new Error('no'))).toBeNull();
  });
});

test('waits are told in words', () => {
  expect([0.2, 1, 31.2, 120, 3_600].map(describeSeconds)).toEqual([
    '1 second',
    '1 second',
    '32 seconds',
    '2 minutes',
    '60 minutes',
  ]);
});

test('a server’s words are repeated without the key and not at any length', () => {
  const endpoint = { baseUrl: 'https://api.example.com/v1', model: 'm', apiKey: 'sk-secret' };
  const error = APIError.generate(
    400,
    { error: { message: `Bad key sk-secret ${'x'.repeat(900)}` } },
    'm',
    new Headers(),
  );
  const { message, code } = toProviderError(error, endpoint);
  expect(code).toBe('provider-bad-response');
  expect(message).not.toContain('sk-secret');
  expect(message.length).toBeLessThan(400);
});

test('a prompt that is too long is told as such', () => {
  const endpoint = { baseUrl: 'http://127.0.0.1:11434/v1', model: 'small', apiKey: null };
  const error = APIError.generate(
    400,
    { error: { code: 'context_length_exceeded', message: 'too long' } },
    'm',
    new Headers(),
  );
  expect(toProviderError(error, endpoint).hint).toContain('larger context');
});
