/**
 * A text or Markdown file, or the text of a PDF whose file is not there, with the cited passage and what was found marked.
 */
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { thumbnailUrl } from '../../ipc/client.ts';
import { matchesByPage } from './find-order.ts';
import { markdownMarks } from './markdown-marks.ts';
import { MarkdownPage } from './markdown-page.tsx';
import { OutlinePanel } from './outline-panel.tsx';
import { pageTop, type Anchor } from './page-layout.ts';
import { PlaceKeeper, sheetAt, topIn } from './place-keeper.ts';
import { headingName } from './text-marks.ts';
import { headingOutline } from './text-outline.ts';
import { TextPage } from './text-page.tsx';
import { useCitedRanges } from './use-cited-ranges.ts';
import { LARGEST_MARKDOWN, useMarkdownFile, type MarkdownFile } from './use-markdown-file.ts';
import { storedOutline, useStoredHeadings } from './use-stored-headings.ts';
import { useTakesFocus } from './use-takes-focus.ts';
import { useTextPages } from './use-text-pages.ts';
import { useZoomWheel } from './use-zoom-wheel.ts';
import type { ViewerProps } from './viewer-props.ts';
import { zoomBy } from './zoom.ts';

/** Pixels of the text at its actual size. */
const fontSize = 14;
/** Pixels above a heading that is gone to. */
const headingGap = 12;
const noMatches: readonly TextMatch[] = [];
const noHeadings: readonly string[] = [];

