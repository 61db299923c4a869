/** Sentences checked in the pipeline host, where the built-in model is: main hands texts over and takes verdicts. */
import { randomUUID } from 'node:crypto';
import type { HostRunner } from '../pipeline/ports/pipeline-host.ts';
import type { SentenceChecker } from '../pipeline/ports/sentence-checker.ts';

const never = new AbortController().signal;

export function createHostChecker(host: HostRunner): SentenceChecker {
  return {
    check(sentence, signal = never) {
      const jobId = randomUUID();
      return host.run(jobId, (remote) => remote.check({ jobId, ...sentence }), {}, signal);
    },
  };
}
