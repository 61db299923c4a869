/** Fields for text, alike everywhere. */
import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classNames } from './class-names.ts';

export const fieldClass = classNames(
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ui text-ink readable cursor-text',
  'focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-50',
);

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  readonly note?: ReactNode;
  readonly trailing?: ReactNode;
}

export function TextField({ label, note, trailing, className, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-label font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={note ? `${id}-note` : undefined}
          className={classNames(fieldClass, 'h-8')}
          {...rest}
        />
        {trailing}
      </div>
      {note ? (
        <div id={`${id}-note`} className="mt-1 text-small text-muted">
          {note}
        </div>
      ) : null}
    </div>
  );
}
