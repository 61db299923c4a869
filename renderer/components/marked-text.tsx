/** One line of text with some of it marked: what a search found. */
import { Fragment } from 'react';
import type { Snippet } from '../../shared/domain.ts';

export function MarkedText({ snippet }: { readonly snippet: Snippet }) {
  const { text, ranges } = snippet;
  return (
    <>
      {ranges.map(({ start, end }, index) => (
        <Fragment key={start}>
          {text.slice(ranges[index - 1]?.end ?? 0, start)}
          <mark className="rounded-[2px] bg-(--marker-text) text-ink">{text.slice(start, end)}</mark>
        </Fragment>
      ))}
      {text.slice(ranges.at(-1)?.end ?? 0)}
    </>
  );
}
