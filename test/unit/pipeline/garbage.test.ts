/** Which pages are recognised although they have text. A false alarm here costs a good page its text. */
import { describe, expect, it } from 'vitest';
import { isGarbage, unreadableShare } from '../../../electron/pipeline/garbage.ts';

const english =
  'The lease runs for ten years from the first of March. The tenant pays the rent in advance on the first working day ' +
  'of each quarter and keeps the premises in good repair. Neither party may assign its rights without the written ' +
  'consent of the other. Notice of termination has to be given six months before the end of a year.';

/** What a font without a map of its codes gives: every code moved by the same number. */
const shifted = (text: string, by: number): string =>
  [...text].map((letter) => (letter === ' ' ? ' ' : String.fromCharCode(letter.charCodeAt(0) + by))).join('');

describe('garbage', () => {
  it.each([
    ['codes moved by 29, as glyph numbers are', shifted(english, -29)],
    ['codes moved by three', shifted(english, 3)],
    ['codes moved by one', shifted(english, 1)],
    ['private use', [...english].map((letter) => String.fromCharCode(0xe000 + letter.charCodeAt(0))).join('')],
    ['control characters', english.replace(/[aeiou]/g, '\u0003')],
    ['replacement characters', english.replace(/[aeiou]/g, '\ufffd')],
    ['nothing at all', ''],
  ])('is %s', (_, text) => {
    expect(isGarbage(text)).toBe(true);
  });

  it.each([
    ['English', english],
    ['English in capitals', english.toUpperCase()],
    [
      'Polish',
      'Wszczęcie postępowania następuje z chwilą doręczenia pozwu. Strona przeciwna może wnieść sprzeciw. '.repeat(5),
    ],
    ['Czech', 'Strč prst skrz krk. Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. '.repeat(5)],
    [
      'Welsh',
      'Mae hen wlad fy nhadau yn annwyl i mi, gwlad beirdd a chantorion, enwogion o fri, ein gwrol ryfelwyr. '.repeat(
        4,
      ),
    ],
    ['Vietnamese', 'Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. '.repeat(5)],
    ['Russian', 'Все люди рождаются свободными и равными в своем достоинстве и правах. '.repeat(5)],
    ['Arabic', 'يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. '.repeat(8)],
    ['Chinese', '人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。'.repeat(12)],
    ['Korean', '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. '.repeat(8)],
    [
      'program code',
      'for (let i = 0; i < rows.length; i++) { const row = rows[i]; if (!row) continue; total += row.getValue(); } '.repeat(
        4,
      ),
    ],
    [
      'assembly',
      'mov rax, rbx; push rbp; xor rcx, rcx; lea rdi, [rsp+8]; call printf; add rsp, 16; pop rbp; ret; jmp start; '.repeat(
        4,
      ),
    ],
    [
      'hexadecimal and Base64',
      'dGhpcyBpcyBub3QgZ2FyYmFnZQ== 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 '.repeat(4),
    ],
    [
      'mathematics',
      'Let f : X → Y be continuous. Then ∑ xᵢyⱼ ≤ ‖x‖·‖y‖ for all x, y ∈ ℝⁿ, and ∫ f dμ = lim ∫ fₙ dμ. '.repeat(5),
    ],
    ['a table of figures', '2023 2022 2021 Revenue 12,345 11,234 10,123 (1,234) 5.4 % — 17.2 % 3,210 '.repeat(8)],
    ['tickers', 'MSFT AAPL NVDA TSLA GOOGL AMZN META BRK.B JPM XOM UNH JNJ PG HD MRK CVX KO PEP '.repeat(3)],
    ['a heading', 'Qrst Wxyz'],
  ])('is not %s', (_, text) => {
    expect(isGarbage(text)).toBe(false);
  });

  it('counts what nobody reads', () => {
    expect(unreadableShare('ab\u0001\ufffd')).toBe(0.5);
    expect(unreadableShare('line one\nline two')).toBe(0);
  });
});
