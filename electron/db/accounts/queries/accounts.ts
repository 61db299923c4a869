/** Statements on accounts. One whose deletion has begun is found by `deleting` alone. */
import type { Connection } from '../../connection.ts';
import type { Synchronous } from '../../synchronous.ts';
import { removeUpdateCopies } from '../../update-copies.ts';
import type { Account, AccountStage, AccountStore, NewAccount } from '../registry.ts';

interface Row {
  readonly id: string;
  readonly email: string;
  readonly email_key: string;
  readonly name: string;
  /** Empty where there is none. */
  readonly password_hash: string;
  readonly keys: string | null;
  readonly is_administrator: number;
  readonly is_email_verified: number;
  readonly stage: AccountStage;
  readonly idle_lock: number | null;
  readonly created_at: number;
}

function toAccount(row: Row): Account {
  return {
    id: row.id,
    email: row.email,
    emailKey: row.email_key,
    name: row.name,
    passwordHash: row.password_hash === '' ? null : row.password_hash,
    keys: row.keys,
    isAdministrator: row.is_administrator === 1,
    isEmailVerified: row.is_email_verified === 1,
    stage: row.stage,
    idleLock: row.idle_lock,
    createdAt: row.created_at,
  };
}

export function accountQueries(connection: Connection): Synchronous<AccountStore> {
  const isTaken = connection.prepare<[string, string], number>(
    'SELECT 1 FROM accounts WHERE email_key = ? AND id <> ?',
  );
  const insert = connection.prepare<[string, string, string, string, string, string | null, string, number]>(`
    INSERT INTO accounts (id, email, email_key, name, password_hash, keys, stage, created_at, is_administrator)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM accounts WHERE is_administrator = 1))
  `);
  const present = `SELECT * FROM accounts WHERE stage <> 'deleting'`;
  const select = connection.prepare<[string], Row>(`${present} AND id = ?`);
  const selectByEmail = connection.prepare<[string], Row>(`${present} AND email_key = ?`);
  const selectAll = connection.prepare<[], Row>(`${present} ORDER BY created_at, rowid`);
  const selectDeleting = connection.prepare<[], { id: string; emailKey: string }>(
    `SELECT id, email_key AS emailKey FROM accounts WHERE stage = 'deleting'`,
  );
  const setName = connection.prepare<[string, string]>('UPDATE accounts SET name = ? WHERE id = ?');
  // The same address in other letters stays as proven as it was.
  const setEmail = connection.prepare<[string, string, string, string]>(`
    UPDATE accounts SET email = ?, is_email_verified = (is_email_verified AND email_key = ?), email_key = ? WHERE id = ?
  `);
  const setEmailVerified = connection.prepare<[string, string]>(
    'UPDATE accounts SET is_email_verified = 1 WHERE id = ? AND email_key = ?',
  );
  const setPasswordHash = connection.prepare<[string, string]>('UPDATE accounts SET password_hash = ? WHERE id = ?');
  const setCredentials = connection.prepare<[string, string | null, string]>(
    'UPDATE accounts SET password_hash = ?, keys = ? WHERE id = ?',
  );
  const hasHash = connection.prepare<[string], number>(`SELECT password_hash <> '' FROM accounts WHERE id = ?`).pluck();
  const selectEncrypted = connection.prepare<[], number>('SELECT 1 FROM accounts WHERE keys IS NOT NULL LIMIT 1');
  const setIdleLock = connection.prepare<[number | null, string]>('UPDATE accounts SET idle_lock = ? WHERE id = ?');
  const setStage = connection.prepare<[string, string]>(
    `UPDATE accounts SET stage = ? WHERE id = ? AND stage <> 'deleting'`,
  );
  const endSessions = connection.prepare<[string]>('DELETE FROM sessions WHERE account_id = ?');
  const giveRoleAway = connection.prepare<[string]>(`
    UPDATE accounts SET is_administrator = 1
    WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ? AND is_administrator = 1)
      AND id = (SELECT id FROM accounts WHERE stage <> 'deleting' ORDER BY created_at, rowid LIMIT 1)
  `);
  const dropRole = connection.prepare<[string]>('UPDATE accounts SET is_administrator = 0 WHERE id = ?');
  const remove = connection.prepare<[string]>('DELETE FROM accounts WHERE id = ?');
  // With the last account goes whoever could lift or change them.
  const forgetSetUp = ['local_limits', 'mail_server', 'identity_providers'].map((table) =>
    connection.prepare<[]>(`DELETE FROM ${table} WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE stage <> 'deleting')`),
  );
  /** Tables whose rows hang on an account: asked of the schema, so that none is forgotten. */
  const links = connection
    .prepare<[], { child: string; column: string }>(
      `SELECT tables.name AS child, links."from" AS "column"
       FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS links
       WHERE tables.type = 'table' AND links."table" = 'accounts'`,
    )
    .all();
  const countLeft = [{ child: 'accounts', column: 'id' }, ...links].map(({ child, column }) =>
    connection.prepare<[string], number>(`SELECT count(*) FROM "${child}" WHERE "${column}" = ?`).pluck(),
  );

  return {
    insert: connection.transaction(
      ({ id, email, emailKey, name, passwordHash, keys, stage, createdAt }: NewAccount) => {
        if (isTaken.get(emailKey, id) !== undefined) return false;
        insert.run(id, email, emailKey, name, passwordHash ?? '', keys, stage, createdAt);
        return true;
      },
    ).immediate,
    get(id) {
      const row = select.get(id);
      return row ? toAccount(row) : null;
    },
    findByEmail(emailKey) {
      const row = selectByEmail.get(emailKey);
      return row ? toAccount(row) : null;
    },
    list: () => selectAll.all().map(toAccount),
    rename(id, name) {
      setName.run(name, id);
    },
    setEmail: connection.transaction((id: string, email: string, emailKey: string) => {
      if (isTaken.get(emailKey, id) !== undefined) return false;
      setEmail.run(email, emailKey, emailKey, id);
      return true;
    }).immediate,
    setEmailVerified(id, emailKey) {
      setEmailVerified.run(id, emailKey);
    },
    setPasswordHash(id, passwordHash) {
      setPasswordHash.run(passwordHash, id);
    },
    setCredentials(id, { passwordHash, keys }) {
      const losesHash = passwordHash === null && hasHash.get(id) === 1;
      setCredentials.run(passwordHash ?? '', keys, id);
      return losesHash ? removeUpdateCopies(connection.name) : 0;
    },
    hasEncrypted: () => selectEncrypted.get() !== undefined,
    setIdleLock(id, minutes) {
      setIdleLock.run(minutes, id);
    },
    setStage(id, stage) {
      setStage.run(stage, id);
    },
    beginDeletion: connection.transaction((id: string) => {
      setStage.run('deleting', id);
      endSessions.run(id);
      giveRoleAway.run(id);
      dropRole.run(id);
      // At once: when its files can't be removed, somebody else may make the next first account before they are.
      for (const forget of forgetSetUp) forget.run();
    }).immediate,
    deleting: () => selectDeleting.all(),
    remove(id) {
      remove.run(id);
      const left = countLeft.reduce((sum, count) => sum + (count.get(id) ?? 0), 0);
      return left + removeUpdateCopies(connection.name);
    },
  };
}
