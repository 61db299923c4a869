/** A Markdown file in real Electron: formatted, cited and found in by its characters, harmless, read on after a restart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { askedSoFar, keepQuestions } from '../helpers/asked.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import { ask, fillLibrary, useServer } from '../helpers/window.ts';

const parts = Array.from({ length: 30 }, (_, index) =>
  [
    `## Part ${index + 1}`,
    '',
    `Quay number ${index + 1} was surveyed by boat. ${'The stones are sound and the moorings hold. '.repeat(9)}`,
    '',
  ].join('\n'),
);
const source = [
  '# Ferry notes',
  '',
  'The night ferry to **Brevik** is driven',
  'by Captain *Solveig* Aamodt since April.',
  '',
  'See [part 30](#part-30), [the annexe](https://example.org/annexe) or [the password file](file:///etc/passwd).',
  '',
  '<img src="https://example.org/pixel.png" onerror="window.hacked = true"><script>window.hacked = true</script>',
  '',
  'An <b onclick="window.hacked = true">inline</b> tag.',
  '',
  '![a map](https://example.org/map.png)',
  '',
  '| Quay | Ships | Depth |',
  '| --- | ---: | ---: |',
  '| North | 41 | 6.5 m |',
  '| South | 17 | 4.1 m |',
  '',
  '1. Cast off',
  '2. Steer by the lighthouse',
  '   - keep it to port',
  '3. Moor',
  '',
  '- [x] life jackets',
  '- [ ] flares',
  '',
  '```sh',
  'engine --start   --revolutions=900',
  '```',
  '',
  '> Fog is no reason to hurry.',
  '',
  ...parts,
].join('\n');

/** A text of two stored pages; a passage runs over from the first to the second. */
const watch = 'All was quiet on the water that night and nothing was seen from the tower. ';
const longSentence = `The inspector wrote that ${'the lamp, the lens and the clockwork, '.repeat(20)}were in order.`;
const log = [
  watch.repeat(16),
  watch.repeat(20),
  'Keeper Ingrid lit the lamp at dusk. Then she went up to the gallery',
  `and the others slept. Keeper Oskar sounded the horn twice. ${watch.repeat(3)}`,
  longSentence,
  watch.repeat(6),
].join('\n\n');

let running: RunningApp;
let page: Page;
let server: OpenAiServer;

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  page = running.page;
  await fillLibrary(running, [
    { name: 'ferry.md', bytes: source },
    { name: 'log.txt', bytes: log },
  ]);
  await keepQuestions(running);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

const pages = () => page.getByTestId('pages');
const card = () => page.getByTestId('document-card').filter({ hasText: 'Ferry notes' });

/** How far an element stands below the upper edge of the pages, as a part of their height. */
async function placeOf(selector: string): Promise<number> {
  return page.evaluate((wanted) => {
    const frame = document.querySelector('[data-testid=pages]')?.getBoundingClientRect();
    const box = document.querySelector(wanted)?.getBoundingClientRect();
    return frame && box ? (box.top - frame.top) / frame.height : -1;
  }, selector);
}

