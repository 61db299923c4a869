-- The database; also what restore.sh makes before it fills it.
\set ON_ERROR_STOP on

CREATE DATABASE quire OWNER quire_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE quire FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE quire TO quire_member;
GRANT CONNECT ON DATABASE quire TO quire_backup;
\connect quire
CREATE EXTENSION IF NOT EXISTS vector;
