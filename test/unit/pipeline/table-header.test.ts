/** A table that is cut takes its years along; without them its second half says figures of nobody knows when. */
import { expect, test } from 'vitest';
import type { Block } from '../../../electron/pipeline/blocks.ts';
import { headerOf, isDataRow } from '../../../electron/pipeline/table-header.ts';

const table = (...lines: readonly string[]): Block[] =>
  lines.map((text, index) => ({
    page: 1,
    start: index * 100,
    end: index * 100 + 90,
    kind: 'table-row',
    text,
    tokens: 12,
    rank: 0,
  }));

test.each([
  ['Fiscal Year 2019 (1) 2018 (2)(3) 2017 (4)', false],
  ['Years ended December 31, 2022 2021 2020', false],
  ['28, 29, 30, 28, 29, 30,', false],
  ['January 28, January 29,', false],
  ['Revenue $ 42,879 $ 42,151', true],
  ['Other (1) 2 (3)', true],
  ['Notes due 2022 650 (1)', true],
])('%s has amounts: %s', (row, isData) => expect(isDataRow(row)).toBe(isData));

test('years with marks of footnotes are of the header', () => {
  const rows = table('$ in millions', 'Fiscal Year 2019 (1) 2018 (2)(3) 2017 (4)', 'Revenue 42,879 42,151 39,403');
  expect(headerOf(rows, 80).map(({ text }) => text)).toEqual([
    '$ in millions',
    'Fiscal Year 2019 (1) 2018 (2)(3) 2017 (4)',
  ]);
});
