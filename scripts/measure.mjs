/** `npm run bench` and `npm run eval`: set-up, then the TypeScript that measures, on Node 24. */
import { join } from 'node:path';
import { appEnvironment, setup } from './setup.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { handOver } from './setup/hand-over.mjs';
import { reportFailure } from './setup/log.mjs';
import { repositoryRoot } from './setup/paths.mjs';
import { ensurePostgres } from './setup/postgres.mjs';

const [what, ...rest] = process.argv.slice(2);

/** Benchmarks that start a PostgreSQL of their own. */
const withPostgres = ['remote-push', 'remote-search', 'second-device', 'synced-app'];

/** What those need; nothing where they are not asked for, and on a system that has none for them: they say so then. */
async function postgresEnvironment(names) {
  const isNamed = names.some((name) => withPostgres.includes(name));
  if (what !== 'bench' || (names.length > 0 && !isNamed)) return {};
  try {
    return { QUIRE_TEST_POSTGRES: JSON.stringify(await ensurePostgres()) };
  } catch (error) {
    if (isNamed) throw error;
    reportFailure(error);
    return {};
  }
}

try {
  const ready = await setup({ need: 'bench' });
  if (what === 'bench') await ensureBuilt(ready);
  const script = join(repositoryRoot, 'scripts', what, 'run.ts');
  process.exitCode = await handOver(ready.node, [script, ...rest], {
    env: { ...process.env, ...appEnvironment(ready), ...(await postgresEnvironment(rest)) },
  });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
