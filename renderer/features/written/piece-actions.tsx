/** What can be done with a written piece; one menu for the list and the piece's own head. */
import { Braces, Copy, FileDown, FileText, Pencil, RotateCw, Trash2 } from 'lucide-react';
import type { PieceSummary } from '../../../shared/written.ts';
import type { ExportFormat } from '../../../shared/requests/chat.ts';
import { attempt, showDone } from '../../app/stores/toast-store.ts';
import { showWritten, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { forgetPiece, loadPieces } from '../../app/stores/written-store.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import { request } from '../../ipc/client.ts';

export const stopPiece = (pieceId: string): Promise<void> =>
  attempt(async () => void (await request('written.stop', { pieceId })));

export const goOnWith = (pieceId: string): Promise<void> =>
  attempt(async () => void (await request('written.goOn', { pieceId })));

/** The same anew beside the first: quoted if that was, else with the model that is set up now. */
export const writeAgain = (pieceId: string): Promise<void> =>
  attempt(async () => {
    const again = await request('written.again', { pieceId });
    showWritten(again.pieceId);
  });

export const exportPiece = (pieceId: string, format: ExportFormat): Promise<void> =>
  attempt(async () => {
    const fileName = await request('written.export', { pieceId, format });
    if (fileName !== null) showDone(`Saved ${fileName}.`);
  });

export const copyPiece = (pieceId: string): Promise<void> =>
  attempt(async () => {
    const { text, citations } = await request('written.get', { pieceId });
    const sources = citations.map(({ number, title, page }) => `[${number}] ${title}, p. ${page}`);
    await navigator.clipboard.writeText([text.trim(), sources.join('\n')].filter((part) => part !== '').join('\n\n'));
    showDone('Copied, with its sources.');
  });

/** Deletes at once; for ten seconds it can be undone. */
export const deletePiece = ({ id, title }: Pick<PieceSummary, 'id' | 'title'>): Promise<void> =>
  attempt(async () => {
    const { view } = useWorkspaceStore.getState();
    const wasShown = view.kind === 'written' && view.pieceId === id;
    if (wasShown) showWritten(null);
    await request('written.delete', { pieceId: id });
    forgetPiece(id);
    loadPieces();
    const undo = () =>
      attempt(async () => {
        await request('written.restore', { pieceId: id });
        if (wasShown) showWritten(id);
      });
    showDone(`Deleted “${title}”.`, { label: 'Undo', run: () => void undo() });
  });

const size = 15;

export function pieceMenu(piece: PieceSummary, rename: () => void): readonly MenuEntry[] {
  const exportAs = (format: ExportFormat) => () => void exportPiece(piece.id, format);
  const isBusy = piece.state === 'writing';
  const isOrphan = piece.documents.every(({ gone }) => gone);
  return [
    { kind: 'action', label: 'Rename…', icon: <Pencil size={size} />, shortcut: 'f2', run: rename },
    {
      kind: 'action',
      label: 'Write again',
      icon: <RotateCw size={size} />,
      disabled: isBusy || isOrphan,
      run: () => void writeAgain(piece.id),
    },
    {
      kind: 'action',
      label: 'Copy',
      icon: <Copy size={size} />,
      disabled: isBusy,
      run: () => void copyPiece(piece.id),
    },
    { kind: 'separator' },
    {
      kind: 'action',
      label: 'Export as Markdown…',
      icon: <FileText size={size} />,
      disabled: isBusy,
      run: exportAs('markdown'),
    },
    { kind: 'action', label: 'Export as PDF…', icon: <FileDown size={size} />, disabled: isBusy, run: exportAs('pdf') },
    { kind: 'action', label: 'Export as JSON…', icon: <Braces size={size} />, disabled: isBusy, run: exportAs('json') },
    { kind: 'separator' },
    {
      kind: 'action',
      label: 'Delete',
      icon: <Trash2 size={size} />,
      shortcut: 'delete',
      danger: true,
      run: () => void deletePiece(piece),
    },
  ];
}
