/** What models took, by day, model, kind or document, with the sum of all. */
import { useState, type ReactNode } from 'react';
import type { UsageFigures, UsageGrouping, UsageRow, UsageSummary } from '../../../shared/usage.ts';
import { openPage } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { AmountText } from './amount-text.tsx';
import { valueOf, type Metric } from './chart-bars.ts';
import { spanOfDay } from './time-span.ts';
import { costAmount, groupingNames, rowTitle, tokenAmount } from './usage-words.ts';
import type { Narrowed } from './usage-choices.ts';

/** Rows before one asks for all. */
const fewRows = 62;
const cell = 'py-1.5 pl-3 text-right';
/** Columns that go first where there is little room. */
const spare = '@max-[560px]:hidden';

export interface UsageTableProps {
  readonly summary: UsageSummary;
  /** What the bars in the rows compare. */
  readonly metric: Metric;
  readonly onOpenDay: (day: Narrowed) => void;
}

export function UsageTable({ summary: { by, rows, total }, metric, onOpenDay }: UsageTableProps) {
  const [isWhole, setIsWhole] = useState(false);
  // Days come in order; the newest is what one looks for.
  const ordered = by === 'day' ? rows.toReversed() : rows;
  const shown = isWhole ? ordered : ordered.slice(0, fewRows);
  const greatest = Math.max(...rows.map((row) => valueOf(row, metric)));
  const head = 'py-1.5 pl-3 text-right text-small font-medium text-muted';
  return (
    <div className="@container">
      <table className="w-full border-collapse text-ui" data-testid="usage-table">
        <caption className="sr-only">What models took, by {groupingNames[by].toLowerCase()}</caption>
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className="py-1.5 text-left text-small font-medium text-muted">
              {groupingNames[by]}
            </th>
            <th scope="col" className={classNames(head, 'w-16 @max-[440px]:w-12')}>
              Calls
            </th>
            <th scope="col" className={classNames(head, spare, 'w-28')}>
              Tokens in
            </th>
            <th scope="col" className={classNames(head, spare, 'w-28')}>
              Tokens out
            </th>
            <th scope="col" className={classNames(head, 'hidden w-28 @max-[560px]:table-cell @max-[440px]:w-20')}>
              Tokens
            </th>
            <th scope="col" className={classNames(head, 'w-28 @max-[440px]:w-20')}>
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.key} className="border-b border-line/60" data-testid="usage-row">
              <th scope="row" className="relative max-w-0 py-1.5 text-left font-normal">
                <Title row={row} by={by} onOpenDay={onOpenDay} />
                <div
                  aria-hidden="true"
                  className="absolute bottom-0 left-0 h-0.5 w-full origin-left rounded-full bg-accent-line"
                  style={{ transform: `scaleX(${greatest > 0 ? valueOf(row, metric) / greatest : 0})` }}
                />
              </th>
              <Figures figures={row} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium" data-testid="usage-total">
            <th scope="row" className="py-1.5 text-left font-medium">
              All
            </th>
            <Figures figures={total} />
          </tr>
        </tfoot>
      </table>
      {shown.length < rows.length ? (
        <Button tone="quiet" className="mt-1" onClick={() => setIsWhole(true)}>
          Show all {rows.length.toLocaleString('en')}
        </Button>
      ) : null}
    </div>
  );
}

interface TitleProps extends Pick<UsageTableProps, 'onOpenDay'> {
  readonly row: UsageRow;
  readonly by: UsageGrouping;
}

function Title({ row, by, onOpenDay }: TitleProps): ReactNode {
  const title = rowTitle(row, by);
  const open =
    by === 'day'
      ? () => onOpenDay({ title, ...spanOfDay(row.key) })
      : by === 'document' && row.special === null
        ? () => openPage(row.key)
        : null;
  if (open) {
    return (
      <button type="button" onClick={open} className="max-w-full truncate rounded text-left hover:underline">
        {title}
      </button>
    );
  }
  return (
    <span className={classNames('block truncate', row.special && 'text-muted')}>
      {title}
      {row.host ? <span className="ml-2 text-small text-muted">{row.host}</span> : null}
    </span>
  );
}

function Figures({ figures }: { readonly figures: UsageFigures }) {
  const { calls, promptTokens, completionTokens, cost, isCostPartial, isEstimated } = figures;
  return (
    <>
      <td className={classNames(cell, 'text-muted tabular')}>{calls.toLocaleString('en')}</td>
      <td className={classNames(cell, spare)}>
        <AmountText amount={tokenAmount(promptTokens, isEstimated)} />
      </td>
      <td className={classNames(cell, spare)}>
        <AmountText amount={tokenAmount(completionTokens, isEstimated)} />
      </td>
      <td className={classNames(cell, 'hidden @max-[560px]:table-cell')}>
        <AmountText amount={tokenAmount(promptTokens + completionTokens, isEstimated)} />
      </td>
      <td className={cell}>
        <AmountText amount={costAmount(cost, isCostPartial)} />
      </td>
    </>
  );
}
