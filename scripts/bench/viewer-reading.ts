/** What is measured in the open document: frames while scrolling, pages after a jump, long tasks, find. */
import type { Page } from 'playwright-core';

const SCROLL_SECONDS = 8;
/** Pixels a frame: 60 of them a second are two screens. */
const SCROLL_STEP = 30;
const JUMPS = 20;

export interface Scrolling {
  /** Milliseconds between frames. */
  readonly gaps: readonly number[];
  /** Frames with a page in sight that was not drawn. */
  readonly blank: number;
  /** Milliseconds of the longest run of such frames. */
  readonly longestBlank: number;
  readonly canvasBytes: number;
  readonly detail: string;
}

/** Long tasks (50 ms and more, as the browser reports them) from now on; the answer tells those so far. */
export async function watchLongTasks(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const stalls: number[] = [];
    Object.assign(globalThis, { quireBenchStalls: stalls });
    new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) stalls.push(entry.duration);
    }).observe({ entryTypes: ['longtask'] });
  });
  return () => page.evaluate(() => (globalThis as unknown as { quireBenchStalls: number[] }).quireBenchStalls);
}

export async function measureScrolling(page: Page): Promise<Scrolling> {
  const measured = await page.evaluate(
    async ({ seconds, step }) => {
      const scroller = document.querySelector<HTMLElement>('[data-testid=pages]');
      if (!scroller) throw new Error('no pages');
      scroller.scrollTop = scroller.scrollHeight / 3;
      while (!scroller.querySelector('[data-drawn=true]')) await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const frame = scroller.getBoundingClientRect();
      const gaps: number[] = [];
      let blank = 0;
      let canvasBytes = 0;
      let blankSince: number | null = null;
      let longestBlank = 0;
      let last = await new Promise<number>(requestAnimationFrame);
      const end = last + seconds * 1_000;
      while (last < end) {
        const now = await new Promise<number>(requestAnimationFrame);
        gaps.push(now - last);
        // As far as 60 frames a second would have come, so that a slow machine scrolls as fast.
        scroller.scrollTop += step * Math.max(1, Math.round((now - last) / (1_000 / 60)));
        last = now;
        const inSight = [...scroller.querySelectorAll('[data-testid=page]')].filter((sheet) => {
          const box = sheet.getBoundingClientRect();
          return box.bottom > frame.top && box.top < frame.bottom;
        });
        const isBlank = inSight.length === 0 || inSight.some((sheet) => !sheet.querySelector('[data-drawn=true]'));
        if (isBlank) {
          blank += 1;
          blankSince ??= now;
          longestBlank = Math.max(longestBlank, now - blankSince);
        } else {
          blankSince = null;
        }
        const canvases = [...document.querySelectorAll('[data-testid=page-pane] canvas')] as HTMLCanvasElement[];
        canvasBytes = Math.max(
          canvasBytes,
          canvases.reduce((sum, canvas) => sum + canvas.width * canvas.height * 4, 0),
        );
      }
      return { gaps, blank, longestBlank, canvasBytes };
    },
    { seconds: SCROLL_SECONDS, step: SCROLL_STEP },
  );
  return { ...measured, detail: `${SCROLL_SECONDS} s at ${SCROLL_STEP * 60} pixels a second` };
}

/** Milliseconds from each jump until every page in sight was drawn. */
export async function measureJumps(
  page: Page,
  pages: number,
): Promise<{ readonly times: readonly number[]; readonly canvasBytes: number }> {
  return page.evaluate(
    async ({ count, pageCount }) => {
      const scroller = document.querySelector<HTMLElement>('[data-testid=pages]');
      if (!scroller) throw new Error('no pages');
      const frame = scroller.getBoundingClientRect();
      const times: number[] = [];
      let canvasBytes = 0;
      for (let jump = 0; jump < count; jump += 1) {
        // A step that shares no factor with the count comes by everywhere.
        const part = ((jump * 733) % pageCount) / pageCount;
        const started = performance.now();
        scroller.scrollTop = part * scroller.scrollHeight;
        await new Promise(requestAnimationFrame);
        for (;;) {
          const inSight = [...scroller.querySelectorAll('[data-testid=page]')].filter((sheet) => {
            const box = sheet.getBoundingClientRect();
            return box.bottom > frame.top && box.top < frame.bottom;
          });
          if (inSight.length > 0 && inSight.every((sheet) => sheet.querySelector('[data-drawn=true]'))) break;
          if (performance.now() - started > 20_000) throw new Error(`nothing was drawn at ${part}`);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        times.push(performance.now() - started);
        const canvases = [...document.querySelectorAll('[data-testid=page-pane] canvas')] as HTMLCanvasElement[];
        canvasBytes = Math.max(
          canvasBytes,
          canvases.reduce((sum, canvas) => sum + canvas.width * canvas.height * 4, 0),
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return { times, canvasBytes };
    },
    { count: JUMPS, pageCount: pages },
  );
}

/** Milliseconds from the last letter to the count of all matches. */
export async function measureFind(page: Page, target: number): Promise<number> {
  await page.getByTestId('pages').focus();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('heron crosse');
  await page.waitForTimeout(1_000);
  return page.evaluate(async (wanted) => {
    const field = document.querySelector<HTMLInputElement>('[data-testid=find-field]');
    const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
    const started = performance.now();
    value?.set?.call(field, 'heron crossed');
    field?.dispatchEvent(new Event('input', { bubbles: true }));
    const count = () => document.querySelector<HTMLElement>('[data-testid=find-count]');
    // The old count stands until the search began.
    await new Promise(requestAnimationFrame);
    while (count()?.dataset['busy'] === 'true' || count()?.textContent !== '1 of 1') {
      if (performance.now() - started > 20_000) throw new Error(`the heron of page ${wanted} was not found`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - started;
  }, target);
}
