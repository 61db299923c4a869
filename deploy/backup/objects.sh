#!/bin/sh
# Backs up every bucket that the key may read: `objects.sh run` after each backup of the database, `once` now, `check`
# for the health check. Objects that were deleted are kept aside for BACKUP_KEEP_DAYS, as older dumps still name them.
# RCLONE_CONFIG_QUIRE_* says where the buckets are.
set -eu
umask 077
# shellcheck source=deploy/backup/common.sh
. "$(dirname "$0")/common.sh"
folder=$backups/objects
removed=$backups/objects-removed
success=$folder/last-success

once() {
	mkdir -p "$folder" "$removed"
	today=$(date -u +%Y%m%d)
	buckets=$(rclone lsf --dirs-only quire:) || return 1
	if [ -z "$buckets" ]; then
		say 'The key sees no bucket.' >&2
		return 1
	fi
	for bucket in $buckets; do
		bucket=${bucket%/}
		mkdir -p "$folder/buckets/$bucket"
		# An object's name is the hash of what is in it, so the size tells whether it is here whole.
		rclone sync --size-only --fast-list --backup-dir "$removed/$today/$bucket" \
			"quire:$bucket" "$folder/buckets/$bucket" || return 1
		say "Bucket $bucket: $(find "$folder/buckets/$bucket" -type f | wc -l | tr -d ' ') objects."
	done
	note_success "$success"
	prune
}

prune() {
	oldest=$(oldest_kept_day)
	for day in "$removed"/*; do
		[ -d "$day" ] || continue
		name=$(basename "$day")
		case $name in *[!0-9]*) continue ;; esac
		if [ "$name" -lt "$oldest" ]; then
			rm -rf "$day"
			say "Removed deleted objects of $name: older than $keep_days days."
		fi
	done
}

# The objects follow the database: what a dump names was in the bucket when it was made.
is_due() {
	dump=$(moment_of "$backups/database/last-success")
	[ "$dump" -gt "$(moment_of "$success")" ]
}

case ${1:-run} in
once) once ;;
check) check_age "$success" 'the objects' ;;
run)
	trap 'exit 0' TERM INT
	while :; do
		if is_due; then once || say 'It did not work; the next try is in a minute.' >&2; fi
		sleep 60 &
		wait $!
	done
	;;
*) fail 'Usage: objects.sh run | once | check' ;;
esac
