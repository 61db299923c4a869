/** From a provider's bytes to the glyph on the screen, and the window's frames while 200 tokens a second stream in. */
import type { Page } from 'playwright-core';
import { dropFiles, launchApp, removeDataFolder, writeFiles } from '../../test/helpers/app.ts';
import { makeLetter } from '../../test/helpers/fixtures.ts';
import { useProvider } from '../../test/helpers/main-request.ts';
import { startOpenAiServer } from '../../test/helpers/openai-server.ts';
import { send } from '../../test/helpers/window.ts';
import { atMost, percentile, type BenchResult } from './report.ts';

const TOKENS = 1_200;
const TOKENS_PER_SECOND = 200;
const LIMIT = 50;

/** What the page saw: when which token's text was painted first, and the gaps between frames. */
interface PageRecord {
  /** Milliseconds since the epoch, by the last token that is in the text. */
  readonly painted: readonly { readonly token: number; readonly at: number }[];
  readonly frameGaps: readonly number[];
}

export async function measureStreaming(): Promise<BenchResult[]> {
  const sent = new Map<number, number>();
  const server = await startOpenAiServer({
    tokensPerSecond: TOKENS_PER_SECOND,
    // Paragraphs of sixty tokens, as answers have; each token names itself.
    reply: () => Array.from({ length: TOKENS }, (_, index) => `t${index}${index % 60 === 59 ? '.\n\n' : ' '}`).join(''),
    onToken: (token) => {
      const match = /t(\d+)/.exec(token);
      if (match) sent.set(Number(match[1]), performance.timeOrigin + performance.now());
    },
  });
  const running = await launchApp();
  const { page } = running;
  try {
    await page.waitForSelector('[data-testid=empty-state]');
    await dropFiles(
      page,
      await writeFiles(running.dataFolder, [{ name: 'letter.pdf', bytes: await makeLetter('Streaming') }]),
    );
    await page.waitForSelector('[data-testid=document-card][data-state=ready]', { timeout: 60_000 });
    await useProvider(page, server.baseUrl);
    await record(page);
    await send(page, 'What does the letter say?');
    await page.waitForSelector('[data-testid=message][data-role=assistant][data-state=complete]', { timeout: 60_000 });
    const seen = await page.evaluate(() => (globalThis as unknown as { quireBench: PageRecord }).quireBench);
    return [...judge(seen, sent)];
  } finally {
    await running.close();
    await server.close();
    await removeDataFolder(running.dataFolder);
  }
}

/** Records in the page: after each frame, the last token that stands in the newest answer. */
async function record(page: Page): Promise<void> {
  await page.evaluate(() => {
    const painted: { token: number; at: number }[] = [];
    const frameGaps: number[] = [];
    let last = performance.now();
    let newest = -1;
    // Whether a frame is being drawn: what changes the page then is on the screen at its end.
    let drawing = false;
    const draw = window.requestAnimationFrame.bind(window);
    const afterDrawing = (run: () => void): void => {
      const channel = new MessageChannel();
      channel.port1.onmessage = run;
      channel.port2.postMessage(null);
    };
    window.requestAnimationFrame = (callback) =>
      draw((now) => {
        drawing = true;
        afterDrawing(() => (drawing = false));
        callback(now);
      });
    const frame = (now: number): void => {
      if (newest >= 0) frameGaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    const changed = (): void => {
      const messages = document.querySelectorAll('[data-testid=message][data-role=assistant]');
      const text = messages[messages.length - 1]?.textContent ?? '';
      const token = Number(
        text
          .slice(-400)
          .match(/t\d+(?=[\s.])/g)
          ?.at(-1)
          ?.slice(1) ?? -1,
      );
      if (token <= newest) return;
      newest = token;
      if (drawing) afterDrawing(() => painted.push({ token, at: performance.timeOrigin + performance.now() }));
      // Changed between frames: it is drawn with the next one.
      else draw(() => afterDrawing(() => painted.push({ token, at: performance.timeOrigin + performance.now() })));
    };
    new MutationObserver(changed).observe(document.body, { childList: true, subtree: true, characterData: true });
    requestAnimationFrame(frame);
    Object.assign(globalThis, { quireBench: { painted, frameGaps } });
  });
}

function judge(seen: PageRecord, sent: ReadonlyMap<number, number>): BenchResult[] {
  const latencies: number[] = [];
  let next = 0;
  for (const { token, at } of seen.painted) {
    for (; next <= token; next += 1) {
      const written = sent.get(next);
      if (written !== undefined) latencies.push(at - written);
    }
  }
  const detail = `${latencies.length} tokens at ${TOKENS_PER_SECOND} a second; median ${percentile(latencies, 0.5).toFixed(0)} ms.`;
  return [
    atMost('From the provider’s bytes to the glyph, 95th percentile', percentile(latencies, 0.95), LIMIT, 'ms', detail),
    atMost(
      'Longest gap between frames while streaming',
      Math.max(...seen.frameGaps),
      LIMIT,
      'ms',
      `${seen.frameGaps.length} frames, median gap ${percentile(seen.frameGaps, 0.5).toFixed(1)} ms, 99th percentile ${percentile(seen.frameGaps, 0.99).toFixed(1)} ms.`,
    ),
  ];
}
