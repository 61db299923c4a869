/** Migration 3 of the registry: OpenID Connect providers, and whose account opens by which of their identities. */
import type { Connection } from '../../connection.ts';

export function identities(connection: Connection): void {
  connection.exec(`
    -- Set by the administrator. A client secret, if there is one, is in the keychain.
    CREATE TABLE identity_providers (
      issuer TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      client_id TEXT NOT NULL,
      has_client_secret INTEGER NOT NULL
    ) STRICT;

    -- One person at a provider opens one account, and an account opens by one person of each provider.
    CREATE TABLE identities (
      -- As the id token says it; that of the provider may stand for several (tenants).
      issuer TEXT NOT NULL,
      subject TEXT NOT NULL,
      provider TEXT NOT NULL REFERENCES identity_providers (issuer) ON DELETE CASCADE,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      linked_at INTEGER NOT NULL,
      PRIMARY KEY (issuer, subject),
      UNIQUE (account_id, provider)
    ) STRICT;
    CREATE INDEX identities_by_provider ON identities (provider);
  `);
}
