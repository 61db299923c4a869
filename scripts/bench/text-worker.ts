/**
 * Reads PDFs in a process of its own, so that its CPU time can be told: `node text-worker.ts text|thumbnails FOLDER FILE…`.
 * Writes each file's text to FOLDER and prints one line of JSON.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createSourceReaders } from '../../electron/adapters/source-readers.ts';
import { openSource } from '../../electron/pipeline/extract.ts';

/** What the worker prints. */
export interface WorkerReport {
  readonly pages: number;
  /** Of the whole process, its start included; seconds. */
  readonly cpuSeconds: number;
  /** Milliseconds a file. */
  readonly milliseconds: readonly number[];
}

const [task, folder = '', ...files] = process.argv.slice(2);
const readers = createSourceReaders();
const milliseconds: number[] = [];
let pages = 0;
for (const file of files) {
  const start = performance.now();
  const source = await openSource({ file, fileName: basename(file), format: 'pdf' }, readers);
  if (task === 'thumbnails') {
    await source.readInfo(join(folder, `${basename(file)}.webp`));
  } else {
    const texts: string[] = [];
    for (let number = 1; number <= source.pageCount; number++) texts.push((await source.readPage(number)).text);
    pages += source.pageCount;
    await writeFile(join(folder, `${basename(file)}.txt`), texts.join('\n\f'));
  }
  await source.close();
  milliseconds.push(performance.now() - start);
}
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ pages, cpuSeconds: (user + system) / 1e6, milliseconds } satisfies WorkerReport));
