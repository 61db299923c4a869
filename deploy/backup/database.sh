#!/bin/sh
# Backs up Postgres: `database.sh run` once a day for ever, `once` now, `check` for the health check.
# libpq's variables (PGHOST, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE, PGSSLROOTCERT) say which one.
set -eu
umask 077
# shellcheck source=deploy/backup/common.sh
. "$(dirname "$0")/common.sh"
folder=$backups/database
success=$folder/last-success

once() {
	mkdir -p "$folder"
	name=quire-$(date -u +%Y%m%dT%H%M%SZ)
	rm -f "$folder"/*.partial
	pg_dumpall --roles-only --no-role-passwords --database "$PGDATABASE" >"$folder/$name.roles.partial" || return 1
	pg_dump --format custom --file "$folder/$name.dump.partial" || return 1
	# Reads all of it back: what is cut off or damaged fails here and not on the day it is needed.
	pg_restore --file /dev/null "$folder/$name.dump.partial" || return 1
	(cd "$folder" && sha256sum "$name.dump.partial" | sed 's/\.partial$//') >"$folder/$name.sha256.partial" || return 1
	mv "$folder/$name.roles.partial" "$folder/$name.roles.sql"
	mv "$folder/$name.sha256.partial" "$folder/$name.sha256"
	# The dump gets its name last: what has it is whole.
	mv "$folder/$name.dump.partial" "$folder/$name.dump"
	note_success "$success"
	say "The database is in $name.dump ($(wc -c <"$folder/$name.dump") bytes)."
	prune
}

# Only runs after a success, so the newest always stays.
prune() {
	oldest=$(oldest_kept_day)
	for file in "$folder"/quire-*; do
		[ -e "$file" ] || continue
		day=$(basename "$file" | sed -n 's/^quire-\([0-9]\{8\}\)T.*/\1/p')
		if [ -n "$day" ] && [ "$day" -lt "$oldest" ]; then
			rm -f "$file"
			say "Removed $(basename "$file"): older than $keep_days days."
		fi
	done
}

check() {
	check_age "$success" 'the database'
	# Somebody should look here well before the servers' certificate ends.
	if [ -n "${SERVER_CERTIFICATE:-}" ] && ! openssl x509 -in "$SERVER_CERTIFICATE" -noout -checkend 1209600 >/dev/null; then
		fail 'The certificate ends within 14 days: run: docker compose up -d --force-recreate.'
	fi
}

case ${1:-run} in
once) once ;;
check) check ;;
run)
	trap 'exit 0' TERM INT
	while :; do
		if [ "$(hours_since "$success")" -ge "$every_hours" ]; then
			once || say 'It did not work; the next try is in five minutes.' >&2
		fi
		sleep 300 &
		wait $!
	done
	;;
*) fail 'Usage: database.sh run | once | check' ;;
esac
