/** Remotes as the command line is given them: a JSON file without secrets, and the secrets from the environment. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { bucketRemoteSchema, databaseRemoteSchema, type Remotes } from '../../shared/remotes.ts';

/** Which of two remotes; the secrets' variables are named after it. */
export type RemoteSide = 'from' | 'to' | 'only';

/** SECURITY: from the environment alone, as parameters can be read in the list of processes. */
export const secretVariables: Readonly<Record<RemoteSide, { readonly database: string; readonly bucket: string }>> = {
  from: { database: 'QUIRE_FROM_DATABASE_PASSWORD', bucket: 'QUIRE_FROM_BUCKET_SECRET' },
  to: { database: 'QUIRE_TO_DATABASE_PASSWORD', bucket: 'QUIRE_TO_BUCKET_SECRET' },
  only: { database: 'QUIRE_DATABASE_PASSWORD', bucket: 'QUIRE_BUCKET_SECRET' },
};

export interface GivenRemotes extends Remotes {
  readonly password: string;
  /** Empty without a bucket. */
  readonly secretAccessKey: string;
}

/** As in `remotesSchema`; a key that it does not know is refused, and the authority may be a file beside this one. */
const fileSchema = z.strictObject({
  database: z.strictObject({ ...databaseRemoteSchema.shape, authorityFile: z.string().min(1).optional() }),
  bucket: z.strictObject({ ...bucketRemoteSchema.shape, authorityFile: z.string().min(1).optional() }).nullable(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Errors: `file-not-found`, `request-invalid`, `remote-not-configured` without a secret. */
export function readRemotes(file: string, side: RemoteSide, environment: Environment): GivenRemotes {
  const { database, bucket } = readFile(file);
  const names = secretVariables[side];
  return {
    database,
    bucket,
    password: secretOf(names.database, file, environment),
    secretAccessKey: bucket ? secretOf(names.bucket, file, environment) : '',
  };
}

/** The database alone, without the bucket's secret. Errors: as `readRemotes`. */
export function readDatabase(file: string, environment: Environment): Pick<GivenRemotes, 'database' | 'password'> {
  const { database } = readFile(file);
  return { database, password: secretOf(secretVariables.only.database, file, environment) };
}

function secretOf(name: string, file: string, environment: Environment): string {
  const value = environment[name];
  if (value) return value;
  throw new AppError('remote-not-configured', `The environment variable ${name} is empty.`, {
    hint: `It is the secret that belongs to ${file}.`,
  });
}

function readFile(file: string): Remotes {
  const path = resolve(file);
  const found = fileSchema.safeParse(parse(file, read(path)));
  if (!found.success) {
    const [issue] = found.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new AppError('request-invalid', `${file}: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`, {
      hint: 'docs/SELF_HOSTING.md shows such a file. Passwords and secret keys are not part of it.',
    });
  }
  const { database, bucket } = found.data;
  return { database: withAuthority(database, path), bucket: bucket && withAuthority(bucket, path) };
}

function withAuthority<T extends { readonly authority: string | null; readonly authorityFile?: string | undefined }>(
  { authorityFile, ...remote }: T,
  path: string,
): Omit<T, 'authorityFile'> {
  if (authorityFile === undefined) return remote;
  const authority = databaseRemoteSchema.shape.authority.safeParse(read(resolve(dirname(path), authorityFile)));
  if (authority.success) return { ...remote, authority: authority.data };
  throw new AppError('request-invalid', `${authorityFile} holds no certificate.`, {
    hint: 'It begins with -----BEGIN CERTIFICATE-----.',
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new AppError('file-not-found', `${path} could not be read.`, { hint: 'Check its name.', cause: thrown });
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // SECURITY: without the parser's words, which repeat what is in the file.
    throw new AppError('request-invalid', `${file} is no JSON.`, {
      hint: 'docs/SELF_HOSTING.md shows such a file.',
      cause: new Error(thrown instanceof Error ? thrown.name : 'unknown'),
    });
  }
}
