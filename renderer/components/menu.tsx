/**
 * Menu items, described once and shown as a context menu or a dropdown.
 * Both are non-modal, because Radix's modal menus inject a <style> that the content security policy refuses.
 */
import { ContextMenu, DropdownMenu } from 'radix-ui';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { layerElement } from './layer.ts';
import { Keys } from './keys.tsx';
import { isMac } from './platform.ts';
import { matchesShortcut, type KeyPress } from './shortcut-text.ts';

export interface MenuAction {
  readonly kind: 'action';
  readonly label: string;
  /** Other words by which the palette finds it. */
  readonly words?: string;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Set for choices: marks the one that holds. */
  readonly checked?: boolean;
  readonly run: () => void;
}
export type MenuEntry =
  MenuAction | { readonly kind: 'separator' } | { readonly kind: 'label'; readonly label: string };

/** The entry whose key was pressed, for what the menu is about and has the focus. */
export function entryOfKey(entries: readonly MenuEntry[], press: KeyPress): MenuAction | undefined {
  return actionsOf(entries).find(({ shortcut }) => shortcut !== undefined && matchesShortcut(shortcut, press, isMac));
}

/** What can be done at the moment. */
export function actionsOf(entries: readonly MenuEntry[]): readonly MenuAction[] {
  return entries.flatMap((entry) => (entry.kind === 'action' && entry.disabled !== true ? [entry] : []));
}

const surface =
  'appear z-50 max-h-[82vh] min-w-48 overflow-y-auto rounded-lg bg-raised p-1 shadow-float focus:outline-none';
const itemClass = classNames(
  'flex h-7 cursor-default items-center gap-2 rounded-md px-2 text-ui outline-none select-none',
  'data-[highlighted]:bg-hover data-[disabled]:opacity-45',
);

type Primitives = Pick<typeof ContextMenu, 'Item' | 'CheckboxItem' | 'Separator' | 'Label'>;

function Entries({ entries, primitives }: { readonly entries: readonly MenuEntry[]; readonly primitives: Primitives }) {
  const { Item, CheckboxItem, Separator, Label } = primitives;
  return entries.map((entry, index) => {
    if (entry.kind === 'separator') return <Separator key={index} className="mx-1 my-1 h-px bg-line" />;
    if (entry.kind === 'label') {
      return (
        <Label key={index} className="px-2 pt-1.5 pb-0.5 text-small font-medium text-faint">
          {entry.label}
        </Label>
      );
    }
    const { label, icon, shortcut, danger, disabled = false, checked, run } = entry;
    const content = (
      <>
        <span className={classNames('flex size-4 items-center justify-center', danger ? 'text-danger' : 'text-muted')}>
          {checked === undefined ? icon : checked ? <Check size={14} /> : null}
        </span>
        <span className={classNames('flex-1', danger && 'text-danger')}>{label}</span>
        {shortcut ? <Keys shortcut={shortcut} /> : null}
      </>
    );
    return checked === undefined ? (
      <Item key={index} className={itemClass} disabled={disabled} onSelect={run}>
        {content}
      </Item>
    ) : (
      <CheckboxItem key={index} className={itemClass} disabled={disabled} checked={checked} onSelect={run}>
        {content}
      </CheckboxItem>
    );
  });
}

export interface MenuProps {
  /** Called when the menu opens, so that what it holds is of that moment. */
  readonly entries: () => readonly MenuEntry[];
  readonly children: ReactNode;
}

export function WithContextMenu({ entries, children }: MenuProps) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal container={layerElement()}>
        <ContextMenu.Content className={surface} collisionPadding={8}>
          <OnOpen entries={entries} primitives={ContextMenu} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

export function WithDropdown({ entries, children, align = 'end' }: MenuProps & { readonly align?: 'start' | 'end' }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerElement()}>
        <DropdownMenu.Content className={surface} align={align} sideOffset={4} collisionPadding={8}>
          <OnOpen entries={entries} primitives={DropdownMenu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Mounted only while the menu is open. */
function OnOpen({ entries, primitives }: Pick<MenuProps, 'entries'> & { readonly primitives: Primitives }) {
  return <Entries entries={entries()} primitives={primitives} />;
}
