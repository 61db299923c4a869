/**
 * Shortcuts as text (`mod+shift+k`): matched against key events and written the way the platform writes them.
 * `mod` is Command on a Mac and Control elsewhere. Pure.
 */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** True when the event is this shortcut and carries no other modifier. */
export function matchesShortcut(shortcut: string, event: KeyPress, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts[parts.length - 1];
  const mod = parts.includes('mod');
  const shift = parts.includes('shift');
  const wanted = { ctrl: mod && !mac, meta: mod && mac };
  return (
    event.key.toLowerCase() === key &&
    event.ctrlKey === wanted.ctrl &&
    event.metaKey === wanted.meta &&
    event.shiftKey === shift &&
    !event.altKey
  );
}

const macSymbols: Record<string, string> = { mod: '⌘', shift: '⇧', enter: '↩', escape: 'Esc', delete: '⌫', plus: '+' };
const otherNames: Record<string, string> = {
  mod: 'Ctrl',
  shift: 'Shift',
  enter: '⏎',
  escape: 'Esc',
  delete: 'Del',
  plus: '+',
};

/** The keys to print, in order: `['Ctrl', 'K']`, or `['⌘', 'K']` on a Mac. */
export function shortcutKeys(shortcut: string, mac: boolean): readonly string[] {
  const names = mac ? macSymbols : otherNames;
  return shortcut.split('+').map((part) => names[part] ?? part.toUpperCase());
}
