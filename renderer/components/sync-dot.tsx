/** The dot that says how sync stands; words stand beside it. */
import { classNames } from './class-names.ts';
import type { SyncTone } from './sync-words.ts';

const tones: Readonly<Record<SyncTone, string>> = {
  well: 'bg-success',
  busy: 'bg-accent breathe',
  resting: 'bg-faint',
  warning: 'bg-warning',
};

export function SyncDot({ tone }: { readonly tone: SyncTone }) {
  return <span aria-hidden="true" className={classNames('size-[7px] shrink-0 rounded-full', tones[tone])} />;
}
