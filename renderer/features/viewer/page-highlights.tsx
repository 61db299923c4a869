/** What is marked on a page: the boxes of a citation, and those of what was found. */
import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useEffect, useState } from 'react';
import type { Box } from '../../../shared/domain.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { classNames } from '../../components/class-names.ts';
import { boxRectangle, type BoxViewport } from './highlight-boxes.ts';
import { locateMatches } from './locate-matches.ts';
import type { Rotation } from './zoom.ts';

interface HighlightsProps {
  readonly page: PDFPageProxy;
  readonly boxes: readonly Box[];
  readonly rotation: Rotation;
}

export function Highlights({ page, boxes, rotation }: HighlightsProps) {
  if (boxes.length === 0) return null;
  const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + rotation) % 360 });
  return (
    <Layer>
      {boxes.map((box, index) => (
        <BoxMark key={index} box={box} viewport={viewport} testId="citation-box" className="bg-(--marker)" />
      ))}
    </Layer>
  );
}

interface FoundBoxesProps {
  readonly page: PDFPageProxy;
  readonly documentId: string;
  readonly matches: readonly TextMatch[];
  readonly current: TextMatch | null;
  readonly rotation: Rotation;
}

/** The page's places are asked for when it is in sight. */
export function FoundBoxes({ page, documentId, matches, current, rotation }: FoundBoxesProps) {
  const [located, setLocated] = useState<readonly (readonly Box[])[]>([]);
  useEffect(() => {
    let isCurrent = true;
    locateMatches(documentId, matches).then(
      (boxes) => isCurrent && setLocated(boxes),
      // The document went: the pane says so.
      () => isCurrent && setLocated([]),
    );
    return () => {
      isCurrent = false;
    };
  }, [documentId, matches]);
  const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + rotation) % 360 });
  return (
    <Layer>
      {located.flatMap((boxes, index) => {
        const isCurrent = current !== null && matches[index]?.start === current.start;
        return boxes.map((box, part) => (
          <BoxMark
            key={`${index} ${part}`}
            box={box}
            viewport={viewport}
            testId={isCurrent ? 'found-current' : 'found-box'}
            className={isCurrent ? 'bg-(--found-current)' : 'bg-(--found)'}
          />
        ));
      })}
    </Layer>
  );
}

function Layer({ children }: { readonly children: React.ReactNode }) {
  return (
    <div className="pointer-events-none absolute inset-0 mix-blend-multiply" aria-hidden="true">
      {children}
    </div>
  );
}

interface BoxMarkProps {
  readonly box: Box;
  readonly viewport: BoxViewport;
  readonly testId: string;
  readonly className: string;
}

function BoxMark({ box, viewport, testId, className }: BoxMarkProps) {
  const { left, top, width, height } = boxRectangle(box, viewport);
  return (
    <div
      data-testid={testId}
      className={classNames('absolute rounded-[2px]', className)}
      style={{ left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` }}
    />
  );
}
