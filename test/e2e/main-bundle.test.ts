/** What Electron's main thread may load, and what the window begins with, by what was built: the bundler puts modules together as it likes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../helpers/app.ts';
import { moduleGraph } from '../helpers/module-graph.ts';

/** Names of packages whose source is in a bundle's files, or is loaded by them. */
function packagesOf(entry: string): Set<string> {
  const { files, packages } = moduleGraph(join(repositoryRoot, 'dist/electron', entry));
  const found = new Set(packages.keys());
  for (const file of files) {
    if (!existsSync(`${file}.map`)) continue;
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { readonly sources: readonly string[] };
    for (const source of sources) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
      if (name !== undefined) found.add(name);
    }
  }
  return found;
}

// Catches: a chunk that main shares with a thread, and that pg or the AWS SDK went into.
test('the bundle of main has nothing of pg and the AWS SDK, which that of the threads has', () => {
  const thread = packagesOf('errand-worker.js');
  const isOfServers = (name: string): boolean => /^(pg|pg-.*|@aws-sdk\/.*|@smithy\/.*)$/.test(name);
  expect([...thread].filter(isOfServers)).toEqual(expect.arrayContaining(['pg', '@aws-sdk/client-s3']));
  const main = packagesOf('main.js');
  expect([...main]).toEqual(expect.arrayContaining(['electron', 'openai', 'zod']));
  expect([...main].filter(isOfServers)).toEqual([]);
});

// Catches: a value that the window begins with and that lies beside a schema: zod is a seventh of what it would load.
test('what the window begins with has nothing of zod, which a later part has', () => {
  const folder = join(repositoryRoot, 'dist/renderer');
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const [, script = ''] = /<script[^>]* src="([^"]+\.js)"/.exec(page) ?? [];
  expect(readFileSync(join(folder, script), 'utf8')).not.toContain('ZodObject');
  const others = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'));
  expect(others.some((name) => readFileSync(join(folder, 'assets', name), 'utf8').includes('ZodObject'))).toBe(true);
});
