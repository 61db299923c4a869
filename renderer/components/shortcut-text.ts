/**
 * Shortcuts as text (`mod+shift+k`): matched against key events and written the way the platform writes them.
 * `mod` is Command on a Mac and Control elsewhere. Pure.
 */

export interface KeyPress {
  readonly key: string;
  /** The key's place on the keyboard, whatever is printed on it: `KeyK`, `Digit1`. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/**
 * The letter or digit of a US keyboard that lies where this key does; null where the layout has a Latin letter or a
 * digit of its own there, which is then what is meant. So Ctrl+K works on a Cyrillic layout (`л`) and Ctrl+2 on a French
 * one (`é`), while a German Z stays a Z. Signs stand for letters nowhere: `,` is where a US keyboard has its M in France.
 */
export function physicalKey({ key, code }: Pick<KeyPress, 'key' | 'code'>): string | null {
  if (/^[a-z0-9]$/i.test(key)) return null;
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  if (digit !== undefined) return [...key].length === 1 ? digit : null;
  const letter = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase();
  return letter !== undefined && /^\p{L}$/u.test(key) ? letter : null;
}

/** True when the event is this shortcut and carries no other modifier. */
export function matchesShortcut(shortcut: string, event: KeyPress, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts[parts.length - 1];
  const mod = parts.includes('mod');
  const shift = parts.includes('shift');
  const wanted = { ctrl: mod && !mac, meta: mod && mac };
  return (
    (event.key.toLowerCase() === key || physicalKey(event) === key) &&
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
