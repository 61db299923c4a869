/** In a scan's details: that it is probably in another language, and one click to have it recognised in that. */
import { ScanText } from 'lucide-react';
import { useId } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { useRecognitionLanguages } from '../../hooks/use-recognition-languages.ts';
import { recogniseAgain } from './document-actions.ts';
import { recognitionHint, type RecognitionHint } from './recognition-words.ts';

export interface RecognitionHintNoteProps {
  readonly document: DocumentSummary;
  /** Opens the list of all languages. */
  readonly onChoose: () => void;
}

export function RecognitionHintNote({ document, onChoose }: RecognitionHintNoteProps) {
  const hint = recognitionHint(document, navigator.languages);
  return hint ? <Note documentId={document.id} hint={hint} onChoose={onChoose} /> : null;
}

interface NoteProps {
  readonly documentId: string;
  readonly hint: RecognitionHint;
  readonly onChoose: () => void;
}

function Note({ documentId, hint: { text, offer }, onChoose }: NoteProps) {
  const { languages, fetching, error, fetchLanguage, cancelFetch } = useRecognitionLanguages();
  const noteId = useId();
  const isHere = languages?.some(({ code, installed }) => code === offer?.code && installed) ?? false;
  const read = async (code: string): Promise<void> => {
    if (isHere || (await fetchLanguage(code))) await recogniseAgain(documentId, [code]);
  };
  return (
    <section
      aria-label="Language of its scanned pages"
      data-testid="recognition-hint"
      className="mb-3 rounded-lg bg-sunken px-3 py-2.5"
    >
      <p className="flex items-start gap-2">
        <ScanText size={15} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
        <span>{text}</span>
      </p>
      {error ? <InlineError error={error} className="mt-2" /> : null}
      <div className="mt-2 flex flex-wrap items-center gap-2 pl-[23px]">
        {offer === null ? null : fetching === offer.code ? (
          <>
            <span role="status" className="text-label text-muted">
              Downloading {offer.name}…
            </span>
            <Button onClick={() => cancelFetch(offer.code)}>Cancel</Button>
          </>
        ) : (
          <Button
            disabled={languages === null || fetching !== null}
            aria-describedby={isHere ? undefined : noteId}
            onClick={() => void read(offer.code)}
          >
            Recognise in {offer.name}
          </Button>
        )}
        <Button tone={offer ? 'quiet' : 'plain'} onClick={onChoose}>
          {offer ? 'Another language…' : 'Choose a language…'}
        </Button>
      </div>
      {offer === null || isHere ? null : (
        <p id={noteId} className="mt-1.5 pl-[23px] text-label text-muted">
          Its data (1 to 15 MB) comes from the npm registry first; nothing of the document leaves this computer.
        </p>
      )}
    </section>
  );
}
