/** All statements of the registry over one connection. */
import { join } from 'node:path';
import { LOCAL_ACCOUNT, noLimits, type Limits } from '../../../shared/accounts.ts';
import type { Connection } from '../connection.ts';
import { LibraryLock } from '../library-lock.ts';
import type { Synchronous } from '../synchronous.ts';
import { accountQueries } from './queries/accounts.ts';
import { codeQueries } from './queries/codes.ts';
import { identityQueries } from './queries/identities.ts';
import { mailQueries } from './queries/mail.ts';
import { sessionQueries } from './queries/sessions.ts';
import type {
  FailureRecord,
  FailureStore,
  InstallationStore,
  LibraryStore,
  LimitStore,
  RegistryStore,
} from './registry.ts';

export type SynchronousRegistry = { readonly [Group in keyof RegistryStore]: Synchronous<RegistryStore[Group]> };

/** @param nativeBinding See ConnectOptions. */
export function createRegistryStore(connection: Connection, nativeBinding?: string): SynchronousRegistry {
  return {
    accounts: accountQueries(connection),
    sessions: sessionQueries(connection),
    failures: failureQueries(connection),
    limits: limitQueries(connection),
    installation: installationQueries(connection),
    libraries: libraryChecks(nativeBinding),
    mails: mailQueries(connection),
    codes: codeQueries(connection),
    identities: identityQueries(connection),
  };
}

function failureQueries(connection: Connection): Synchronous<FailureStore> {
  const select = connection.prepare<[string], FailureRecord>(
    'SELECT key, count, last_at AS lastAt FROM sign_in_failures WHERE key = ?',
  );
  const upsert = connection.prepare<[string, number, number]>(`
    INSERT INTO sign_in_failures (key, count, last_at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET count = excluded.count, last_at = excluded.last_at
  `);
  const remove = connection.prepare<[string]>('DELETE FROM sign_in_failures WHERE key = ?');
  const forget = connection.prepare<[number]>('DELETE FROM sign_in_failures WHERE last_at < ?');
  return {
    get: (keys) => keys.flatMap((key) => select.get(key) ?? []),
    put: connection.transaction((records: readonly FailureRecord[], forgetBefore: number) => {
      for (const { key, count, lastAt } of records) {
        if (count > 0) upsert.run(key, count, lastAt);
        else remove.run(key);
      }
      forget.run(forgetBefore);
    }).immediate,
  };
}

function limitQueries(connection: Connection): Synchronous<LimitStore> {
  const columns = `monthly_cost AS monthlyCost, monthly_tokens AS monthlyTokens,
    requests_per_minute AS requestsPerMinute`;
  const select = connection.prepare<[string], Limits>(`SELECT ${columns} FROM account_limits WHERE account_id = ?`);
  const selectLocal = connection.prepare<[], Limits>(`SELECT ${columns} FROM local_limits`);
  const putLocal = connection.prepare<[number | null, number | null, number | null]>(`
    INSERT OR REPLACE INTO local_limits (key, monthly_cost, monthly_tokens, requests_per_minute) VALUES (1, ?, ?, ?)
  `);
  const upsert = connection.prepare<[string, number | null, number | null, number | null]>(`
    INSERT INTO account_limits (account_id, monthly_cost, monthly_tokens, requests_per_minute) VALUES (?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE SET monthly_cost = excluded.monthly_cost,
      monthly_tokens = excluded.monthly_tokens, requests_per_minute = excluded.requests_per_minute
  `);
  return {
    get: (accountId) => (accountId === LOCAL_ACCOUNT ? selectLocal.get() : select.get(accountId)) ?? noLimits,
    set(accountId, { monthlyCost, monthlyTokens, requestsPerMinute }) {
      // A number that is whole in JSON may come with a fraction; the column takes none.
      const wholeTokens = monthlyTokens === null ? null : Math.floor(monthlyTokens);
      if (accountId === LOCAL_ACCOUNT) putLocal.run(monthlyCost, wholeTokens, requestsPerMinute);
      else upsert.run(accountId, monthlyCost, wholeTokens, requestsPerMinute);
    },
  };
}

function installationQueries(connection: Connection): Synchronous<InstallationStore> {
  const select = connection.prepare<[], { id: string; has_used_keychain: number }>('SELECT * FROM installation');
  const note = connection.prepare('UPDATE installation SET has_used_keychain = 1');
  const row = () => {
    const found = select.get();
    if (!found) throw new Error('The registry has no installation.');
    return found;
  };
  return {
    id: () => row().id,
    hasUsedKeychain: () => row().has_used_keychain === 1,
    noteKeychain() {
      note.run();
    },
  };
}

function libraryChecks(nativeBinding: string | undefined): Synchronous<LibraryStore> {
  return {
    requireFree(folder) {
      const lock = new LibraryLock({
        path: join(folder, 'library.db'),
        ...(nativeBinding === undefined ? {} : { nativeBinding }),
      });
      lock.acquire();
      lock.release();
    },
  };
}
