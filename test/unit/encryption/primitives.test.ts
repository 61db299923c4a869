/** The functions of cryptography against the vectors that their authors published. */
import { expect, test } from 'vitest';
import { argon2id, deriveKey, hkdf, seal, unseal } from '../../../electron/encryption/primitives.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

// Catches: another hash, or salt and info in each other's place.
test.each([
  [
    'RFC 5869, A.1',
    '0b'.repeat(22),
    '000102030405060708090a0b0c',
    'f0f1f2f3f4f5f6f7f8f9',
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  ],
  [
    'RFC 5869, A.3',
    '0b'.repeat(22),
    '',
    '',
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  ],
])('HKDF: %s', (_name, key, salt, info, expected) => {
  expect(hex(hkdf(bytes(key), bytes(salt), bytes(info), 42))).toBe(expected);
});

// Catches: argon2i or argon2d, another version, or parameters in each other's place.
test.each([
  [2, 65_536, 1, '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  [2, 256, 1, '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
  [2, 256, 2, '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
])('argon2id, test.c of the reference: %d passes, %d KiB, %d lanes', async (passes, memory, lanes, expected) => {
  expect(hex(await argon2id('password', Buffer.from('somesalt'), { passes, memory, lanes }))).toBe(expected);
});

const gcm = [
  {
    name: 'McGrew and Viega, case 14',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plaintext: '00'.repeat(16),
    context: '',
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: 'McGrew and Viega, case 16',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    nonce: 'cafebabefacedbaddecaf888',
    plaintext:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    context: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
];

test.each(gcm)('AES-256-GCM: $name', ({ key, nonce, plaintext, context, sealed }) => {
  const made = seal(bytes(key), bytes(plaintext), bytes(context), bytes(nonce));
  expect(hex(made.sealed)).toBe(sealed);
  expect(hex(unseal(bytes(key), made, bytes(context)) ?? new Uint8Array())).toBe(plaintext);
});

// Catches: a tag that is shortened, or not looked at.
test('what was sealed is not opened with one bit changed anywhere, cut, or stated otherwise', () => {
  const key = bytes('01'.repeat(32));
  const made = seal(key, bytes('02'.repeat(32)), bytes('03'));
  for (const part of ['nonce', 'sealed'] as const) {
    for (let bit = 0; bit < 8 * made[part].length; bit += 1) {
      const changed = Uint8Array.from(made[part]);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(key, { ...made, [part]: changed }, bytes('03'))).toBeNull();
    }
    for (let length = 0; length < made[part].length; length += 1) {
      expect(unseal(key, { ...made, [part]: made[part].subarray(0, length) }, bytes('03'))).toBeNull();
    }
  }
  expect(unseal(key, made, bytes('04'))).toBeNull();
  expect(unseal(bytes('05'.repeat(32)), made, bytes('03'))).toBeNull();
});

test('no nonce is taken twice, and no two labels give one key', () => {
  const key = bytes('01'.repeat(32));
  const nonces = Array.from({ length: 1_000 }, () => hex(seal(key, key, key).nonce));
  expect(new Set(nonces).size).toBe(nonces.length);
  const salt = bytes('06'.repeat(16));
  const keys = [deriveKey(key, 'a'), deriveKey(key, 'b'), deriveKey(key, 'a', salt), key].map(hex);
  expect(new Set(keys).size).toBe(keys.length);
});
