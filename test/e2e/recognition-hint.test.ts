/** Scans in other languages than the one that is built in: said in their details, and recognised anew with one click. */
import PDFKit from 'pdfkit';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { liberationSans } from '../helpers/fonts.ts';
import { startPackageRegistry, type PackageRegistry } from '../helpers/package-registry.ts';
import { scan } from '../helpers/scans.ts';
import { fillLibrary } from '../helpers/window.ts';

const polish =
  'Sprawozdanie roczne spółki za ubiegły rok pokazuje, że sprzedaż wzrosła o dziewięć procent. ' +
  'Rada nadzorcza proponuje wypłatę wyższej dywidendy. ';
const greek =
  'Η ετήσια έκθεση της εταιρείας δείχνει ότι οι πωλήσεις αυξήθηκαν κατά εννέα τοις εκατό. ' +
  'Το διοικητικό συμβούλιο προτείνει μέρισμα. ';
const russian =
  'Годовой отчёт компании за прошлый год показывает, что продажи выросли на девять процентов. ' +
  'Совет директоров предлагает выплатить дивиденды. ';
const slow = { timeout: 60_000 };
let running: RunningApp;
let registry: PackageRegistry;
let isStalling = false;

beforeAll(async () => {
  registry = await startPackageRegistry(['pol', 'rus'], { stalls: () => isStalling });
  running = await launchApp({ environment: { QUIRE_LANGUAGE_DATA_REGISTRY: registry.url } });
  const files = await Promise.all(
    Object.entries({ polish, greek, russian }).map(async ([name, text]) => ({
      name: `${name}.pdf`,
      bytes: await scan(await print(text.repeat(8))),
    })),
  );
  await fillLibrary(running, files, { states: ['ready', 'failed'] });
});
afterAll(async () => {
  await running.end();
  await registry.close();
});

/** A page of text in letters of any script. */
function print(text: string): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const document = new PDFKit();
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.font(liberationSans()).fontSize(12).text(text, 72, 72);
    document.end();
  });
}

const card = (name: string) => running.page.getByTestId('document-card').filter({ hasText: name });

/** Opens a document's details. */
async function openDetails(name: string): Promise<Locator> {
  await card(name).click();
  await running.page.keyboard.press('i');
  const dialog = running.page.getByTestId('details-dialog');
  await dialog.waitFor();
  return dialog;
}

async function closeDetails(): Promise<void> {
  await running.page.keyboard.press('Escape');
  await running.page.getByTestId('details-dialog').waitFor({ state: 'detached' });
}

test('a scan in another language says which; one click fetches that and has the scan read again', async () => {
  const { page } = running;
  const dialog = await openDetails('polish');
  const hint = dialog.getByTestId('recognition-hint');
  await hint.getByText('It looks Polish, and was not read as that.').waitFor();
  await hint.getByText(/comes from the npm registry first/).waitFor();
  // To say so asks nobody for anything.
  expect(registry.asked).toEqual([]);
  await screenshotBothThemes(page, 'recognition-hint-language');
  expect(await seriousAxeViolations(page)).toEqual([]);

  isStalling = true;
  await hint.getByRole('button', { name: 'Recognise in Polish' }).click();
  await hint.getByText('Downloading Polish…').waitFor();
  await hint.getByRole('button', { name: 'Cancel' }).click();
  await hint.getByRole('button', { name: 'Recognise in Polish' }).waitFor();
  expect(await hint.getByRole('alert').count()).toBe(0);
  isStalling = false;
  await hint.getByRole('button', { name: 'Recognise in Polish' }).click();
  await hint.waitFor({ state: 'detached', ...slow });
  await dialog.getByText('Read as Polish').waitFor(slow);
  await closeDetails();
  await expect.poll(() => card('polish').getAttribute('data-state'), slow).toBe('ready');
});

test('letters that are not known are not taken for a language: it says how little was read, and lets one choose', async () => {
  const { page } = running;
  const dialog = await openDetails('greek');
  const hint = dialog.getByTestId('recognition-hint');
  await hint.getByText(/^Read as English, little of it makes words \(\d\d % sure\)\./).waitFor();
  expect(await hint.getByRole('button', { name: /^Recognise in/ }).count()).toBe(0);
  await screenshotBothThemes(page, 'recognition-hint-script');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await hint.getByRole('button', { name: 'Choose a language…' }).click();
  await page.getByTestId('recognise-dialog').getByRole('button', { name: 'Download Greek' }).waitFor();
  // Hungarian is what its letters were taken for.
  expect(await page.getByTestId('recognise-dialog').textContent()).not.toContain('it looks');
  await page.keyboard.press('Escape');
});

test('a scan of which nothing was recognised says the same, and is read again in what is chosen', async () => {
  const { page } = running;
  expect(await card('russian').getAttribute('data-state')).toBe('failed');
  const dialog = await openDetails('russian');
  const hint = dialog.getByTestId('recognition-hint');
  await hint.getByText(/^Read as English, its pages have no words\./).waitFor();
  await hint.getByRole('button', { name: 'Choose a language…' }).click();
  const choice = page.getByTestId('recognise-dialog');
  await choice.getByRole('button', { name: 'Download Russian' }).click();
  await choice.getByRole('checkbox', { name: 'Russian', checked: true }).waitFor(slow);
  await choice.getByRole('checkbox', { name: 'English' }).click();
  const isReadAgain = expect.poll(() => card('russian').textContent(), slow).toMatch(/recognising page/i);
  await choice.getByRole('button', { name: 'Recognise', exact: true }).click();
  await isReadAgain;
  // The registry's Russian is English under another name: nothing again, and that is said of Russian now.
  await expect.poll(() => card('russian').getAttribute('data-state'), slow).toBe('failed');
  await openDetails('russian');
  await hint.getByText(/^Read as Russian, its pages have no words\./).waitFor();
  await closeDetails();
  expect(running.complaints.filter((complaint) => /^(page|console):/.test(complaint))).toEqual([]);
});
