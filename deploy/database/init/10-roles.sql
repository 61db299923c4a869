-- Roles of a new server. The passwords come from the environment, so that no process list shows them.
\set ON_ERROR_STOP on
\getenv owner_password QUIRE_OWNER_PASSWORD
\getenv backup_password QUIRE_BACKUP_PASSWORD

-- Everybody who shares the database is a member of this role.
CREATE ROLE quire_member NOLOGIN;
-- Owns the database and its tables. One person alone may use it in Quire; people who share do not.
CREATE ROLE quire_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
-- Reads everything and writes nothing. Without BYPASSRLS, row-level security would refuse pg_dump.
CREATE ROLE quire_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS PASSWORD :'backup_password';
GRANT pg_read_all_data TO quire_backup;
