/** A quire: sheets folded once and laid in one another. */
export function Logo({ size = 18 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" className="shrink-0">
      <path d="M10 4.2 2.8 2v11.6L10 16z" className="fill-accent" />
      <path d="M10 4.2 17.2 2v11.6L10 16z" className="fill-accent" opacity="0.55" />
      <path
        d="M2.8 15.4 10 17.8l7.2-2.4"
        className="stroke-accent"
        strokeWidth="1.3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
