/** A line of the sidebar: icon, name, count. */
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface NavItemProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly label: string;
  readonly icon: ReactNode;
  /** Null while it is not known. */
  readonly count: number | null;
  readonly isCurrent: boolean;
  /** The count is a warning. */
  readonly isAlarming?: boolean;
}

export function NavItem({ label, icon, count, isCurrent, isAlarming = false, className, ...rest }: NavItemProps) {
  return (
    <button
      type="button"
      aria-current={isCurrent ? 'page' : undefined}
      className={classNames(
        'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left',
        isCurrent ? 'bg-pressed font-medium' : 'hover:bg-hover',
        className,
      )}
      {...rest}
    >
      <span className={isCurrent ? 'text-accent-ink' : 'text-muted'}>{icon}</span>
      <span className="flex-1 truncate">{label}</span>
      <span className={classNames('text-small tabular', isAlarming ? 'font-medium text-danger' : 'text-muted')}>
        {count?.toLocaleString('en')}
      </span>
    </button>
  );
}
