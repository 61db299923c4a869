/** The keys of an encrypted library: one for each use, all made of its data key. */
import { deriveKey } from './primitives.ts';

/** Each has 32 bytes. */
export interface LibraryKeys {
  /** The raw key of the database's pages. */
  readonly database: Uint8Array;
  /** Of originals and pictures: each file has keys of its own, made of this one. */
  readonly files: Uint8Array;
  /** Of their names. */
  readonly fileNames: Uint8Array;
  /** Of the part of a backup's manifest that is not for everybody. */
  readonly manifest: Uint8Array;
}

/** In the folder of an encrypted library: see `keys-file.ts`. */
export const KEYS_FILE = 'keys.json';

/** Bytes of a data key. */
export const DATA_KEY_LENGTH = 32;

const labels = {
  database: 'quire library: database',
  files: 'quire library: files',
  fileNames: 'quire library: file names',
  manifest: 'quire library: manifest',
} as const satisfies Record<keyof LibraryKeys, string>;

/** HKDF-SHA256 of the data key, which stays the caller's to clear. */
export function deriveLibraryKeys(dataKey: Uint8Array): LibraryKeys {
  return {
    database: deriveKey(dataKey, labels.database),
    files: deriveKey(dataKey, labels.files),
    fileNames: deriveKey(dataKey, labels.fileNames),
    manifest: deriveKey(dataKey, labels.manifest),
  };
}

/** Keys of their own, which whoever asked for them clears. */
export function copyKeys({ database, files, fileNames, manifest }: LibraryKeys): LibraryKeys {
  return {
    database: database.slice(),
    files: files.slice(),
    fileNames: fileNames.slice(),
    manifest: manifest.slice(),
  };
}

/** Fills them with zeros: whoever still has them can do nothing with them. */
export function clearKeys(keys: LibraryKeys): void {
  for (const key of [keys.database, keys.files, keys.fileNames, keys.manifest]) key.fill(0);
}
