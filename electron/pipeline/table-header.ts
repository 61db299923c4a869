/** Finds the lines of a table that say what its columns are, to be repeated where the table is cut. */
import { isDays } from './answer-rows.ts';
import type { Block } from './blocks.ts';

const year = /^(?:19|20)\d{2}$/;
const figure = /^[($€£¥+−–—-]*\d[\d.,]*[)%]*$/;

/** Leading rows without figures other than years and days, up to a size; none when the table begins with figures. */
export function headerOf(table: readonly Block[], mostTokens: number): Block[] {
  const header: Block[] = [];
  let tokens = 0;
  for (const block of table) {
    if (header.length >= 4 || isDataRow(block.text) || tokens + block.tokens > mostTokens) break;
    header.push(block);
    tokens += block.tokens;
  }
  return header.length < table.length ? header : [];
}

/** A row with an amount in it, as against one with the periods of the columns. */
export function isDataRow(text: string): boolean {
  if (isDays(text)) return false;
  const hasYear = text.split(/\s+/).some((word) => year.test(word));
  return text.split(/\s+/).some((word) => {
    const bare = word.replace(/[,;:]+$/, '');
    if (!figure.test(bare) || year.test(bare)) return false;
    // `2019 (1) 2018 (2)`: a footnote's mark behind a year is no loss of one.
    if (hasYear && /^\(\d{1,2}\)$/.test(bare)) return false;
    return !(
      /^\d{1,2}$/.test(bare) &&
      /(?:january|february|march|april|may|june|july|august|september|october|november|december|quarter|weeks|months|days)/i.test(
        text,
      )
    );
  });
}
