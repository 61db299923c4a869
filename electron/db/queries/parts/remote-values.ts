/** Values of registers that name parts, as they are kept here; what is none of them counts as absent. */
import { z } from 'zod';
import type { RemoteFile, RemoteReading, RemoteVectors } from '../../sync-types.ts';
import { register } from '../../../sync/entity.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const readingSchema = z.object({ id: z.uuid(), pages: count, chunks: count, documentHash: hash });
const vectorsSchema = z.object({ count, reading: z.uuid() });
const fileSchema = z.object({
  // SECURITY: it becomes a part of an object's name, and of a file's.
  address: hash,
  size: count,
  contentHash: hash,
  objectHash: hash,
  sealed: z.boolean(),
  bucket: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable()
    .catch(null),
  documentHash: hash,
});

export interface RemoteValues {
  readonly reading: RemoteReading | null;
  readonly file: RemoteFile | null;
  readonly thumbnail: RemoteFile | null;
  readonly copies: { readonly file: readonly RemoteFile[]; readonly thumbnail: readonly RemoteFile[] };
  readonly vectors: Readonly<Record<string, RemoteVectors>>;
}

/** @param rows JSON object of a document's registers by name, each value as JSON text. */
export function remoteValues(rows: string): RemoteValues {
  const texts = new Map(Object.entries(JSON.parse(rows) as Record<string, string>));
  const read = <T>(schema: z.ZodType<T>, name: string): T | null => {
    const text = texts.get(name);
    return text === undefined ? null : (schema.safeParse(JSON.parse(text)).data ?? null);
  };
  const begin = register.vectors('');
  const vectors: [string, RemoteVectors][] = [];
  for (const name of texts.keys()) {
    const value = name.startsWith(begin) ? read(vectorsSchema, name) : null;
    if (value) vectors.push([name.slice(begin.length), value]);
  }
  const copies = (kind: 'file' | 'thumbnail'): RemoteFile[] =>
    [...texts.keys()]
      .filter((name) => name.startsWith(register.copy(kind, '')))
      .sort()
      .flatMap((name) => read(fileSchema, name) ?? [])
      .filter(({ bucket }) => bucket !== null && texts.has(register.copy(kind, bucket)));
  return {
    copies: { file: copies(register.file), thumbnail: copies(register.thumbnail) },
    reading: read(readingSchema, register.reading),
    file: read(fileSchema, register.file),
    thumbnail: read(fileSchema, register.thumbnail),
    vectors: Object.fromEntries(vectors),
  };
}
