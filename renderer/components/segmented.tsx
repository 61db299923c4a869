/** One choice of a few, side by side. */
import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: ReactNode }[];
  readonly onChange: (value: Value) => void;
  /** Icons alone; the labels are read by screen readers. */
  readonly compact?: boolean;
}

export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, onChange, compact = false } = props;
  return (
    <RadioGroup.Root
      aria-label={label}
      orientation="horizontal"
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className="inline-flex h-7 shrink-0 items-center rounded-md bg-sunken p-0.5"
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          aria-label={option.label}
          title={compact ? option.label : undefined}
          className={classNames(
            'inline-flex h-6 items-center gap-1.5 rounded-[5px] text-label font-medium text-muted hover:text-ink',
            'data-[state=checked]:bg-raised data-[state=checked]:text-ink data-[state=checked]:shadow-field',
            compact ? 'px-1.5' : 'px-2.5',
          )}
        >
          {option.icon}
          {compact ? null : option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
