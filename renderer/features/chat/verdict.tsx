/** How the verdict on a sentence looks: at its chip, and in the card of its passage. */
import { Check, CircleAlert, CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react';
import type { SentenceVerification, Verdict } from '../../../shared/domain.ts';
import { classNames } from '../../components/class-names.ts';
import { verdictText } from '../../../shared/verdict-words.ts';

const verdictColours: Readonly<Record<Verdict, string>> = {
  supported: 'text-success',
  partly: 'text-warning',
  unsupported: 'text-danger',
  unjudged: 'text-muted',
};

/** The check is quiet; what asks for a look is filled. */
const badgeColours: Readonly<Record<Verdict, string>> = {
  supported: 'bg-surface text-success',
  partly: 'bg-warning text-surface',
  unsupported: 'bg-danger text-surface',
  unjudged: 'bg-surface text-muted',
};

const icons = {
  supported: CircleCheck,
  partly: CircleAlert,
  unsupported: TriangleAlert,
  unjudged: CircleHelp,
} as const;

/** What stands in the badge at a chip; a check mark where it is supported. */
const signs: Readonly<Record<Verdict, string>> = { supported: '', partly: '–', unsupported: '!', unjudged: '?' };

export function VerdictIcon({ verdict }: { readonly verdict: Verdict }) {
  const Icon = icons[verdict];
  return <Icon size={13} className={classNames('mt-[1.5px] shrink-0', verdictColours[verdict])} aria-hidden="true" />;
}

/** Lies on the chip's corner and takes no room, so that no word moves when it comes. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  return (
    <span
      aria-hidden="true"
      data-testid="verdict"
      data-verdict={verdict}
      className={classNames(
        'pointer-events-none absolute -top-[5px] -right-[5px] grid size-[11px] place-items-center rounded-full border border-surface text-[8px] leading-none font-bold',
        badgeColours[verdict],
      )}
    >
      {verdict === 'supported' ? <Check size={9} strokeWidth={3.5} /> : signs[verdict]}
    </span>
  );
}

export function VerdictLine({ verification }: { readonly verification: SentenceVerification }) {
  return (
    <p className="mt-2 flex items-start gap-1.5 text-small" data-testid="verdict-line">
      <VerdictIcon verdict={verification.verdict} />
      <span>{verdictText(verification)}</span>
    </p>
  );
}
