/** “Write…”: what is to be written about documents or selected text, by whom, and what of it would be sent. */
import { RadioGroup } from 'radix-ui';
import { Cloud, MonitorCheck, ShieldCheck } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { pieceKinds, type PieceKind, type WritingEstimate } from '../../../shared/written.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { openDialog, showWritten, writeAbout, type WriteSubject } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { fieldClass } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';
import { kindIcons } from './piece-row.tsx';
import { estimateText, kindNames, kindNotes } from './written-words.ts';

const kindKey = 'quire.write-kind';

function lastKind(): PieceKind {
  const stored = localStorage.getItem(kindKey);
  return pieceKinds.find((kind) => kind === stored) ?? 'summary';
}

export function WriteDialog({ subject }: { readonly subject: WriteSubject }) {
  const { documentIds, selection } = subject;
  const documents = useLibraryStore((state) => state.documents);
  const [kind, setKind] = useState(lastKind);
  const [prompt, setPrompt] = useState('');
  const [quotes, setQuotes] = useState(false);
  const [estimate, setEstimate] = useState<WritingEstimate | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const promptId = useId();
  const close = () => writeAbout(null);

  useEffect(() => {
    let isCurrent = true;
    // What is asked for counts little beside the text: it is counted once, whatever is chosen.
    request('written.estimate', { kind: 'summary', documentIds: [...documentIds], selection }).then(
      (value) => isCurrent && setEstimate(value),
      (thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
    };
  }, [documentIds, selection]);

  const hasModel = estimate !== null && estimate.writer !== null;
  const isQuoted = !hasModel || quotes;
  const needsModel = kind === 'prompt' && estimate !== null && !hasModel;
  const canStart = !isStarting && estimate !== null && !needsModel && (kind !== 'prompt' || prompt.trim() !== '');
  const start = async () => {
    if (!canStart) return;
    setIsStarting(true);
    setError(null);
    try {
      const { pieceId } = await request('written.start', {
        ...{ kind, documentIds: [...documentIds], selection, withModel: kind === 'prompt' || !isQuoted },
        prompt: kind === 'prompt' ? prompt.trim() : null,
      });
      localStorage.setItem(kindKey, kind);
      close();
      showWritten(pieceId);
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      setIsStarting(false);
    }
  };

  const [first = ''] = documentIds;
  const name =
    documentIds.length === 1 ? (documents.get(first)?.title ?? '1 document') : countOf(documentIds.length, 'document');
  const pages =
    selection &&
    (selection.firstPage === selection.lastPage
      ? `p. ${selection.firstPage}`
      : `pp. ${selection.firstPage}–${selection.lastPage}`);
  return (
    <Dialog
      open
      onClose={close}
      title="Write…"
      testId="write-dialog"
      className="top-[9vh] max-h-[84vh] w-[min(560px,calc(100vw-32px))]"
      description={
        <p className="truncate" data-testid="write-subject">
          {pages ? `About the text that you selected on ${pages} of ${name}` : `About ${name}`}
        </p>
      }
    >
      <form
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-3">
          <RadioGroup.Root
            aria-label="What to write"
            value={kind}
            onValueChange={(value) => setKind(value as PieceKind)}
            className="grid grid-cols-2 gap-2"
          >
            {pieceKinds.map((value) => (
              <KindChoice
                key={value}
                kind={value}
                isQuoted={isQuoted && value !== 'prompt'}
                hasModel={estimate === null || hasModel}
              />
            ))}
          </RadioGroup.Root>
          {kind === 'prompt' ? (
            <div className="mt-3">
              <label htmlFor={promptId} className="mb-1 block text-label font-medium">
                Your prompt
              </label>
              <textarea
                id={promptId}
                autoFocus
                rows={4}
                maxLength={8_000}
                value={prompt}
                placeholder="What is to be written? For example: List the obligations of each party, with their deadlines."
                disabled={needsModel}
                onChange={(event) => setPrompt(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void start();
                }}
                className={classNames(fieldClass, 'resize-y py-2')}
              />
              {needsModel ? (
                <div
                  className="mt-2 flex items-center gap-3 rounded-lg bg-sunken px-3 py-2.5"
                  role="status"
                  data-testid="needs-model"
                >
                  <p className="flex-1">A prompt of your own needs a model to write, and none is set up.</p>
                  <Button
                    onClick={() => {
                      close();
                      openDialog('settings');
                    }}
                  >
                    Open settings
                  </Button>
                </div>
              ) : null}
            </div>
          ) : null}
          {hasModel && kind !== 'prompt' ? (
            <div className="mt-3 flex items-center gap-3">
              <span className="text-label font-medium">Written</span>
              <Segmented
                label="Written"
                value={quotes ? 'quotes' : 'model'}
                options={[
                  { value: 'model', label: `by ${estimate.writer?.model ?? 'the model'}` },
                  { value: 'quotes', label: 'in the text’s own sentences' },
                ]}
                onChange={(value) => setQuotes(value === 'quotes')}
              />
            </div>
          ) : null}
          {error ? <InlineError error={error} className="mt-3" /> : null}
          {needsModel ? null : (
            <Estimate estimate={estimate} isQuoted={isQuoted && kind !== 'prompt'} hasError={error !== null} />
          )}
        </div>
        <DialogActions>
          <Button onClick={close}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={!canStart} data-testid="start-writing">
            Write
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface KindChoiceProps {
  readonly kind: PieceKind;
  readonly isQuoted: boolean;
  readonly hasModel: boolean;
}

function KindChoice({ kind, isQuoted, hasModel }: KindChoiceProps) {
  const Icon = kindIcons[kind];
  const name = isQuoted && kind === 'questions' ? 'Topics to ask about' : kindNames[kind];
  const note =
    kind === 'prompt'
      ? hasModel
        ? kindNotes.prompt.written
        : kindNotes.prompt.quoted
      : isQuoted
        ? kindNotes[kind].quoted
        : kindNotes[kind].written;
  return (
    <RadioGroup.Item
      value={kind}
      data-testid={`kind-${kind}`}
      className="flex items-start gap-2.5 rounded-lg border border-line px-3 py-2 text-left hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
    >
      <Icon size={16} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0">
        <span className="block font-medium">{name}</span>
        <span className="block text-label text-muted">{note}</span>
      </span>
    </RadioGroup.Item>
  );
}

interface EstimateProps {
  readonly estimate: WritingEstimate | null;
  readonly isQuoted: boolean;
  readonly hasError: boolean;
}

function Estimate({ estimate, isQuoted, hasError }: EstimateProps) {
  const shown = estimate && isQuoted ? { ...estimate, writer: null } : estimate;
  const Icon = !shown?.writer ? ShieldCheck : shown.writer.local ? MonitorCheck : Cloud;
  return (
    <p
      className="mt-3 flex min-h-5 items-start gap-2 text-label text-muted tabular"
      role="status"
      data-testid="write-estimate"
    >
      {shown ? (
        <>
          <Icon size={14} className="mt-px shrink-0" aria-hidden="true" />
          <span>{estimateText(shown)}</span>
        </>
      ) : hasError ? null : (
        'Counting what would be read…'
      )}
    </p>
  );
}
