/**
 * What models took, day by day: bars that are read by looking, pointed at, or walked with the arrow keys. The table below
 * says the same by day.
 */
import { useRef, useState, type KeyboardEvent } from 'react';
import { classNames } from '../../components/class-names.ts';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { barText, levelText, levelsOf, tickStep, valueOf, type Bar, type Chart, type Metric } from './chart-bars.ts';

export interface UsageChartProps {
  readonly chart: Chart;
  readonly metric: Metric;
  /** Told of the bar that is pointed at or has the focus; null when none is. */
  readonly onPoint: (bar: Bar | null) => void;
  /** Opens the calls of a day or a month. */
  readonly onOpen: (bar: Bar) => void;
}

/** Pixels. */
const height = 176;
const edge = { left: 50, right: 6, top: 8, bottom: 20 };
const inner = height - edge.top - edge.bottom;
/** A day of which only little is known is not drawn as one without anything. */
const leastHeight = 2;
const markHeight = 3;

export function UsageChart({ chart: { unit, bars }, metric, onPoint, onOpen }: UsageChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const shown = bars.flatMap(({ figures }, index) => (figures ? [index] : []));
  // The one bar that Tab comes to; the arrow keys go on from it.
  const [walked, setWalked] = useState<number | null>(null);
  const current = walked !== null && shown.includes(walked) ? walked : shown.at(-1);
  const levels = levelsOf(Math.max(0, ...bars.map(({ figures }) => valueOf(figures, metric))), metric);
  const top = levels.at(-1) ?? 1;
  const step = levels[1] ?? top;
  const column = Math.max(0, width - edge.left - edge.right) / Math.max(1, bars.length);
  const gap = column > 8 ? Math.min(6, column * 0.22) : column > 3 ? 1 : 0;
  const heightOf = (value: number) => (value > 0 ? Math.max(leastHeight, (inner * value) / top) : 0);
  const bottom = edge.top + inner;
  const every = tickStep(unit, bars.length, width - edge.left - edge.right);

  const onKeyDown = (event: KeyboardEvent<SVGElement>, index: number) => {
    const at = shown.indexOf(index);
    const next = { ArrowLeft: shown[at - 1], ArrowRight: shown[at + 1], Home: shown[0], End: shown.at(-1) }[event.key];
    const bar = bars[index];
    if (next !== undefined) box.current?.querySelector<SVGElement>(`[data-bar="${next}"]`)?.focus();
    else if ((event.key === 'Enter' || event.key === ' ') && bar) onOpen(bar);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={box} style={{ height }}>
      <svg
        width={width}
        height={height}
        role="group"
        aria-roledescription="bar chart"
        aria-label={`${metric === 'cost' ? 'Cost' : 'Tokens'} by ${unit}`}
        data-testid="usage-chart"
        className="block overflow-visible"
      >
        <g aria-hidden="true" className="fill-muted text-micro tabular">
          {levels.map((level) => {
            const y = bottom - (inner * level) / top;
            return (
              <g key={level}>
                <line
                  x1={edge.left}
                  x2={Math.max(edge.left, width - edge.right)}
                  y1={Math.round(y) + 0.5}
                  y2={Math.round(y) + 0.5}
                  className={level === 0 ? 'stroke-line-strong' : 'stroke-line'}
                />
                <text x={edge.left - 8} y={y + 3.5} textAnchor="end">
                  {levelText(level, step, metric)}
                </text>
              </g>
            );
          })}
          {bars.map(({ from, tick }, index) =>
            index % every === 0 ? (
              <text
                key={from}
                x={edge.left + (index + 0.5) * column}
                y={height - 5}
                // The first would reach over the axis, the last over the edge.
                textAnchor={index * column < 14 ? 'start' : (bars.length - index) * column < 26 ? 'end' : 'middle'}
              >
                {tick}
              </text>
            ) : null,
          )}
        </g>
        {bars.map((bar, index) => {
          const { figures, from } = bar;
          if (!figures) return null;
          const x = edge.left + index * column;
          const tall = heightOf(valueOf(figures, metric));
          const isUncertain = metric === 'cost' && (figures.cost === null || figures.isCostPartial);
          const barProps = { x: x + gap / 2, width: Math.max(1, column - gap), rx: Math.min(2, column / 4) };
          return (
            <g key={from} className="group" data-testid="usage-bar">
              <rect
                data-bar={index}
                role="button"
                aria-label={barText(bar)}
                tabIndex={index === current ? 0 : -1}
                x={x}
                y={edge.top}
                width={column}
                height={inner}
                className="fill-transparent outline-offset-0 group-hover:fill-hover focus-visible:fill-hover"
                onPointerEnter={() => onPoint(bar)}
                onPointerLeave={() => onPoint(null)}
                onFocus={() => {
                  setWalked(index);
                  onPoint(bar);
                }}
                onBlur={() => onPoint(null)}
                onClick={() => onOpen(bar)}
                onKeyDown={(event) => onKeyDown(event, index)}
              />
              <rect
                {...barProps}
                y={bottom - tall}
                height={tall}
                className="pointer-events-none fill-accent group-hover:fill-accent-hover"
              />
              {isUncertain || tall === 0 ? (
                <rect
                  {...barProps}
                  y={bottom - tall - markHeight}
                  height={markHeight}
                  className={classNames('pointer-events-none', isUncertain ? 'fill-warning' : 'fill-line-strong')}
                />
              ) : null}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
