/** Which font family is kept for the next start: one that is really there, though it may look like a fallback. */
import { describe, expect, test } from 'vitest';
import { firstInstalled } from '../../../renderer/app/system-font.ts';

/** Widths of the sample as a browser gives them: of the first family of the list that is installed. */
function widthWith(installed: Readonly<Record<string, number>>) {
  return (fonts: string) => {
    const family = fonts.split(', ').find((name) => name in installed);
    if (family === undefined) throw new Error(`Nothing of ${fonts} is installed.`);
    return installed[family] ?? 0;
  };
}

describe('the first family that is installed', () => {
  test('is not one that is drawn with the fallback', () => {
    const width = widthWith({ monospace: 10, serif: 8, Cantarell: 9, Ubuntu: 7 });
    expect(firstInstalled(["'Segoe UI'", 'Cantarell', 'Ubuntu'], width)).toBe('Cantarell');
  });

  test('is found when it is as wide as one of the fallbacks', () => {
    expect(firstInstalled(['Inter', 'Ubuntu'], widthWith({ monospace: 10, serif: 8, Inter: 8, Ubuntu: 7 }))).toBe(
      'Inter',
    );
    expect(firstInstalled(['Inter', 'Ubuntu'], widthWith({ monospace: 10, serif: 8, Inter: 10, Ubuntu: 7 }))).toBe(
      'Inter',
    );
  });

  test('is none where there is none', () => {
    expect(firstInstalled(['Inter', 'Ubuntu'], widthWith({ monospace: 10, serif: 8 }))).toBeNull();
  });
});
