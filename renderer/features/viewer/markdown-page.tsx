/**
 * A Markdown file as it is meant to be read, in sections of about a page each; those out of sight are not made.
 * It is a stranger's: HTML shows as it is written, what is parsed is sanitised, images never load, links ask first.
 */
import { memo, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { safeElements } from '../../components/markdown/markdown-elements.tsx';
import type { TextRange } from './locate-quote.ts';
import { withDefinitions, type LinkDefinitions, type MarkdownBlock, type MarkdownSection } from './markdown-places.ts';
import { Mark, MarkedPieces } from './marked-pieces.tsx';
import { rehypeMarks, rehypeRawText, type PlacedMark } from './rehype-marks.ts';
import { markedRuns, type TextMark } from './text-marks.ts';

/** Pixels above and below what is in sight that are made ready. */
const margin = '1200px';
/** Characters of a line and pixels of its height, to guess how tall a section will be. */
const lineLength = 72;
const lineHeight = 30;

const remarkPlugins = [remarkGfm];

export interface MarkdownPageProps {
  readonly section: MarkdownSection;
  readonly marks: readonly PlacedMark[];
  readonly definitions: LinkDefinitions;
  /** Shown as it is written. */
  readonly isSource: boolean;
  /** It is gone to, so that it must be there at once. */
  readonly isWanted: boolean;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly pageOf: (place: number) => number;
  /** Follows a link to one of the file's own headings. */
  readonly onAnchor: (name: string) => void;
}

export const MarkdownPage = memo(function MarkdownPage(props: MarkdownPageProps) {
  const { section, marks, definitions, isSource, isWanted, scroller, pageOf, onAnchor } = props;
  const holder = useRef<HTMLElement>(null);
  const [isNear, setIsNear] = useState(false);
  const isMade = isNear || isWanted;
  useEffect(() => {
    const element = holder.current;
    if (!element || isMade) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((each) => each.isIntersecting) && setIsNear(true),
      {
        root: scroller.current,
        rootMargin: margin,
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isMade, scroller]);
  const components = useMemo(() => elementsWith(onAnchor), [onAnchor]);
  const guessed = (section.end - section.start) / lineLength;
  return (
    <section
      ref={holder}
      aria-label={`Page ${section.page}`}
      data-testid="page"
      data-page-number={section.page}
      data-made={isMade}
      className={isSource ? 'prose document source readable' : 'prose document readable'}
      style={isMade ? undefined : { minHeight: `${Math.ceil(guessed * lineHeight)}px` }}
    >
      {isMade
        ? section.blocks.map((block) => (
            <Block
              key={block.start}
              block={block}
              page={section.page}
              marks={marks}
              definitions={definitions}
              isSource={isSource}
              pageOf={pageOf}
              components={components}
            />
          ))
        : null}
    </section>
  );
});

interface BlockProps {
  readonly block: MarkdownBlock;
  readonly page: number;
  readonly marks: readonly PlacedMark[];
  readonly definitions: LinkDefinitions;
  readonly isSource: boolean;
  readonly pageOf: (place: number) => number;
  readonly components: Components;
}

function touches({ start, text }: MarkdownBlock, range: TextRange): boolean {
  return range.start < start + text.length && range.end > start;
}

const Block = memo(
  function Block({ block, page, marks, definitions, isSource, pageOf, components }: BlockProps) {
    const { text, start, isPlain } = block;
    const own = marks.filter((each) => touches(block, each));
    if (isPlain || isSource) {
      const markAt = (index: number) =>
        own.find((each) => start + index >= each.start && start + index < each.end)?.mark ?? null;
      return (
        <pre className="font-mono text-[0.87em] whitespace-pre-wrap">
          <MarkedPieces pieces={markedRuns(isSource ? text : text.trimEnd(), markAt)} />
        </pre>
      );
    }
    const source = withDefinitions(text, definitions);
    return (
      <div>
        <ReactMarkdown
          remarkPlugins={remarkPlugins}
          rehypePlugins={[
            rehypeRawText,
            rehypeSanitize,
            [rehypeMarks, { source: text, start, marks: own, page, pageOf }],
          ]}
          components={components}
        >
          {source}
        </ReactMarkdown>
      </div>
    );
  },
  (one, other) =>
    one.block === other.block &&
    one.definitions === other.definitions &&
    one.isSource === other.isSource &&
    one.components === other.components &&
    (one.marks === other.marks || sameMarks(one, other)),
);

/** Most blocks have no mark before and after: they stay as they are. */
function sameMarks(one: BlockProps, other: BlockProps): boolean {
  const key = ({ block, marks }: BlockProps) =>
    marks.flatMap((each) => (touches(block, each) ? [`${each.mark} ${each.start} ${each.end}`] : [])).join();
  return key(one) === key(other);
}

function elementsWith(onAnchor: (name: string) => void): Components {
  const SafeLink = safeElements.a as React.ComponentType<{ href?: string; children?: React.ReactNode }>;
  return {
    ...safeElements,
    a: ({ href = '', children }) => {
      if (href.startsWith('#')) {
        return (
          <a
            href={href}
            data-testid="internal-link"
            draggable={false}
            onClick={(event) => {
              event.preventDefault();
              onAnchor(href.slice(1));
            }}
            onAuxClick={(event) => event.preventDefault()}
          >
            {children}
          </a>
        );
      }
      // A file beside this one is not in the library.
      if (!/^[a-z][a-z\d+.-]*:/i.test(href)) return <span title={href}>{children}</span>;
      return <SafeLink href={href}>{children}</SafeLink>;
    },
    mark: ({ node, children }) => <Mark mark={String(node?.properties['dataMark']) as TextMark}>{children}</Mark>,
  };
}
