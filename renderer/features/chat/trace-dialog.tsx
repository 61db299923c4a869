/** Why these passages: what was considered for an answer, what was sent where, and how long it took. */
import { FileText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { AnswerTrace, ShownPassage } from '../../../shared/trace.ts';
import { openPage } from '../../app/stores/workspace-store.ts';
import { classNames } from '../../components/class-names.ts';
import { Dialog } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { costText } from '../../components/sent-words.ts';
import { WhatLeft } from '../../components/what-left.tsx';
import { request } from '../../ipc/client.ts';
import { passagesText, searchText, timesText } from './trace-words.ts';

export interface TraceDialogProps {
  readonly messageId: string;
  readonly onClose: () => void;
}

type Loaded = { readonly trace: AnswerTrace | null } | { readonly error: ErrorInfo };

export function TraceDialog({ messageId, onClose }: TraceDialogProps) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let isCurrent = true;
    request('chat.getTrace', { messageId }).then(
      (trace) => isCurrent && setLoaded({ trace }),
      (thrown: unknown) => isCurrent && setLoaded({ error: toAppError(thrown).toInfo() }),
    );
    return () => {
      isCurrent = false;
    };
  }, [messageId]);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Why these passages"
      testId="trace-dialog"
      className="top-[8vh] max-h-[84vh] w-[min(880px,calc(100vw-32px))]"
    >
      {loaded && 'error' in loaded ? <InlineError error={loaded.error} className="m-5" /> : null}
      {loaded && 'trace' in loaded ? (
        loaded.trace ? (
          <Trace trace={loaded.trace} onClose={onClose} />
        ) : (
          <p className="px-5 pt-2 pb-6 text-muted">
            Nothing was recorded for this answer: it is from before Quire kept this, or it ended before anything was
            searched.
          </p>
        )
      ) : null}
    </Dialog>
  );
}

function Trace({ trace, onClose }: { readonly trace: AnswerTrace; readonly onClose: () => void }) {
  const { facts, passages } = trace;
  const showPage = (passage: ShownPassage) => {
    onClose();
    openPage(passage.documentId, passage.page);
  };
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label="How the answer was made"
      className="min-h-0 flex-1 overflow-y-auto px-5 pt-2 pb-5"
    >
      <WhatLeft requests={facts.requests}>
        {timesText(facts)}
        {facts.requests.length > 0 ? ` · Estimated cost: ${costText(facts.cost)}` : ''}
        {facts.cost !== null && facts.cost > 0 ? ' at the prices listed in Usage' : ''}
      </WhatLeft>
      <Section title="Passages" note={`${passagesText(trace)}. Searched ${searchText(facts)} for “${facts.searched}”.`}>
        {passages.length === 0 ? (
          <p className="text-muted">Nothing was found, so that no passage could be weighed.</p>
        ) : (
          <div className="overflow-x-auto">
            <table className="w-full text-label tabular" data-testid="trace-passages">
              <thead className="text-small text-muted">
                <tr className="border-b border-line text-left [&>th]:py-1 [&>th]:pr-3 [&>th]:font-medium">
                  <th scope="col">#</th>
                  <th scope="col" className="w-full">
                    Passage
                  </th>
                  <th scope="col" title="Rank in the full-text search">
                    Words
                  </th>
                  <th scope="col" title="Rank in the vector search">
                    Meaning
                  </th>
                  <th scope="col" title="Both arms together, with what the page and the question’s names add">
                    Score
                  </th>
                  <th scope="col">Sent</th>
                  <th scope="col">Cited</th>
                </tr>
              </thead>
              <tbody>
                {passages.map((passage) => (
                  <Row key={passage.rank} passage={passage} onOpen={() => showPage(passage)} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <Prompt trace={trace} />
    </div>
  );
}

function Row({ passage, onOpen }: { readonly passage: ShownPassage; readonly onOpen: () => void }) {
  const { rank, title, text, page, textRank, bm25, vectorRank, cosine, score, sentAs, tokens, citedAs } = passage;
  return (
    <tr
      data-testid="trace-passage"
      className={classNames(
        'border-b border-line align-top [&>td]:py-1.5 [&>td]:pr-3',
        sentAs === null && citedAs === null && 'text-muted',
      )}
    >
      <td className="text-muted">{rank}</td>
      <td className="max-w-0">
        {title === null ? (
          <p className="text-muted">A document that was deleted, p. {page}</p>
        ) : (
          <button
            type="button"
            onClick={onOpen}
            className="flex max-w-full items-center gap-1.5 rounded text-left font-medium hover:underline"
          >
            <FileText size={13} className="shrink-0 text-muted" aria-hidden="true" />
            <span className="truncate">{title}</span>
            <span className="shrink-0 font-normal text-muted">p. {page}</span>
          </button>
        )}
        {text !== null ? (
          <p className="mt-0.5 line-clamp-2 text-muted readable">{text}</p>
        ) : title !== null ? (
          <p className="mt-0.5 text-muted">The document was read anew since.</p>
        ) : null}
      </td>
      <Place rank={textRank} detail={bm25 === null ? null : `bm25 ${(0 - bm25).toFixed(2)}`} />
      <Place rank={vectorRank} detail={cosine === null ? null : `cosine ${cosine.toFixed(3)}`} />
      <td>{score.toFixed(3)}</td>
      <td className="whitespace-nowrap">{sentAs === null ? <None /> : `as ${sentAs}, ~${tokens ?? 0} tokens`}</td>
      <td>{citedAs === null ? <None /> : <span className="font-semibold text-accent-ink">[{citedAs}]</span>}</td>
    </tr>
  );
}

function Place({ rank, detail }: { readonly rank: number | null; readonly detail: string | null }) {
  return (
    <td className="whitespace-nowrap">
      {rank === null ? <None /> : rank}
      {detail ? <span className="block text-small text-muted">{detail}</span> : null}
    </td>
  );
}

function None() {
  return (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <span className="sr-only">no</span>
    </span>
  );
}

function Prompt({ trace: { prompt, promptRemoved } }: { readonly trace: AnswerTrace }) {
  if (promptRemoved) {
    return (
      <Section title="Prompt as sent">
        <p className="text-muted">It held passages of a document that was deleted, and was deleted with it.</p>
      </Section>
    );
  }
  if (!prompt) {
    return (
      <Section title="Prompt as sent">
        <p className="text-muted">None: the answer is made of sentences of the documents, no model wrote it.</p>
      </Section>
    );
  }
  return (
    <Section title="Prompt as sent">
      <details data-testid="trace-prompt">
        <summary className="w-fit cursor-default rounded text-accent-ink">Show all {prompt.length} messages</summary>
        {prompt.map(({ role, content }, index) => (
          <div key={index} className="mt-2">
            <p className="text-small font-medium text-muted">{role}</p>
            <pre className="mt-0.5 rounded-md bg-sunken px-3 py-2 text-label break-words whitespace-pre-wrap readable">
              {content}
            </pre>
          </div>
        ))}
      </details>
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

function Section({ title, note, children }: SectionProps) {
  return (
    <section className="mt-4">
      <h3 className="font-medium">{title}</h3>
      {note ? <p className="mb-1.5 text-label text-muted tabular">{note}</p> : null}
      {children}
    </section>
  );
}
