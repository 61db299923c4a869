/** Looking for servers on this computer and trying a provider. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import {
  findLocalProviders,
  listModels,
  testProvider,
  wellKnownLocalServers,
} from '../../electron/adapters/local-providers.ts';
import { startOpenAiServer } from '../helpers/openai-server.ts';

test('servers that answer are offered with their models, others left out soon', async () => {
  const good = await startOpenAiServer({ models: ['llama3.2', 'qwen3'] });
  const silent = createServer(() => undefined);
  const other = createServer((_request, response) => response.end('{"data":"a printer"}'));
  for (const server of [silent, other]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = (server: typeof silent): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const started = performance.now();
  const found = await findLocalProviders([
    { name: 'Good', baseUrl: good.baseUrl },
    { name: 'Silent', baseUrl: url(silent) },
    { name: 'Other', baseUrl: url(other) },
    { name: 'Nobody', baseUrl: 'http://127.0.0.1:9/v1' },
  ]);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(found).toEqual([{ name: 'Good', baseUrl: good.baseUrl, models: ['llama3.2', 'qwen3'] }]);
  silent.closeAllConnections();
  silent.close();
  other.close();
  await good.close();
});

test('only loopback addresses are looked at', () => {
  for (const { baseUrl } of wellKnownLocalServers) expect(new URL(baseUrl).hostname).toBe('127.0.0.1');
});

test('a test says whether chat works, and lists the models', async () => {
  const server = await startOpenAiServer({ apiKey: 'k', models: ['b-model', 'a-model'] });
  const endpoint = { baseUrl: server.baseUrl, model: 'a-model', apiKey: 'k' };
  expect(await listModels(endpoint)).toEqual(['a-model', 'b-model']);
  expect(await testProvider('answers', endpoint)).toMatchObject({
    ok: true,
    error: null,
    models: ['a-model', 'b-model'],
  });
  expect(await testProvider('embedder', endpoint)).toMatchObject({ ok: true });
  expect(await testProvider('answers', { ...endpoint, apiKey: 'wrong' })).toMatchObject({
    ok: false,
    error: { code: 'provider-unauthorized' },
    models: [],
  });
  expect(await testProvider('answers', { ...endpoint, model: 'c' })).toMatchObject({
    ok: false,
    error: { code: 'provider-model-not-found' },
    models: ['a-model', 'b-model'],
  });
  await server.close();
});
