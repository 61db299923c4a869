import { describe, expect, it } from 'vitest';
import { matchesShortcut, shortcutKeys } from '../../../renderer/components/shortcut-text.ts';
import { describeDestination } from '../../../renderer/features/settings/destination.ts';

const press = (
  key: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
) => ({
  key,
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
