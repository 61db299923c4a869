/** Statements on the mail server and the queue of mails. */
import type { ErrorInfo } from '../../../../shared/errors.ts';
import { mailServerSchema, type MailKind, type UnsentMail } from '../../../../shared/requests/mail.ts';
import type { Connection } from '../../connection.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { MailOutcome, MailStore, NewMail, QueuedMail } from '../mail-types.ts';
import { codeWriter } from './codes.ts';

interface UnsentRow extends Omit<UnsentMail, 'error'> {
  readonly error: string | null;
}

export function mailQueries(connection: Connection): Synchronous<MailStore> {
  const putCode = codeWriter(connection);
  const selectServer = connection.prepare<[], string>('SELECT settings FROM mail_server').pluck();
  const upsertServer = connection.prepare<[string]>(
    'INSERT INTO mail_server (key, settings) VALUES (1, ?) ON CONFLICT (key) DO UPDATE SET settings = excluded.settings',
  );
  const removeServer = connection.prepare('DELETE FROM mail_server');
  const removeWaiting = connection.prepare(`DELETE FROM mails WHERE state = 'waiting'`);
  const removeSame = connection.prepare<[string, string]>(
    `DELETE FROM mails WHERE account_id = ? AND kind = ? AND state = 'waiting'`,
  );
  const insert = connection.prepare<[string, string, string, number, number]>(
    `INSERT INTO mails (id, account_id, kind, state, created_at, next_attempt_at) VALUES (?, ?, ?, 'waiting', ?, ?)`,
  );
  const selectAsked = connection
    .prepare<[string, string, number], number>(
      'SELECT created_at FROM mails WHERE account_id = ? AND kind = ? AND created_at >= ?',
    )
    .pluck();
  const takeNext = connection.prepare<[number], QueuedMail>(
    `UPDATE mails SET state = 'sending', attempts = attempts + 1
     WHERE id = (SELECT id FROM mails WHERE state = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at, rowid LIMIT 1)
     RETURNING id, account_id AS accountId, kind, created_at AS createdAt, attempts, uncertain`,
  );
  const settle = connection.prepare<[Record<string, string | number | null>]>(
    `UPDATE mails SET state = :state, error = :error, next_attempt_at = coalesce(:nextAttemptAt, next_attempt_at),
       uncertain = uncertain + :uncertain
     WHERE id = :id`,
  );
  const accountOf = connection.prepare<[string], string>('SELECT account_id FROM mails WHERE id = ?').pluck();
  const remove = connection.prepare<[string]>('DELETE FROM mails WHERE id = ?');
  const selectNext = connection
    .prepare<[], number | null>(`SELECT min(next_attempt_at) FROM mails WHERE state = 'waiting'`)
    .pluck();
  const makeDue = connection.prepare<[number]>(`UPDATE mails SET next_attempt_at = ? WHERE state = 'waiting'`);
  const giveUpInterrupted = connection.prepare<[string]>(
    `UPDATE mails SET state = 'failed', error = ?, uncertain = uncertain + 1 WHERE state = 'sending' AND uncertain > 0`,
  );
  const waitAgain = connection.prepare<[number]>(
    `UPDATE mails SET state = 'waiting', next_attempt_at = ?, uncertain = uncertain + 1 WHERE state = 'sending'`,
  );
  const forget = connection.prepare<[number]>(`DELETE FROM mails WHERE state IN ('sent', 'failed') AND created_at < ?`);
  const selectUnsent = connection.prepare<[], UnsentRow>(
    `SELECT mails.id, kind, name, mails.created_at AS createdAt, error,
       CASE state WHEN 'failed' THEN NULL ELSE next_attempt_at END AS nextAttemptAt
     FROM mails JOIN accounts ON accounts.id = account_id
     WHERE state <> 'sent' AND stage <> 'deleting' ORDER BY mails.created_at DESC, mails.rowid DESC`,
  );

  return {
    server() {
      const settings = selectServer.get();
      if (settings === undefined) return null;
      // One from another version that this one can't read is as good as none; Settings then asks for it.
      return mailServerSchema.safeParse(JSON.parse(settings)).data ?? null;
    },
    setServer: connection.transaction((server) => {
      if (server !== null) {
        upsertServer.run(JSON.stringify(server));
      } else {
        removeServer.run();
        removeWaiting.run();
      }
    }).immediate,
    put: connection.transaction(({ id, accountId, kind, createdAt }: NewMail) => {
      removeSame.run(accountId, kind);
      insert.run(id, accountId, kind, createdAt, createdAt);
    }).immediate,
    askedAt: (accountId: string, kind: MailKind, from: number) => selectAsked.all(accountId, kind, from),
    begin: (now) => takeNext.get(now) ?? null,
    finish: connection.transaction((id: string, outcome: MailOutcome) => {
      const accountId = accountOf.get(id);
      // Its account was deleted meanwhile.
      if (accountId === undefined) return;
      const isWaiting = outcome.state === 'waiting';
      settle.run({
        id,
        state: outcome.state,
        error: outcome.state === 'sent' ? null : JSON.stringify(outcome.error),
        nextAttemptAt: isWaiting ? outcome.nextAttemptAt : null,
        uncertain: isWaiting && outcome.isUncertain ? 1 : 0,
      });
      if (outcome.code) putCode(accountId, outcome.code);
    }).immediate,
    drop(id) {
      remove.run(id);
    },
    nextAttemptAt: () => selectNext.get() ?? null,
    retryAll(now) {
      makeDue.run(now);
    },
    recover: connection.transaction((now: number, before: number, reason: ErrorInfo) => {
      giveUpInterrupted.run(JSON.stringify(reason));
      waitAgain.run(now);
      forget.run(before);
    }).immediate,
    unsent: () =>
      selectUnsent
        .all()
        .map((row) => ({ ...row, error: row.error === null ? null : (JSON.parse(row.error) as ErrorInfo) })),
  };
}
