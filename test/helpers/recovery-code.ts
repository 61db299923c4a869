/** The form that shows a recovery code once and asks for two of its groups. */
import type { Locator } from 'playwright-core';

/** The code that it shows, with its hyphens. */
export async function shownRecoveryCode(form: Locator): Promise<string> {
  const label = (await form.getByTestId('recovery-code').getAttribute('aria-label')) ?? '';
  return label.replace('Recovery code ', '');
}

/** Types the groups that it asks for, as somebody does who wrote the code down, and sends them. */
export async function confirmRecoveryCode(form: Locator): Promise<void> {
  const groups = (await shownRecoveryCode(form)).split('-');
  for (const field of await form.getByLabel(/^Group/).all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
    await field.fill(groups[Number(label.replace('Group ', '')) - 1]?.toLowerCase() ?? '');
  }
  await form.getByTestId('submit').click();
}
