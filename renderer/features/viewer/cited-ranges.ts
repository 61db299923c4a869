/** Where a citation stands in the pages of a text: by the characters that were kept with it, else by its words. Pure. */
import type { Citation, PageRange } from '../../../shared/domain.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { locateQuote } from './locate-quote.ts';

/** What stands between pieces of a quote that stand apart in the text, and after one that was cut. */
const gap = '…';

/** In reading order; none on pages that are not there. */
export function citedRanges(
  citation: Pick<Citation, 'page' | 'quote' | 'ranges'> | null,
  pages: readonly PageText[],
): readonly PageRange[] {
  if (citation === null) return [];
  const { ranges, page, quote } = citation;
  // A passage begins on its page and may run over to the next.
  const near = pages.filter(({ number }) => number === page || number === page + 1);
  return ranges ? withinPages(ranges, pages) : locatePieces(quote, near);
}

/** What reaches beyond a page's end is left out: the file may have been changed since. */
function withinPages(ranges: readonly PageRange[], pages: readonly PageText[]): readonly PageRange[] {
  const lengths = new Map(pages.map(({ number, text }) => [number, text.length]));
  return ranges.filter(({ page, end }) => end <= (lengths.get(page) ?? 0));
}

/** Each piece after the one before it where it is there, for a sentence may be repeated. */
function locatePieces(quote: string, pages: readonly PageText[]): readonly PageRange[] {
  const [first] = pages;
  const whole = first && locateQuote(first.text, quote);
  if (whole) return [{ page: first.number, ...whole }];
  const found: PageRange[] = [];
  for (const piece of quote.split(gap)) {
    const last = found.at(-1);
    const onward = pages.map(({ number, text }) => {
      const from = number === last?.page ? last.end : 0;
      const range = number < (last?.page ?? 0) ? null : locateQuote(text, piece, from);
      return range && { page: number, ...range };
    });
    const place = onward.find((range) => range !== null);
    if (place) found.push(place);
  }
  return found;
}
