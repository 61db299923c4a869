/** The built-in embedder at a distance: it runs in the pipeline host, this hands texts over and vectors back. */
import { randomUUID } from 'node:crypto';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import type { HostRunner } from '../pipeline/ports/pipeline-host.ts';

const never = new AbortController().signal;

/** Loads the model in the host; rejects with `embedder-unavailable` when it is not there or broken. */
export async function openHostEmbedder(host: HostRunner): Promise<Embedder> {
  const description = await host.run(randomUUID(), (remote) => remote.describeEmbedder(), {}, never);
  const { dimensions } = description;
  return {
    ...description,
    host: null,
    async embed(texts, { signal = never, priority = 'background' } = {}) {
      if (texts.length === 0) return [];
      const jobId = randomUUID();
      const packed = await host.run(jobId, (remote) => remote.embed({ jobId, texts, priority }), {}, signal);
      return texts.map((_, index) => packed.subarray(index * dimensions, (index + 1) * dimensions));
    },
    // The host ends by itself when it is idle; other users of it may go on.
    close: () => Promise.resolve(),
  };
}
