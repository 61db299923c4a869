/**
 * Remote migration 2: buckets that were ever named, so that a file is removed from each of them by a computer that looks
 * there; and marks of the history, by which a server that was put back to an earlier state is known again.
 *
 * - Rows of `object_removals` from before have an empty bucket: whoever names one first takes them over.
 * - A mark is written by a trigger, so that no way of giving sequences can forget it. A copy under way (see
 *   account-rows.ts) sets the sequence of its source, whose marks it has copied.
 */
import type { Sql } from '../session.ts';
import { ownRows } from './own-rows.ts';

export async function buckets(sql: Sql): Promise<void> {
  for (const statement of statements) await sql.query(statement);
}

const statements = [
  `CREATE TABLE quire.buckets (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    -- BlobStore.name: 32 hex digits of its server and its own name.
    bucket text COLLATE "C" NOT NULL,
    -- What people call it: its name, and that of its server.
    label text NOT NULL,
    named_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, bucket)
  )`,
  `ALTER TABLE quire.object_removals ADD COLUMN bucket text COLLATE "C" NOT NULL DEFAULT '',
    DROP CONSTRAINT object_removals_pkey, ADD PRIMARY KEY (user_id, address, bucket)`,
  // The last sequence of a push, and what this history alone has there: another one that goes as far has another mark.
  `CREATE TABLE quire.marks (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    seq bigint NOT NULL,
    mark text NOT NULL,
    PRIMARY KEY (user_id, seq)
  )`,
  ownRows('buckets'),
  ownRows('marks'),
  `CREATE FUNCTION quire.mark_history() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO quire.marks (user_id, seq, mark) VALUES (NEW.id, NEW.next_seq - 1, gen_random_uuid()::text)
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER mark_history AFTER UPDATE OF next_seq ON quire.users FOR EACH ROW
    WHEN (NEW.next_seq > OLD.next_seq AND NOT (OLD.sign_in ? 'copy')) EXECUTE FUNCTION quire.mark_history()`,
  // The trigger needs nobody's right to call it.
  `REVOKE EXECUTE ON FUNCTION quire.mark_history() FROM PUBLIC`,
  `SELECT quire.grant_to_members()`,
];
