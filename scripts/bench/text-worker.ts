/**
 * Reads PDFs in a process of its own, so that its CPU time can be told: `node text-worker.ts text|thumbnails FOLDER FILE…`
 * writes each file's text or picture to FOLDER and prints one line of JSON; `node text-worker.ts serve FOLDER`, forked,
 * reads the text of each file that it is sent and answers `null`, as the app's host does that starts once and stays.
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

/** Answers with the count of its pages. */
async function read(file: string): Promise<number> {
  const source = await openSource(
    { file: { path: file, key: null }, fileName: basename(file), format: 'pdf' },
    readers,
  );
  try {
    if (task === 'thumbnails') {
      await source.readInfo({ path: join(folder, `${basename(file)}.webp`), key: null });
    } else {
      const texts: string[] = [];
      for (let number = 1; number <= source.pageCount; number++) texts.push((await source.readPage(number)).text);
      await writeFile(join(folder, `${basename(file)}.txt`), texts.join('\n\f'));
    }
    return source.pageCount;
  } finally {
    await source.close();
  }
}

if (task === 'serve') {
  process.on('message', (file: string) => void read(file).then(() => process.send?.(null)));
} else {
  const milliseconds: number[] = [];
  let pages = 0;
  for (const file of files) {
    const start = performance.now();
    pages += await read(file);
    milliseconds.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ pages, cpuSeconds: (user + system) / 1e6, milliseconds } satisfies WorkerReport));
}
