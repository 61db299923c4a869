/** A page of a text file, with what is cited and found marked. */
import { memo } from 'react';
import type { PageText } from '../../../shared/requests/library.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import type { TextRange } from './locate-quote.ts';
import { MarkedPieces } from './marked-pieces.tsx';
import { textPieces } from './text-marks.ts';

export interface TextPageProps {
  readonly page: PageText;
  readonly cited: readonly TextRange[];
  readonly matches: readonly TextMatch[];
  readonly current: TextMatch | null;
}

/** Pages out of sight are not laid out. */
export const TextPage = memo(function TextPage({ page, cited, matches, current }: TextPageProps) {
  const { number, text } = page;
  return (
    <pre
      role="region"
      aria-label={`Page ${number}`}
      data-testid="page"
      data-page-number={number}
      className="readable mb-4 font-sans leading-[1.6] break-words whitespace-pre-wrap [contain-intrinsic-height:auto_900px] [content-visibility:auto]"
    >
      <MarkedPieces pieces={textPieces(text, cited, matches, current)} />
    </pre>
  );
});
