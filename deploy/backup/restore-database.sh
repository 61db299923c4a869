#!/bin/sh
# Puts a dump in the place of the database; runs in the container of the database, as root.
# The database of before is kept beside it under another name until somebody drops it.
#
# Usage: restore-database.sh FILE.dump
#
# AS_POSTGRES   runs a command as the system's user postgres
# INIT_FOLDER   has 20-database.sql
set -eu

as_postgres=${AS_POSTGRES:-gosu postgres}
init=${INIT_FOLDER:-/docker-entrypoint-initdb.d}
dump=${1:?Which dump? Usage: restore-database.sh FILE.dump}
kept=quire_before_$(date -u +%Y%m%dT%H%M%SZ | tr 'TZ' 'tz')

fail() {
	echo "restore: $*" >&2
	exit 1
}

# Words of $as_postgres are a command and its parameters.
# shellcheck disable=SC2086
sql() {
	$as_postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username postgres "$@"
}

exists() {
	[ "$(sql --dbname postgres --command "SELECT count(*) FROM pg_database WHERE datname = '$1'")" = 1 ]
}

# Nobody writes to what is put aside.
close_database() {
	sql --dbname postgres >/dev/null <<SQL
ALTER DATABASE "$1" ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$1';
SQL
}

put_back() {
	trap - EXIT
	echo 'restore: It did not work; the database of before is put back.' >&2
	if exists quire; then
		close_database quire
		sql --dbname postgres --command 'DROP DATABASE quire'
	fi
	if exists "$kept"; then
		sql --dbname postgres --command "ALTER DATABASE \"$kept\" RENAME TO quire"
		sql --dbname postgres --command 'ALTER DATABASE quire ALLOW_CONNECTIONS true'
	fi
	exit 1
}

[ -r "$dump" ] || fail "There is no dump $dump."
if [ -r "${dump%.dump}.sha256" ]; then
	(cd "$(dirname "$dump")" && sha256sum --check --quiet --status "$(basename "${dump%.dump}.sha256")") ||
		fail "$dump is damaged: its bytes are not those that were backed up."
fi

# Roles that are there already are an error that does no harm: they keep their passwords.
if [ -r "${dump%.dump}.roles.sql" ]; then
	sql --dbname postgres --set ON_ERROR_STOP=0 <"${dump%.dump}.roles.sql" 2>&1 >/dev/null | grep -v 'already exists' || true
fi

trap put_back EXIT
if exists quire; then
	close_database quire
	sql --dbname postgres --command "ALTER DATABASE quire RENAME TO \"$kept\""
fi
sql --dbname postgres <"$init/20-database.sql"
# shellcheck disable=SC2086
$as_postgres pg_restore --exit-on-error --single-transaction --username postgres --dbname quire <"$dump"
# Computers have read further than the dump knows: what is written next must come after that, or they would not see it.
sql --dbname quire >/dev/null <<'SQL'
DO $$ BEGIN
  IF to_regclass('quire.users') IS NOT NULL THEN
    EXECUTE 'UPDATE quire.users SET next_seq = next_seq + 1000000';
    -- Computers that met the database of before stop, and delete nothing that is not in the dump.
    INSERT INTO quire.meta (name, value) VALUES ('restored', gen_random_uuid()::text)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value;
  END IF;
END $$;
SQL
trap - EXIT

echo "restore: The database is that of $(basename "$dump")."
if exists "$kept"; then
	echo "restore: The one of before is kept as $kept. When all is well: DROP DATABASE $kept"
fi
