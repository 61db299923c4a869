/** How runs of one piece follow each other, over a store that holds a single piece. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../../../../electron/db/database.ts';
import type { AnswerPorts } from '../../../../electron/pipeline/answer-types.ts';
import { WritingService } from '../../../../electron/pipeline/writing/writing-service.ts';

const id = '5f0c1d5e-7c1b-4d6f-9a57-0c7c9d6b7a11';
const ports = vi.fn<() => Promise<Pick<AnswerPorts, 'chatModel'>>>();
let service: WritingService;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  ports.mockReset();
  const piece = { id, kind: 'summary', state: 'failed', documents: [], selection: null, source: null, requests: [] };
  const written = { get: async () => piece, update: async () => undefined };
  service = new WritingService({
    database: { written } as unknown as Database,
    ports,
    isLocalHost: () => true,
    costOf: () => 0,
    onChange: () => undefined,
    onError: () => undefined,
  });
});
afterEach(() => vi.useRealTimers());

// Catches: two runs of one piece that write over each other, and send everything twice.
test('going on twice at once begins one run', async () => {
  ports.mockReturnValue(new Promise(() => undefined));
  await Promise.all([service.goOn(id), service.goOn(id)]);
  await service.goOn(id);
  await expect.poll(() => ports.mock.calls.length).toBeGreaterThan(0);
  expect(ports).toHaveBeenCalledTimes(1);
});

// Catches: a retry that nobody can watch or stop a minute after the first run failed.
test('a run that ended does not take the next one along when its time to be looked at is over', async () => {
  ports.mockRejectedValueOnce(new Error('The model is gone.')).mockReturnValue(new Promise(() => undefined));
  await service.goOn(id);
  await service.finished(id);
  await service.goOn(id);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(service.attach(id, () => undefined)).not.toBeNull();
});
