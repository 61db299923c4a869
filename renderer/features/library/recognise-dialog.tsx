/** Has the scanned pages of a document recognised again, in languages that the person chooses. */
import { useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { BUILT_IN_LANGUAGE, recognitionLanguageOf } from '../../../shared/recognition-languages.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { LanguagePicker } from '../../components/language-picker.tsx';
import { useRecognitionLanguages } from '../../hooks/use-recognition-languages.ts';
import { recogniseAgain } from './document-actions.ts';
import { recognitionText } from './document-status.ts';
import { otherLanguage } from './recognition-words.ts';

export interface RecogniseDialogProps {
  readonly document: DocumentSummary;
  readonly onClose: () => void;
}

export function RecogniseDialog({ document, onClose }: RecogniseDialogProps) {
  const model = useRecognitionLanguages();
  const other = otherLanguage(document);
  const likely = other ?? recognitionLanguageOf(document.language);
  const [touched, setChosen] = useState<readonly string[] | null>(null);
  const isHere = (code: string): boolean =>
    model.languages?.some((language) => language.code === code && language.installed) ?? false;
  const proposed =
    document.recognitionLanguages?.filter(isHere) ?? (likely && isHere(likely.code) ? [likely.code] : []);
  const chosen = touched ?? (proposed.length > 0 ? proposed : [BUILT_IN_LANGUAGE]);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Recognise again"
      testId="recognise-dialog"
      description={[recognitionText(document), other ? `it looks ${other.name}` : null].filter(Boolean).join('; ')}
    >
      <div className="min-h-0 px-5 pt-3">
        <LanguagePicker label="Languages of this document" {...model} chosen={chosen} onChange={setChosen} />
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="primary"
          disabled={model.languages === null || model.fetching !== null}
          onClick={() => {
            void recogniseAgain(document.id, chosen);
            onClose();
          }}
        >
          Recognise
        </Button>
      </DialogActions>
    </Dialog>
  );
}
