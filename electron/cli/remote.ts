/** `quire remote copy --from A --to B`, `quire remote test --file F` and `quire remote prepare --file F`. */
import { join } from 'node:path';
import { openAccountRows } from '../adapters/postgres/account-rows.ts';
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import { testDatabase } from '../adapters/postgres/test-database.ts';
import { openBucket } from '../adapters/s3/blob-store.ts';
import { testBucket } from '../adapters/s3/test-bucket.ts';
import { copyAccount, type CopyProgress, type CopySides } from '../sync/copy/copy-account.ts';
import { AppError } from '../../shared/errors.ts';
import type { BucketRemote, DatabaseRemote, RemoteTestStep } from '../../shared/remotes.ts';
import type { Printer } from './printer.ts';
import { readDatabase, readRemotes, type GivenRemotes } from './remote-files.ts';

export interface RemoteCopyArguments {
  readonly from: string;
  readonly to: string;
  /** E-mail; null when there is one account. */
  readonly account: string | null;
  readonly readBack: boolean;
  readonly skipDamaged: boolean;
  /** The data folder: objects on their way lie below it. */
  readonly folder: string;
}

/** Milliseconds: some hundred vectors at once take a small server long, as each goes into an index. */
const silence = 180_000;
/** Milliseconds between two lines of progress for people. */
const tellEvery = 5_000;

export async function remoteCopy(printer: Printer, value: RemoteCopyArguments): Promise<number> {
  const from = readRemotes(value.from, 'from', process.env);
  const to = readRemotes(value.to, 'to', process.env);
  refuseSame(from, to);
  const began = performance.now();
  const signal = stopSignal();
  const sides: CopySides = {
    from: openAccountRows(openPostgres(from.database, from.password, { connections: 1, silence, signal })),
    to: openAccountRows(openPostgres(to.database, to.password, { connections: 1, silence, signal })),
    buckets: bucketsOf(from, to),
  };
  try {
    const report = await copyAccount(sides, {
      email: value.account,
      folder: join(value.folder, 'remote-copy'),
      readBack: value.readBack,
      skipDamaged: value.skipDamaged,
      signal,
      onProgress: progressPrinter(printer),
    });
    const { account, wasThere, tables, unnamedVectors, objects } = report;
    for (const { name, rows, sha256 } of tables) {
      printer.line({ type: 'table', name, rows, sha256 }, `${name}: ${rows} rows, equal on both sides`);
    }
    for (const { object, error } of objects?.problems ?? []) {
      printer.line(
        { type: 'problem', address: object.address, documentId: object.documentId, error },
        `Left out, of the document ${object.documentId}: ${error.message}`,
      );
    }
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const files = objects
      ? `${objects.count} objects (${objects.bytes} bytes; ${objects.sent} sent now)`
      : 'no objects, as the bucket stays';
    printer.line(
      {
        type: wasThere ? 'compared' : 'copied',
        account: account.id,
        tables: tables.length,
        rows,
        objects: objects && { ...objects, problems: objects.problems.length },
        unnamedVectors,
        ms: Math.round(performance.now() - began),
      },
      wasThere
        ? `All of ${account.email} was there before and is the same: ${rows} rows, ${files}.`
        : `Copied ${account.email}: ${rows} rows and ${files}. Now name the new place in Quire on each computer.`,
    );
    return (objects?.problems.length ?? 0) > 0 ? 1 : 0;
  } finally {
    await Promise.all([sides.from.close(), sides.to.close()]);
  }
}

/** Makes or updates the schema, as its owner: what people who share a database need before they sync. */
export async function remotePrepare(printer: Printer, file: string): Promise<number> {
  const { database, password } = readDatabase(file, process.env);
  const session = openPostgres(database, password, { connections: 1, signal: stopSignal() });
  try {
    const { version, readOnly } = await migrateRemote(session);
    if (readOnly) throw AppError.fromInfo(readOnly);
    printer.line({ type: 'prepared', version }, `The tables of Quire are there, in format ${version}.`);
    return 0;
  } finally {
    await session.close();
  }
}

export async function remoteTest(printer: Printer, file: string): Promise<number> {
  const remotes = readRemotes(file, 'only', process.env);
  const signal = stopSignal();
  let failures = 0;
  const tell = (what: 'database' | 'bucket', step: RemoteTestStep): void => {
    if (step.state === 'waiting' || step.state === 'running') return;
    if (step.state === 'failed') failures += 1;
    const { name, state, detail, error } = step;
    printer.line(
      { type: 'step', of: what, name, state, detail, error },
      `${what} ${name.padEnd(9)} ${state}${detail === '' ? '' : `: ${detail}`}${error ? `: ${error.message} ${error.hint}` : ''}`,
    );
  };
  for await (const step of testDatabase(remotes.database, remotes.password, { signal })) tell('database', step);
  if (remotes.bucket) {
    // A key may be good for its own account's prefix alone.
    const userId = (failures === 0 ? await onlyAccount(remotes, signal) : null) ?? crypto.randomUUID();
    for await (const step of testBucket(remotes.bucket, remotes.secretAccessKey, userId, { signal })) {
      tell('bucket', step);
    }
  }
  printer.line(
    { type: 'tested', ok: failures === 0 },
    failures === 0 ? 'All of it works.' : 'It does not work yet: see above for what to do.',
  );
  return failures === 0 ? 0 : 1;
}

async function onlyAccount({ database, password }: GivenRemotes, signal: AbortSignal): Promise<string | null> {
  const rows = openAccountRows(openPostgres(database, password, { connections: 1, signal }));
  try {
    const accounts = await rows.accounts(signal);
    return accounts.length === 1 ? (accounts[0]?.id ?? null) : null;
  } finally {
    await rows.close();
  }
}

function refuseSame(from: GivenRemotes, to: GivenRemotes): void {
  if (isSameDatabase(from.database, to.database)) {
    throw new AppError('request-invalid', 'Both files name the same database.', {
      hint: 'Name another database in --to.',
    });
  }
  if ((from.bucket === null) === (to.bucket === null)) return;
  throw new AppError('request-invalid', 'One of the files names a bucket, and the other one does not.', {
    hint: 'Name a bucket in both, or the same one, or none.',
  });
}

function isSameDatabase(one: DatabaseRemote, other: DatabaseRemote): boolean {
  return one.host === other.host && one.port === other.port && one.database === other.database;
}

/** Null without buckets, and when both are the same: then the objects stay where they are. */
function bucketsOf(from: GivenRemotes, to: GivenRemotes): CopySides['buckets'] {
  const [source, target] = [from.bucket, to.bucket];
  if (!source || !target || isSameBucket(source, target)) return null;
  return (userId) => ({
    from: openBucket(source, from.secretAccessKey, userId),
    to: openBucket(target, to.secretAccessKey, userId),
  });
}

function isSameBucket(one: BucketRemote, other: BucketRemote): boolean {
  return one.endpoint === other.endpoint && one.region === other.region && one.bucket === other.bucket;
}

/** Ctrl+C ends a copy in an order that the next one goes on from. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}

function progressPrinter(printer: Printer): (progress: CopyProgress) => void {
  let told = performance.now();
  return ({ stage, table, done, total }) => {
    const isDue = performance.now() - told >= tellEvery;
    if (isDue) told = performance.now();
    const of = total === null ? '' : ` of ${total}`;
    printer.line(
      { type: 'progress', stage, table, done, total },
      isDue ? `${stage === 'objects' ? 'objects' : `${table ?? ''}, ${stage}`}: ${done}${of}` : '',
    );
  };
}
