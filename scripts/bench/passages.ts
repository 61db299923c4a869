/**
 * Real text and real vectors in the numbers that the benchmarks of the store need: words of the evaluation's filings.
 *
 * 100,000 passages of a chunk's length would take the built-in model an hour, so the vectors are those of shorter ones:
 * 17 words each, none used twice, embedded once and kept in .cache/bench (five to ten minutes the first time).
 */
import { execFile } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openLocalEmbedder } from '../../electron/adapters/local-embedder.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const modelDirectory = process.env['QUIRE_MODEL_DIR'] ?? join(root, '.cache', 'models', 'all-MiniLM-L6-v2-int8');
export const DIMENSIONS = 384;
const WORDS_PER_VECTOR = 17;
const WORDS_PER_CHUNK = 200;
const BATCH = 512;

/** All words of all filings, by filing. */
export async function filingWords(): Promise<string[][]> {
  const filings: string[][] = [];
  for (const pdf of await pdfsIn(join(evaluationFolder(), 'pdfs'))) {
    const { stdout } = await promisify(execFile)('pdftotext', ['-enc', 'UTF-8', pdf, '-'], { maxBuffer: 2 ** 28 });
    filings.push(stdout.split(/\s+/).filter((word) => word !== ''));
  }
  return filings;
}

function pieces(filings: readonly (readonly string[])[], length: number): string[] {
  return filings.flatMap((words) =>
    Array.from({ length: Math.floor(words.length / length) }, (_, index) =>
      words.slice(index * length, (index + 1) * length).join(' '),
    ),
  );
}

/**
 * Texts of a chunk's length. Where the filings do not give enough, they are cut again from another first word on: what a
 * word costs to search depends on how often it occurs, and that stays as it is.
 */
export async function chunkTexts(count: number): Promise<string[]> {
  const filings = await filingWords();
  const texts: string[] = [];
  for (let shift = 0; texts.length < count; shift += 1) {
    if (shift === WORDS_PER_CHUNK) throw new Error(`The filings do not give ${count} texts.`);
    // A step that has no factor in common with the length, so that the cuts spread evenly.
    const first = (shift * 67) % WORDS_PER_CHUNK;
    texts.push(
      ...pieces(
        filings.map((words) => words.slice(first)),
        WORDS_PER_CHUNK,
      ),
    );
  }
  return texts.slice(0, count);
}

/** Questions of the evaluation set, as people asked them. */
export function questions(): string[] {
  return readFileSync(join(evaluationFolder(), 'questions.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { question: string }).question);
}

/** Vectors of real passages, row after row; made by the built-in model and kept. */
export async function passageVectors(count: number): Promise<Float32Array> {
  const file = join(root, '.cache', 'bench', `passages-${WORDS_PER_VECTOR}-words.f32`);
  const wanted = count * DIMENSIONS * Float32Array.BYTES_PER_ELEMENT;
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'a');
  try {
    let done = Math.floor(fstatSync(handle).size / (DIMENSIONS * Float32Array.BYTES_PER_ELEMENT));
    if (done < count) {
      const texts = pieces(await filingWords(), WORDS_PER_VECTOR);
      if (texts.length < count) throw new Error(`The filings give ${texts.length} passages, ${count} are needed.`);
      const embedder = await openLocalEmbedder({ modelDirectory, threads: 2 });
      for (; done < count; done = Math.min(count, done + BATCH)) {
        const vectors = await embedder.embed(texts.slice(done, Math.min(count, done + BATCH)));
        for (const vector of vectors) writeSync(handle, vector);
        if ((done / BATCH) % 20 === 0) console.log(`embedded ${done} of ${count} passages`);
      }
      await embedder.close();
    }
  } finally {
    closeSync(handle);
  }
  const bytes = readFileSync(file).subarray(0, wanted);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Vectors of the questions, by the same model. */
export async function questionVectors(texts: readonly string[]): Promise<Float32Array[]> {
  const embedder = await openLocalEmbedder({ modelDirectory, threads: 2 });
  const vectors = await embedder.embed(texts);
  await embedder.close();
  return vectors;
}
