#!/bin/sh
# Writes .env with secrets of its own, once; see docs/SELF_HOSTING.md for what each setting means.
#
# Usage: ./make-env.sh NAME_OR_ADDRESS…    by which your computers reach this one: quire.example 192.168.1.5
set -eu
cd "$(dirname "$0")"
umask 077

if [ -e .env ]; then
	echo '.env is there already. Its secrets belong to what runs; edit the other settings in it.' >&2
	exit 1
fi
names=
for name in "$@"; do
	case $name in
	'' | *[!A-Za-z0-9.:-]*)
		echo "$name is neither a name nor an address." >&2
		exit 2
		;;
	esac
	names=$names${names:+,}$name
done

# As many random bytes, in hex.
random() {
	head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

cat >.env.new <<EOF
# Names and addresses by which your computers reach this server, by commas. Certificates are made for them.
SERVER_NAMES=${names:-localhost}

# Where the two ports listen. 127.0.0.1 is this computer alone; 0.0.0.0 is everywhere; best is one address of this
# computer in your own network or VPN.
BIND_ADDRESS=127.0.0.1
DATABASE_PORT=5432
OBJECTS_PORT=3900

# Backups: a folder, best on another disk; hours between two; days that old ones stay; hours until it complains.
BACKUP_FOLDER=./backups
BACKUP_EVERY_HOURS=24
BACKUP_KEEP_DAYS=14
BACKUP_MAX_AGE_HOURS=50

# The bucket, and its key. Garage wants keys in this form.
BUCKET=quire
BUCKET_KEY_ID=GK$(random 12)
BUCKET_SECRET_KEY=$(random 32)

# Quire signs in to Postgres as quire_owner, or as a role of ./add-user.sh.
QUIRE_OWNER_PASSWORD=$(random 24)

# What no person types.
POSTGRES_PASSWORD=$(random 24)
QUIRE_BACKUP_PASSWORD=$(random 24)
GARAGE_RPC_SECRET=$(random 32)
EOF
mv .env.new .env
echo '.env is written. Look at SERVER_NAMES, BIND_ADDRESS and BACKUP_FOLDER in it, then: docker compose up -d'
