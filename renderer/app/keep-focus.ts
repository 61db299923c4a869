/**
 * The focus outlives what had it. When the control that the keyboard is on goes (a line that is deleted, a panel that closes, a
 * view that makes room for another), the browser drops the focus and keys lead nowhere. Here it comes to lie on what is next
 * to it, else on what that part of the window is for. Who uses the mouse is left alone.
 *
 * Parts are marked: `data-region` (a pane, a view, a dialog), `data-home` (what a part's keys are for; else its first control),
 * `data-passing` (what comes and goes by itself: the focus returns to where it was before), `data-line` (a line of a list that
 * may move, with its name: the focus goes with it).
 */

/** Milliseconds: a view may have to be fetched before it can take the focus. */
const patience = 1_500;
const interval = 40;

const controls = 'a[href], button, input, select, textarea, summary, [tabindex]';

interface Step {
  readonly element: HTMLElement;
  readonly next: Element | null;
  readonly previous: Element | null;
}

/** What had the focus last, and what it lies in, from the inside out. */
let path: readonly Step[] = [];
/** What had it before something passing did. */
let before: HTMLElement | null = null;
let isByKeys = false;
/** That it was lost is known already. */
let isWaiting = false;

function canTakeFocus(element: HTMLElement): boolean {
  return element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility();
}

function firstIn(part: Element | null | undefined): HTMLElement | null {
  if (!part?.isConnected) return null;
  if (part instanceof HTMLElement && part.matches(controls) && canTakeFocus(part)) return part;
  return [...part.querySelectorAll<HTMLElement>(controls)].find(canTakeFocus) ?? null;
}

/** What a part is for, else its first control. */
function homeOf(region: Element | null): HTMLElement | null {
  const home = region?.querySelector<HTMLElement>('[data-home]');
  return home && canTakeFocus(home) ? home : firstIn(region);
}

/** The middle, or the page that is read alone. */
function windowHome(): HTMLElement | null {
  const [main, page] = ['main', 'page'].map((name) => document.querySelector(`[data-region="${name}"]`));
  return main ? homeOf(main) : homeOf(page ?? null);
}

function onFocusIn({ target }: FocusEvent): void {
  // Radix lets a dialog itself have the focus when a control in it went, where nobody can see it.
  if (!(target instanceof HTMLElement) || target.matches('[data-modal]')) return;
  const from = path[0]?.element;
  if (target.closest('[data-passing]') && from?.isConnected && !from.closest('[data-passing]')) before = from;
  const steps: Step[] = [];
  for (let element: HTMLElement | null = target; element; element = element.parentElement)
    steps.push({ element, next: element.nextElementSibling, previous: element.previousElementSibling });
  path = steps;
}

function isLost(): boolean {
  const last = path[0]?.element;
  if (!isByKeys || !last) return false;
  const active = document.activeElement;
  const isNowhere = active === null || active === document.body || active.matches('[data-modal]');
  return isNowhere && (!last.isConnected || last.matches(':disabled'));
}

/** The line that had it, where it is now. */
function movedLine(): HTMLElement | null {
  const name = path.find(({ element }) => element.dataset['line'] !== undefined)?.element.dataset['line'];
  return name === undefined ? null : firstIn(document.querySelector(`[data-line="${CSS.escape(name)}"]`));
}

/** Null while there is nothing yet that could have it. */
function successor(): HTMLElement | null {
  if (path.some(({ element }) => element.matches('[data-passing]'))) return before?.isConnected ? before : windowHome();
  const end = path.findIndex(({ element }) => element.matches('[data-region]'));
  if (end < 0 || !path[end]?.element.isConnected) return windowHome();
  const moved = movedLine();
  if (moved) return moved;
  // The innermost that is still there, and what went from it.
  const at = Math.max(
    1,
    path.findIndex(({ element }) => element.isConnected),
  );
  const gone = path[at - 1];
  const inRegion = path.slice(at, end).map(({ element }) => element);
  for (const part of at <= end ? [gone?.next, gone?.previous, ...inRegion] : []) {
    const control = firstIn(part);
    if (control) return control;
  }
  return homeOf(path[end].element);
}

/** The line of the sidebar that shows, where the middle has nothing to press. */
function lastResort(): HTMLElement | null {
  return firstIn(document.querySelector('[aria-current="page"]')) ?? firstIn(document.body);
}

function look(lostAt: number): void {
  const isOver = performance.now() - lostAt > patience;
  const next = isLost() ? (successor() ?? (isOver ? lastResort() : null)) : null;
  next?.focus();
  isWaiting = next === null && !isOver && isLost();
  if (isWaiting) setTimeout(() => look(lostAt), interval);
}

/** Begins to keep the focus, for as long as the window is there. */
export function keepFocus(): void {
  document.addEventListener('focusin', onFocusIn);
  document.addEventListener('keydown', () => (isByKeys = true), true);
  document.addEventListener('pointerdown', () => (isByKeys = false), true);
  new MutationObserver(() => {
    if (isWaiting || !isLost()) return;
    isWaiting = true;
    // What closes a dialog or a menu, or moves a line, sees to the focus itself, by the next frame: it goes first.
    requestAnimationFrame(() => setTimeout(() => look(performance.now())));
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}
