/**
 * The font of the window: the first of styles.css's families that this computer has.
 *
 * A sandboxed window asks the browser process for each family, in each size and weight, and waits for the answer. The
 * family that was found is therefore kept, and the next start asks for that one alone.
 */

const storageKey = 'quire.font';
/** Any size and text will do in which no two fonts are equally wide. */
const sample = { font: '64px', text: 'mmMwWiIl1@gQ& 0Oo' };
/** Those of styles.css. Pixels. */
const sizes = [10.5, 11.5, 12, 13, 15, 17];
const weights = [400, 500, 600];
/** What a family that is missing is drawn with; two, since the family looked for may be one of them. */
const fallbacks = ['monospace', 'serif'];

/** Sets the family that was found at an earlier start. Before React draws. */
export function applyKnownFont(): void {
  const known = localStorage.getItem(storageKey);
  if (known !== null) document.documentElement.style.setProperty('--font-sans', known);
}

/** Finds the family, for this start and the next, so that a font that came or went counts. Called when there is time. */
export function findFont(): void {
  const families = getComputedStyle(document.documentElement).getPropertyValue('--font-families').split(',');
  const width = textWidth();
  const found = firstInstalled(
    families.map((family) => family.trim()),
    width,
  );
  if (found === null) return localStorage.removeItem(storageKey);
  const fonts = `${found}, sans-serif`;
  if (localStorage.getItem(storageKey) !== fonts) {
    localStorage.setItem(storageKey, fonts);
    applyKnownFont();
  }
  // What shows first later, the cards of the first documents above all, then waits for none.
  for (const size of sizes) for (const weight of weights) width(fonts, `${weight} ${size}px`);
}

/**
 * The first family that is drawn otherwise than the fallback behind it.
 *
 * @param width of the sample in a CSS font-family list, in pixels
 */
export function firstInstalled(families: readonly string[], width: (fonts: string) => number): string | null {
  const widths = fallbacks.map((fallback) => ({ fallback, alone: width(fallback) }));
  return (
    families.find((family) => widths.some(({ fallback, alone }) => width(`${family}, ${fallback}`) !== alone)) ?? null
  );
}

function textWidth(): (fonts: string, font?: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  return (fonts, font = sample.font) => {
    if (!context) return 0;
    context.font = `${font} ${fonts}`;
    return context.measureText(sample.text).width;
  };
}
