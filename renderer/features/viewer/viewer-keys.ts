/** Keys of the page pane, while nothing is being typed. Pure. */
import type { ViewerCommand } from '../../app/stores/viewer-commands.ts';
import { physicalKey, type KeyPress } from '../../components/shortcut-text.ts';

export type PageStep = 'next-page' | 'previous-page' | 'first-page' | 'last-page';
export type ViewerKey = ViewerCommand | PageStep | 'select-page';

const plain: Readonly<Record<string, ViewerKey>> = {
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  '0': 'actual-size',
  w: 'fit-width',
  p: 'fit-page',
  r: 'rotate-right',
  o: 'outline',
  t: 'thumbnails',
  m: 'source',
  g: 'go-to-page',
  '/': 'find',
  a: 'ask-selection',
  c: 'copy-citation',
  F3: 'find-next',
  ArrowRight: 'next-page',
  ArrowLeft: 'previous-page',
  Home: 'first-page',
  End: 'last-page',
};

const withShift: Readonly<Record<string, ViewerKey>> = { R: 'rotate-left', F3: 'find-previous', '+': 'zoom-in' };
const withMod: Readonly<Record<string, ViewerKey>> = {
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  '0': 'actual-size',
  a: 'select-page',
  Home: 'first-page',
  End: 'last-page',
};

/** Null for a key that is not the pane's. What is printed on a key goes before where it lies. */
export function viewerKey(press: KeyPress, mac: boolean): ViewerKey | null {
  const physical = physicalKey(press);
  return (
    keyOf(press, press.key, mac) ??
    (physical === null ? null : keyOf(press, press.shiftKey ? physical.toUpperCase() : physical, mac))
  );
}

function keyOf(press: KeyPress, key: string, mac: boolean): ViewerKey | null {
  const { ctrlKey, metaKey, altKey, shiftKey } = press;
  if (altKey) return key === 'ArrowLeft' && !ctrlKey && !metaKey ? 'back' : null;
  const mod = mac ? metaKey : ctrlKey;
  if (mac ? ctrlKey : metaKey) return null;
  if (mod) return withMod[key] ?? null;
  return (shiftKey ? withShift[key] : plain[key]) ?? null;
}
