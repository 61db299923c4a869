/** A registry of before anybody could sign in at a provider: its accounts stay, and can be linked. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRegistry } from '../../../electron/db/accounts/client.ts';
import { registryMigrations } from '../../../electron/db/accounts/migrations/index.ts';
import { connect } from '../../../electron/db/connection.ts';
import { migrate } from '../../../electron/db/open.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const BEFORE = 2;

// Catches: an update that loses accounts, or leaves them without the tables that signing in at a provider wants.
test('accounts of before are there, and can be linked', async () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'accounts.db');
  const nativeBinding = process.env['QUIRE_SQLITE_BINDING'];
  const old = connect({ path, timeout: 1_000, ...(nativeBinding ? { nativeBinding } : {}) });
  migrate(old, path, registryMigrations.slice(0, BEFORE));
  old.exec(`
    INSERT INTO accounts (id, email, email_key, name, password_hash, is_administrator, stage, created_at)
    VALUES ('a', 'Anna@example.com', 'anna@example.com', 'Anna', 'hash', 1, 'ready', 1)
  `);
  old.close();
  const registry = await openRegistry({ path });
  expect(await registry.accounts.get('a')).toMatchObject({ email: 'Anna@example.com', isAdministrator: true });
  const provider = { issuer: 'https://example.com', name: 'Example', clientId: 'quire', hasClientSecret: false };
  await registry.identities.setProvider(provider);
  const identity = {
    issuer: 'https://example.com',
    subject: '1',
    provider: provider.issuer,
    accountId: 'a',
    linkedAt: 2,
  };
  expect(await registry.identities.link(identity)).toBe(true);
  expect(await registry.identities.link({ ...identity, subject: '2' })).toBe(false);
  expect(await registry.identities.find('https://example.com', '1')).toEqual(identity);
  expect(await registry.accounts.remove('a')).toBe(0);
  expect(await registry.identities.find('https://example.com', '1')).toBeNull();
  await registry.close();
  remove();
});
