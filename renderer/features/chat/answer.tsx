/** An answer: its text as it comes, its sources, where it came from, and what can be done with it. */
import { Check, Cloud, Copy, ListTree, MonitorCheck, RotateCw, ShieldCheck } from 'lucide-react';
import { memo, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Message, MessageFigures } from '../../../shared/domain.ts';
import { nothingMentions } from '../../../shared/quoted-answer.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { showError } from '../../app/stores/toast-store.ts';
import { explainAnswer } from '../../app/stores/workspace-store.ts';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { isThisComputer } from '../../../shared/this-computer.ts';
import { warmViewer } from '../../app/warm-viewer.ts';
import { AnswerContext } from './answer-context.ts';
import { BranchSwitch } from './branch-switch.tsx';
import { endingText, figuresText, sourceText, usageText } from './answer-words.ts';
import { textForClipboard, withoutOpenMark } from './citation-text.ts';
import { SourcesRow } from './sources-row.tsx';
import type { AnswerStream } from './stream-reducer.ts';
import { VerificationSummary } from './verification-summary.tsx';

const Markdown = loadOnDemand(async () => (await import('./markdown.tsx')).Markdown);
/** Fetches what renders answers, before there is one. */
export const preloadMarkdown = Markdown.preload;

export interface AnswerProps {
  readonly message: Message;
  readonly phase: AnswerStream['phase'];
  /** What it took; null while it is written, and for one of before this was recorded. */
  readonly figures: MessageFigures | null;
  /** Set on the last answer, which alone can be written again. */
  readonly onRegenerate: (() => void) | null;
  /** Ids of all answers to its question; null when this is the only one. */
  readonly branch: readonly string[] | null;
  readonly onShow: (messageId: string) => void;
}

export const Answer = memo(function Answer(props: AnswerProps) {
  const { message, phase, figures, onRegenerate, branch, onShow } = props;
  const { id, state, citations, verification, source, error } = message;
  const isStreaming = state === 'streaming';
  const text = isStreaming ? withoutOpenMark(message.text) : message.text;
  const context = useMemo(() => ({ messageId: id, citations, verification }), [id, citations, verification]);
  const ending = endingText(state);
  const cited = citations[0]?.documentId;
  const isLast = onRegenerate !== null;
  useEffect(() => {
    if (cited !== undefined) warmViewer(isLast ? cited : null);
  }, [cited, isLast]);
  return (
    <article
      aria-label="Answer"
      aria-busy={isStreaming}
      data-testid="message"
      data-role="assistant"
      data-state={state}
      data-message-id={id}
      className="group/answer"
    >
      {text === '' && isStreaming ? <Waiting phase={phase} /> : null}
      <AnswerContext value={context}>
        {text === '' ? null : (
          <Markdown
            text={text}
            verification={verification}
            fallback={<p className="prose readable whitespace-pre-wrap">{text}</p>}
          />
        )}
      </AnswerContext>
      {ending && !error ? <p className="mt-2 text-label text-warning">{ending}</p> : null}
      {error ? (
        <InlineError
          error={error}
          className="mt-3"
          action={
            onRegenerate ? (
              <Button icon={<RotateCw size={13} />} onClick={onRegenerate}>
                Retry
              </Button>
            ) : null
          }
        />
      ) : null}
      {isStreaming ? null : (
        <>
          <VerificationSummary
            verification={verification}
            citations={citations}
            isQuoted={source?.kind === 'extractive'}
            isCalm={message.text.startsWith(nothingMentions)}
          />
          <SourcesRow messageId={id} citations={citations} />
          {/* An error brings its own Retry. */}
          <AnswerFooter message={message} figures={figures} onRegenerate={error ? null : onRegenerate}>
            {branch ? <BranchSwitch what="answer" branch={branch} current={id} onShow={onShow} /> : null}
          </AnswerFooter>
        </>
      )}
    </article>
  );
});

function Waiting({ phase }: { readonly phase: AnswerStream['phase'] }) {
  return (
    <p className="flex items-center gap-2 text-reading text-muted" role="status">
      <span className="breathe size-2 rounded-full bg-accent" aria-hidden="true" />
      {phase === 'writing' ? 'Writing…' : 'Looking through your documents…'}
    </p>
  );
}

interface AnswerFooterProps extends Pick<AnswerProps, 'message' | 'figures' | 'onRegenerate'> {
  readonly children: ReactNode;
}

function AnswerFooter({ message, figures, onRegenerate, children }: AnswerFooterProps) {
  const { source, usage, text, citations } = message;
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(textForClipboard(text, citations));
      setIsCopied(true);
      setTimeout(() => setIsCopied(false), 1_500);
    } catch (thrown) {
      showError(thrown);
    }
  };
  const isLocal = source?.kind === 'provider' && (source.host === null || isThisComputer(source.host));
  const Icon = source?.kind === 'extractive' ? ShieldCheck : isLocal ? MonitorCheck : Cloud;
  return (
    <footer className="mt-2.5 flex items-start gap-2 text-small text-muted">
      {source ? (
        <div className="flex min-w-0 flex-1 items-start gap-1.5 py-1.5">
          <Icon size={13} className="mt-[1.5px] shrink-0" aria-hidden="true" />
          <div data-testid="answer-source">
            {sourceText(source)}
            {usage ? <span className="tabular"> · {usageText(usage)}</span> : null}
            <span
              data-testid="answer-figures"
              className="tabular opacity-0 transition-opacity duration-100 group-focus-within/answer:opacity-100 group-hover/answer:opacity-100"
            >
              {' · '}
              {figuresText(message, figures)}
            </span>
            {source.note ? <p className="text-warning">{source.note}</p> : null}
          </div>
        </div>
      ) : (
        <div className="flex-1" />
      )}
      {children}
      <IconButton label="Why these passages" side="top" onClick={() => explainAnswer(message.id)} data-testid="explain">
        <ListTree size={14} />
      </IconButton>
      {text === '' ? null : (
        <IconButton label={isCopied ? 'Copied' : 'Copy answer'} side="top" onClick={() => void copy()}>
          {isCopied ? <Check size={14} className="text-success" /> : <Copy size={14} />}
        </IconButton>
      )}
      {onRegenerate ? (
        <IconButton label="Answer again" side="top" onClick={onRegenerate} data-testid="regenerate">
          <RotateCw size={14} />
        </IconButton>
      ) : null}
    </footer>
  );
}
