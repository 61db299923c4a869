#!/bin/sh
# Puts objects of a backup into their buckets. What is in a bucket stays: nothing is removed or overwritten.
#
# Usage: restore-objects.sh [DAY]   DAY, as 20261122, also brings back what was deleted on that day or later
set -eu
# shellcheck source=deploy/backup/common.sh
. "$(dirname "$0")/common.sh"
since=${1:-}
case $since in
*[!0-9]*) fail 'The day is written as 20261122.' ;;
esac

restore_from() {
	for bucket in "$1"/*; do
		[ -d "$bucket" ] || continue
		name=$(basename "$bucket")
		# A bucket that is missing is for add-user.sh to make: its key must have rights on it.
		rclone lsf "quire:$name" --max-depth 1 >/dev/null || fail "There is no bucket $name that the key may write."
		rclone copy --ignore-existing --fast-list "$bucket" "quire:$name"
		say "Bucket $name: restored what was missing from $1."
	done
}

restore_from "$backups/objects/buckets"
if [ -n "$since" ]; then
	for day in "$backups/objects-removed"/*; do
		[ -d "$day" ] || continue
		if [ "$(basename "$day")" -ge "$since" ]; then restore_from "$day"; fi
	done
fi