test('it is shown as it is meant: headings, lists, a table, code, tasks', async () => {
  await card().dblclick();
  await pages().getByRole('heading', { name: 'Ferry notes', level: 1 }).waitFor();
  expect(await pages().getByRole('row').allTextContents()).toEqual(['QuayShipsDepth', 'North416.5 m', 'South174.1 m']);
  expect(await pages().locator('ol > li').count()).toBe(3);
  expect(await pages().locator('ol ul > li').textContent()).toBe('keep it to port');
  expect(await pages().locator('pre code').textContent()).toBe('engine --start   --revolutions=900\n');
  expect(await pages().locator('input[type=checkbox]:checked').count()).toBe(1);
  expect(await pages().locator('strong').first().textContent()).toBe('Brevik');
  await screenshotBothThemes(page, 'viewer-markdown');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('HTML in it is shown and never run, and no picture is loaded', async () => {
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await pages().locator('script, img, b').count()).toBe(0);
  await pages().getByText('window.hacked = true').first().waitFor();
  expect(await pages().textContent()).toContain('[image: a map]');
  expect(running.complaints.filter((line) => /example\.org/.test(line))).toEqual([]);
});

test('its links: headings are gone to and left again, addresses asked about, others refused with their address', async () => {
  await pages().getByTestId('internal-link').click();
  await pages().getByRole('heading', { name: 'Part 30' }).waitFor();
  await expect
    .poll(() => page.evaluate(() => (document.querySelector('[data-testid=pages]')?.scrollTop ?? 0) > 500))
    .toBe(true);
  await pages().focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(() => pages().evaluate((element) => element.scrollTop)).toBeLessThan(60);
  await pages().getByRole('link', { name: 'the annexe' }).click();
  await expect
    .poll(() => askedSoFar(running))
    .toEqual(['Open this address in your browser? https://example.org/annexe']);
  // SECURITY: an address of a file is not even a link.
  expect(await pages().locator('a[href^="file:"]').count()).toBe(0);
});

test('what is found is marked exactly, also within marks of Markdown and far below', async () => {
  await pages().focus();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('quay number 28');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('1 of 1');
  await page.getByTestId('found-current').waitFor();
  expect(await page.getByTestId('found-current').textContent()).toBe('Quay number 28');
  await expect.poll(() => placeOf('[data-testid=found-current]')).toBeGreaterThan(0);
  expect(await placeOf('[data-testid=found-current]')).toBeLessThan(1);
  // What is seen, whatever marks of Markdown stand between its words.
  await page.getByTestId('find-field').fill('by captain solveig aamodt');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('1 of 1');
  await expect
    .poll(async () => (await page.getByTestId('found-current').allTextContents()).join(''))
    .toBe('by Captain Solveig Aamodt');
  await screenshotBothThemes(page, 'viewer-markdown-find');
  await page.getByTestId('find-field').fill('revolutions=900');
  await expect.poll(() => page.getByTestId('found-current').textContent()).toBe('revolutions=900');
  await page.keyboard.press('Escape');
});

test('the outline leads to its headings', async () => {
  await pages().focus();
  await page.keyboard.press('o');
  const outline = page.getByTestId('outline');
  await outline.getByText('Part 20').click();
  await expect
    .poll(async () => {
      const heading = pages().getByRole('heading', { name: 'Part 20', exact: true });
      const box = await heading.boundingBox();
      const frame = await pages().boundingBox();
      return box && frame ? Math.round(box.y - frame.y) : -1;
    })
    .toBeLessThan(40);
  // Reading on by keys and wheel, the line of what is read now is marked.
  const marked = () => outline.locator('[aria-selected=true]').textContent();
  await pages().focus();
  await page.keyboard.press('Home');
  await expect.poll(marked).toBe('Ferry notes');
  await pages().getByRole('heading', { name: 'Part 7', exact: true }).scrollIntoViewIfNeeded();
  await pages().evaluate((element) => {
    const heading = [...element.querySelectorAll('h2')].find(({ textContent }) => textContent === 'Part 7');
    if (heading) element.scrollBy(0, heading.getBoundingClientRect().top - element.getBoundingClientRect().top + 40);
  });
  await expect.poll(marked).toBe('Part 7');
  await screenshotBothThemes(page, 'viewer-markdown-outline');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('o');
});

test('it is shown as it is written, and back', async () => {
  await pages().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('m');
  await pages().getByText('| North | 41 | 6.5 m |').waitFor();
  await screenshotBothThemes(page, 'viewer-markdown-source');
  await page.keyboard.press('m');
  await pages().getByRole('table').waitFor();
});

test('a citation marks exactly the words of its passage, through bold and italic ones', async () => {
  await page.keyboard.press('Control+2');
  const answer = await ask(page, 'Who drives the night ferry to Brevik?');
  await answer.getByTestId('citation-chip').first().click();
  await page.getByTestId('citation-box').first().waitFor();
  const marked = (await page.getByTestId('citation-box').allTextContents()).join('').replace(/\s+/g, ' ');
  expect(marked).toContain('The night ferry to Brevik is driven by Captain Solveig Aamodt since April.');
  expect(marked).not.toContain('See part 30');
  expect(await placeOf('[data-testid=citation-box]')).toBeGreaterThan(0);
  await screenshotBothThemes(page, 'viewer-markdown-citation');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

/** The model says the first two of these sentences that one passage has, and cites it for both. */
function sayFrom(sentences: RegExp): void {
  server.setReply(({ messages }) => {
    const prompt = messages.at(-1)?.content ?? '';
    const said = [...prompt.matchAll(/<passage number="(\d+)"[^>]*>\n([\s\S]*?)\n<\/passage>/g)]
      .map(([, number, text = '']) =>
        [...new Set(text.match(sentences) ?? [])].slice(0, 2).map((one) => `${one} [${number}]`),
      )
      .sort((a, b) => b.length - a.length);
    return said[0]?.join(' ') ?? 'Yes.';
  });
}

/** What is marked as cited, piece by piece. */
const citedPieces = async () =>
  (await page.getByTestId('citation-box').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());

// Catches: nothing marked at all where a citation has more than one quote.
test('a citation of two places marks both of them', async () => {
  await useServer(page, server.baseUrl);
  sayFrom(/Quay number \d+ was surveyed by boat\./g);
  const answer = await ask(page, 'Which quays were surveyed by boat?');
  await answer.getByTestId('citation-chip').first().click();
  await expect.poll(async () => (await citedPieces()).length).toBe(2);
  for (const piece of await citedPieces()) expect(piece).toMatch(/^Quay number \d+ was surveyed by boat\.$/);
  await screenshotBothThemes(page, 'viewer-markdown-two-places');
});

// Catches: a passage that runs over to the next stored page marked on the first alone.
test('a citation in a text marks its words on both of its pages', async () => {
  sayFrom(/Keeper \w+ (?:lit|sounded)[^.]*\./g);
  const answer = await ask(page, 'What did Keeper Ingrid and Keeper Oskar do with the lamp and the horn?');
  await answer.getByTestId('citation-chip').first().click();
  await expect
    .poll(citedPieces)
    .toEqual(['Keeper Ingrid lit the lamp at dusk.', 'Keeper Oskar sounded the horn twice.']);
  const pageOf = (nth: number) =>
    page
      .getByTestId('citation-box')
      .nth(nth)
      .evaluate((mark) => mark.closest('[data-page-number]')?.getAttribute('data-page-number'));
  expect([await pageOf(0), await pageOf(1)]).toEqual(['1', '2']);
  await screenshotBothThemes(page, 'viewer-text-two-pages');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('a citation marks all of a sentence that is too long to be told whole', async () => {
  sayFrom(/The inspector wrote that[^.]*\./g);
  const answer = await ask(page, 'What did the inspector write about the lamp, the lens and the clockwork?');
  await answer.getByTestId('citation-chip').first().click();
  await expect.poll(async () => (await citedPieces()).join(' ')).toBe(longSentence);
});

test('the place of reading and the zoom are kept over a restart', async () => {
  await page.getByTestId('section-all').click();
  await card().dblclick();
  await expect.poll(() => pages().textContent()).toContain('Quay number');
  await pages().focus();
  await page.keyboard.press('+');
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('quay number 17');
  await page.getByTestId('found-current').waitFor();
  await page.keyboard.press('Escape');
  const top = () => pages().evaluate((element) => element.scrollTop);
  await expect.poll(top).toBeGreaterThan(500);
  await page.waitForFunction(() => /,[2-6],[^\]]*,1\.1,0\]/.test(localStorage.getItem('quire.reading') ?? ''));
  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  page = running.page;
  // The page that was read alone is open again.
  const heading = pages().getByRole('heading', { name: 'Part 17', exact: true });
  await heading.waitFor();
  await expect
    .poll(async () => {
      const box = await heading.boundingBox();
      const frame = await pages().boundingBox();
      return box && frame ? box.y > frame.y - frame.height && box.y < frame.y + frame.height : false;
    })
    .toBe(true);
  expect(await page.getByTestId('zoom').textContent()).toBe('110 %');
});

test('the page reported no fault', () => {
  expect(running.complaints.filter((line) => !/viz_main_impl|bus\.cc|gpu|vaapi|dri3|GLES|gl_/i.test(line))).toEqual([]);
});
