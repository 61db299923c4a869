/** Scans in a real core, and queues of recognition on its library with another engine than its own. */
import { afterEach, expect } from 'vitest';
import type { HostFunctions, HostRunner, RecogniseJob } from '../../electron/pipeline/ports/pipeline-host.ts';
import { RecognitionQueue } from '../../electron/pipeline/recognition-queue.ts';
import type { RecognisedPage } from '../../electron/pipeline/recognition.ts';
import { openTestCore, type TestCore } from './core.ts';

const cores: TestCore[] = [];

/** Closed after the test. */
export async function newCore(options: Parameters<typeof openTestCore>[1] = {}): Promise<TestCore> {
  const opened = await openTestCore({}, options);
  cores.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(cores.splice(0).map((opened) => opened.close()));
});

/** Answers with the document's id. */
export async function addOne(test: TestCore, name: string, bytes: Uint8Array): Promise<string> {
  const [outcome] = await test.core.ingest.add([await test.file(name, bytes)]);
  if (!outcome?.documentId) throw new Error(`${name} was not added: ${JSON.stringify(outcome)}`);
  return outcome.documentId;
}

export type Engine = (job: RecogniseJob, recognised: (page: RecognisedPage) => Promise<boolean>) => Promise<void>;

/** A queue on the core's library with another engine. */
export function queueWith({ core }: TestCore, recognise: Engine): RecognitionQueue {
  const { database, blobs, ingest, languageData } = core;
  const run: HostRunner['run'] = (_, work, callbacks) =>
    work({
      recognise: (job: RecogniseJob) =>
        recognise(job, (page) => callbacks.recognised?.(page) ?? Promise.resolve(false)),
    } as HostFunctions);
  return new RecognitionQueue({
    ...{ database, blobs, languageData, isBusy: () => false, defaultLanguages: () => ['eng'] },
    host: { run, closeDocuments: async () => undefined },
    onChange: () => undefined,
    onRecognised: (id) => ingest.takeUp(id),
    onError: (error) => expect.unreachable(error.message),
  });
}
