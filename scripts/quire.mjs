/**
 * The command line: `npm run -s quire -- COMMAND …`. Set-up speaks on stderr alone, and only when it has something to do.
 */
import { join } from 'node:path';
import { appEnvironment, setup } from './setup.mjs';
import { handOver } from './setup/hand-over.mjs';
import { reportFailure } from './setup/log.mjs';
import { cacheDirectory, repositoryRoot } from './setup/paths.mjs';

try {
  const ready = await setup({ need: 'run' });
  const { QUIRE_MODEL_DIR, QUIRE_RECOGNITION_DIR } = appEnvironment(ready);
  const cli = join(repositoryRoot, 'electron', 'cli.ts');
  process.exitCode = await handOver(
    ready.node,
    ['--disable-warning=ExperimentalWarning', cli, ...process.argv.slice(2)],
    {
      // npm changes to the repository; paths on the command line are relative to where the person is.
      cwd: process.env.npm_lifecycle_event === 'quire' ? process.env.INIT_CWD : process.cwd(),
      // The source that Node compiled once is kept: a command begins in half the time.
      env: {
        NODE_COMPILE_CACHE: join(cacheDirectory, 'compiled'),
        ...process.env,
        QUIRE_MODEL_DIR,
        QUIRE_RECOGNITION_DIR,
      },
    },
  );
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
