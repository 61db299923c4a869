# shellcheck shell=sh disable=SC2034
# What the two backup services share; read by them.
#
# BACKUP_FOLDER          where backups lie
# BACKUP_EVERY_HOURS     how long after a backup the next begins
# BACKUP_KEEP_DAYS       how long old ones stay
# BACKUP_MAX_AGE_HOURS   when the health check complains

backups=${BACKUP_FOLDER:-/backups}
every_hours=${BACKUP_EVERY_HOURS:-24}
keep_days=${BACKUP_KEEP_DAYS:-14}
max_age_hours=${BACKUP_MAX_AGE_HOURS:-50}

say() {
	echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) backup: $*"
}

fail() {
	say "$*" >&2
	exit 1
}

# Seconds since the epoch that a file holds; 0 when there is none.
moment_of() {
	if [ -s "$1" ]; then cat "$1"; else echo 0; fi
}

hours_since() {
	echo $((($(date +%s) - $(moment_of "$1")) / 3600))
}

# The day before which backups are removed, as 20261122.
oldest_kept_day() {
	date -u -d "@$(($(date +%s) - keep_days * 86400))" +%Y%m%d
}

# Written whole or not at all.
note_success() {
	date +%s >"$1.new"
	mv "$1.new" "$1"
}

# What the health check says: file with the last success, and what it is of.
check_age() {
	if [ ! -s "$1" ]; then fail "There is no backup of $2 yet."; fi
	age=$(hours_since "$1")
	if [ "$age" -ge "$max_age_hours" ]; then fail "The last backup of $2 is $age hours old."; fi
	say "The last backup of $2 is $age hours old."
}
