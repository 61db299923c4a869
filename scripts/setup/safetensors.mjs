/**
 * Reads a safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes
 * (https://github.com/huggingface/safetensors#format). Only what MiniLM needs: F16, little endian.
 */

/**
 * @param {Buffer} file
 * @returns {(name: string) => { shape: number[], values: Float32Array }}
 */
export function openSafetensors(file) {
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString('utf8'));
  const data = file.subarray(8 + headerLength);
  return (name) => {
    const entry = header[name];
    if (!entry) throw new Error(`The weights have no tensor “${name}”.`);
    if (entry.dtype !== 'F16') throw new Error(`The tensor “${name}” is ${entry.dtype}, not F16.`);
    const bytes = data.subarray(...entry.data_offsets);
    const values = new Float32Array(bytes.length / 2);
    for (let i = 0; i < values.length; i++) values[i] = halfToFloat(bytes.readUInt16LE(i * 2));
    return { shape: entry.shape, values };
  };
}

/** IEEE 754 binary16 to a number. */
function halfToFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
