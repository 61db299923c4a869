/** There is one way to a provider, and it goes through the meter. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const electron = fileURLToPath(new URL('../../../electron', import.meta.url));

const sources = readdirSync(electron, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ name: relative(electron, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));

const naming = (pattern: RegExp): string[] =>
  sources.flatMap(({ name, text }) => (pattern.test(text) ? [name] : [])).sort();

// Catches: a new feature that asks a model beside the ledger and its limits.
test('models are opened with endpoints of `Providers` alone, which carry the meter', () => {
  expect(naming(/import \{[^}]*\b(?:createOpenAiChat|openOpenAiEmbedder)\b/)).toEqual([
    'adapters/local-providers.ts',
    'core/embedders.ts',
    'core/providers.ts',
  ]);
  expect(naming(/\bapiKey(?:,|:(?! string))/)).toEqual(['adapters/openai-client.ts', 'core/providers.ts']);
  expect(naming(/from 'openai'|import\('openai'\)/)).toEqual(['adapters/openai-client.ts']);
});
