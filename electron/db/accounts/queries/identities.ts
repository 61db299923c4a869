/** Statements on identity providers and identities. */
import type { Connection } from '../../connection.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { IdentityStore, StoredIdentity, StoredProvider } from '../identity-types.ts';

export function identityQueries(connection: Connection): Synchronous<IdentityStore> {
  const selectProviders = connection.prepare<[], Omit<StoredProvider, 'hasClientSecret'> & { hasClientSecret: number }>(
    `SELECT issuer, name, client_id AS clientId, has_client_secret AS hasClientSecret FROM identity_providers
     ORDER BY name, issuer`,
  );
  const upsert = connection.prepare<[string, string, string, number]>(`
    INSERT INTO identity_providers (issuer, name, client_id, has_client_secret) VALUES (?, ?, ?, ?)
    ON CONFLICT (issuer) DO UPDATE SET name = excluded.name, client_id = excluded.client_id,
      has_client_secret = excluded.has_client_secret
  `);
  const removeProvider = connection.prepare<[string]>('DELETE FROM identity_providers WHERE issuer = ?');
  const columns = 'issuer, subject, provider, account_id AS accountId, linked_at AS linkedAt';
  const select = connection.prepare<[string, string], StoredIdentity>(
    `SELECT ${columns} FROM identities WHERE issuer = ? AND subject = ?`,
  );
  const selectOfAccount = connection.prepare<[string], StoredIdentity>(
    `SELECT ${columns} FROM identities WHERE account_id = ? ORDER BY provider`,
  );
  const insert = connection.prepare<[string, string, string, string, number]>(
    `INSERT INTO identities (issuer, subject, provider, account_id, linked_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const remove = connection.prepare<[string, string]>('DELETE FROM identities WHERE account_id = ? AND provider = ?');
  return {
    providers: () => selectProviders.all().map((row) => ({ ...row, hasClientSecret: row.hasClientSecret === 1 })),
    setProvider({ issuer, name, clientId, hasClientSecret }) {
      upsert.run(issuer, name, clientId, hasClientSecret ? 1 : 0);
    },
    removeProvider(issuer) {
      removeProvider.run(issuer);
    },
    find: (issuer, subject) => select.get(issuer, subject) ?? null,
    ofAccount: (accountId) => selectOfAccount.all(accountId),
    link: ({ issuer, subject, provider, accountId, linkedAt }) =>
      insert.run(issuer, subject, provider, accountId, linkedAt).changes > 0,
    unlink(accountId, provider) {
      remove.run(accountId, provider);
    },
  };
}
