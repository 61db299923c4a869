/**
 * Remote migration 1: everything in the schema `quire`, its rows by user, and who may touch which.
 *
 * - Registers are `json` and not `jsonb`: texts of strangers hold NULs and halves of surrogate pairs, which jsonb refuses,
 *   and json keeps a value to the letter.
 * - Ids are compared byte by byte ("C"), the order that every computer has, too.
 * - A policy compares `user_id` with an array that is made once a statement (an InitPlan), not once a row.
 */
import type { Sql } from '../session.ts';
import { ownRows } from './own-rows.ts';

/** Tables with a row for each entity of a kind. */
const entityTables = ['documents', 'collections', 'conversations', 'messages', 'pieces', 'usage', 'settings'];

/** All tables with rows of users, besides `users` itself and those of vectors. */
const userTables = [...entityTables, 'devices', 'changes', 'tombstones', 'pages', 'chunks', 'files', 'object_removals'];

export async function schema(sql: Sql): Promise<void> {
  for (const statement of [
    ...base,
    ...entityTables.map(entityTable),
    ...parts,
    ...userTables.map(ownRows),
    ...functions,
  ]) {
    await sql.query(statement);
  }
}

const base = [
  `CREATE SCHEMA quire`,
  // Of the schema itself; everybody may read it, nobody but its owner may write it.
  `CREATE TABLE quire.meta (name text PRIMARY KEY, value text NOT NULL)`,
  `CREATE TABLE quire.users (
    id uuid PRIMARY KEY,
    -- Who may see this row, and everything that names it.
    role name NOT NULL DEFAULT session_user,
    email text NOT NULL,
    -- What signing in on another computer checks: the password's hash, wrapped keys.
    sign_in jsonb NOT NULL,
    -- The sequence that the next change gets; taken under the lock of this row.
    next_seq bigint NOT NULL DEFAULT 1,
    -- Tombstones up to this sequence are gone.
    collected bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  // By role: that somebody else in this database has the same address is none of anybody's business.
  `CREATE UNIQUE INDEX users_by_email ON quire.users (role, lower(email))`,
  `ALTER TABLE quire.users ENABLE ROW LEVEL SECURITY`,
  `ALTER TABLE quire.users FORCE ROW LEVEL SECURITY`,
  `CREATE POLICY own ON quire.users USING (role = session_user) WITH CHECK (role = session_user)`,

  `CREATE TABLE quire.devices (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    platform text NOT NULL,
    app_version text NOT NULL,
    last_seen timestamptz NOT NULL DEFAULT now(),
    -- The sequence up to which it has read everything.
    cursor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, id)
  )`,
  // One row for each entity, its last change: a later one takes its place, at the end.
  `CREATE TABLE quire.changes (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (user_id, kind, id),
    UNIQUE (user_id, seq)
  )`,
  `CREATE TABLE quire.tombstones (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    stamp text COLLATE "C" NOT NULL,
    seen bigint NOT NULL,
    into_id text,
    -- That of its change: what collects tombstones looks for those that everybody has read.
    seq bigint NOT NULL,
    PRIMARY KEY (user_id, kind, id)
  )`,
  `CREATE INDEX tombstones_by_seq ON quire.tombstones (user_id, seq)`,
];

function entityTable(name: string): string {
  return `CREATE TABLE quire.${name} (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    registers json NOT NULL,
    PRIMARY KEY (user_id, id)
  )`;
}

const parts = [
  // What the register "reading" names, taken out of it when it is written: searches join with it.
  `ALTER TABLE quire.documents ADD COLUMN reading text COLLATE "C", ADD COLUMN chunks integer NOT NULL DEFAULT 0`,
  // No key to documents: parts are written before the document names them.
  `CREATE TABLE quire.pages (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    document_id text COLLATE "C" NOT NULL,
    reading text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    width double precision NOT NULL,
    height double precision NOT NULL,
    rotation integer NOT NULL,
    has_text boolean NOT NULL,
    source text NOT NULL,
    text text NOT NULL,
    geometry bytea NOT NULL,
    -- Whether it was recognised; then its confidence, null when nothing was found.
    recognised boolean NOT NULL,
    confidence double precision,
    PRIMARY KEY (user_id, document_id, reading, number)
  )`,
  `CREATE TABLE quire.chunks (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    document_id text COLLATE "C" NOT NULL,
    reading text COLLATE "C" NOT NULL,
    ordinal integer NOT NULL,
    page integer NOT NULL,
    page_end integer NOT NULL,
    token_count integer NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) BETWEEN 16 AND 32),
    ranges text NOT NULL,
    heading_path text NOT NULL,
    boxes bytea NOT NULL,
    context_text text NOT NULL,
    search_terms text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (user_id, document_id, reading, ordinal)
  )`,
  // What vectors hang on.
  `CREATE INDEX chunks_by_hash ON quire.chunks (user_id, content_hash)`,
  `CREATE TABLE quire.files (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    document_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    address text COLLATE "C" NOT NULL,
    content_hash text NOT NULL,
    size bigint NOT NULL,
    sealed boolean NOT NULL,
    PRIMARY KEY (user_id, document_id, kind, address)
  )`,
  `CREATE INDEX files_by_address ON quire.files (user_id, address)`,
  // Objects in the bucket that nothing names any more.
  `CREATE TABLE quire.object_removals (
    user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
    address text COLLATE "C" NOT NULL,
    -- The document that named it last.
    document_id text COLLATE "C" NOT NULL,
    -- The device that is removing it, and since when: one at a time.
    claimed_by text,
    claimed_at timestamptz,
    PRIMARY KEY (user_id, address)
  )`,
  `CREATE INDEX object_removals_by_document ON quire.object_removals (user_id, document_id)`,
];

const functions = [
  // The group of those who share this database; whoever owns the schema puts roles into it. Without the right to make
  // roles it is the owner's alone, until an administrator makes the role and the owner calls this again.
  `CREATE FUNCTION quire.grant_to_members() RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    one record;
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quire_member') THEN
      BEGIN
        CREATE ROLE quire_member NOLOGIN;
      EXCEPTION
        WHEN insufficient_privilege THEN RETURN false;
        -- Another database of the same server was faster.
        WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    GRANT USAGE ON SCHEMA quire TO quire_member;
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'quire'::regnamespace AND relkind = 'r' LOOP
      IF one.relname = 'meta' THEN
        GRANT SELECT ON quire.meta TO quire_member;
      ELSE
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON quire.%I TO quire_member', one.relname);
      END IF;
    END LOOP;
    GRANT EXECUTE ON FUNCTION quire.open_vectors(text, integer) TO quire_member;
    RETURN true;
  END $$`,

  // With the owner's rights, so that every member may call it: what it makes depends on nothing but two checked values.
  `CREATE FUNCTION quire.open_vectors(fingerprint text, dimensions integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    vector_schema text;
    made text;
    found integer;
  BEGIN
    IF fingerprint IS NULL OR length(fingerprint) NOT BETWEEN 1 AND 500 THEN
      RAISE EXCEPTION 'A fingerprint has 1 to 500 characters.' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A vector's limit.
    IF dimensions IS NULL OR dimensions NOT BETWEEN 1 AND 16000 THEN
      RAISE EXCEPTION 'Vectors have 1 to 16000 dimensions.' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    made := 'vectors_' || left(encode(sha256(convert_to(fingerprint, 'UTF8')), 'hex'), 16);
    -- Two that make the same table at once would meet in the catalogue.
    PERFORM pg_advisory_xact_lock(hashtextextended('quire.open_vectors', 0));
    SELECT a.atttypmod INTO found FROM pg_attribute a
      WHERE a.attrelid = to_regclass('quire.' || made) AND a.attname = 'vector' AND NOT a.attisdropped;
    IF found = dimensions THEN
      RETURN made;
    ELSIF found IS NOT NULL THEN
      RAISE EXCEPTION 'Vectors of this embedder have % dimensions, not %.', found, dimensions
        USING ERRCODE = 'datatype_mismatch';
    END IF;
    IF (SELECT count(*) FROM pg_class WHERE relnamespace = 'quire'::regnamespace AND relkind = 'r'
        AND relname LIKE 'vectors\\_%') >= 200 THEN
      RAISE EXCEPTION 'There are 200 tables of vectors already.' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    SELECT n.nspname INTO STRICT vector_schema
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector';
    EXECUTE format('CREATE TABLE quire.%I (
      user_id uuid NOT NULL REFERENCES quire.users ON DELETE CASCADE,
      content_hash bytea NOT NULL CHECK (octet_length(content_hash) BETWEEN 16 AND 32),
      vector %I.vector(%s) NOT NULL,
      PRIMARY KEY (user_id, content_hash)
    )', made, vector_schema, dimensions);
    -- HNSW takes up to 2,000 dimensions, of halves 4,000; beyond there is no index, and every vector is compared.
    IF dimensions <= 2000 THEN
      EXECUTE format('CREATE INDEX ON quire.%I USING hnsw (vector %I.vector_cosine_ops)', made, vector_schema);
    ELSIF dimensions <= 4000 THEN
      EXECUTE format('CREATE INDEX ON quire.%I USING hnsw ((vector::%I.halfvec(%s)) %2$I.halfvec_cosine_ops)',
        made, vector_schema, dimensions);
    END IF;
    EXECUTE format('ALTER TABLE quire.%I ENABLE ROW LEVEL SECURITY', made);
    EXECUTE format('ALTER TABLE quire.%I FORCE ROW LEVEL SECURITY', made);
    EXECUTE format('CREATE POLICY own ON quire.%I
      USING (user_id = ANY (ARRAY(SELECT id FROM quire.users WHERE role = session_user)))
      WITH CHECK (user_id = ANY (ARRAY(SELECT id FROM quire.users WHERE role = session_user)))', made);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'quire_member') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON quire.%I TO quire_member', made);
    END IF;
    RETURN made;
  END $$`,
  `REVOKE ALL ON FUNCTION quire.grant_to_members(), quire.open_vectors(text, integer) FROM PUBLIC`,
  `SELECT quire.grant_to_members()`,
];
