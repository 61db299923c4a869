/** A page of text, with what is cited and found marked: of a text file, or of a PDF whose file is not there. */
import { memo, useState } from 'react';
import type { PageText } from '../../../shared/requests/library.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import type { TextRange } from './locate-quote.ts';
import { MarkedPieces } from './marked-pieces.tsx';
import { headingLines, textPieces } from './text-marks.ts';

export interface TextPageProps {
  readonly number: number;
  /** Null until it came. */
  readonly page: PageText | null;
  readonly cited: readonly TextRange[];
  readonly matches: readonly TextMatch[];
  readonly current: TextMatch | null;
  /** A page that stands on paper, too: its number is shown, and that it has no text. */
  readonly isNumbered: boolean;
  /** Those that stand on it, as lines of their own. */
  readonly headings: readonly string[];
  /** Address of what it looks like; null where that is not known. */
  readonly picture: string | null;
}

/** Pages out of sight are not laid out; those that did not come yet are about as tall as most. */
export const TextPage = memo(function TextPage(props: TextPageProps) {
  const { number, page, cited, matches, current, isNumbered, headings, picture } = props;
  return (
    <section
      aria-label={`Page ${number}`}
      aria-busy={page === null}
      data-testid="page"
      data-page-number={number}
      className="mb-4 flow-root [contain-intrinsic-height:auto_900px] [content-visibility:auto]"
    >
      {isNumbered ? (
        <p aria-hidden="true" className="mb-2 border-b border-line pb-1 text-small text-muted tabular select-none">
          Page {number.toLocaleString('en')}
        </p>
      ) : null}
      {picture ? <Picture address={picture} /> : null}
      {page ? (
        <pre data-testid="text-layer" className="readable font-sans leading-[1.6] break-words whitespace-pre-wrap">
          <MarkedPieces pieces={textPieces(page.text, cited, matches, current, headingLines(page.text, headings))} />
        </pre>
      ) : (
        // Not a height of the page itself: what is read would not stay in its place when that changes.
        <div className="h-[900px]" />
      )}
      {isNumbered && page?.text.trim() === '' ? (
        <p className="text-label text-muted select-none">There is no text on this page.</p>
      ) : null}
    </section>
  );
});

function Picture({ address }: { readonly address: string }) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return null;
  return (
    <img
      src={address}
      alt="What this page looks like"
      draggable={false}
      onError={() => setIsBroken(true)}
      data-testid="page-picture"
      className="float-right mb-3 ml-4 w-[min(38%,11rem)] rounded-[3px] border border-line select-none"
    />
  );
}
