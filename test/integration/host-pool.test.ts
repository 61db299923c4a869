/** The pipeline host in a real process that hangs, crashes, runs out of memory, or takes its time. */
import { afterEach, expect, test } from 'vitest';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import type { ReadJob, ReadResult } from '../../electron/pipeline/ports/pipeline-host.ts';
import { PipelineHost } from '../../electron/workers/host-pool.ts';

const entry = new URL('../fixtures/hosts/misbehaving-host.ts', import.meta.url).pathname;
const hosts: PipelineHost[] = [];
const forever = new AbortController().signal;

function newHost(options: { stallLimit?: number; idleLimit?: number; memoryLimit?: number } = {}): PipelineHost {
  const host = new PipelineHost({
    launcher: createForkedHostLauncher({ entry, environment: {} }),
    stallLimit: options.stallLimit ?? 30_000,
    idleLimit: options.idleLimit ?? 30_000,
    memoryLimit: options.memoryLimit ?? 2 ** 40,
  });
  hosts.push(host);
  return host;
}

let jobs = 0;
function read(host: PipelineHost, fileName: string, signal = forever): Promise<ReadResult> {
  const job: ReadJob = {
    jobId: `job-${(jobs += 1)}`,
    file: { path: '', key: null },
    fileName,
    format: 'pdf',
    from: 1,
    budget: 100,
    describe: false,
    thumbnail: null,
  };
  return host.run(job.jobId, (remote) => remote.read(job), {}, signal);
}

afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

test('a host that hangs is killed after the limit, says so, and the next job finds a new one', async () => {
  const host = newHost({ stallLimit: 2_000 });
  await expect(read(host, 'hang.pdf')).rejects.toMatchObject({ code: 'pipeline-hung', retryable: true });
  await expect(read(host, 'fine.pdf')).resolves.toMatchObject({ next: null });
});

test('a crash fails the job that ran, and no other', async () => {
  const host = newHost();
  const { pageCount: firstPid } = await read(host, 'fine.pdf');
  await expect(read(host, 'crash.pdf')).rejects.toMatchObject({ code: 'pipeline-crashed' });
  const { pageCount: secondPid } = await read(host, 'fine.pdf');
  expect(secondPid).not.toBe(firstPid);
});

test('an abort of the engine is told apart as want of memory', async () => {
  await expect(read(newHost(), 'memory.pdf')).rejects.toMatchObject({ code: 'pipeline-out-of-memory' });
});

test('an error keeps its code, message and hint on the way out of the process', async () => {
  await expect(read(newHost(), 'encrypted.pdf')).rejects.toMatchObject({
    code: 'pdf-encrypted',
    message: '“encrypted.pdf” is protected by a password.',
    hint: 'Remove it.',
  });
});

test('a slow job that shows signs of life is not killed, and can be cancelled', async () => {
  const host = newHost({ stallLimit: 1_500 });
  const controller = new AbortController();
  const job = read(host, 'slow.pdf', controller.signal);
  setTimeout(() => controller.abort(), 4_000);
  await expect(job).rejects.toMatchObject({ code: 'cancelled' });
});

test('a job that does not listen to its cancellation is given up on', async () => {
  const host = newHost();
  const controller = new AbortController();
  const job = read(host, 'hang.pdf', controller.signal);
  setTimeout(() => controller.abort(), 300);
  await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  await expect(read(host, 'fine.pdf')).resolves.toMatchObject({ next: null });
});

// Catches: a document that failed with “This was cancelled” because a question did not wait for its vector.
test('a job that is given up on leaves those beside it alone', async () => {
  const host = newHost({ stallLimit: 10_000 });
  const controller = new AbortController();
  const beside = read(host, 'deaf.pdf');
  const job = read(host, 'deaf.pdf', controller.signal);
  controller.abort();
  await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  await expect(beside).resolves.toMatchObject({ next: null });
});

test('a host without work ends, and gives its memory back', async () => {
  const host = newHost({ idleLimit: 200, stallLimit: 2_000 });
  await read(host, 'fine.pdf');
  expect(host.pid).toBeDefined();
  await expect.poll(() => host.pid, { timeout: 15_000 }).toBeUndefined();
});

test('a host that grew large is replaced after its job', async () => {
  const host = newHost({ memoryLimit: 1 });
  const { pageCount: firstPid } = await read(host, 'fine.pdf');
  const { pageCount: secondPid } = await read(host, 'fine.pdf');
  expect(secondPid).not.toBe(firstPid);
});
