/** What a conversation that has not begun yet shows. */
import { BookOpenText } from 'lucide-react';
import { useStatusStore } from '../../app/stores/status-store.ts';
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { Keys } from '../../components/keys.tsx';

const examples = [
  'What are these documents about?',
  'Which dates and deadlines do they name?',
  'What changed from last year, and why?',
];

export interface WelcomeProps {
  /** Null while there is nothing to ask. */
  readonly onAsk: ((question: string) => void) | null;
}

export function Welcome({ onAsk }: WelcomeProps) {
  const isSyncOn = useSyncStore((state) => state.status.state !== 'off');
  const answers = useStatusStore((state) => state.status?.answers);
  return (
    <div className="m-auto flex w-full max-w-[480px] flex-col items-center pb-8 text-center [@media(max-height:680px)]:pb-0">
      <BookOpenText
        size={32}
        strokeWidth={1.4}
        className="mb-4 text-accent-ink [@media(max-height:680px)]:hidden"
        aria-hidden="true"
      />
      <h2 className=" text-display font-semibold tracking-tight">What would you like to know?</h2>
      <p className="mt-2 text-reading text-muted">
        {answers?.kind === 'provider'
          ? 'Every answer shows the pages and lines that it stands on.'
          : 'Answers quote your documents, with the page and the lines they stand on.'}
        {answers?.kind === 'provider' || isSyncOn ? null : ' Nothing leaves this computer.'}
      </p>
      {onAsk ? (
        <ul className="mt-6 flex w-full flex-col gap-1.5">
          {examples.map((example) => (
            <li key={example}>
              <button
                type="button"
                onClick={() => onAsk(example)}
                className="w-full rounded-lg border border-line px-3.5 py-2 text-left text-muted transition-colors duration-100 hover:border-line-strong hover:bg-hover hover:text-ink"
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="mt-6 flex items-center gap-1.5 text-small text-faint">
        In an answer, <Keys shortcut="j" /> and <Keys shortcut="k" /> walk through its sources.
      </p>
    </div>
  );
}
