/** Find in the open document: the field, how many there are, the way to the next. */
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/button.tsx';
import {
  find,
  closeFind,
  matchLimit,
  matchNumber,
  stepMatch,
  useFindStore,
  type SearchedDocument,
} from './find-store.ts';

export interface FindBarProps {
  readonly document: SearchedDocument;
  /** The page in sight, from which is searched. */
  readonly page: number;
  /** Brings the focus back to the pages. */
  readonly onLeave: () => void;
}

export function FindBar({ document, page, onLeave }: FindBarProps) {
  const state = useFindStore();
  const { query, matches, isSearching, isCut, error, focusRequest } = state;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [focusRequest]);

  const leave = () => {
    closeFind();
    onLeave();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') stepMatch(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { id, pageCount } = document;
  const count = isCut ? `${matchLimit.toLocaleString('en')}+` : matches.length.toLocaleString('en');
  const isNone = query.trim() !== '' && !isSearching && matches.length === 0;
  const said = error
    ? error.message
    : query.trim() === ''
      ? ''
      : isNone
        ? 'Nothing found'
        : matches.length === 0
          ? 'Looking…'
          : `${matchNumber(state).toLocaleString('en')} of ${count}`;
  return (
    <div
      role="search"
      aria-label="Find in document"
      data-testid="find-bar"
      onKeyDown={onKeyDown}
      className="flex h-10 shrink-0 items-center gap-1.5 border-b border-line bg-canvas pr-1.5 pl-3"
    >
      <input
        ref={field}
        type="text"
        aria-label="Find in document"
        placeholder="Find in document"
        spellCheck={false}
        autoComplete="off"
        maxLength={500}
        data-testid="find-field"
        value={query}
        onChange={(event) => void find({ id, pageCount }, event.target.value, page)}
        className="readable h-7 min-w-0 flex-1 cursor-text rounded-md border border-line-strong bg-surface px-2 text-ui focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0"
      />
      <span
        role="status"
        data-testid="find-count"
        data-busy={isSearching}
        className={`min-w-16 shrink-0 text-right text-label tabular ${isNone || error ? 'text-warning' : 'text-muted'}`}
      >
        {said}
      </span>
      <IconButton
        label="Previous match"
        shortcut="shift+enter"
        disabled={matches.length === 0}
        onClick={() => stepMatch(-1)}
      >
        <ChevronUp size={16} />
      </IconButton>
      <IconButton label="Next match" shortcut="enter" disabled={matches.length === 0} onClick={() => stepMatch(1)}>
        <ChevronDown size={16} />
      </IconButton>
      <IconButton label="Close find" shortcut="escape" onClick={leave}>
        <X size={15} />
      </IconButton>
    </div>
  );
}
