/** Yes or no, with a sentence on what it means. */
import { useId } from 'react';

export interface CheckboxProps {
  readonly label: string;
  readonly note?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Checkbox({ label, note, checked, disabled = false, onChange }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-[3px] size-3.5 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id} className="block">
          {label}
        </label>
        {note ? (
          <p id={`${id}-note`} className="text-small text-muted">
            {note}
          </p>
        ) : null}
      </div>
    </div>
  );
}
