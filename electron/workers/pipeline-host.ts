/**
 * The pipeline host: a process of its own that reads PDFs, chunks pages and runs the built-in embedder, so that a file
 * that crashes or hangs its reader takes nothing else along. It keeps nothing: every result goes to main at once.
 */
import './fail-loudly.ts';
import './host-crashes.ts';
import { constants, setPriority } from 'node:os';
import { checkRecognitionData } from '../adapters/recognition-data.ts';
import { openLocalEmbedder } from '../adapters/local-embedder.ts';
import { createSourceReaders } from '../adapters/source-readers.ts';
import { createTesseractRecognizer } from '../adapters/tesseract-recognizer.ts';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import type { HostCallbacks, HostFunctions } from '../pipeline/ports/pipeline-host.ts';
import { createReadingDesk } from '../pipeline/reading-desk.ts';
import { createCheckingDesk } from '../pipeline/verification/checking-desk.ts';
import { createRecognitionDesk } from '../pipeline/recognition-desk.ts';
import { isWhole } from '../pipeline/whole-copy.ts';
import { parentChannel } from './parent-channel.ts';
import { connectRpc } from './rpc.ts';

// The window goes before the background's work.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const controllers = new Map<string, AbortController>();
/** English, which is built in. */
const recognitionFolder = process.env['QUIRE_RECOGNITION_DIR'] ?? '';
let embedder: Promise<Embedder> | null = null;

function openEmbedder(): Promise<Embedder> {
  const opening = (embedder ??= openLocalEmbedder({ modelDirectory: process.env['QUIRE_MODEL_DIR'] ?? '' }));
  // A failure is not kept: the model may be there the next time.
  opening.catch(() => {
    if (embedder === opening) embedder = null;
  });
  return opening;
}

/** Runs a job with a signal that `cancel` aborts. */
async function withSignal<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  controllers.set(jobId, controller);
  try {
    return await work(controller.signal);
  } finally {
    controllers.delete(jobId);
  }
}

const functions: HostFunctions = {
  read: (job) => withSignal(job.jobId, (signal) => desk.read(job, signal)),
  chunk: (job) => withSignal(job.jobId, (signal) => desk.chunk(job, signal)),
  recognise: (job) => withSignal(job.jobId, (signal) => recognition.recognise(job, signal)),
  async describeEmbedder() {
    const { kind, model, fingerprint, dimensions, maxTokens } = await openEmbedder();
    return { kind, model, fingerprint, dimensions, maxTokens };
  },
  embed: ({ jobId, texts, priority }) =>
    withSignal(jobId, async (signal) => {
      const { embed, dimensions } = await openEmbedder();
      const packed = new Float32Array(texts.length * dimensions);
      // Small slices, each a sign of life: a long list must not look like a hang.
      for (let start = 0; start < texts.length; start += EMBED_SLICE) {
        const vectors = await embed(texts.slice(start, start + EMBED_SLICE), { signal, priority });
        vectors.forEach((vector, index) => packed.set(vector, (start + index) * dimensions));
        rpc.alive.asEvent(jobId);
      }
      return packed;
    }),
  check: (job) => withSignal(job.jobId, (signal) => checking.check(job, signal)),
  isWhole: ({ jobId, file, contentHash, size }) =>
    withSignal(jobId, (signal) => isWhole(file, { contentHash, size }, signal, () => void rpc.alive.asEvent(jobId))),
  checkRecognitionData: (languages) => checkRecognitionData(recognitionFolder, languages),
  cancel: (jobId) => controllers.get(jobId)?.abort(),
  closeDocuments: () => desk.close(),
  memory: () => process.memoryUsage.rss(),
};

/** Texts between two signs of life; the embedder sorts and batches within it. */
const EMBED_SLICE = 256;

const rpc = connectRpc<HostCallbacks, HostFunctions>(parentChannel(), functions);
const callbacks: HostCallbacks = {
  pages: (jobId, pages, pageCount) => rpc.pages(jobId, pages, pageCount),
  storedPages: (jobId, from, to) => rpc.storedPages(jobId, from, to),
  chunks: (jobId, chunks) => rpc.chunks(jobId, chunks),
  recognised: (jobId, page) => rpc.recognised(jobId, page),
  alive: (jobId) => void rpc.alive.asEvent(jobId),
};
const readers = createSourceReaders();
const desk = createReadingDesk(callbacks, readers);
const checking = createCheckingDesk(openEmbedder);
const recognition = createRecognitionDesk(callbacks, {
  readers: [readers.first, readers.second],
  recognizer: createTesseractRecognizer(recognitionFolder),
});
