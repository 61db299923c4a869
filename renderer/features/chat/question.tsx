/** A question, as the heading of its answer. */
import { memo } from 'react';
import type { Message } from '../../../shared/domain.ts';

/** Longer questions are text, not headings. */
const headingLength = 200;

export const Question = memo(function Question({ message }: { readonly message: Message }) {
  const isLong = message.text.length > headingLength || message.text.includes('\n');
  return (
    <article
      aria-label="Question"
      data-testid="message"
      data-role="user"
      data-state={message.state}
      data-message-id={message.id}
      className="readable mb-3"
    >
      {isLong ? (
        <p className="border-l-2 border-accent-line pl-3.5 text-reading break-words whitespace-pre-wrap">
          {message.text}
        </p>
      ) : (
        <h2 className="text-title font-semibold tracking-[-0.01em] break-words">{message.text}</h2>
      )}
    </article>
  );
});