export function TextViewer(props: ViewerProps) {
  const { document, target, citation, found, zoom, side, isSource, onPage, onScale, onZoom, onMove, onJump, handle } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const isPdf = document.format === 'pdf';
  const isMarkdown = document.format === 'markdown' && document.size <= LARGEST_MARKDOWN;
  const { current } = found;
  const [pageRead, setPageRead] = useState(target.page);
  const matchPage = current?.page ?? target.page;
  // In sight, or about to be.
  const near = useMemo(
    () => (isMarkdown ? null : [matchPage, target.page, pageRead]),
    [isMarkdown, matchPage, target.page, pageRead],
  );
  const { pages, error } = useTextPages(document, near);
  const hasAllPages = pages.size >= document.pageCount;
  const allPages = useMemo(
    () => (isMarkdown && hasAllPages ? [...pages.values()] : null),
    [isMarkdown, hasAllPages, pages],
  );
  const file = useMarkdownFile(document, allPages);
  const isComplete = isMarkdown ? file !== null : pages.has(pageRead) || document.pageCount === 0;
  /** Start of the section that is gone to, which must be there before it is in sight. */
  const [wanted, setWanted] = useState(-1);
  const sectionRead = file?.sections.findLast(({ page }) => page <= pageRead);
  /** Place of the heading under which reading is. */
  const [headingRead, setHeadingRead] = useState(-1);
  const scale = typeof zoom === 'number' ? zoom : 1;
  const matches = useMemo(() => matchesByPage(found.matches), [found.matches]);
  const headings = useStoredHeadings(document, isPdf);
  const ranges = useCitedRanges(document.id, citation, pages);
  const citedOnPage = useMemo(() => matchesByPage(ranges), [ranges]);
  const marks = useMemo(() => (file ? markdownMarks(file.placed, ranges, found) : []), [file, ranges, found]);
  const cited = marks.find(({ mark }) => mark === 'citation');
  const gone = marks.find(({ mark }) => mark === 'current');
  useEffect(() => onScale(scale), [onScale, scale]);
  useZoomWheel(scroller, (factor) => onZoom(zoomBy(scale, factor)));

  const followHeading = () => {
    const element = scroller.current;
    if (side === 'outline' && element && file) setHeadingRead(headingAtTop(element, file));
  };
  const onPlace = (page: number) => {
    setPageRead(page);
    onPage(page);
    onMove();
    followHeading();
  };
  const latest = useRef({ onPlace, followHeading });
  useLayoutEffect(() => {
    latest.current = { onPlace, followHeading };
  });
  useEffect(() => latest.current.followHeading(), [side, file]);
  const [keeper] = useState(() => new PlaceKeeper());
  const isShown = document.remoteOnly !== true && error === null;
  useLayoutEffect(() => {
    const element = scroller.current;
    return isShown && element ? keeper.attach(element, (page) => latest.current.onPlace(page)) : undefined;
  }, [keeper, isShown]);
  // Another text, or the same in another size: what is read stays where it is.
  useLayoutEffect(() => keeper.hold(), [keeper, pages, file, isSource, scale]);
  /** The place in the file where a heading stands, as one that can be gone to and come back to. */
  const headingAnchor = (at: number): Anchor | null => {
    const element = scroller.current;
    const section = file?.sections.findLast((each) => each.start <= at);
    if (!element || !section) return null;
    flushSync(() => setWanted(section.start));
    const sheet = element.querySelector<HTMLElement>(`[data-testid=page][data-page-number="${section.page}"]`);
    const heading = sheet?.querySelector<HTMLElement>(`[data-place="${at}"]`);
    if (!sheet) return null;
    return {
      page: section.page,
      part: heading ? (topIn(element, heading) - sheet.offsetTop - headingGap) / Math.max(1, sheet.offsetHeight) : 0,
    };
  };
  const openPlace = (at: number) => {
    const anchor = headingAnchor(at);
    if (anchor) onJump(anchor);
  };

  const latestOpenPlace = useRef(openPlace);
  useEffect(() => {
    latestOpenPlace.current = openPlace;
  });
  const onAnchor = useCallback(
    (name: string) => {
      const heading = file?.headings.find(({ title }) => headingName(title) === decoded(name).toLowerCase());
      if (heading) latestOpenPlace.current(heading.place);
    },
    [file],
  );
  // Marks come later than what they mark is asked for; the place is theirs once they are there.
  const isCitation = useRef(false);
  useLayoutEffect(() => {
    isCitation.current = citation !== null;
  });
  useLayoutEffect(() => {
    keeper.goTo({ page: target.page, part: target.part ?? 0 }, isCitation.current ? '[data-mark=citation]' : null);
  }, [keeper, target]);
  useLayoutEffect(() => {
    if (current) keeper.goTo({ page: current.page, part: 0 }, '[data-mark=current]');
  }, [keeper, current]);
  useLayoutEffect(() => keeper.look(), [keeper, ranges, marks, found]);
  useTakesFocus(scroller);
  useImperativeHandle(
    handle,
    () => ({
      goTo: (anchor) => keeper.goTo(anchor),
      place: () => keeper.place(),
      focus: () => scroller.current?.focus({ preventScroll: true }),
    }),
    [keeper],
  );

  if (document.remoteOnly === true) {
    return (
      <p className="flex-1 bg-surface p-6 text-center text-muted" role="status" data-testid="text-elsewhere">
        The text of this document has not come to this computer yet. Sync brings it; then it can be read, searched and
        asked about here.
      </p>
    );
  }
  if (error) return <InlineError error={error} className="m-4" />;
  return (
    <div className="flex min-h-0 flex-1">
      {side !== null && isPdf ? (
        <OutlinePanel
          load={() => storedOutline(document.id)}
          empty="No headings were found in its text."
          onOpen={(page) => onJump({ page, part: pageTop })}
          reading={{ page: pageRead, pageOf: (page) => Promise.resolve(page) }}
        />
      ) : null}
      {side === 'outline' && isComplete && !isPdf ? (
        <OutlinePanel
          load={() => Promise.resolve(headingOutline(file?.headings ?? []))}
          empty={
            document.size > LARGEST_MARKDOWN ? 'This text is too long for an outline.' : 'This text has no headings.'
          }
          onOpen={openPlace}
          reading={{ page: headingRead, pageOf: (at) => Promise.resolve(at) }}
        />
      ) : null}
      <div
        ref={scroller}
        role="document"
        aria-label="Pages"
        aria-busy={!isComplete}
        tabIndex={0}
        data-testid="pages"
        data-home=""
        className="relative min-h-0 min-w-0 flex-1 overflow-y-auto bg-surface px-6 py-5 focus-visible:-outline-offset-2"
      >
        <div className="mx-auto max-w-[72ch]" style={{ fontSize: fontSize * scale }}>
          {isMarkdown
            ? file?.sections.map((section) => (
                <MarkdownPage
                  key={section.start}
                  section={section}
                  marks={marks}
                  definitions={file.definitions}
                  isSource={isSource}
                  isWanted={
                    section === sectionRead ||
                    section.start === wanted ||
                    isWithin(section, cited?.start) ||
                    isWithin(section, gone?.start)
                  }
                  scroller={scroller}
                  pageOf={file.pageOf}
                  onAnchor={onAnchor}
                />
              ))
            : Array.from({ length: document.pageCount }, (_, index) => (
                <TextPage
                  key={index}
                  number={index + 1}
                  page={pages.get(index + 1) ?? null}
                  cited={citedOnPage.get(index + 1) ?? noMatches}
                  matches={matches.get(index + 1) ?? noMatches}
                  current={current?.page === index + 1 ? current : null}
                  isNumbered={isPdf}
                  headings={headings.get(index + 1) ?? noHeadings}
                  picture={isPdf && index === 0 && document.hasThumbnail ? thumbnailUrl(document.contentHash) : null}
                />
              ))}
        </div>
      </div>
    </div>
  );
}

function isWithin(
  { start, end }: { readonly start: number; readonly end: number },
  place: number | undefined,
): boolean {
  return place !== undefined && place >= start && place < end;
}

/** A link's name as it was meant; one that is not well formed stays as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

/** Place of the last heading that begins above the upper edge, or right below it; -1 before the first. */
function headingAtTop(scroller: HTMLElement, { sections, headings }: MarkdownFile): number {
  const sheet = sheetAt(scroller);
  const edge = scroller.getBoundingClientRect().top + 2 * headingGap;
  const begun = [...(sheet?.querySelectorAll<HTMLElement>('[data-place]') ?? [])].findLast(
    (heading) => heading.getBoundingClientRect().top <= edge,
  );
  if (begun) return Number(begun.dataset['place']);
  const start = sections.find(({ page }) => page === Number(sheet?.dataset['pageNumber']))?.start ?? 0;
  return headings.findLast(({ place }) => place < start)?.place ?? -1;
}
