/**
 * `npm run test:conformance`: what PGlite cannot show, on a real PostgreSQL 15 with pgvector, TLS, passwords and roles.
 *
 *   npm run test:conformance                all of test/conformance
 *   npm run test:conformance -- rights      what follows goes to Vitest
 *
 * Needs Debian (or packages of its names); as root it installs what is missing. The server is of the tests' own, in a
 * temporary folder, on a free port of 127.0.0.1; see test/helpers/postgres-cluster.ts.
 */
import { join } from 'node:path';
import { withRunFolder } from './run-folder.mjs';
import { appEnvironment, setup } from './setup.mjs';
import { handOver } from './setup/hand-over.mjs';
import { reportFailure } from './setup/log.mjs';
import { packageDirectory, repositoryRoot } from './setup/paths.mjs';
import { ensurePostgres } from './setup/postgres.mjs';
import { environmentWithLocalTools } from './setup/run.mjs';

try {
  const ready = await setup({ need: 'run' });
  const postgres = await ensurePostgres();
  const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'failures-reporter.mjs')}`];
  const vitest = join(packageDirectory('vitest'), 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'conformance', ...reporters, ...process.argv.slice(2)];
  process.exitCode = await withRunFolder((_, own) => {
    const env = { ...appEnvironment(ready), ...own, QUIRE_TEST_POSTGRES: JSON.stringify(postgres) };
    return handOver(ready.node, args, { cwd: repositoryRoot, env: environmentWithLocalTools(env) });
  });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
