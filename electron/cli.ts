/**
 * The command line: the same core without a window, in plain Node.
 * Exit codes: 0 done, 1 something failed, 2 usage. With `--json` stdout has one JSON object a line and nothing else.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { LOCAL_ACCOUNT } from '../shared/accounts.ts';
import { toAppError, type AppError } from '../shared/errors.ts';
import { pieceKinds, type PieceKind } from '../shared/written.ts';
import { accountFolder } from './accounts/account-folder.ts';
import { createForkedHostLauncher } from './adapters/forked-host.ts';
import { createEnvironmentKeychain } from './adapters/keychain.ts';
import { AdministratorLimits } from './cli/administrator-limits.ts';
import { ask } from './cli/ask.ts';
import { backup, restoreBackup, verifyBackup } from './cli/backup.ts';
import { health, healthKeychain, type HealthArguments } from './cli/health.ts';
import { ingest } from './cli/ingest.ts';
import { deleteDocuments, list } from './cli/library.ts';
import { createPrinter, type Printer } from './cli/printer.ts';
import { remoteCopy, remotePrepare, remoteTest } from './cli/remote.ts';
import { search } from './cli/search.ts';
import { isDocumentId, write, writeAboutFiles } from './cli/write.ts';
import { openCore, openSharedCore, type SharedCore } from './core/core.ts';
import { optionsOfEnvironment, type CoreOptions } from './core/core-options.ts';
import { openHealth } from './core/open-health.ts';
import { logCrashes } from './logging/crashes.ts';
import { LOG_FOLDER_VARIABLE, Logger, logFolder, logLevelOf } from './logging/logger.ts';
import { workerEntry } from './workers/entry.ts';

const USAGE = 2;
const FAILURE = 1;

/** The folder that the app itself uses on this system, so that both see the same library. */
function defaultDataFolder(): string {
  const home = homedir();
  switch (process.platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Quire', 'data');
    case 'win32':
      return join(process.env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Quire', 'data');
    default:
      return join(process.env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'Quire', 'data');
  }
}

interface RemoteCopyOptions {
  readonly from: string;
  readonly to: string;
  readonly account?: string;
  readonly readBack?: boolean;
  readonly skipDamaged?: boolean;
}

interface GlobalOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

function dataFolder({ dataDir }: GlobalOptions): string {
  return dataDir ?? process.env['QUIRE_DATA_DIR'] ?? defaultDataFolder();
}

function libraryFolder(options: GlobalOptions): string {
  return accountFolder(dataFolder(options), LOCAL_ACCOUNT);
}

/** The command line has a file of its own beside the app's. */
function openLog(options: GlobalOptions): Logger {
  const log = new Logger({
    folder: logFolder(dataFolder(options)),
    name: 'command-line',
    process: 'command line',
    level: logLevelOf(process.env),
  });
  logCrashes(log);
  return log;
}

type Open<C> = (options: CoreOptions) => Promise<C>;
type Run<C, T> = (core: C, printer: Printer, value: T) => Promise<number>;

/** @param open `openSharedCore` for commands that work while the app has the library open, else `openCore`. */
async function withCore<C extends Pick<SharedCore, 'close'>, T>(
  open: Open<C>,
  command: Command,
  value: T,
  run: Run<C, T>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const printer = createPrinter(options.json ?? false);
  const log = openLog(options);
  const tell = (where: string, error: AppError): void => {
    log.error(where, error);
    printer.error(where, error);
  };
  let core: C | null = null;
  const allowed = new AdministratorLimits(dataFolder(options));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    core = await open({
      folder: libraryFolder(options),
      keys: null,
      launcher: createForkedHostLauncher({
        entry: workerEntry('pipeline-host'),
        environment: { [LOG_FOLDER_VARIABLE]: log.folder },
      }),
      keychain: createEnvironmentKeychain(process.env),
      administratorLimits: () => allowed.get(),
      languageFolder: join(dataFolder(options), 'languages'),
      onLibraryChange: (event) => printer.libraryChanged(event),
      onError: tell,
      log,
      ...optionsOfEnvironment(process.env),
    });
    const aborted = new Promise<number>((resolve) => {
      if (stop.signal.aborted) resolve(FAILURE);
      else stop.signal.addEventListener('abort', () => resolve(FAILURE));
    });
    process.exitCode = await Promise.race([run(core, printer, value), aborted]);
  } catch (error) {
    tell(command.name(), toAppError(error));
    process.exitCode = FAILURE;
  } finally {
    await core?.close();
    await allowed.close();
    log.info('command', 'stop', {
      command: command.name(),
      exitCode: Number(process.exitCode ?? 0),
      milliseconds: Math.round(performance.now()),
    });
    await log.flush();
  }
}

