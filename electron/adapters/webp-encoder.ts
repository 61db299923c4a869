/** Encodes pictures as webp with Skia (`@napi-rs/canvas`). */
import type { ImageEncoder } from '../pipeline/ports/image-encoder.ts';

/** Of 100; text stays readable, a page takes about 15 KB. */
const quality = 75;

export const webpEncoder: ImageEncoder = {
  async encode({ width, height, rgba }) {
    // Loaded with the first picture: it is 30 MB of native code, and reading text needs none of it.
    const { createCanvas, ImageData } = await import('@napi-rs/canvas');
    const canvas = createCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
    return canvas.encodeSync('webp', quality);
  },
};
