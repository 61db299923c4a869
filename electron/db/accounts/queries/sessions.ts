/** Statements on sessions. One that is over has no row: none of its tokens is good. */
import type { Connection } from '../../connection.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { Exchange, NewSession, SessionStore } from '../registry.ts';

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly is_kept: number;
  readonly is_locked: number;
  readonly used_at: number;
}

export function sessionQueries(connection: Connection): Synchronous<SessionStore> {
  const insert = connection.prepare<[string, string, string, number, number, number, number]>(`
    INSERT INTO sessions (id, account_id, token_hash, is_kept, created_at, used_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
  `);
  const select = connection.prepare<[string], Row>('SELECT * FROM sessions WHERE id = ?');
  const selectHashes = connection.prepare<[string], { token_hash: string; next_hash: string | null }>(
    'SELECT token_hash, next_hash FROM sessions WHERE id = ?',
  );
  const exchange = connection.prepare<[string, string, number, string]>(
    'UPDATE sessions SET token_hash = ?, next_hash = ?, used_at = ? WHERE id = ?',
  );
  const finish = connection.prepare<[number, string]>(
    'UPDATE sessions SET token_hash = next_hash, next_hash = NULL, expires_at = ? WHERE id = ? AND next_hash IS NOT NULL',
  );
  const setKept = connection.prepare<[number, string]>('UPDATE sessions SET is_kept = ? WHERE id = ?');
  const setLocked = connection.prepare<[number, string]>('UPDATE sessions SET is_locked = ? WHERE id = ?');
  const touch = connection.prepare<[number, string]>('UPDATE sessions SET used_at = ? WHERE id = ?');
  const end = connection.prepare<[string]>('DELETE FROM sessions WHERE id = ?');
  const endAll = connection.prepare<[string]>('DELETE FROM sessions WHERE account_id = ?');
  const prune = connection.prepare<[number]>('DELETE FROM sessions WHERE expires_at <= ? OR is_kept = 0');
  return {
    begin: connection.transaction(({ id, accountId, tokenHash, isKept, createdAt, expiresAt }: NewSession) => {
      endAll.run(accountId);
      insert.run(id, accountId, tokenHash, Number(isKept), createdAt, createdAt, expiresAt);
    }).immediate,
    get(id) {
      const row = select.get(id);
      if (!row) return null;
      return {
        id: row.id,
        accountId: row.account_id,
        isKept: row.is_kept === 1,
        isLocked: row.is_locked === 1,
        usedAt: row.used_at,
      };
    },
    beginExchange: connection.transaction((id: string, tokenHash: string, nextHash: string, now: number): Exchange => {
      const stored = selectHashes.get(id);
      if (!stored) return 'unknown';
      if (tokenHash !== stored.token_hash && tokenHash !== stored.next_hash) {
        end.run(id);
        return 'reused';
      }
      exchange.run(tokenHash, nextHash, now, id);
      return 'begun';
    }).immediate,
    finishExchange(id, expiresAt) {
      finish.run(expiresAt, id);
    },
    setKept(id, isKept) {
      setKept.run(Number(isKept), id);
    },
    setLocked(id, isLocked) {
      setLocked.run(Number(isLocked), id);
    },
    touch(id, now) {
      touch.run(now, id);
    },
    end(id) {
      end.run(id);
    },
    endAll(accountId) {
      endAll.run(accountId);
    },
    prune(now) {
      prune.run(now);
    },
  };
}
