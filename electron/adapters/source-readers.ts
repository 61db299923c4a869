/** The engines and the encoder that reading needs, as the pipeline host wires them. */
import type { SourceReaders } from '../pipeline/extract.ts';
import { ContentReader } from './content-reader.ts';
import { PdfiumReader } from './pdfium-reader.ts';
import { PdfjsReader } from './pdfjs-reader.ts';
import { webpEncoder } from './webp-encoder.ts';

export function createSourceReaders(): SourceReaders {
  return { first: new ContentReader(new PdfiumReader()), second: new PdfjsReader(), thumbnails: webpEncoder };
}
