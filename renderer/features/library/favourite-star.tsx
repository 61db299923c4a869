/** Marks a favourite. */
import { Star } from 'lucide-react';
import { classNames } from '../../components/class-names.ts';

export function FavouriteStar({ className }: { readonly className: string }) {
  return (
    <span
      role="img"
      aria-label="Favourite"
      data-testid="favourite"
      className={classNames('flex shrink-0 items-center justify-center text-warning', className)}
    >
      <Star size={12} fill="currentColor" aria-hidden="true" />
    </span>
  );
}
