-- A role for one person of several who share the database. The caller sets `name` and `password`.
\set ON_ERROR_STOP on
BEGIN;
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION CONNECTION LIMIT 40
  PASSWORD :'password' IN ROLE quire_member;
COMMIT;
