/** Recovery codes: what a person may get wrong in copying them is found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatRecoveryCode,
  makeRecoveryCode,
  parseRecoveryCode,
  recoveryGroups,
} from '../../../electron/encryption/recovery-code.ts';
import { RecoveryDesk } from '../../../electron/encryption/recovery-desk.ts';

const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

test('a code is shown in groups, and read in whatever case and grouping it is typed', () => {
  const code = makeRecoveryCode();
  const shown = formatRecoveryCode(code);
  expect(shown).toMatch(/^(?:[2-9A-HJ-NP-Z]{4}-){6}[2-9A-HJ-NP-Z]{4}$/);
  for (const typed of [shown, code, shown.toLowerCase(), ` ${shown.replaceAll('-', ' ')}\n`]) {
    expect(parseRecoveryCode(typed)).toBe(code);
  }
  for (const typed of ['', code.slice(1), `${code}2`, shown.replace(/^./, '0'), code.replace(/^./, 'É')]) {
    expect(parseRecoveryCode(typed)).toBeNull();
  }
});

// Catches: check characters that depend on some of the others alone.
test('every wrong character and every two that changed places are found', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 26, maxLength: 26 }), (random) => {
      const code = makeRecoveryCode(() => random);
      for (let at = 0; at < code.length; at += 1) {
        for (const letter of alphabet) {
          if (letter === code[at]) continue;
          expect(parseRecoveryCode(code.slice(0, at) + letter + code.slice(at + 1))).toBeNull();
        }
        for (let other = at + 1; other < code.length; other += 1) {
          if (code[at] === code[other]) continue;
          const letters = [...code];
          [letters[at], letters[other]] = [code[other] ?? '', code[at] ?? ''];
          expect(parseRecoveryCode(letters.join(''))).toBeNull();
        }
      }
    }),
    { numRuns: 5 },
  );
});

// Catches: a code of fewer bits than is said, as by an alphabet that not all bytes reach alike.
test('its 26 characters are of 130 bits', () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 400; round += 1) {
    for (const letter of makeRecoveryCode().slice(0, 26)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect([...counts.keys()].sort().join('')).toBe(alphabet);
  // 325 of each are expected; six standard deviations are 107.
  for (const count of counts.values()) expect(Math.abs(count - 325)).toBeLessThan(107);
});

describe('the desk', () => {
  test('takes the two groups that it asked for, in whatever case, and hands the code out', () => {
    const desk = new RecoveryDesk();
    const { code, asked } = desk.offer();
    const groups = code.split('-');
    expect(asked[0]).toBeLessThan(asked[1]);
    const typed = asked.map((index) => ` ${groups[index]?.toLowerCase() ?? ''} `);
    expect(() => desk.confirm([...typed].reverse())).toThrow('two groups');
    expect(() => desk.confirm([])).toThrow('two groups');
    expect(formatRecoveryCode(desk.confirm(typed))).toBe(code);
    // What it was for may have failed.
    expect(formatRecoveryCode(desk.confirm(typed))).toBe(code);
    desk.drop();
    expect(() => desk.confirm(typed)).toThrow('two groups');
  });

  test('knows the newest code alone, and asks for any two groups', () => {
    const desk = new RecoveryDesk();
    const { code, asked } = desk.offer();
    desk.offer();
    expect(() => desk.confirm(asked.map((index) => recoveryGroups(code.replaceAll('-', ''))[index] ?? ''))).toThrow();
    const pairs = new Set(Array.from({ length: 600 }, () => desk.offer().asked.join()));
    expect(pairs.size).toBe(21);
  });

  test('confirms nothing before it offered anything', () => {
    expect(() => new RecoveryDesk().confirm(['', ''])).toThrow('two groups');
  });
});
