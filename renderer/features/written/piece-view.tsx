/** One written piece: its text as it comes, what it is made of, where it came from, and what can be done with it. */
import { ArrowLeft, Cloud, Ellipsis, FileText, MonitorCheck, Play, RotateCw, ShieldCheck, Square } from 'lucide-react';
import { useEffect, useState, type ComponentType } from 'react';
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';
import type { WrittenPiece } from '../../../shared/written.ts';
import { openPage, showWritten } from '../../app/stores/workspace-store.ts';
import { openPiece, useWrittenStore } from '../../app/stores/written-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { WithDropdown } from '../../components/menu.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { costText, durationText } from '../../components/sent-words.ts';
import { isThisComputer } from '../../../shared/this-computer.ts';
import { WhatLeft } from '../../components/what-left.tsx';
import { goOnWith, pieceMenu, stopPiece, writeAgain } from './piece-actions.tsx';
import { RenamePieceDialog } from './rename-piece-dialog.tsx';
import { endingText, kindName, originText, progressText, progressValue } from './written-words.ts';

/** Text with its citations, as answers show it; the shell brings it. */
export interface CitedTextProps {
  readonly id: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly verification: readonly SentenceVerification[];
  readonly isStreaming: boolean;
}

export interface PieceViewProps {
  readonly pieceId: string;
  readonly CitedText: ComponentType<CitedTextProps>;
}

export function PieceView({ pieceId, CitedText }: PieceViewProps) {
  const piece = useWrittenStore((state) => state.open.get(pieceId));
  const openError = useWrittenStore((state) => state.openError);
  const [isRenaming, setIsRenaming] = useState(false);
  useEffect(() => {
    void openPiece(pieceId);
  }, [pieceId]);
  return (
    <section aria-label={piece?.title ?? 'Written piece'} className="flex h-full flex-col" data-testid="piece-view">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-4 pl-3">
        <IconButton label="All written pieces" onClick={() => showWritten(null)} data-testid="back-to-written">
          <ArrowLeft size={16} />
        </IconButton>
        <h1 className="min-w-0 flex-1 truncate font-medium text-muted">{piece?.title}</h1>
        {piece ? (
          <WithDropdown entries={() => pieceMenu(piece, () => setIsRenaming(true))}>
            <IconButton label="Piece" data-testid="piece-menu">
              <Ellipsis size={16} />
            </IconButton>
          </WithDropdown>
        ) : null}
      </header>
      {/* Chrome scrolls with the keyboard what can have the focus. */}
      <div
        className="min-h-0 flex-1 scrolls-surface"
        tabIndex={0}
        role="group"
        aria-label="Text"
        data-testid="piece-page"
      >
        {!piece && openError ? (
          <InlineError
            error={openError}
            className="m-6"
            action={<Button onClick={() => showWritten(null)}>Back</Button>}
          />
        ) : null}
        {piece ? <Piece piece={piece} CitedText={CitedText} /> : null}
      </div>
      {piece && isRenaming ? <RenamePieceDialog piece={piece} onClose={() => setIsRenaming(false)} /> : null}
    </section>
  );
}

function Piece({ piece, CitedText }: { readonly piece: WrittenPiece } & Pick<PieceViewProps, 'CitedText'>) {
  const { id, text, citations, verification, state, error, prompt, selection, keptParts } = piece;
  const isBusy = state === 'writing';
  const ending = endingText(state, keptParts);
  const canGoOn = !isBusy && state !== 'complete' && piece.documents.some(({ gone }) => !gone);
  const goOn = (label: string) => (
    <Button icon={<Play size={13} />} onClick={() => void goOnWith(id)} data-testid="go-on">
      {label}
    </Button>
  );
  return (
    <article
      aria-busy={isBusy}
      data-testid="piece"
      data-state={state}
      className="mx-auto w-full max-w-[760px] px-6 pt-6 pb-10"
    >
      <p className="text-small font-semibold text-faint">{kindName(piece)}</p>
      <h2 className="mt-0.5 text-display font-semibold tracking-tight break-words">{piece.title}</h2>
      <About piece={piece} />
      {prompt === null ? null : (
        <blockquote className="mt-3 border-l-2 border-accent-line pl-3 whitespace-pre-line text-muted readable">
          {prompt}
        </blockquote>
      )}
      {selection ? (
        <details className="mt-3 text-muted">
          <summary className="w-fit cursor-default rounded text-accent-ink">The selected text</summary>
          <p className="mt-1 line-clamp-12 border-l-2 border-line pl-3 readable">{selection.text}</p>
        </details>
      ) : null}
      <p role="status" className="sr-only">
        {isBusy ? progressText(piece.progress) : state === 'complete' ? 'Complete' : ''}
      </p>
      {isBusy ? <Progress piece={piece} /> : null}
      {error ? (
        <InlineError error={error} className="mt-4" action={canGoOn ? goOn(keptParts > 0 ? 'Go on' : 'Retry') : null} />
      ) : null}
      {error && keptParts > 0 ? (
        <p className="mt-1.5 text-label text-muted">
          {countOf(keptParts, 'finished part')} kept: going on does not ask for them again.
        </p>
      ) : null}
      {ending ? (
        <div className="mt-4 flex items-center gap-3 rounded-lg bg-warning-soft px-3 py-2.5" role="status">
          <p className="flex-1 text-warning">{ending}</p>
          {canGoOn ? goOn('Go on') : null}
        </div>
      ) : null}
      <div className="mt-5">
        <CitedText id={id} text={text} citations={citations} verification={verification} isStreaming={isBusy} />
      </div>
      {isBusy ? null : <Origin piece={piece} />}
    </article>
  );
}

