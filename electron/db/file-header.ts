/**
 * What a library file says of itself before SQLite opens it: a file that is refused must stay as it is, with nothing
 * beside it.
 */
import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { damaged, PAGE_SIZE, wrongKey } from './connection.ts';

/** The first bytes of every plain SQLite file, and where in them `user_version` lies: https://sqlite.org/fileformat2.html */
const FILE_MAGIC = 'SQLite format 3\0';
const HEADER_SIZE = 100;
const USER_VERSION_OFFSET = 60;

/**
 * SQLCipher 4's page: the content in AES-256-CBC, its IV, and the HMAC-SHA512 of both and of the page's number. The first
 * page begins with the salt in place of the magic. https://www.zetetic.net/sqlcipher/design/
 */
const SALT_SIZE = 16;
const IV_SIZE = 16;
const HMAC_SIZE = 64;
const CONTENT_END = PAGE_SIZE - IV_SIZE - HMAC_SIZE;
/** The HMAC's key is derived from the key with the salt, each byte of it changed by this, in this many rounds. */
const HMAC_SALT_MASK = 0x3a;
const HMAC_KEY_ROUNDS = 2;
/** Blocks of the cipher up to the end of the header. */
const HEADER_BLOCKS = 96;

/**
 * The file's `user_version`, which a log beside it may be ahead of; null of a file that is not there or empty.
 * @param key 32 bytes; null of a plain file.
 * Errors: `database-damaged`, and `wrong-key` when the first page is not what this key encrypted.
 */
export function readFileVersion(path: string, key: Uint8Array | null): number | null {
  const page = readFirstPage(path);
  if (page.length === 0) return null;
  const header = key ? decryptHeader(page, key) : plainHeader(page);
  if (header) return header.readUInt32BE(USER_VERSION_OFFSET);
  throw key ? wrongKey(path) : damaged(path);
}

/** Whether the first page is what this key encrypted; with null, whether the file is a plain one. */
export function isUnderKey(path: string, key: Uint8Array | null): boolean {
  const page = readFirstPage(path);
  return (key ? decryptHeader(page, key) : plainHeader(page)) !== null;
}

/** Empty when there is no file. */
function readFirstPage(path: string): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  const page = Buffer.alloc(PAGE_SIZE);
  const file = openSync(path, 'r');
  try {
    return page.subarray(0, readSync(file, page));
  } finally {
    closeSync(file);
  }
}

function plainHeader(page: Buffer): Buffer | null {
  return page.length >= HEADER_SIZE && page.toString('latin1', 0, FILE_MAGIC.length) === FILE_MAGIC ? page : null;
}

/** The header in its places, without the magic. */
function decryptHeader(page: Buffer, key: Uint8Array): Buffer | null {
  if (page.length < PAGE_SIZE) return null;
  const salt = page.subarray(0, SALT_SIZE);
  const maskedSalt = salt.map((byte) => byte ^ HMAC_SALT_MASK);
  const hmacKey = pbkdf2Sync(key, maskedSalt, HMAC_KEY_ROUNDS, key.length, 'sha512');
  const pageNumber = Buffer.from([1, 0, 0, 0]);
  const hmac = createHmac('sha512', hmacKey)
    .update(page.subarray(SALT_SIZE, CONTENT_END + IV_SIZE))
    .update(pageNumber)
    .digest();
  hmacKey.fill(0);
  if (!timingSafeEqual(hmac, page.subarray(CONTENT_END + IV_SIZE))) return null;
  const cipher = createDecipheriv('aes-256-cbc', key, page.subarray(CONTENT_END, CONTENT_END + IV_SIZE));
  cipher.setAutoPadding(false);
  return Buffer.concat([salt, cipher.update(page.subarray(SALT_SIZE, SALT_SIZE + HEADER_BLOCKS))]);
}
