/** Where questions are written: Enter sends, Shift+Enter begins a line, Esc stops. */
import { ArrowUp, Square } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import type { ConversationScope } from '../../../shared/domain.ts';
import { scopeOf } from '../../../shared/scope.ts';
import { BudgetNote } from '../../app/budget-note.tsx';
import { scopeDocuments, useShelvesStore } from '../../app/stores/shelves-store.ts';
import { takeComposerQuote, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { Tip } from '../../components/tip.tsx';
import { ScopePicker } from './scope-picker.tsx';

/** Pixels; then the field scrolls. */
const maximumHeight = 220;
/** Characters of a quote that a question takes along. */
const quoteLimit = 4_000;

export interface ComposerProps {
  /** Null while it is fetched: then nothing is sent. */
  readonly scope: ConversationScope | null;
  readonly onScope: (scope: ConversationScope) => void;
  readonly text: string;
  readonly setText: (change: (typed: string) => string) => void;
  readonly isSending: boolean;
  readonly onSend: (question: string) => void;
  readonly onStop: () => void;
  readonly isStreaming: boolean;
  /** Why nothing can be asked now; null when something can. */
  readonly disabledReason: string | null;
}

export function Composer(props: ComposerProps) {
  const { scope, onScope, text, setText, isSending, onSend, onStop, isStreaming, disabledReason } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const composerRequest = useWorkspaceStore((state) => state.composerRequest);

  useEffect(() => field.current?.focus(), [composerRequest]);

  useQuote((documentId, quote) => {
    setText((typed) => `“${quote.slice(0, quoteLimit)}”\n\n${typed}`);
    if (scope === null) return;
    const asked = scopeDocuments(scope, useShelvesStore.getState().collections);
    if (!asked.includes(documentId)) onScope(scopeOf([documentId]));
  });

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(maximumHeight, element.scrollHeight)}px`;
  }, [text]);

  const canSend = text.trim() !== '' && !isStreaming && !isSending && disabledReason === null && scope !== null;
  const send = () => {
    if (canSend) onSend(text.trim());
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends an input method's composition is not meant for us.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && isStreaming) {
      event.preventDefault();
      event.stopPropagation();
      onStop();
    }
  };

  return (
    <div className="mx-auto w-full max-w-[720px] px-6 pb-4">
      <BudgetNote />
      <div className="rounded-xl border border-line-strong bg-raised shadow-field transition-colors duration-100 has-[textarea:focus]:border-accent">
        <textarea
          ref={field}
          data-testid="composer"
          data-home=""
          aria-label="Question"
          rows={1}
          value={text}
          maxLength={20_000}
          disabled={disabledReason !== null}
          placeholder={disabledReason ?? 'Ask about your documents…'}
          onChange={({ target }) => setText(() => target.value)}
          onKeyDown={onKeyDown}
          className="readable block w-full cursor-text resize-none bg-transparent px-3.5 pt-3 pb-1 text-reading focus-visible:outline-none disabled:cursor-default"
        />
        <div className="flex items-center gap-2 px-2 pb-2">
          {scope === null ? <span /> : <ScopePicker scope={scope} onChange={onScope} />}
          <div className="flex-1" />
          {isStreaming ? (
            <Tip label="Stop" shortcut="escape" side="top">
              <button
                type="button"
                data-testid="stop"
                aria-label="Stop"
                onClick={onStop}
                className="flex size-7 items-center justify-center rounded-lg bg-ink text-surface hover:opacity-85"
              >
                <Square size={11} fill="currentColor" />
              </button>
            </Tip>
          ) : (
            <Tip label="Send" shortcut="enter" side="top">
              <button
                type="button"
                data-testid="send"
                aria-label="Send"
                disabled={!canSend}
                onClick={send}
                className="flex size-7 items-center justify-center rounded-lg bg-accent text-on-accent hover:bg-accent-hover disabled:bg-sunken disabled:text-faint"
              >
                <ArrowUp size={16} strokeWidth={2.25} />
              </button>
            </Tip>
          )}
        </div>
      </div>
    </div>
  );
}

/** A passage that was selected on a page: it stands before what is typed, and its document is what is asked. */
function useQuote(onQuote: (documentId: string, quote: string) => void): void {
  const latest = useRef(onQuote);
  useEffect(() => {
    latest.current = onQuote;
  });
  useEffect(() => {
    const take = () => {
      const { composerQuote } = useWorkspaceStore.getState();
      if (!composerQuote) return;
      takeComposerQuote();
      latest.current(composerQuote.documentId, composerQuote.quote);
    };
    // It may have been asked for before there was a composer.
    queueMicrotask(take);
    return useWorkspaceStore.subscribe(take);
  }, []);
}
