/** A line of the palette; the one that Enter would pick says so. */
import { Command } from 'cmdk';
import { CornerDownLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../components/class-names.ts';

export interface PaletteItemProps {
  readonly value: string;
  readonly icon: ReactNode;
  readonly onSelect: () => void;
  /** Two lines of text: the icon stands at the first. */
  readonly tall?: boolean;
  readonly children: ReactNode;
}

export function PaletteItem({ value, icon, onSelect, tall = false, children }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className={classNames(
        'group/item flex cursor-default gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover',
        tall ? 'py-1.5' : 'h-8 items-center',
      )}
    >
      <span className={classNames('shrink-0 text-muted', tall && 'mt-0.5')} aria-hidden="true">
        {icon}
      </span>
      <span className={classNames('flex min-w-0 flex-1 gap-2.5', !tall && 'items-center')}>{children}</span>
      <CornerDownLeft
        size={13}
        data-testid="enter-hint"
        className={classNames('invisible shrink-0 text-faint group-data-[selected=true]/item:visible', tall && 'mt-1')}
        aria-hidden="true"
      />
    </Command.Item>
  );
}
