/** The port through which the pipeline writes pictures. */
import type { PageImage } from './pdf-reader.ts';

export interface ImageEncoder {
  /** Encodes a picture as webp. */
  encode(image: PageImage): Promise<Uint8Array>;
}
