/** Single calls, newest first; only the rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { UsageCall } from '../../../shared/usage.ts';
import { openPage, showConversation, showWritten } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { AmountText } from './amount-text.tsx';
import { spanOf } from './time-span.ts';
import { narrowTo, useUsageChoices } from './usage-choices.ts';
import { aboutText, callAmounts, kindNames, outcomeText, timeText } from './usage-words.ts';
import { useCalls } from './use-calls.ts';

/** Pixels. */
const rowHeight = 46;
/** Rows before the end at which more is loaded. */
const loadAhead = 20;
const columns =
  'grid grid-cols-[112px_minmax(0,3fr)_minmax(0,2fr)_96px_132px] items-center gap-3 px-5 @max-[600px]:grid-cols-[92px_minmax(0,1fr)_80px_92px] @max-[440px]:grid-cols-[52px_minmax(0,1fr)_92px]';
/** Columns that go first where there is little room, and next. */
const spare = '@max-[600px]:hidden';
const next = '@max-[440px]:hidden';

export function CallList({ now }: { readonly now: number }) {
  const { range, narrowed } = useUsageChoices();
  const { calls, total, error, loadMore, reload } = useCalls(narrowed ?? spanOf(range, now), now);
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the React compiler, whom this warns, is not used
  const virtualizer = useVirtualizer({
    count: calls?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (calls && last >= calls.length - loadAhead) loadMore();
  }, [calls, last, loadMore]);

  return (
    <div className="@container flex h-full flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 px-5">
        <p className="text-label text-muted tabular" role="status" data-testid="call-count">
          {calls ? countOf(total, 'call') : 'Looking…'}
        </p>
        {narrowed ? (
          <Button
            tone="quiet"
            icon={<X size={13} />}
            aria-label={`Not only ${narrowed.title}`}
            data-testid="call-day"
            onClick={() => narrowTo(null)}
          >
            {narrowed.title}
          </Button>
        ) : null}
      </div>
      {error ? (
        <InlineError error={error} className="mx-5 mb-3" action={<Button onClick={reload}>Retry</Button>} />
      ) : null}
      {calls?.length === 0 && !error ? (
        <p className="pt-16 text-center text-muted" data-testid="calls-empty">
          No model was asked in this time.
        </p>
      ) : (
        <div
          ref={scroller}
          // Chrome scrolls with the keyboard what can have the focus.
          tabIndex={0}
          role="table"
          aria-label="Calls"
          aria-rowcount={total + 1}
          data-testid="call-table"
          className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
        >
          <div role="rowgroup" className="sticky top-0 z-10 bg-surface">
            <div
              role="row"
              aria-rowindex={1}
              className={classNames(columns, 'h-7 border-b border-line text-small font-medium text-muted')}
            >
              <span role="columnheader">Time</span>
              <span role="columnheader">What for</span>
              <span role="columnheader" className={spare}>
                Model
              </span>
              <span role="columnheader" className={classNames('text-right', next)}>
                Tokens
              </span>
              <span role="columnheader" className="text-right">
                Cost
              </span>
            </div>
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {rows.map(({ index, key, start }) => {
              const call = calls?.[index];
              return call ? (
                <div
                  key={key}
                  role="presentation"
                  className="absolute inset-x-0 top-0"
                  style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                >
                  <CallRow call={call} index={index} now={now} />
                </div>
              ) : null;
            })}
          </div>
        </div>
      )}
    </div>
  );
}

interface CallRowProps {
  readonly call: UsageCall;
  readonly index: number;
  readonly now: number;
}

function CallRow({ call, index, now }: CallRowProps) {
  const { kind, model, host, isLocal, outcome, createdAt } = call;
  const { prompt, completion, cost } = callAmounts(call);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-testid="call-row"
      data-kind={kind}
      data-outcome={outcome}
      className={classNames(columns, 'h-full border-b border-line/60')}
    >
      <span role="cell" className="line-clamp-2 text-label text-muted tabular">
        {timeText(createdAt, now)}
      </span>
      <div role="cell" className="min-w-0">
        <p className="truncate">{kindNames[kind]}</p>
        <About call={call} />
      </div>
      <div role="cell" className={classNames('min-w-0', spare)}>
        <p className="truncate">{model}</p>
        <p className="truncate text-small text-muted">{isLocal ? `${host}, this computer` : host}</p>
      </div>
      <div role="cell" className={classNames('text-right text-label', next)}>
        <p>
          <AmountText amount={prompt} /> <span className="text-muted">in</span>
        </p>
        <p>
          <AmountText amount={completion} /> <span className="text-muted">out</span>
        </p>
      </div>
      <div role="cell" className="min-w-0 text-right text-label">
        <p>
          <AmountText amount={cost} />
        </p>
        <p
          title={outcomeText(call)}
          className={classNames(
            'truncate tabular',
            outcome === 'failed' ? 'text-danger' : outcome === 'interrupted' ? 'text-warning' : 'text-muted',
          )}
        >
          {outcomeText(call)}
        </p>
      </div>
    </div>
  );
}

/** Leads to the conversation, the piece or the document that it was for. */
function About({ call }: { readonly call: UsageCall }): ReactNode {
  const { conversationId, conversationTitle, pieceId, pieceTitle, documents } = call;
  const className = 'block max-w-full truncate text-left text-small text-muted';
  const [first] = documents;
  const link =
    conversationId !== null
      ? { text: conversationTitle ?? 'Conversation', open: () => showConversation(conversationId) }
      : pieceId !== null
        ? { text: pieceTitle ?? 'Written piece', open: () => showWritten(pieceId) }
        : first
          ? { text: aboutText(call), open: () => openPage(first.id) }
          : null;
  if (!link) return <p className={className}>{aboutText(call)}</p>;
  return (
    <button
      type="button"
      onClick={link.open}
      className={classNames(className, 'rounded hover:text-ink hover:underline')}
    >
      {link.text}
    </button>
  );
}
