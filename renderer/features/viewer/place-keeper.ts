/**
 * Keeps the place of reading in a column of pages whose heights are guessed until they come into sight. Where somebody
 * was sent is held to, whatever gets another height or width, until a person scrolls; from then on the browser keeps
 * what is in sight, as it does everywhere, until the lines break anew.
 */
import { pageTop, type Anchor } from './page-layout.ts';

/** Pixels above a page that is gone to. */
const topGap = 20;
/** A mark that is gone to stands this part of the pane's height from its top. */
const markedPart = 0.28;
/** The page that is read is the one this part of the pane's height from its top. */
const readPart = 1 / 3;
const sheetSelector = '[data-testid=page]';
/** By which a person scrolls; what else does it is seen by the place it comes to. */
const scrollKeys = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ']);

interface Wanted extends Anchor {
  /** Selects the words that are to stand where the eye looks first; as long as there are none, the page does. */
  readonly mark: string | null;
}

/** The place of one column; it is told where to go before the column is there, too. */
export class PlaceKeeper {
  #scroller: HTMLElement | null = null;
  #onPlace: ((page: number) => void) | null = null;
  /** Null once a person scrolled. */
  #wanted: Wanted | null = null;
  /** As it was seen last. */
  #seen: Anchor | null = null;
  /** Pixels, of what is scrolled: where it was left, how far it could have been scrolled, and how wide it was. */
  #top = 0;
  #range = 0;
  /** 0 while it is not shown. */
  #width = 0;

