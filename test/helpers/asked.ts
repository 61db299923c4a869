/** Questions of the system's dialogs: none opens in a test; what would have been asked is kept, and answered with Cancel. */
import type { RunningApp } from './app.ts';

interface Kept {
  readonly quireAsked: string[];
  readonly quireOpened: string[];
}

/** From now on the app's questions are kept instead of asked. */
export async function keepQuestions({ app }: RunningApp): Promise<void> {
  await app.evaluate(({ dialog, shell }) => {
    const kept: Kept = { quireAsked: [], quireOpened: [] };
    Object.assign(globalThis, kept);
    dialog.showMessageBox = ((...parameters: unknown[]) => {
      const { message, detail } = parameters[parameters.length - 1] as { message: string; detail: string };
      kept.quireAsked.push(`${message} ${detail}`);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
    shell.openExternal = (url: string) => {
      kept.quireOpened.push(url);
      return Promise.resolve();
    };
  });
}

/** Message and detail of each question so far. */
export function askedSoFar({ app }: RunningApp): Promise<readonly string[]> {
  return app.evaluate(() => (globalThis as unknown as Kept).quireAsked);
}

/** Addresses that were opened outside so far. */
export function openedSoFar({ app }: RunningApp): Promise<readonly string[]> {
  return app.evaluate(() => (globalThis as unknown as Kept).quireOpened);
}
