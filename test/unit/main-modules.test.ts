/** What Electron's main thread may load, by its source: what takes longer than it has belongs to threads. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { moduleGraph } from '../helpers/module-graph.ts';

const reachedBy = (entry: string): ReadonlyMap<string, string> =>
  moduleGraph(join(import.meta.dirname, '../../electron', entry)).packages;

/** Loading takes pg 130 ms and the AWS SDK 360 ms, and main has 50 for anything. */
const ofServers = /^(pg|pg-.*|@aws-sdk\/.*|@smithy\/.*)$/;

describe('the modules of main', () => {
  // Catches: an import of an adapter of one's own servers, in main or in anything that it loads now or later.
  test('reach neither pg nor the AWS SDK', () => {
    const packages = reachedBy('main.ts');
    // It is main that was looked at, and all of it: backend.ts is loaded later.
    expect([...packages.keys()]).toEqual(expect.arrayContaining(['electron', 'openai', 'birpc']));
    expect([...packages].filter(([name]) => ofServers.test(name))).toEqual([]);
  });

  // Catches: a search that finds nothing anywhere.
  test.each(['workers/sync-worker.ts', 'workers/errand-worker.ts', 'cli.ts'])('of %s reach both', (entry) => {
    expect([...reachedBy(entry).keys()]).toEqual(expect.arrayContaining(['pg', '@aws-sdk/client-s3']));
  });
});