  /**
   * @param scroller Has one child, the column with the pages.
   * @param onPlace Called with the page that is read, each time the place was looked at.
   * @returns What ends it.
   */
  attach(scroller: HTMLElement, onPlace: (page: number) => void): () => void {
    this.#onPlace = onPlace;
    this.#scroller = scroller;
    this.#width = 0;
    if (this.#wanted) scroller.style.overflowAnchor = 'none';
    const ending = new AbortController();
    const listen = { passive: true, signal: ending.signal } as const;
    scroller.addEventListener('scroll', () => this.look(), listen);
    scroller.addEventListener('touchmove', () => this.#release(), listen);
    scroller.addEventListener('wheel', ({ ctrlKey, metaKey }) => ctrlKey || metaKey || this.#release(), listen);
    scroller.addEventListener('keydown', ({ key }) => scrollKeys.has(key) && this.#release(), listen);
    const observer = new ResizeObserver(() => this.look());
    observer.observe(scroller);
    if (scroller.firstElementChild) observer.observe(scroller.firstElementChild);
    return () => {
      ending.abort();
      observer.disconnect();
      this.#scroller = null;
      this.#onPlace = null;
    };
  }

  /** @param mark Selects words that are more wanted than the page's place, as soon as they are there. */
  goTo({ page, part }: Anchor, mark: string | null = null): void {
    this.#want({ page, part, mark });
    this.#seen = { page, part };
    if (this.#scroller) this.#top = this.#scroller.scrollTop;
    this.look();
  }

  /** Called when what is in sight was changed, before anything of it is looked at: the place stays. */
  hold(): void {
    if (!this.#wanted && this.#seen) {
      this.#want({ ...this.#seen, mark: null });
      if (this.#scroller) this.#top = this.#scroller.scrollTop;
    }
    this.look();
  }

  /** The page that is read, and where the upper edge is from its top: above it, too. */
  place(): Anchor {
    return this.#seen ?? { page: 1, part: 0 };
  }

  /** Called when something may have moved; where marks came or went, too. */
  look(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const isAnew = this.#width === 0;
    const width = scroller.clientWidth;
    const isOtherWidth = width !== this.#width;
    this.#width = width;
    // Nothing has a place while it is not shown.
    if (width === 0 || !scroller.querySelector(sheetSelector)) return;
    if (this.#wanted && !isAnew && this.#isTakenOver(scroller)) this.#release();
    else if (isOtherWidth && !this.#wanted && this.#seen) this.#want({ ...this.#seen, mark: null });
    this.#seen = this.#wanted ? this.#reach(scroller, this.#wanted) : placeRead(scroller);
    this.#top = scroller.scrollTop;
    this.#range = scroller.scrollHeight - scroller.clientHeight;
    this.#onPlace?.(this.#seen.page);
  }

  /** Scrolls to what is wanted, as far as that is known now; answers with the place that this is. */
  #reach(scroller: HTMLElement, { page, part, mark }: Wanted): Anchor {
    const marked = mark === null ? null : scroller.querySelector<HTMLElement>(mark);
    const sheet = marked?.closest<HTMLElement>(sheetSelector);
    if (marked && sheet) {
      scrollTo(scroller, topIn(scroller, marked) - markedPart * scroller.clientHeight);
      const reached = placeOn(scroller, sheet);
      // What was found is no longer marked once the search ends; then this is where reading goes on.
      this.#wanted = { ...reached, mark };
      return reached;
    }
    const shown = sheetOf(scroller, page);
    if (shown) {
      const isTop = part <= 0 && part >= pageTop;
      scrollTo(scroller, topIn(scroller, shown) + (isTop ? -topGap : part * shown.offsetHeight));
    }
    return { page, part };
  }

  #want(wanted: Wanted): void {
    this.#wanted = wanted;
    // Two that keep the place would work against each other.
    if (this.#scroller) this.#scroller.style.overflowAnchor = 'none';
  }

  #release(): void {
    this.#wanted = null;
    if (this.#scroller) this.#scroller.style.overflowAnchor = '';
  }

  /** It stands elsewhere than it was left, and not because there is no longer so much to scroll. */
  #isTakenOver({ scrollTop, scrollHeight, clientHeight }: HTMLElement): boolean {
    if (Math.abs(scrollTop - this.#top) <= 1) return false;
    const range = scrollHeight - clientHeight;
    return !(range < this.#range && scrollTop < this.#top && scrollTop >= range - 1);
  }
}

/** The page at the upper edge, or `below` it by so many pixels; halving, for there may be thousands. */
export function sheetAt(scroller: HTMLElement, below = 1): HTMLElement | null {
  const sheets = scroller.querySelectorAll<HTMLElement>(sheetSelector);
  let low = 0;
  let high = sheets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sheets[middle]?.offsetTop ?? 0) <= scroller.scrollTop + below) low = middle;
    else high = middle - 1;
  }
  return sheets[low] ?? null;
}

/** Pixels from the top of what is scrolled. */
export function topIn(scroller: HTMLElement, element: HTMLElement): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}

/** A new end of the scrolling is set only where there is one: it would stop what a person began. */
function scrollTo(scroller: HTMLElement, top: number): void {
  if (Math.abs(scroller.scrollTop - top) > 0.5) scroller.scrollTop = top;
}

function placeRead(scroller: HTMLElement): Anchor {
  const sheet = sheetAt(scroller, readPart * scroller.clientHeight);
  return sheet ? placeOn(scroller, sheet) : { page: 1, part: 0 };
}

function placeOn(scroller: HTMLElement, sheet: HTMLElement): Anchor {
  const height = sheet.offsetHeight;
  return {
    page: Number(sheet.dataset['pageNumber']),
    part: height === 0 ? 0 : (scroller.scrollTop - topIn(scroller, sheet)) / height,
  };
}

/** Some pages of Markdown begin within a block of the page before them. */
function sheetOf(scroller: HTMLElement, page: number): HTMLElement | null {
  const own = scroller.querySelector<HTMLElement>(`${sheetSelector}[data-page-number="${page}"]`);
  if (own) return own;
  const sheets = [...scroller.querySelectorAll<HTMLElement>(sheetSelector)];
  return sheets.findLast((sheet) => Number(sheet.dataset['pageNumber']) <= page) ?? sheets[0] ?? null;
}
