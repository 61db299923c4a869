import { describe, expect, it } from 'vitest';
import { matchesShortcut, physicalKey, shortcutKeys } from '../../../renderer/components/shortcut-text.ts';
import { viewerKey } from '../../../renderer/features/viewer/viewer-keys.ts';
import { describeDestination } from '../../../renderer/features/settings/destination.ts';

const press = (
  key: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
  code = '',
) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});

describe('shortcuts', () => {
  it('takes Control for mod elsewhere and Command on a Mac, never the other', () => {
    expect(matchesShortcut('mod+k', press('k', { ctrlKey: true }), false)).toBe(true);
    expect(matchesShortcut('mod+k', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matchesShortcut('mod+k', press('k', { metaKey: true }), true)).toBe(true);
  });

  it('does not fire with a modifier too many, which belongs to another shortcut', () => {
    expect(matchesShortcut('mod+k', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matchesShortcut('mod+k', press('k', { ctrlKey: true, altKey: true }), false)).toBe(false);
    expect(matchesShortcut('j', press('j', { ctrlKey: true }), false)).toBe(false);
  });

  it('works with caps lock', () => {
    expect(matchesShortcut('mod+n', press('N', { ctrlKey: true }), false)).toBe(true);
  });

  it('is written as the platform writes it', () => {
    expect(shortcutKeys('mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(shortcutKeys('mod+k', true)).toEqual(['⌘', 'K']);
  });
});

// Catches: shortcuts that compare what is printed on a key alone, and so do nothing in France or Russia.
describe('shortcuts on other layouts', () => {
  const held = { ctrlKey: true };

  it('are where a US keyboard has them when the layout has no Latin letter there', () => {
    expect(matchesShortcut('mod+k', press('л', held, 'KeyK'), false)).toBe(true);
    expect(matchesShortcut('mod+k', press('Л', held, 'KeyK'), false)).toBe(true);
    expect(matchesShortcut('mod+shift+f', press('А', { ...held, shiftKey: true }, 'KeyF'), false)).toBe(true);
    expect(matchesShortcut('mod+n', press('т', held, 'KeyN'), false)).toBe(true);
    // Another key of the same layout is not it.
    expect(matchesShortcut('mod+k', press('ш', held, 'KeyI'), false)).toBe(false);
  });

  it('take the digits of a layout that has signs and accents on them', () => {
    const french = ['&', 'é', '"'];
    french.forEach((key, index) => {
      const code = `Digit${index + 1}`;
      expect(matchesShortcut(`mod+${index + 1}`, press(key, held, code), false)).toBe(true);
      // Typed with Shift, as such a layout wants it, it is a digit; Ctrl+Shift+1 is no shortcut.
      expect(matchesShortcut(`mod+${index + 1}`, press(String(index + 1), { ...held, shiftKey: true }, code), false)) //
        .toBe(false);
    });
  });

  it('leave Latin letters that moved to their own keys', () => {
    // German: Y and Z change places. French: A and Q do, and the comma lies on the M of a US keyboard.
    expect(matchesShortcut('mod+z', press('z', held, 'KeyY'), false)).toBe(true);
    expect(matchesShortcut('mod+y', press('z', held, 'KeyY'), false)).toBe(false);
    expect(matchesShortcut('mod+a', press('a', held, 'KeyQ'), false)).toBe(true);
    expect(matchesShortcut('mod+q', press('a', held, 'KeyQ'), false)).toBe(false);
    expect(matchesShortcut('mod+,', press(',', held, 'KeyM'), false)).toBe(true);
    expect(matchesShortcut('mod+m', press(',', held, 'KeyM'), false)).toBe(false);
    expect(matchesShortcut('mod+,', press('ö', held, 'Semicolon'), false)).toBe(false);
  });

  it('hold for the keys of the page, where a sign that is one goes before the digit of its place', () => {
    const key = (printed: string, code: string, shiftKey = false) =>
      viewerKey(press(printed, { shiftKey }, code), false);
    expect(key('к', 'KeyR')).toBe('rotate-right');
    expect(key('К', 'KeyR', true)).toBe('rotate-left');
    expect(key('à', 'Digit0')).toBe('actual-size');
    expect(key('-', 'Digit6')).toBe('zoom-out');
    expect(key('Dead', 'Digit0')).toBeNull();
    expect(physicalKey({ key: 'Enter', code: 'Enter' })).toBeNull();
  });
});

describe('where an address leads', () => {
  it('tells this computer from others that only look like it', () => {
    expect(describeDestination('http://localhost:11434/v1')).toEqual({ host: 'localhost:11434', isThisComputer: true });
    expect(describeDestination('http://[::1]:8080')?.isThisComputer).toBe(true);
    expect(describeDestination('https://localhost.example.com')?.isThisComputer).toBe(false);
    expect(describeDestination('http://127.0.0.1.example.com')?.isThisComputer).toBe(false);
  });

  it('refuses what is no web address', () => {
    expect(['file:///etc/passwd', 'api.openai.com', 'http://', 'javascript:alert(1)'].map(describeDestination)).toEqual(
      [null, null, null, null],
    );
  });
});
