/** What the system gives a window: its menu, and its place on the screen from one start to the next. */
import { afterEach, expect, test } from 'vitest';
import { launchApp, type RunningApp } from '../helpers/app.ts';

let running: RunningApp | null = null;

afterEach(async () => {
  await running?.end();
  running = null;
});

// Catches: a menu whose items do nothing, or are gone.
test('the native menu carries out what it says', async () => {
  running = await launchApp();
  const { app, page } = running;
  await page.getByTestId('empty-state').waitFor();
  const choose = (menu: string, label: string) =>
    app.evaluate(
      ({ Menu }, [name, wanted]) => {
        const submenu = Menu.getApplicationMenu()?.items.find((item) => item.label.replace('&', '') === name)?.submenu;
        const item = submenu?.items.find((entry) => entry.label === wanted);
        if (!item) throw new Error(`there is no ${name}, ${wanted}`);
        item.click();
      },
      [menu, label] as const,
    );
  await choose('Help', 'About Quire');
  await page.getByRole('dialog', { name: /about|quire/i }).waitFor();
  await page.keyboard.press('Escape');
  await choose('View', 'Search or Ask…');
  await page.getByTestId('palette').waitFor();
  await page.keyboard.press('Escape');
  await choose('File', 'New Conversation');
  await page.getByTestId('composer').waitFor();
  await choose('File', 'Settings…');
  await page.getByTestId('settings-dialog').waitFor();
});

// Catches: a window that opens in its first size, wherever one put it.
test('the window opens where it was and as large, and in sight where its screen is gone', async () => {
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
  const bounds = () =>
    (running as RunningApp).app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  const move = (to: { x: number; y: number; width: number; height: number }) =>
    (running as RunningApp).app.evaluate(
      ({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place),
      to,
    );
  const place = { x: 120, y: 80, width: 900, height: 640 };
  await move(place);
  await expect.poll(bounds).toEqual(place);
  const { dataFolder } = running;
  await running.close();
  running = await launchApp({ dataFolder });
  await running.page.getByTestId('empty-state').waitFor();
  expect(await bounds()).toEqual(place);

  await move({ ...place, x: 9_000 });
  await expect.poll(async () => (await bounds())?.x).toBe(9_000);
  await running.close();
  running = await launchApp({ dataFolder });
  await running.page.getByTestId('empty-state').waitFor();
  expect((await bounds())?.x).toBeLessThan(2_000);
});
