/** Buttons: one look for words, one for icons. */
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tip } from './tip.tsx';

type Tone = 'plain' | 'primary' | 'danger' | 'quiet';

const tones: Record<Tone, string> = {
  plain: 'bg-raised text-ink border border-line-strong shadow-field hover:bg-sunken active:bg-pressed',
  primary: 'bg-accent text-on-accent border border-transparent hover:bg-accent-hover',
  danger: 'bg-danger-fill text-on-danger border border-transparent hover:brightness-110',
  quiet: 'text-muted border border-transparent hover:bg-hover hover:text-ink active:bg-pressed',
};

export interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
}

export function Button({ tone = 'plain', icon, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classNames(
        'inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-label font-medium whitespace-nowrap',
        'transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50',
        tones[tone],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends ComponentProps<'button'> {
  /** Read by screen readers and shown on hover. */
  readonly label: string;
  readonly shortcut?: string;
  readonly side?: 'top' | 'bottom';
}

export function IconButton({ label, shortcut, side = 'bottom', className, children, ...rest }: IconButtonProps) {
  return (
    <Tip label={label} shortcut={shortcut} side={side}>
      <button
        type="button"
        aria-label={label}
        className={classNames(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100',
          'hover:bg-hover hover:text-ink active:bg-pressed disabled:pointer-events-none disabled:opacity-40',
          'aria-pressed:bg-pressed aria-pressed:text-ink data-[state=open]:bg-pressed data-[state=open]:text-ink',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tip>
  );
}
