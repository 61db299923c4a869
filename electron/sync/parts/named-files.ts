/**
 * In which buckets a document's files are, as its registers tell. Pure.
 *
 * Each computer sends to the bucket that it names, and says so in register `file` where nobody has, else in one of that
 * bucket (`file:<bucket>`): two computers with different buckets do not write over each other, and none of them is
 * forgotten when the document is deleted.
 */
import type { DocumentParts, RemoteFile } from '../../db/sync-types.ts';
import { register } from '../entity.ts';
import type { PartFileKind } from './file-transfer.ts';

type Named = Pick<DocumentParts, 'file' | 'thumbnail' | 'copies' | 'contentHash'>;

const nameOf = { original: register.file, thumbnail: register.thumbnail } as const;

/** All that is named, of the bytes that the document has now, wherever it lies. */
export function namedFiles(document: Named, kind: PartFileKind): readonly RemoteFile[] {
  const name = nameOf[kind];
  const first = document[name];
  return [...(first ? [first] : []), ...document.copies[name]].filter(
    ({ documentHash }) => documentHash === document.contentHash,
  );
}

/** Whether any bucket is told to have it. */
export function isNamed(document: Named, kind: PartFileKind): boolean {
  return namedFiles(document, kind).length > 0;
}

/** The one in a bucket (`BlobStore.name`); one of which nobody noted where it lies counts, too. */
export function fileIn(document: Named, kind: PartFileKind, bucket: string): RemoteFile | null {
  const files = namedFiles(document, kind);
  return files.find((file) => file.bucket === bucket) ?? files.find((file) => file.bucket === null) ?? null;
}

/** The register that names a document's file in a bucket, or is to. */
export function registerIn(document: Named, kind: PartFileKind, bucket: string): string {
  const name = nameOf[kind];
  const first = document[name];
  const isFree = first === null || first.documentHash !== document.contentHash;
  const isOwn = isFree || first.bucket === null || first.bucket === bucket;
  return isOwn ? name : register.copy(name, bucket);
}
