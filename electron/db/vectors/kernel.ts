/**
 * The compiled form of kernel.wat: a copy that needs no compiler at run time. A unit test compiles kernel.wat and
 * fails when this is not what comes out; it prints what to put here.
 */
export const kernelBase64 =
  'AGFzbQEAAAABBwFgA39/fwADAgEABQMBAAEHEQIGbWVtb3J5AgAEc2NhbgAACooCAYcCAgN/AntBgIACIQQCQANAIAFFDQH9DAAAAAAAAAAAAAAAAAAAAAAhBv0MAAAAAAAAAAAAAAAAAAAAACEHQQAhBSAAQRBqIAJqIQMgAEEQaiEAA0AgBiAA/QEDACAF/QAEAP26Af2uASEGIAcgAP0BAwggBf0ABBD9ugH9rgEhByAGIAD9AQMQIAX9AAQg/boB/a4BIQYgByAA/QEDGCAF/QAEMP26Af2uASEHIAVBwABqIQUgAEEgaiEAIAAgA0kNAAsgBiAH/a4BIQYgBCAAIAJrQRBrKgIAIAb9GwAgBv0bAWogBv0bAiAG/RsDamqylDgCACAEQQRqIQQgAUEBayEBDAALCws=';

/** What kernel.wat exports. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** Scores `rows` rows from address `row` on, each of `dimensions` (a multiple of 32) int8; see kernel.wat. */
  scan(row: number, rows: number, dimensions: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** A new instance with a memory of its own, which goes when the instance does. */
export function createKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
  const { memory, scan } = new WebAssembly.Instance(compiled).exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof scan !== 'function') {
    throw new Error('kernel.wat does not export what kernel.ts expects of it');
  }
  return { memory, scan: scan as Kernel['scan'] };
}
