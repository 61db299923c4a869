/** A field that finds or narrows something down, with the button that empties it. */
import { Search, X } from 'lucide-react';
import { useRef, type ComponentProps, type RefObject } from 'react';
import { classNames } from './class-names.ts';
import { fieldClass } from './text-field.tsx';

export interface SearchFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type' | 'ref'> {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What the button does, for screen readers: `Clear filter`. */
  readonly clearLabel: string;
  /** Ends the search instead of emptying the field; the button is then always there. */
  readonly onEnd?: () => void;
  readonly fieldRef?: RefObject<HTMLInputElement | null>;
  readonly className?: string;
}

export function SearchField(props: SearchFieldProps) {
  const { label, value, onValue, clearLabel, onEnd, fieldRef, className, ...rest } = props;
  const own = useRef<HTMLInputElement>(null);
  const field = fieldRef ?? own;
  const clear = () => {
    onValue('');
    field.current?.focus();
  };
  return (
    <div className={classNames('relative min-w-0', className)}>
      <Search size={14} className="pointer-events-none absolute top-[7px] left-2 text-faint" aria-hidden="true" />
      <input
        ref={field}
        type="text"
        role="searchbox"
        aria-label={label}
        value={value}
        spellCheck={false}
        onChange={(event) => onValue(event.target.value)}
        {...rest}
        className={classNames(fieldClass, 'h-7 pr-7 pl-7')}
      />
      {value !== '' || onEnd ? (
        <button
          type="button"
          aria-label={clearLabel}
          onClick={onEnd ?? clear}
          className="absolute top-1 right-1 flex size-5 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <X size={13} aria-hidden="true" />
        </button>
      ) : null}
    </div>
  );
}
