/** The ledger as a file: every call of the time, however many pages they make. */
import { expect, test } from 'vitest';
import type { Core } from '../../../electron/core/core.ts';
import type { Desktop, FileToSave } from '../../../electron/ipc/desktop.ts';
import { usageHandlers } from '../../../electron/ipc/handlers/usage.ts';
import type { UsageCall } from '../../../shared/usage.ts';

const call = (id: number): UsageCall => ({
  ...{
    id,
    createdAt: id,
    kind: 'answer',
    host: 'h',
    model: 'm',
    isLocal: false,
    promptTokens: id,
    outcome: 'complete',
  },
  ...{ completionTokens: 0, isEstimated: false, cost: null, duration: 1, conversationId: null, messageId: null },
  ...{ conversationTitle: null, pieceId: null, pieceTitle: null, documents: [], deletedDocuments: 0 },
});

// Catches: a file that ends with its first page, or that goes on for ever with calls that are made meanwhile.
test('a file has all calls of the time until now, page by page', async () => {
  const all = Array.from({ length: 1_203 }, (_, index) => call(index));
  const asked: number[] = [];
  const usage = {
    calls: ({ to }: { to: number }, { limit, offset }: { limit: number; offset: number }) => {
      asked.push(to);
      return Promise.resolve({ calls: all.slice(offset, offset + limit), total: all.length });
    },
  } as unknown as Core['usage'];
  let saved: FileToSave | null = null;
  const desktop = {
    saveFile: (file: FileToSave) => {
      saved = file;
      return Promise.resolve(file.fileName);
    },
  } as Partial<Desktop> as Desktop;
  const from = new Date(2026, 10, 1).getTime();
  const before = Date.now();
  const name = await usageHandlers({ usage }, desktop)['usage.exportCsv']({ from, to: 8.64e15 });
  const today = new Date();
  const month = String(today.getMonth() + 1).padStart(2, '0');
  expect(name).toBe(
    `Usage 2026-11-01 to ${today.getFullYear()}-${month}-${String(today.getDate()).padStart(2, '0')}.csv`,
  );
  const text = await (saved as FileToSave | null)?.make();
  expect(String(text).trimEnd().split('\r\n')).toHaveLength(1_204);
  expect(new Set(asked).size).toBe(1);
  expect(asked[0]).toBeGreaterThanOrEqual(before);
  expect(asked[0]).toBeLessThanOrEqual(Date.now());
});
