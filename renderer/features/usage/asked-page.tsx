/** A page of what main was asked: until the answer came, that it was asked; why not, where it failed. */
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import type { Asked } from '../../hooks/use-asked.ts';

export interface AskedPageProps<Answer> {
  readonly asked: Asked<Answer>;
  readonly className: string;
  readonly children: (answer: Answer, setAnswer: (answer: Answer) => void) => ReactNode;
}

export function AskedPage<Answer>({ asked, className, children }: AskedPageProps<Answer>) {
  const { value, error, reload, setValue } = asked;
  return (
    <div className={`mx-auto w-full px-5 pt-4 pb-8 ${className}`}>
      {error ? <InlineError error={error} action={<Button onClick={reload}>Retry</Button>} /> : null}
      {value !== null ? (
        children(value, setValue)
      ) : error ? null : (
        <p role="status" className="mt-10 text-center text-muted">
          Looking…
        </p>
      )}
    </div>
  );
}
