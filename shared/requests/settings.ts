/** Requests about settings, the provider and its key. Keys go in and never come out. */
import { z } from 'zod';
import type { ErrorInfo } from '../errors.ts';
import { BUILT_IN_LANGUAGE } from '../recognition-languages.ts';
import { define } from './define.ts';
import { languagesSchema } from './recognition.ts';

/** Only http(s), so that neither a file nor a script can stand in for a server. */
const baseUrl = z.url({ protocol: /^https?$/ }).max(2_000);

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Who writes answers. `extractive` needs nothing; `provider` is an OpenAI-compatible chat endpoint. */
  answers: z
    .object({
      kind: z.enum(['extractive', 'provider']),
      baseUrl: baseUrl.default('https://api.openai.com/v1'),
      model: z.string().max(200),
    })
    .default({ kind: 'extractive', baseUrl: 'https://api.openai.com/v1', model: '' }),
  /** Who makes vectors. */
  embedder: z
    .object({
      kind: z.enum(['built-in', 'openai', 'compatible']),
      baseUrl: baseUrl.default('https://api.openai.com/v1'),
      model: z.string().max(200),
    })
    .default({ kind: 'built-in', baseUrl: 'https://api.openai.com/v1', model: '' }),
  /** What scans are recognised in where nobody chose for a document: codes of recognition's languages. */
  recognition: z.object({ languages: languagesSchema }).default({ languages: [BUILT_IN_LANGUAGE] }),
});
export type Settings = z.infer<typeof settingsSchema>;

export interface SettingsView {
  readonly settings: Settings;
  /** Whether a key lies in the keychain, for the answers' and for the embedder's endpoint. */
  readonly hasAnswersKey: boolean;
  readonly hasEmbedderKey: boolean;
  /** Null when the keychain works; else why it does not. */
  readonly keychainError: ErrorInfo | null;
  readonly dataFolder: string;
}

/** A server that answers on this machine (Ollama on 11434, LM Studio on 1234). */
export interface LocalProvider {
  readonly name: string;
  readonly baseUrl: string;
  readonly models: readonly string[];
}

export interface ProviderTest {
  readonly ok: boolean;
  readonly error: ErrorInfo | null;
  /** Milliseconds to the first answer. */
  readonly milliseconds: number;
  readonly models: readonly string[];
}

/** What a change of embedder would take. */
export interface EmbedderEstimate {
  /** Passages that have no vector of it yet; 0 when nothing is to be made. */
  readonly texts: number;
  /** Counted by the built-in model's tokenizer; others count about as many. */
  readonly tokens: number;
  /** From made-up passages that were just sent or computed; null when nothing is to be made. */
  readonly seconds: number | null;
  /** Host that the passages go to; null when they stay in Quire. */
  readonly host: string | null;
  readonly isThisComputer: boolean;
  /** US dollars by list price; null when no price is known. */
  readonly cost: number | null;
  /** The day of the price list. */
  readonly pricesAsOf: string;
  /** Whose vectors are searched until it is done. */
  readonly present: string | null;
  /** Host that questions go to until then; null when they stay on this computer’s built-in model. */
  readonly presentHost: string | null;
}

const endpoint = z.enum(['answers', 'embedder']);
const key = z.string().trim().max(1_000);

export const settingsRequests = {
  'settings.get': define(z.object({}))<SettingsView>(),
  'settings.update': define(z.object({ settings: settingsSchema }))<SettingsView>(),
  /** Changes nothing else, whatever changed since the window last asked. */
  'settings.setTheme': define(settingsSchema.pick({ theme: true }).required())<null>(),
  /** An empty key removes it. It is kept for this server. */
  'settings.setKey': define(z.object({ endpoint, baseUrl, key }))<SettingsView>(),
  /** Without a key, the one that is kept for the server is used. Nothing is saved. */
  'settings.testProvider': define(
    z.object({ endpoint, baseUrl, model: z.string().max(200), key: key.default('') }),
  )<ProviderTest>(),
  /** Tries an embedder out with made-up passages; nothing of the library is sent, and nothing is changed. */
  'settings.estimateEmbedder': define(
    z.object({ embedder: settingsSchema.shape.embedder.unwrap(), key: key.default('') }),
  )<EmbedderEstimate>(),
  /** Goes back to the embedder whose vectors are still searched, and drops what was made of the other. */
  'settings.cancelEmbedderChange': define(z.object({}))<SettingsView>(),
  'settings.findLocalProviders': define(z.object({}))<readonly LocalProvider[]>(),
};
