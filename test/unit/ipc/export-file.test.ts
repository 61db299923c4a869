/** What is read and handed to the export's thread for each kind of file. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { Core } from '../../../electron/core/core.ts';
import { inExportThread } from '../../../electron/core/export-thread.ts';
import type { Desktop } from '../../../electron/ipc/desktop.ts';
import { exportConversation } from '../../../electron/ipc/handlers/export-file.ts';

vi.mock('../../../electron/core/export-thread.ts', () => ({ inExportThread: vi.fn(() => Promise.resolve('text')) }));

const citations = [{ documentId: 'here' }, { documentId: 'gone' }];
const conversation = { summary: { title: 'A question' }, messages: [{ citations }] };
const exported = { ...conversation, goneDocumentIds: ['gone'] };
const tree = { messages: [], parents: {} };
const readTree = vi.fn(() => Promise.resolve(tree));
const core = {
  chat: { conversation: () => Promise.resolve(conversation) },
  database: {
    messages: { tree: readTree },
    documents: {
      getSeveral: (ids: readonly string[]) => Promise.resolve(ids.filter((id) => id === 'here').map((id) => ({ id }))),
    },
  },
};
const saveFile: Desktop['saveFile'] = async ({ fileName, make }) => {
  await make();
  return fileName;
};
const desktop = { saveFile, printPdf: () => Promise.resolve(new Uint8Array()) };

beforeEach(() => vi.clearAllMocks());

// Catches: all branches of a long conversation cloned in and out of main for a file that shows one of them.
it.each(['markdown', 'pdf'] as const)('%s reads the branch that is shown alone', async (format) => {
  await exportConversation(core as unknown as Core, desktop as unknown as Desktop, 'c', format);
  expect(readTree).not.toHaveBeenCalled();
  expect(vi.mocked(inExportThread).mock.calls).toEqual([[{ format, conversation: exported }]]);
});

it('json has all branches', async () => {
  const name = await exportConversation(core as unknown as Core, desktop as unknown as Desktop, 'c', 'json');
  expect(name).toBe('A question.json');
  expect(vi.mocked(inExportThread).mock.calls).toEqual([[{ format: 'json', conversation: exported, tree }]]);
});
