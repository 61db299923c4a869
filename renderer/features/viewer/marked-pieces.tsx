/** Marked words of a text: what is cited, found, or gone to. */
import { Fragment, type ReactNode } from 'react';
import type { TextMark, TextPiece } from './text-marks.ts';

const looks: Record<TextMark, { readonly className: string; readonly testId: string }> = {
  citation: { className: 'bg-(--marker-text)', testId: 'citation-box' },
  found: { className: 'bg-(--found-text)', testId: 'found-box' },
  current: { className: 'bg-(--found-text) outline-2 outline-accent', testId: 'found-current' },
};

export function Mark({ mark, children }: { readonly mark: TextMark; readonly children: ReactNode }) {
  const { className, testId } = looks[mark];
  return (
    <mark data-mark={mark} data-testid={testId} className={`rounded-[2px] text-ink ${className}`}>
      {children}
    </mark>
  );
}

export function MarkedPieces({ pieces }: { readonly pieces: readonly TextPiece[] }) {
  return pieces.map(({ text, mark, isHeading = false }, index) => {
    if (!isHeading && mark === null) return text;
    const words = mark === null ? text : <Mark mark={mark}>{text}</Mark>;
    return isHeading ? <strong key={index}>{words}</strong> : <Fragment key={index}>{words}</Fragment>;
  });
}
