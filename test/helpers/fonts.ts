/** A font that a package carries, for fixtures beyond Latin. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of Liberation Sans (SIL Open Font License), which pdf.js ships for documents without embedded fonts. */
export function liberationSans(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  return join(folder, 'standard_fonts', 'LiberationSans-Regular.ttf');
}
