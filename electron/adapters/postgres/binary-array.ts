/**
 * Arrays in Postgres' binary format: a column of many rows is one parameter, for `unnest`.
 *
 * pg sends a Buffer as it is, in binary. Its own arrays go as text, with bytes as hex and every text quoted, which takes
 * several times as long for a thousand chunks, and vectors it does not know at all. The format is `array_recv`'s.
 */

/** OIDs of built-in types: https://www.postgresql.org/docs/15/catalog-pg-type.html */
const oid = { boolean: 16, bytea: 17, integer: 23, text: 25, double: 701 } as const;

/** Of one dimension: its number, whether there are nulls, the type, the length, the first index. */
const headerBytes = 20;

export function textArray(values: readonly (string | null)[]): Buffer {
  return array(oid.text, values, (value) => Buffer.byteLength(value), write.text);
}

/** Texts of documents: a NUL, which Postgres keeps in no text, becomes U+FFFD, so that places in it stay what they are. */
export function storableTextArray(values: readonly string[]): Buffer {
  return textArray(values.map((value) => (value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value)));
}

export function byteaArray(values: readonly Uint8Array[]): Buffer {
  return array(oid.bytea, values, (value) => value.byteLength, write.bytes);
}

export function integerArray(values: readonly number[]): Buffer {
  return array(oid.integer, values, () => 4, write.integer);
}

export function doubleArray(values: readonly (number | null)[]): Buffer {
  return array(oid.double, values, () => 8, write.double);
}

export function booleanArray(values: readonly boolean[]): Buffer {
  return array(oid.boolean, values, () => 1, write.boolean);
}

/** @param type OID of `vector`, which is another in each database. */
export function vectorArray(type: number, values: readonly Float32Array[]): Buffer {
  return array(type, values, vectorBytes, writeVector);
}

/** A vector as `vector_recv` reads it: two bytes of dimensions, two unused, then floats, the high byte first. */
export function vectorBinary(value: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vectorBytes(value));
  writeVector(bytes, 0, value);
  return bytes;
}

/** The floats of what `vector_send` wrote, from `start` on. */
export function readVector(bytes: Buffer, start: number, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let at = 0; at < dimensions; at += 1) vector[at] = bytes.readFloatBE(start + 4 + at * 4);
  return vector;
}

/** Bytes of a vector in this format. */
export function vectorSize(dimensions: number): number {
  return 4 + dimensions * 4;
}

function vectorBytes(value: Float32Array): number {
  return vectorSize(value.length);
}

function writeVector(to: Buffer, start: number, value: Float32Array): void {
  to.writeInt16BE(value.length, start);
  to.writeInt16BE(0, start + 2);
  const view = new DataView(to.buffer, to.byteOffset + start + 4);
  for (let at = 0; at < value.length; at += 1) view.setFloat32(at * 4, value[at] ?? 0);
}

const write = {
  text: (to: Buffer, start: number, value: string): void => void to.write(value, start),
  bytes: (to: Buffer, start: number, value: Uint8Array): void => to.set(value, start),
  integer: (to: Buffer, start: number, value: number): void => void to.writeInt32BE(value, start),
  double: (to: Buffer, start: number, value: number): void => void to.writeDoubleBE(value, start),
  boolean: (to: Buffer, start: number, value: boolean): void => void to.writeInt8(value ? 1 : 0, start),
};

function array<Value>(
  type: number,
  values: readonly (Value | null)[],
  size: (value: Value) => number,
  put: (to: Buffer, start: number, value: Value) => void,
): Buffer {
  const sizes = values.map((value) => (value === null ? -1 : size(value)));
  const total = sizes.reduce((sum, bytes) => sum + 4 + Math.max(0, bytes), headerBytes);
  const to = Buffer.allocUnsafe(total);
  to.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  to.writeInt32BE(sizes.includes(-1) ? 1 : 0, 4);
  to.writeInt32BE(type, 8);
  if (values.length === 0) return to.subarray(0, 12);
  to.writeInt32BE(values.length, 12);
  to.writeInt32BE(1, 16);
  let start = headerBytes;
  values.forEach((value, at) => {
    const bytes = sizes[at] ?? -1;
    to.writeInt32BE(bytes, start);
    start += 4;
    if (value === null) return;
    put(to, start, value);
    start += bytes;
  });
  return to;
}
