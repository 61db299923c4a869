#!/bin/sh
# Restores a backup: the database of a dump, and the objects that it names.
#
# Usage: ./restore.sh quire-20261122T030000Z.dump
set -eu
cd "$(dirname "$0")"
dump=${1:-}
day=$(printf '%s' "$dump" | sed -n 's/^quire-\([0-9]\{8\}\)T[0-9]\{6\}Z\.dump$/\1/p')
if [ -z "$day" ]; then
	echo 'Usage: ./restore.sh quire-….dump' >&2
	echo 'Backups that are there:' >&2
	docker compose exec -T database sh -c 'cd /backups/database && ls -l quire-*.dump' >&2
	exit 2
fi

# A backup meanwhile would be one of half of it.
docker compose stop backup-database backup-objects
docker compose exec -T database sh /quire/backup/restore-database.sh "/backups/database/$dump"
docker compose run --rm --no-deps -T --entrypoint /quire/backup/restore-objects.sh backup-objects "$day"
docker compose up -d backup-database backup-objects
echo 'Restored. Now turn sync off and on again on each computer: it sends what the backup lacks.'
