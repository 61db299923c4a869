/** Where the language data of recognition lies, and whether it is whole. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BUILT_IN_LANGUAGE } from '../../shared/recognition-languages.ts';
import { errno } from '../errno.ts';
import type { LanguageChoice } from '../pipeline/ports/page-recognizer.ts';
import type { RecognitionDataState } from '../pipeline/ports/pipeline-host.ts';

/** Name of the file with a language's data, gzipped. */
export function recognitionDataFile(code: string): string {
  return `${code}.traineddata.gz`;
}

/**
 * Unpacks each language's data to its end, which compares its checksum; nothing is kept of it.
 * @param builtIn The folder of English.
 */
export async function checkRecognitionData(
  builtIn: string,
  { codes, folder }: LanguageChoice,
): Promise<RecognitionDataState> {
  const missing: string[] = [];
  const damaged: string[] = [];
  for (const code of codes) {
    const file = join(code === BUILT_IN_LANGUAGE ? builtIn : folder, recognitionDataFile(code));
    try {
      await pipeline(createReadStream(file), createGunzip(), nowhere());
    } catch (error) {
      (errno(error) === 'ENOENT' ? missing : damaged).push(code);
    }
  }
  return { missing, damaged };
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}
