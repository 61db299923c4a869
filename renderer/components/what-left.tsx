/** What left this computer, request by request, and what it took. */
import { Cloud, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SentRequest } from '../../shared/trace.ts';
import { formatBytes } from './format.ts';
import { costText, leftText, purposeText, tokensText } from './sent-words.ts';

export interface WhatLeftProps {
  readonly requests: readonly SentRequest[];
  /** Said below: times and cost. */
  readonly children: ReactNode;
}

export function WhatLeft({ requests, children }: WhatLeftProps) {
  const hasLeft = requests.some(({ local, delivered }) => !local && delivered);
  const Icon = hasLeft ? Cloud : ShieldCheck;
  return (
    <div className="rounded-lg bg-sunken px-3.5 py-3" data-testid="trace-sent">
      <p className="flex items-center gap-2 font-medium">
        <Icon size={15} className={hasLeft ? 'text-muted' : 'text-success'} aria-hidden="true" />
        {leftText(requests)}
      </p>
      {requests.length > 0 ? (
        <ul className="mt-1.5 flex flex-col gap-1 text-label text-muted tabular">
          {requests.map((sent, index) => (
            <li key={index}>
              {formatBytes(sent.bytes)} to {sent.host}
              {sent.local ? ' (this computer)' : ''} for {sent.model}, {purposeText(sent)}:{' '}
              {sent.delivered
                ? `${tokensText(sent)}, ${sent.cost === null ? 'cost ' : ''}${costText(sent.cost)}`
                : 'it could not be reached'}
            </li>
          ))}
        </ul>
      ) : null}
      <p className="mt-1.5 text-label text-muted tabular">{children}</p>
    </div>
  );
}