/** For commands that need no open library. */
async function withoutCore(
  command: Command,
  run: (printer: Printer, options: GlobalOptions) => Promise<number>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const printer = createPrinter(options.json ?? false);
  try {
    process.exitCode = await run(printer, options);
  } catch (error) {
    printer.error(command.name(), toAppError(error));
    process.exitCode = FAILURE;
  }
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

function mode(value: string): 'hybrid' | 'vector' | 'text' {
  if (value === 'hybrid' || value === 'vector' || value === 'text') return value;
  throw new InvalidArgumentError('It must be hybrid, vector or text.');
}

/** A question of white space alone would find what it happens to be near to. */
function question(value: string): string {
  const text = value.trim();
  if (text === '') throw new InvalidArgumentError('The question is empty: write it in quotes.');
  return text;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

const program = new Command('quire')
  .description('Reads, searches and answers from your own PDFs, offline.')
  .version(version(), '-V, --version', 'print the version')
  .option('--data-dir <folder>', 'where the library lies (or QUIRE_DATA_DIR)')
  .option('--json', 'print one JSON object a line')
  .exitOverride();

program
  .command('ingest')
  .description('add files or folders, and wait until they are ready')
  .argument('<path...>')
  .action((paths: readonly string[], _options, command: Command) => withCore(openCore, command, paths, ingest));
program
  .command('list')
  .description('list the documents')
  .action((_options, command: Command) => withCore(openSharedCore, command, null, list));
program
  .command('delete')
  .description('delete documents with everything made of them')
  .argument('<id...>')
  .action((ids: readonly string[], _options, command: Command) => withCore(openCore, command, ids, deleteDocuments));
program
  .command('search')
  .description('find passages')
  .argument('<question>', 'what to look for', question)
  .option('--doc <id>', 'only in this document (may be repeated)', collect, [])
  .option('--k <number>', 'how many passages', positive, 10)
  .option('--mode <mode>', 'hybrid, vector or text', mode, 'hybrid')
  .action(
    (question: string, options: { doc: string[]; k: number; mode: 'hybrid' | 'vector' | 'text' }, command: Command) =>
      withCore(
        openSharedCore,
        command,
        { question, documentIds: options.doc, k: options.k, mode: options.mode },
        search,
      ),
  );
program
  .command('ask')
  .description('ask a question and read the answer with its citations')
  .argument('<question>', 'what to ask', question)
  .option('--doc <id>', 'only from this document (may be repeated)', collect, [])
  .option('--conversation <id>', 'go on with this conversation')
  .action((question: string, options: { doc: string[]; conversation?: string }, command: Command) =>
    withCore(
      openSharedCore,
      command,
      { question, documentIds: options.doc, conversationId: options.conversation ?? null },
      ask,
    ),
  );
program
  .command('write')
  .description(
    'write about documents: a summary, key points, an outline, questions, the figures, or a prompt of your own',
  )
  .argument('<file|id...>', 'documents of the library, or files, which are added to it')
  .addOption(new Option('--kind <kind>', 'what to write').choices(pieceKinds).default('summary'))
  .option('--prompt <text>', 'your own prompt (needs a model); the same as --kind prompt')
  .option('--no-model', 'quote the documents although a model is set up')
  .action(
    (about: readonly string[], options: { kind: PieceKind; prompt?: string; model: boolean }, command: Command) => {
      const prompt = options.prompt?.trim() ?? null;
      const kind = prompt === null ? options.kind : 'prompt';
      if ((kind === 'prompt') !== ((prompt ?? '') !== ''))
        command.error('A prompt of your own is given with --prompt.');
      const value = { kind, prompt, about, withModel: options.model };
      return about.every(isDocumentId)
        ? withCore(openSharedCore, command, value, write)
        : withCore(openCore, command, value, writeAboutFiles);
    },
  );
program
  .command('health')
  .description('check the library and all that Quire stands on; answers 1 when something does not work')
  .action((_options, command: Command) =>
    withCore<Pick<SharedCore, 'health' | 'close'>, HealthArguments>(
      (options) => openHealth({ ...options, keychain: healthKeychain(process.env) }),
      command,
      { version: version(), logs: logFolder(dataFolder(command.optsWithGlobals<GlobalOptions>())) },
      health,
    ),
  );
program.showHelpAfterError('`quire --help` lists the commands.');
program
  .command('backup')
  .description('write the whole library to one file')
  .argument('<file>')
  .action((file: string, _options, command: Command) =>
    withCore(openSharedCore, command, { file, appVersion: version() }, backup),
  );
program
  .command('verify-backup')
  .description('check every byte of a backup')
  .argument('<file>')
  .action((file: string, _options, command: Command) => withoutCore(command, (printer) => verifyBackup(printer, file)));
program
  .command('restore')
  .description('put a backup in the place of the library, which is kept beside it')
  .argument('<file>')
  .action((file: string, _options, command: Command) =>
    withoutCore(command, (printer, options) => restoreBackup(printer, libraryFolder(options), file)),
  );
const remote = program.command('remote').description('one’s own Postgres and bucket: copy a library, test a place');
remote
  .command('copy')
  .description('copy an account from one place to another; a copy that was cut off goes on')
  .requiredOption('--from <file>', 'the place it is in: JSON, see docs/SELF_HOSTING.md')
  .requiredOption('--to <file>', 'the place it shall be in')
  .option('--account <e-mail>', 'which account, when there are several')
  .option('--read-back', 'read every object back where it was copied to')
  .option('--skip-damaged', 'leave out objects that are damaged or missing')
  .action((options: RemoteCopyOptions, command: Command) =>
    withoutCore(command, (printer, given) =>
      remoteCopy(printer, {
        from: options.from,
        to: options.to,
        account: options.account ?? null,
        readBack: options.readBack ?? false,
        skipDamaged: options.skipDamaged ?? false,
        folder: dataFolder(given),
      }),
    ),
  );
remote
  .command('test')
  .description('test a place step by step; answers 1 when something does not work')
  .requiredOption('--file <file>', 'the place: JSON, see docs/SELF_HOSTING.md')
  .action((options: { file: string }, command: Command) =>
    withoutCore(command, (printer) => remoteTest(printer, options.file)),
  );
remote
  .command('prepare')
  .description('make or update the tables of a database, as its owner')
  .requiredOption('--file <file>', 'the place: JSON, see docs/SELF_HOSTING.md')
  .action((options: { file: string }, command: Command) =>
    withoutCore(command, (printer) => remotePrepare(printer, options.file)),
  );
for (const command of [...program.commands, ...remote.commands]) {
  const name = command.parent === remote ? `remote ${command.name()}` : command.name();
  command
    .showHelpAfterError(`Usage: quire ${name} ${command.usage()}; \`quire ${name} --help\` tells more.`)
    .option('--data-dir <folder>', 'where the library lies (or QUIRE_DATA_DIR)')
    .option('--json', 'print one JSON object a line');
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version are no failure.
  process.exitCode = error.exitCode === 0 ? 0 : USAGE;
}
