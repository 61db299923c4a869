/** Statements on one-time codes: one for each purpose of an account, the newest. */
import { mayBeTried, type CodePurpose, type StoredCode } from '../../../accounts/one-time-codes.ts';
import type { Connection } from '../../connection.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { CodeStore, NewCode } from '../mail-types.ts';

/** Keeps a code in place of the one before. */
export function codeWriter(connection: Connection): (accountId: string, code: NewCode) => void {
  const put = connection.prepare<[string, string, string, number, number]>(
    'INSERT OR REPLACE INTO one_time_codes (account_id, purpose, hash, expires_at, tries) VALUES (?, ?, ?, ?, ?)',
  );
  return (accountId, { purpose, hash, expiresAt, tries }) => void put.run(accountId, purpose, hash, expiresAt, tries);
}

export function codeQueries(connection: Connection): Synchronous<CodeStore> {
  const put = codeWriter(connection);
  const select = connection.prepare<[string, string], StoredCode>(
    'SELECT hash, expires_at AS expiresAt, tries FROM one_time_codes WHERE account_id = ? AND purpose = ?',
  );
  const count = connection.prepare<[string, string]>(
    'UPDATE one_time_codes SET tries = tries + 1 WHERE account_id = ? AND purpose = ?',
  );
  const remove = connection.prepare<[string, string]>(
    'DELETE FROM one_time_codes WHERE account_id = ? AND purpose = ?',
  );
  const claim = connection.prepare<[string, string, string]>(
    'DELETE FROM one_time_codes WHERE account_id = ? AND purpose = ? AND hash = ?',
  );
  return {
    takeTry: connection.transaction((accountId: string, purpose: CodePurpose, now: number) => {
      const stored = select.get(accountId, purpose);
      if (!stored) return null;
      if (!mayBeTried(stored, now)) {
        remove.run(accountId, purpose);
        return null;
      }
      count.run(accountId, purpose);
      return { ...stored, tries: stored.tries + 1 };
    }).immediate,
    claim: (accountId, purpose, hash) => claim.run(accountId, purpose, hash).changes > 0,
    restore: connection.transaction((accountId: string, code: NewCode) => {
      if (!select.get(accountId, code.purpose)) put(accountId, code);
    }).immediate,
  };
}
