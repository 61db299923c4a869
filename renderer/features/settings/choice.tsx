/** One of a few ways, each with a sentence on what it means. */
import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  /** Null until one is chosen. */
  readonly value: Value | null;
  readonly autoFocus?: boolean;
  readonly options: readonly { readonly value: Value; readonly title: string; readonly note: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({
  label,
  value,
  autoFocus = false,
  options,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value ?? ''}
      onValueChange={(next) => onChange(next as Value)}
      className="flex flex-col gap-2"
    >
      {options.map((option, index) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          autoFocus={autoFocus && index === 0}
          data-testid={`choice-${option.value}`}
          aria-label={option.title}
          className="group flex items-start gap-3 rounded-lg border border-line bg-surface p-3 text-left hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-raised group-data-[state=checked]:border-accent">
            <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span>
            <span className="block font-medium">{option.title}</span>
            <span className="block text-label text-muted">{option.note}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
