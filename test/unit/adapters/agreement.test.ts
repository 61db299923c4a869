import { expect, test } from 'vitest';
import { wordAgreement } from '../../../electron/adapters/content/agreement.ts';

test('the same words in another order and spacing agree; a font read with the wrong letters does not', () => {
  expect(wordAgreement('Net sales rose 4 %.', 'rose  4 Net\nSALES')).toBe(1);
  expect(wordAgreement('Net sales rose sharply', 'Qhw vdohv urvh vkdusob')).toBe(0);
});

test('a page that one engine finds empty does not agree with one full of words', () => {
  expect(wordAgreement('', 'a full page of words')).toBe(0);
  expect(wordAgreement('', ' \n')).toBe(1);
});

test('a repeated word counts as often as both have it', () => {
  expect(wordAgreement('the the the', 'the')).toBeCloseTo(0.5);
});
