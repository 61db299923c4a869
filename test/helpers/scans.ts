/** Scans made of PDFs: every page a picture at 200 dpi, as an office scanner gives it. */
import { createCanvas, ImageData } from '@napi-rs/canvas';
import { degrees, PDFDocument } from 'pdf-lib';
import { PdfiumReader } from '../../electron/adapters/pdfium-reader.ts';

/** Pixels an inch. */
const resolution = 200;
/** Of 100; JPEG, as scanners do. */
const quality = 82;

export interface ScanOptions {
  /** Pages to scan, from 1; all when absent. Those of `kept` are copied as they are. */
  readonly pages?: readonly number[];
  readonly kept?: readonly number[];
  /** Turns each sheet and sets /Rotate, so that it is shown upright. */
  readonly turned?: 0 | 90 | 180 | 270;
  /** Leaves /Rotate out: a sheet that lay wrong in the scanner, and is shown like that. */
  readonly laidWrong?: boolean;
}

export async function scan(bytes: Uint8Array, options: ScanOptions = {}): Promise<Uint8Array> {
  const { kept = [], turned = 0 } = options;
  const source = await new PdfiumReader().open(bytes, { fileName: 'to-scan.pdf' });
  const original = await PDFDocument.load(bytes, { ignoreEncryption: true });
  const scanned = await PDFDocument.create();
  const pages = options.pages ?? Array.from({ length: source.pageCount }, (_, i) => i + 1);
  for (const number of pages) {
    if (kept.includes(number)) {
      const [copy] = await scanned.copyPages(original, [number - 1]);
      if (copy) scanned.addPage(copy);
      continue;
    }
    const { width, height, rotation } = await source.readPage(number);
    const [wide, high] = rotation % 180 === 0 ? [width, height] : [height, width];
    const scale = resolution / 72;
    const size = { maxWidth: Math.round(wide * scale), maxHeight: Math.round(high * scale) };
    const picture = await source.renderPage(number, size);
    const canvas = createCanvas(picture.width, picture.height);
    canvas.getContext('2d').putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
    const image = await scanned.embedJpg(canvas.toBuffer('image/jpeg', quality));
    if (turned === 0) {
      scanned.addPage([wide, high]).drawImage(image, { x: 0, y: 0, width: wide, height: high });
      continue;
    }
    const page = scanned.addPage(turned === 180 ? [wide, high] : [high, wide]);
    if (!options.laidWrong) page.setRotation(degrees(turned));
    // Counterclockwise about the picture's lower left corner, so that /Rotate (clockwise) brings it upright again.
    const [x, y] = { 90: [high, 0], 180: [wide, high], 270: [0, wide] }[turned] as [number, number];
    page.drawImage(image, { x, y, width: wide, height: high, rotate: degrees(turned) });
  }
  await source.close();
  return scanned.save();
}
