/** A question while it is changed: it is asked anew, and the first one stays as a branch beside it. */
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { fieldClass } from '../../components/text-field.tsx';

export interface QuestionEditorProps {
  readonly text: string;
  readonly onAsk: (question: string) => Promise<void>;
  readonly onCancel: () => void;
}

export function QuestionEditor({ text, onAsk, onCancel }: QuestionEditorProps) {
  const [question, setQuestion] = useState(text);
  const [isAsking, setIsAsking] = useState(false);
  const trimmed = question.trim();
  const canAsk = trimmed !== '' && trimmed !== text.trim() && !isAsking;
  const ask = async () => {
    if (!canAsk) return;
    setIsAsking(true);
    await onAsk(trimmed);
    setIsAsking(false);
  };
  return (
    <form
      data-testid="question-editor"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <textarea
        autoFocus
        aria-label="Question"
        value={question}
        rows={Math.min(8, Math.max(2, Math.ceil(question.length / 70)))}
        maxLength={20_000}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setQuestion(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            void ask();
          } else if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            onCancel();
          }
        }}
        className={classNames(fieldClass, 'resize-none py-1.5 text-reading')}
      />
      <div className="mt-1.5 flex items-center justify-end gap-2">
        <p className="flex-1 text-small text-muted">The question as it was stays, with its answers.</p>
        <Button onClick={onCancel}>Cancel</Button>
        <Button tone="primary" type="submit" disabled={!canAsk}>
          Ask anew
        </Button>
      </div>
    </form>
  );
}
