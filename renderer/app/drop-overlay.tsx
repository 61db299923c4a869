/** Files dropped anywhere on the window, or pasted, are added. */
import { FileDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { addFiles, unnamedDrop } from './stores/add-documents.ts';
import { showError } from './stores/toast-store.ts';

function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

export function DropOverlay() {
  const [isOver, setIsOver] = useState(false);

  useEffect(() => {
    // Leaving one element for another fires too: only as many leaves as enters mean that the files left the window.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setIsOver(true);
    };
    const over = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setIsOver(false);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) showError(unnamedDrop);
      void addFiles(files);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void addFiles(files);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, []);

  if (!isOver) return null;
  return (
    <div
      data-testid="drop-overlay"
      role="status"
      className="pointer-events-none fixed inset-0 z-50 bg-accent-soft/80 p-3 backdrop-blur-[5px]"
    >
      <div className="flex size-full items-center justify-center rounded-2xl border-2 border-dashed border-accent">
        <div className="appear flex flex-col items-center rounded-2xl bg-raised px-12 py-9 text-center shadow-float">
          <FileDown size={36} strokeWidth={1.4} className="text-accent-ink" aria-hidden="true" />
          <p className="mt-3 text-display font-semibold tracking-tight">Drop to add to your library</p>
          <p className="mt-1 text-reading text-muted">
            PDF, text and Markdown, or folders of them. They stay on this computer.
          </p>
        </div>
      </div>
    </div>
  );
}
