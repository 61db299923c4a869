/** The recogniser where its data is missing. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTesseractRecognizer } from '../../../electron/adapters/tesseract-recognizer.ts';

// Catches: a worker that fails on its own terms, with a path in its message and no word on what to do.
test('a folder without the built-in data says what to do', async () => {
  const recognizer = createTesseractRecognizer(join(import.meta.dirname, 'no-such-data'));
  const page = { width: 8, height: 8, pixels: new Uint8Array(64).fill(255), resolution: 200 };
  const options = {
    ...{ languages: { codes: ['eng'], folder: '' }, layout: 'page' as const },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  };
  await expect(recognizer.recognise(page, options)).rejects.toMatchObject({
    code: 'recognition-failed',
    hint: expect.stringContaining('npm run setup') as string,
  });
  await recognizer.close();
});
