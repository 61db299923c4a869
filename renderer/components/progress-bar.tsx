/** A thin bar: how far something is. */
import { classNames } from './class-names.ts';

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null while the end is not known. */
  readonly value: number | null;
  readonly className?: string;
}

export function ProgressBar({ label, value, className }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(value === null ? {} : { 'aria-valuenow': Math.round(value * 100) })}
      className={classNames('h-[3px] overflow-hidden rounded-full bg-pressed', className)}
    >
      <div
        className={classNames(
          'h-full w-full origin-left rounded-full bg-accent transition-transform duration-150',
          value === null && 'breathe',
        )}
        style={{ transform: `scaleX(${value ?? 1})` }}
      />
    </div>
  );
}
