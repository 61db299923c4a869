/** A question, as the heading of its answer: it can be edited, and its branches walked through. */
import { Pencil } from 'lucide-react';
import { memo, useState } from 'react';
import type { Message } from '../../../shared/domain.ts';
import { IconButton } from '../../components/button.tsx';
import { BranchSwitch } from './branch-switch.tsx';
import { QuestionEditor } from './question-editor.tsx';

/** Longer questions are text, not headings. */
const headingLength = 200;

export interface QuestionProps {
  readonly message: Message;
  /** Ids of all questions asked in this place; null when this is the only one. */
  readonly branch: readonly string[] | null;
  /** Null while nothing can be asked. */
  readonly onEdit: ((messageId: string, question: string) => Promise<boolean>) | null;
  readonly onShow: (messageId: string) => void;
}

export const Question = memo(function Question({ message, branch, onEdit, onShow }: QuestionProps) {
  const [isEditing, setIsEditing] = useState(false);
  const isLong = message.text.length > headingLength || message.text.includes('\n');
  return (
    <article
      aria-label="Question"
      data-testid="message"
      data-role="user"
      data-state={message.state}
      data-message-id={message.id}
      className="group/question readable mb-3 rounded-md"
    >
      {isEditing && onEdit ? (
        <QuestionEditor
          text={message.text}
          onCancel={() => setIsEditing(false)}
          onAsk={async (question) => {
            if (await onEdit(message.id, question)) setIsEditing(false);
          }}
        />
      ) : (
        <div className="flex items-start gap-2">
          {isLong ? (
            <p className="min-w-0 flex-1 border-l-2 border-accent-line pl-3.5 text-reading break-words whitespace-pre-wrap">
              {message.text}
            </p>
          ) : (
            <h2 className="min-w-0 flex-1 text-title font-semibold tracking-[-0.01em] break-words">{message.text}</h2>
          )}
          {branch ? <BranchSwitch what="question" branch={branch} current={message.id} onShow={onShow} /> : null}
          {onEdit ? (
            <IconButton
              label="Edit the question"
              side="top"
              onClick={() => setIsEditing(true)}
              data-testid="edit-question"
              className="opacity-0 group-focus-within/question:opacity-100 group-hover/question:opacity-100"
            >
              <Pencil size={13} />
            </IconButton>
          ) : null}
        </div>
      )}
    </article>
  );
});
