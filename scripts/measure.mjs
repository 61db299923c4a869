/** `npm run bench` and `npm run eval`: set-up, then the TypeScript that measures, on Node 24. */
import { join } from 'node:path';
import { appEnvironment, setup } from './setup.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { handOver } from './setup/hand-over.mjs';
import { reportFailure } from './setup/log.mjs';
import { repositoryRoot } from './setup/paths.mjs';

const [what, ...rest] = process.argv.slice(2);

try {
  const ready = await setup({ need: 'bench' });
  if (what === 'bench') await ensureBuilt(ready);
  const script = join(repositoryRoot, 'scripts', what, 'run.ts');
  process.exitCode = await handOver(ready.node, [script, ...rest], {
    env: { ...process.env, ...appEnvironment(ready) },
  });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