/** Documents that are named; of a whole library nobody reads more. */
const mostNamed = 60;

function About({ piece: { documents, selection } }: { readonly piece: WrittenPiece }) {
  return (
    <ul aria-label="Written about" className="mt-2 flex flex-wrap gap-1.5">
      {documents.slice(0, mostNamed).map(({ id, title, gone }) => (
        <li key={id} className="max-w-full min-w-0">
          <button
            type="button"
            disabled={gone}
            onClick={() => openPage(id, selection?.firstPage ?? 1)}
            className="flex h-7 max-w-80 items-center gap-1.5 rounded-md border border-line px-2 text-label hover:border-line-strong hover:bg-hover disabled:border-dashed disabled:text-muted disabled:hover:bg-transparent"
          >
            <FileText size={13} className="shrink-0 text-muted" aria-hidden="true" />
            <span className="truncate">{title}</span>
            {gone ? <span className="shrink-0 text-warning">deleted</span> : null}
          </button>
        </li>
      ))}
      {documents.length > mostNamed ? (
        <li className="flex h-7 items-center text-label text-muted">
          and {countOf(documents.length - mostNamed, 'more document')}
        </li>
      ) : null}
    </ul>
  );
}

function Progress({ piece: { id, progress } }: { readonly piece: WrittenPiece }) {
  return (
    <div className="mt-5 rounded-lg border border-line px-4 py-3" data-testid="piece-progress">
      <div className="flex items-center gap-3">
        <p className="flex-1 tabular">{progressText(progress)}…</p>
        <Button icon={<Square size={12} />} onClick={() => void stopPiece(id)} data-testid="stop-piece">
          Stop
        </Button>
      </div>
      <ProgressBar label="Writing" value={progressValue(progress)} className="mt-2.5" />
    </div>
  );
}

function Origin({ piece }: { readonly piece: WrittenPiece }) {
  const { id, source, usage, createdAt, duration, requests } = piece;
  if (!source && requests.length === 0) return null;
  const isLocal = source?.kind === 'provider' && (source.host === null || isThisComputer(source.host));
  const Icon = source?.kind === 'extractive' ? ShieldCheck : isLocal ? MonitorCheck : Cloud;
  const when = new Date(createdAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
  const tokens = usage
    ? ` · ${countOf(usage.inputTokens, 'token')} in, ${usage.outputTokens.toLocaleString('en')} out`
    : '';
  return (
    <footer className="mt-6 border-t border-line pt-3 text-small text-muted">
      <div className="flex items-start gap-2">
        <Icon size={13} className="mt-[1.5px] shrink-0" aria-hidden="true" />
        <p className="flex-1 tabular" data-testid="piece-origin">
          {source ? `${originText(source)} · ` : ''}
          {when} · {durationText(duration)}
          {tokens}
        </p>
        {piece.state === 'complete' && piece.documents.some(({ gone }) => !gone) ? (
          <Button
            tone="quiet"
            icon={<RotateCw size={13} />}
            onClick={() => void writeAgain(id)}
            data-testid="write-again"
          >
            Write again
          </Button>
        ) : null}
      </div>
      {requests.length > 0 ? <Sent piece={piece} /> : null}
    </footer>
  );
}

/** What left the machine, and the prompt as it was sent. */
function Sent({ piece: { requests, sentPrompt, promptRemoved, duration } }: { readonly piece: WrittenPiece }) {
  const cost = requests.reduce<number | null>(
    (sum, request) => (sum === null || request.cost === null ? null : sum + request.cost),
    0,
  );
  return (
    <details className="mt-2" data-testid="piece-sent">
      <summary className="w-fit cursor-default rounded text-accent-ink">What was sent</summary>
      <div className="mt-2">
        <WhatLeft requests={requests}>
          {durationText(duration)} · Estimated cost: {costText(cost)}
        </WhatLeft>
        {promptRemoved ? (
          <p className="mt-2">The prompt held text of a document that was deleted, and was deleted with it.</p>
        ) : null}
        {sentPrompt?.map(({ role, content }, index) => (
          <div key={index} className="mt-2">
            <p className="font-medium">{role}</p>
            <pre className="mt-0.5 rounded-md bg-sunken px-3 py-2 text-label break-words whitespace-pre-wrap readable">
              {content}
            </pre>
          </div>
        ))}
      </div>
    </details>
  );
}
