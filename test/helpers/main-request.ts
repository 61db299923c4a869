/** Asks main from the window's own page, past its screens: to set up what a test looks at, and to see what main has. */
import type { Page } from 'playwright-core';
import { AppError } from '../../shared/errors.ts';
import type { RequestInput, RequestName, RequestResult } from '../../shared/requests/index.ts';
import { windowSettled, type RunningApp } from './app.ts';

/** With an access token of the session that is open. Throws the AppError that main answered with. */
export async function mainRequest<Name extends RequestName>(
  page: Page,
  name: Name,
  params: RequestInput<Name>,
): Promise<RequestResult<Name>> {
  const result = await page.evaluate(
    async (request) => {
      const session = await window.quire.request('session.current', {}, null);
      const token = session.ok && session.value.state === 'open' ? session.value.accessToken : null;
      return window.quire.request(request.name as 'settings.get', request.params as Record<string, never>, token);
    },
    { name, params },
  );
  if (!result.ok) throw AppError.fromInfo(result.error);
  return result.value as unknown as RequestResult<Name>;
}

/**
 * Asks main for what begins the window anew, sometimes before main's answer reached it. Resolves when the next window
 * stands, throws the AppError that main refused with.
 */
export async function requestAnew<Name extends RequestName>(
  running: Pick<RunningApp, 'app' | 'page'>,
  name: Name,
  params: RequestInput<Name>,
): Promise<void> {
  const { page } = running;
  await page.evaluate(() => Object.assign(window, { isFormer: true }));
  await mainRequest(page, name, params).catch((error: Error) => {
    if (!error.message.includes('Execution context was destroyed')) throw error;
  });
  await page.waitForFunction(() => !('isFormer' in window), undefined, { timeout: 60_000 });
  await windowSettled(running);
}

/** Has answers written by a test server. */
export async function useProvider(page: Page, baseUrl: string): Promise<void> {
  const { settings } = await mainRequest(page, 'settings.get', {});
  const answers = { kind: 'provider' as const, baseUrl, model: 'test-chat' };
  await mainRequest(page, 'settings.update', { settings: { ...settings, answers } });
}
