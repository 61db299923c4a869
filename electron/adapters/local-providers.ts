/**
 * Looks at providers: which servers answer on this computer, which models a server has, and whether it works.
 */
import { z } from 'zod';
import type { LocalProvider, ProviderTest } from '../../shared/requests/settings.ts';
import { toAppError } from '../../shared/errors.ts';
import type { ErrorInfo } from '../../shared/errors.ts';
import { stoppableFetch } from '../stoppable-fetch.ts';
import { withinTime } from '../time-limit.ts';
import { createOpenAiChat } from './openai-chat.ts';
import { createClient, toProviderError } from './openai-client.ts';
import type { EndpointOptions } from './openai-client.ts';
import { openOpenAiEmbedder } from './openai-embedder.ts';

/** SECURITY: loopback addresses alone; nothing on the network is asked without the person's word. */
export const wellKnownLocalServers: readonly Omit<LocalProvider, 'models'>[] = [
  { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
];

/** Milliseconds; a server on this computer answers at once or is not there. */
const discoveryTimeout = 500;

/** Milliseconds for a test; a local server may have to load its model first. */
const testTimeout = 60_000;

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })) });

/** Servers that answer within half a second, each with its models; those that do not are left out. */
export async function findLocalProviders(
  servers: readonly Omit<LocalProvider, 'models'>[] = wellKnownLocalServers,
): Promise<readonly LocalProvider[]> {
  const found = await Promise.all(
    servers.map(async (server) => {
      const models = await askForModels(server.baseUrl);
      return models === null ? [] : [{ ...server, models }];
    }),
  );
  return found.flat();
}

/** Null for whatever is not an OpenAI-compatible server; a port may belong to anything. */
async function askForModels(baseUrl: string): Promise<readonly string[] | null> {
  let body: unknown;
  try {
    body = await withinTime(discoveryTimeout, undefined, async (signal) => {
      const headers = { accept: 'application/json' };
      const response = await stoppableFetch(`${baseUrl}/models`, { signal, redirect: 'error', headers });
      return response.ok ? response.json() : null;
    });
  } catch {
    // Refused, timed out or not JSON: there is no provider here, which is the answer that was asked for.
    return null;
  }
  const parsed = modelList.safeParse(body);
  return parsed.success ? parsed.data.data.map(({ id }) => id) : null;
}

/** Names of the models that a server lists, sorted. Errors: `provider-…`. */
export async function listModels(endpoint: EndpointOptions, signal?: AbortSignal): Promise<readonly string[]> {
  try {
    const page = await (await createClient(endpoint)).models.list(signal ? { signal } : {});
    const parsed = modelList.safeParse({ data: page.data });
    return parsed.success ? parsed.data.data.map(({ id }) => id).sort((a, b) => a.localeCompare(b)) : [];
  } catch (error) {
    throw toProviderError(error, endpoint, signal);
  }
}

/**
 * Tries an endpoint as it will be used: a few words of chat, or one embedding. Never throws; the failure is in the
 * result, beside the models that the server lists (many servers list none, so an empty list says nothing).
 */
export async function testProvider(
  purpose: 'answers' | 'embedder',
  endpoint: EndpointOptions,
  signal?: AbortSignal,
): Promise<ProviderTest> {
  const patient = { ...endpoint, responseTimeout: testTimeout };
  // Many servers list none; whether this one works is told by what is asked of it below.
  const listing = listModels(patient, signal).catch(() => [] as readonly string[]);
  const started = performance.now();
  let error: ErrorInfo | null = null;
  try {
    if (purpose === 'answers') await firstWord(patient, signal);
    else await openOpenAiEmbedder({ ...patient, kind: 'compatible', ...(signal ? { signal } : {}) });
  } catch (thrown) {
    error = toAppError(thrown).toInfo();
  }
  const milliseconds = Math.round(performance.now() - started);
  return { ok: error === null, error, milliseconds, models: await listing };
}

async function firstWord(endpoint: EndpointOptions, signal: AbortSignal | undefined): Promise<void> {
  const chat = createOpenAiChat({ ...endpoint, firstTokenTimeout: testTimeout });
  const question = [{ role: 'user', content: 'Answer with the word “yes”.' }] as const;
  for await (const event of chat.stream(question, signal ? { signal } : {})) {
    if (event.type !== 'usage') return;
  }
}
