/** All that is known of a document: the file, what was read of it and how long that took. */
import { FileOutput, FolderOpen, Pencil, RefreshCw } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { DocumentSummary, StageTime } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { DocumentDetails } from '../../../shared/requests/library.ts';
import { useDocument } from '../../app/stores/library-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { countOf, formatBytes } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import { openOriginal, readAgain, showInFolder } from './document-actions.ts';
import { canReadAgain } from './document-menu.tsx';
import { documentStatus, recognitionText, statusWithHint } from './document-status.ts';
import { RecognitionHintNote } from './recognition-hint.tsx';
import { knownLanguage } from './recognition-words.ts';
import { embedderText, languagesText, pagesText, spentText, stageLabel, whenText } from './details-text.ts';

export interface DetailsDialogProps {
  readonly documentId: string;
  readonly onRename: () => void;
  /** Opens the languages of its scanned pages. */
  readonly onRecognise: () => void;
  readonly onClose: () => void;
}

export function DetailsDialog({ documentId, onRename, onRecognise, onClose }: DetailsDialogProps) {
  const document = useDocument(documentId);
  const [details, setDetails] = useState<DocumentDetails | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [now] = useState(() => Date.now());
  const version = document?.updatedAt;

  useEffect(() => {
    let isCurrent = true;
    request('library.getDetails', { documentId }).then(
      (value) => isCurrent && setDetails(value),
      (thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
    };
  }, [documentId, version]);

  if (!document) return null;
  const recognised = recognitionText(document);
  return (
    <Dialog
      open
      onClose={onClose}
      title={document.title}
      testId="details-dialog"
      description={statusWithHint(documentStatus(document))}
      className="w-[min(600px,calc(100vw-32px))]"
    >
      <div
        className="mt-2 min-h-0 overflow-y-auto px-5 py-2 focus-visible:-outline-offset-2"
        tabIndex={0}
        role="group"
        aria-label="Details"
      >
        {error ? <InlineError error={error} className="mb-3" /> : null}
        <RecognitionHintNote document={document} onChoose={onRecognise} />
        <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-x-4 gap-y-1.5 readable">
          <FileFacts document={document} now={now} />
          <Fact label="Pages">{pagesText(document)}</Fact>
          {recognised || document.recognitionError ? (
            <Fact label="Recognised">
              {[recognised, languagesText(document), document.recognitionError?.message].filter(Boolean).join('. ')}
            </Fact>
          ) : null}
          <Fact label="Passages">
            <span data-testid="detail-passages">{countOf(document.chunkCount, 'passage')}</span>
          </Fact>
          <Fact label="Vectors">{embedderText(document, details)}</Fact>
          {details ? (
            <Fact label="Stored">{`${formatBytes(details.storedBytes)} of text, places and vectors`}</Fact>
          ) : null}
        </dl>
        {details && details.stages.length > 0 ? <Stages stages={details.stages} now={now} /> : null}
      </div>
      <DialogActions>
        <div className="flex flex-1 flex-wrap gap-2">
          <Button icon={<FileOutput size={14} />} onClick={() => void openOriginal(documentId)}>
            Open original
          </Button>
          <Button icon={<FolderOpen size={14} />} onClick={() => void showInFolder(documentId)}>
            Show in folder
          </Button>
          <Button icon={<Pencil size={14} />} onClick={onRename}>
            Rename…
          </Button>
          <Button
            icon={<RefreshCw size={14} />}
            disabled={!canReadAgain(document)}
            onClick={() => void readAgain([documentId])}
          >
            Read again
          </Button>
        </div>
        {/* Else the facts would have the focus, as they scroll, and a ring around them. */}
        <Button tone="primary" autoFocus onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function FileFacts({ document, now }: { readonly document: DocumentSummary; readonly now: number }) {
  return (
    <>
      <Fact label="File">
        {document.fileName}
        {document.fileGone ? (
          <span className="block text-warning">No longer in its watched folder. Quire answers from its own copy.</span>
        ) : null}
        {document.fileError ? (
          <span className="block text-warning">
            It changed, and the changed file could not be read: {document.fileError.message} Quire answers from the
            version before.
          </span>
        ) : null}
      </Fact>
      <Fact label="Added from">{document.path}</Fact>
      <Fact label="Size">
        {formatBytes(document.size)} ({document.size.toLocaleString('en')} bytes)
      </Fact>
      <Fact label="SHA-256">
        <span className="font-mono text-small">{document.contentHash}</span>
      </Fact>
      <Fact label="Added">{whenText(document.addedAt, now)}</Fact>
      <Fact label="Author">{document.author ?? 'Not given'}</Fact>
      <Fact label="Language">{knownLanguage(document) ?? 'Not known'}</Fact>
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="break-words tabular">{children}</dd>
    </>
  );
}

function Stages({ stages, now }: { readonly stages: readonly StageTime[]; readonly now: number }) {
  return (
    <table className="mt-4 w-full text-left tabular readable" data-testid="detail-stages">
      <thead>
        <tr className="border-b border-line text-small text-muted">
          <th className="py-1 font-medium">Step</th>
          <th className="py-1 font-medium">Began</th>
          <th className="py-1 text-right font-medium">Took</th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => (
          <tr key={stage.stage} className="border-b border-line/60">
            <td className="py-1">{stageLabel(stage.stage)}</td>
            <td className="py-1 text-muted">{whenText(stage.startedAt, now)}</td>
            <td className="py-1 text-right">{spentText(stage)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
