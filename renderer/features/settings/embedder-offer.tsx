/** What a change of embedder would take, told before anything is changed or sent. */
import { useEffect, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { EmbedderEstimate, Settings } from '../../../shared/requests/settings.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import { amountText, costText, durationText, goesToText } from './embedder-change-words.ts';

export interface EmbedderOfferProps {
  readonly embedder: Settings['embedder'];
  /** A key that was typed and is not kept yet. */
  readonly apiKey: string;
  readonly onAccept: () => void;
  readonly onLeave: () => void;
}

export function EmbedderOffer({ embedder, apiKey, onAccept, onLeave }: EmbedderOfferProps) {
  const { kind, baseUrl, model } = embedder;
  const [estimate, setEstimate] = useState<EmbedderEstimate | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);

  useEffect(() => {
    let isCurrent = true;
    request('settings.estimateEmbedder', { embedder: { kind, baseUrl, model }, key: apiKey }).then(
      (value) => isCurrent && setEstimate(value),
      (thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
    };
  }, [kind, baseUrl, model, apiKey]);

  const element = useRef<HTMLElement>(null);
  // It stands at the end of what may be scrolled, and grows when the numbers are there.
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), [estimate, error]);

  const name = kind === 'built-in' ? 'the built-in model' : model;
  const rows = estimate
    ? [
        ['To be indexed anew', amountText(estimate)],
        ['Time', durationText(estimate.seconds)],
        ['Cost', costText(estimate)],
        ['Their text goes to', goesToText(estimate)],
      ]
    : [];
  return (
    <section
      ref={element}
      aria-label={`Change to ${name}`}
      data-testid="embedder-offer"
      className="mt-4 scroll-mb-6 rounded-lg border border-accent bg-accent-soft p-3"
    >
      <p className="font-medium break-words">Change to {name}?</p>
      <div role="status">
        {error ? <InlineError error={error} className="mt-2" /> : null}
        {!estimate && !error ? (
          <p className="mt-1 text-label text-muted">Measuring with made-up passages what it would take…</p>
        ) : null}
        {estimate && estimate.texts === 0 ? (
          <p className="mt-1 text-label text-muted">There is nothing to index anew: it holds at once.</p>
        ) : null}
        {estimate && estimate.texts > 0 ? (
          <>
            <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-label">
              {rows.map(([what, content]) => (
                <div key={what} className="contents">
                  <dt className="text-muted">{what}</dt>
                  <dd className="min-w-0 break-words tabular">{content}</dd>
                </div>
              ))}
            </dl>
            <p className="mt-2 text-label text-muted">
              It runs in the background, goes on after a restart, and can be cancelled. Until it is done, search goes on
              {estimate.present ? ` with ${estimate.present}` : ' by words'}
              {estimate.presentHost ? `, and questions still go to ${estimate.presentHost}` : ''}.
            </p>
          </>
        ) : null}
      </div>
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={onLeave}>Keep what there is</Button>
        <Button tone="primary" disabled={!estimate && !error} onClick={onAccept}>
          {error ? 'Change anyway' : 'Change'}
        </Button>
      </div>
    </section>
  );
}
