/** A registry of before there was mail: its accounts stay, and can be written to. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRegistry } from '../../../electron/db/accounts/client.ts';
import { accounts } from '../../../electron/db/accounts/migrations/0001-accounts.ts';
import { connect } from '../../../electron/db/connection.ts';
import { migrate } from '../../../electron/db/open.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import { mailServer } from '../../helpers/mail-settings.ts';

// Catches: whoever made an account with the version before can neither sign in nor get a mail.
test('a registry of before opens with its accounts, a mail waits for one and goes with it', async () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'accounts.db');
  const old = connect({ path, timeout: 1_000 });
  migrate(old, path, [accounts]);
  old.exec(`
    INSERT INTO accounts (id, email, email_key, name, password_hash, is_administrator, stage, created_at)
      VALUES ('a', 'Ann@example.com', 'ann@example.com', 'Ann', 'hash', 1, 'ready', 1);
  `);
  old.close();
  const registry = await openRegistry({ path });
  expect(await registry.accounts.get('a')).toMatchObject({ name: 'Ann', isAdministrator: true });
  expect(await registry.mails.server()).toBeNull();
  await registry.mails.setServer(mailServer);
  expect(await registry.mails.server()).toEqual(mailServer);
  await registry.mails.put({ id: 'm', accountId: 'a', kind: 'welcome', createdAt: 5 });
  expect(await registry.mails.begin(4)).toBeNull();
  expect(await registry.mails.begin(5)).toMatchObject({ id: 'm', accountId: 'a', attempts: 1, uncertain: 0 });
  const code = { purpose: 'verify-email', hash: 'h', expiresAt: 100, tries: 0 } as const;
  await registry.mails.finish('m', { state: 'sent', code });
  expect(await registry.codes.takeTry('a', 'verify-email', 50)).toMatchObject({ hash: 'h', tries: 1 });
  // Nothing of it is left with the account gone.
  expect(await registry.accounts.remove('a')).toBe(0);
  expect(await registry.codes.takeTry('a', 'verify-email', 50)).toBeNull();
  await registry.close();
  remove();
});
