/**
 * Decrypts streams of files that open without a password: many filings restrict printing or copying, and the standard
 * security handler then encrypts them with the empty user password (ISO 32000-1, 7.6; ISO 32000-2 for revision 6).
 */
import { createDecipheriv, createCipheriv, createHash } from 'node:crypto';
import { Name, Unsupported, type Dictionary, type PdfObject } from './objects.ts';

/** What pads a password to 32 bytes (algorithm 2, step a). */
const padding = Uint8Array.from([
  0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00,
  0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
]);

type Method = 'rc4' | 'aes-128' | 'aes-256' | 'none';

export type StreamDecryption = (data: Uint8Array, objectNumber: number, generation: number) => Uint8Array;

/** How to decrypt with the empty password. Throws `Unsupported` when the file wants another, or another handler. */
export function openWithoutPassword(encrypt: Dictionary, id: Uint8Array): StreamDecryption {
  const filter = encrypt.get('Filter');
  if (!(filter instanceof Name) || filter.text !== 'Standard') throw new Unsupported('security handler');
  const version = Number(encrypt.get('V') ?? 0);
  const method = methodOf(encrypt, version);
  if (method === 'none') return (data) => data;
  const key = version >= 5 ? keyOfRevision6(encrypt) : keyOfRevision4(encrypt, id, version);
  if (method === 'aes-256') return (data) => decryptAes(data, key);
  return (data, objectNumber, generation) => {
    const hash = createHash('md5').update(key);
    hash.update(
      Uint8Array.of(objectNumber, objectNumber >> 8, objectNumber >> 16, generation & 0xff, (generation >> 8) & 0xff),
    );
    if (method === 'aes-128') hash.update('sAlT', 'latin1');
    const objectKey = hash.digest().subarray(0, Math.min(16, key.length + 5));
    return method === 'aes-128' ? decryptAes(data, objectKey) : rc4(objectKey, data);
  };
}

function methodOf(encrypt: Dictionary, version: number): Method {
  if (version === 1 || version === 2) return 'rc4';
  if (version !== 4 && version !== 5) throw new Unsupported(`encryption version ${version}`);
  const stream = encrypt.get('StmF');
  if (!(stream instanceof Name) || stream.text === 'Identity') return 'none';
  const filters = encrypt.get('CF');
  const chosen = filters instanceof Map ? filters.get(stream.text) : null;
  const name = chosen instanceof Map ? chosen.get('CFM') : null;
  const methods: Record<string, Method> = { V2: 'rc4', AESV2: 'aes-128', AESV3: 'aes-256', None: 'none' };
  const method = name instanceof Name ? methods[name.text] : undefined;
  if (!method) throw new Unsupported('encryption method');
  return method;
}

function bytesOf(value: PdfObject | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Unsupported('malformed encryption dictionary');
}

/** Algorithms 2 (key) and 6 (check) with the empty password. */
function keyOfRevision4(encrypt: Dictionary, id: Uint8Array, version: number): Uint8Array {
  const revision = Number(encrypt.get('R') ?? 0);
  const length = version === 1 ? 5 : version === 4 ? 16 : Number(encrypt.get('Length') ?? 40) / 8;
  const permissions = Number(encrypt.get('P') ?? 0) | 0;
  const hash = createHash('md5')
    .update(padding)
    .update(bytesOf(encrypt.get('O')).subarray(0, 32));
  hash.update(Uint8Array.of(permissions, permissions >> 8, permissions >> 16, permissions >> 24)).update(id);
  if (revision >= 4 && encrypt.get('EncryptMetadata') === false) hash.update(Uint8Array.of(255, 255, 255, 255));
  let key: Uint8Array = hash.digest().subarray(0, length);
  if (revision >= 3) for (let i = 0; i < 50; i++) key = createHash('md5').update(key).digest().subarray(0, length);
  const stored = bytesOf(encrypt.get('U'));
  let check: Uint8Array;
  if (revision === 2) {
    check = rc4(key, padding);
  } else {
    check = rc4(key, createHash('md5').update(padding).update(id).digest());
    for (let i = 1; i <= 19; i++)
      check = rc4(
        key.map((byte) => byte ^ i),
        check,
      );
  }
  if (!check.every((byte, i) => byte === stored[i])) throw new Unsupported('password');
  return key;
}

/** Algorithm 2.A of ISO 32000-2 with the empty password, for revisions 5 and 6. */
function keyOfRevision6(encrypt: Dictionary): Uint8Array {
  const user = bytesOf(encrypt.get('U'));
  const revision = Number(encrypt.get('R') ?? 0);
  const hashOf = (salt: Uint8Array): Uint8Array =>
    revision === 5 ? createHash('sha256').update(salt).digest() : hardenedHash(salt);
  const check = hashOf(user.subarray(32, 40));
  if (!check.every((byte, i) => byte === user[i])) throw new Unsupported('password');
  const decipher = createDecipheriv('aes-256-cbc', hashOf(user.subarray(40, 48)), new Uint8Array(16));
  decipher.setAutoPadding(false);
  return decipher.update(bytesOf(encrypt.get('UE')).subarray(0, 32));
}

/** Algorithm 2.B of ISO 32000-2 for the empty password. */
function hardenedHash(salt: Uint8Array): Uint8Array {
  let key: Buffer = createHash('sha256').update(salt).digest();
  for (let round = 0; ; round++) {
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => key));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32));
    cipher.setAutoPadding(false);
    const encrypted = cipher.update(repeated);
    let sum = 0;
    for (let i = 0; i < 16; i++) sum += encrypted[i]!;
    key = createHash(['sha256', 'sha384', 'sha512'][sum % 3]!)
      .update(encrypted)
      .digest();
    if (round >= 63 && encrypted.at(-1)! <= round - 31) return key.subarray(0, 32);
  }
}

function decryptAes(data: Uint8Array, key: Uint8Array): Uint8Array {
  if (data.length < 32 || data.length % 16 !== 0) return new Uint8Array(0);
  const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, data.subarray(0, 16));
  decipher.setAutoPadding(false);
  const plain = decipher.update(data.subarray(16));
  const pad = plain.at(-1) ?? 0;
  return pad >= 1 && pad <= 16 ? plain.subarray(0, plain.length - pad) : plain;
}

/** RC4; OpenSSL 3 no longer offers it without its legacy provider. */
function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  const state = new Uint8Array(256);
  for (let i = 0; i < 256; i++) state[i] = i;
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255;
    const swap = state[i]!;
    state[i] = state[j]!;
    state[j] = swap;
  }
  const result = new Uint8Array(data.length);
  for (let at = 0, i = 0, j = 0; at < data.length; at++) {
    i = (i + 1) & 255;
    const a = state[i]!;
    j = (j + a) & 255;
    const b = state[j]!;
    state[i] = b;
    state[j] = a;
    result[at] = data[at]! ^ state[(a + b) & 255]!;
  }
  return result;
}
