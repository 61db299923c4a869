/** The policy of a table with rows of users: each role has those of its own users. */

/** A statement; the array is made once a statement (an InitPlan), not once a row. */
export function ownRows(table: string): string {
  return `DO $$ BEGIN
    ALTER TABLE quire.${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE quire.${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON quire.${table}
      USING (user_id = ANY (ARRAY(SELECT id FROM quire.users WHERE role = session_user)))
      WITH CHECK (user_id = ANY (ARRAY(SELECT id FROM quire.users WHERE role = session_user)));
  END $$`;
}
