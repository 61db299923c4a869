/** Languages to recognise scans in: those that are here can be ticked or removed, the others can be fetched. */
import { Check, Download, LoaderCircle, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { BUILT_IN_LANGUAGE, languagesWithout, MOST_LANGUAGES } from '../../shared/recognition-languages.ts';
import type { ListedLanguage } from '../../shared/requests/recognition.ts';
import type { RecognitionLanguages } from '../hooks/use-recognition-languages.ts';
import { Button, IconButton } from './button.tsx';
import { classNames } from './class-names.ts';
import { InlineError } from './inline-error.tsx';
import { SearchField } from './search-field.tsx';

export interface LanguagePickerProps extends RecognitionLanguages {
  readonly label: string;
  /** Codes, at least one; the most likely first. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function LanguagePicker(props: LanguagePickerProps) {
  const { label, chosen, onChange, languages, fetching, error, fetchLanguage, cancelFetch, removeLanguage } = props;
  const [query, setQuery] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const matching = (languages ?? []).filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()));
  const here = matching.filter(({ installed }) => installed);
  const others = matching.filter(({ installed }) => !installed);

  const add = (code: string): void => {
    // The latest choice is the likeliest.
    if (chosen.length < MOST_LANGUAGES) onChange([code, ...chosen]);
  };
  const toggle = (code: string): void => {
    if (!chosen.includes(code)) return add(code);
    if (chosen.length > 1) onChange(chosen.filter((other) => other !== code));
  };
  /** Its row moved: the button that was pressed is gone, and the focus with it. */
  const focusRow = (code: string): void => {
    requestAnimationFrame(() => {
      const focused = document.activeElement;
      if (focused !== document.body && focused?.getAttribute('role') !== 'dialog') return;
      list.current?.querySelector<HTMLElement>(`[data-line="${code}"] button`)?.focus();
    });
  };
  const fetch = async (code: string): Promise<void> => {
    if (!(await fetchLanguage(code))) return;
    add(code);
    focusRow(code);
  };
  const remove = async (code: string): Promise<void> => {
    if (!(await removeLanguage(code))) return;
    if (chosen.includes(code)) onChange(languagesWithout(chosen, code));
    focusRow(code);
  };
  return (
    <div className="flex min-h-0 flex-col gap-2">
      <SearchField
        label="Find a language"
        clearLabel="Show all languages"
        placeholder="Find a language"
        value={query}
        onValue={setQuery}
      />
      {error ? <InlineError error={error} /> : null}
      <ul
        ref={list}
        aria-label={label}
        data-testid="language-picker"
        className="max-h-56 min-h-28 overflow-y-auto rounded-lg border border-line p-1"
      >
        {here.map((language) => (
          <li key={language.code} data-line={language.code} className="flex items-center">
            <TickRow language={language} chosen={chosen} onToggle={() => toggle(language.code)} />
            {language.code === BUILT_IN_LANGUAGE ? null : (
              <IconButton
                label={`Remove ${language.name} from this computer`}
                onClick={() => void remove(language.code)}
              >
                <Trash2 size={14} />
              </IconButton>
            )}
          </li>
        ))}
        {others.map(({ code, name }) => (
          <li key={code} data-line={code} className="flex h-8 items-center gap-2 pr-1 pl-8">
            <span className="flex-1 truncate text-muted">{name}</span>
            {fetching === code ? (
              <span role="status" className="flex items-center gap-1.5 text-label text-muted">
                <LoaderCircle size={14} aria-hidden="true" className="motion-safe:animate-spin" />
                Downloading
              </span>
            ) : null}
            <Button
              tone="quiet"
              aria-label={fetching === code ? `Cancel the download of ${name}` : `Download ${name}`}
              disabled={fetching !== null && fetching !== code}
              icon={fetching === code ? null : <Download size={14} />}
              onClick={() => (fetching === code ? cancelFetch(code) : void fetch(code))}
            >
              {fetching === code ? 'Cancel' : 'Download'}
            </Button>
          </li>
        ))}
        {languages && matching.length === 0 ? (
          <li className="px-2 py-6 text-center text-muted">No language of this name.</li>
        ) : null}
      </ul>
      <p className="text-label text-muted">
        Up to {MOST_LANGUAGES} at once. A download comes from the npm registry, only when you ask for it (1 to 15 MB
        each); recognition itself never uses the network. What was recognised in a language stays when it is removed.
      </p>
    </div>
  );
}

interface TickRowProps {
  readonly language: ListedLanguage;
  readonly chosen: readonly string[];
  readonly onToggle: () => void;
}

function TickRow({ language, chosen, onToggle }: TickRowProps) {
  const isChosen = chosen.includes(language.code);
  const isLast = isChosen && chosen.length === 1;
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={isChosen}
      disabled={!isChosen && chosen.length >= MOST_LANGUAGES}
      title={isLast ? 'One language has to stay' : undefined}
      onClick={onToggle}
      className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover focus-visible:bg-hover disabled:opacity-50"
    >
      <span
        className={classNames(
          'flex size-4 shrink-0 items-center justify-center rounded border',
          isChosen ? 'border-accent bg-accent text-on-accent' : 'border-line-strong bg-raised',
        )}
      >
        {isChosen ? <Check size={12} aria-hidden="true" /> : null}
      </span>
      <span className="flex-1 truncate">{language.name}</span>
      {chosen.length > 1 && chosen[0] === language.code ? <span className="text-label text-muted">First</span> : null}
    </button>
  );
}
