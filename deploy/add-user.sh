#!/bin/sh
# Adds a person to the server: a role of their own in Postgres, and a bucket with a key of its own.
#
# Usage: ./add-user.sh NAME                  all of it
#        ./add-user.sh --new-password NAME   a new password for a role that is there
set -eu
cd "$(dirname "$0")"

new_password=
if [ "${1:-}" = --new-password ]; then
	new_password=yes
	shift
fi
name=${1:-}
case $name in
'' | [!a-z]* | *[!a-z0-9]* | quire* | postgres | pg*)
	echo 'Usage: ./add-user.sh [--new-password] NAME' >&2
	echo 'A name has small letters and digits alone, begins with a letter, and not with quire, postgres or pg.' >&2
	exit 2
	;;
esac
if [ ${#name} -gt 40 ]; then
	echo 'The name is longer than 40 letters.' >&2
	exit 2
fi
# shellcheck source=/dev/null
. ./.env

password=$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
bucket=quire-$name

garage() {
	docker compose exec -T objects /garage "$@"
}

# By standard input: a password among the parameters could be read in the list of processes.
{
	printf '\\set name %s\n\\set password %s\n' "$name" "$password"
	if [ -n "$new_password" ]; then
		printf 'ALTER ROLE :"name" PASSWORD :'"'password'"';\n'
	else
		cat database/add-user.sql
	fi
} | docker compose exec -T -u postgres database \
	psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname quire

echo 'For the settings of Quire:'
echo "  Postgres: host ${SERVER_NAMES%%,*}, port $DATABASE_PORT, database quire, user $name, password $password"
if [ -n "$new_password" ]; then exit 0; fi

garage bucket info "$bucket" >/dev/null 2>&1 || garage bucket create "$bucket" >/dev/null
garage bucket allow --read --write "$bucket" --key "$BUCKET_KEY_ID" >/dev/null
if garage key info "$name" >/dev/null 2>&1; then
	echo "  Bucket: its key is there already: docker compose exec objects /garage key info --show-secret $name"
	exit 0
fi
made=$(garage key create "$name")
key_id=$(printf '%s\n' "$made" | sed -n 's/^Key ID:[[:space:]]*//p')
secret=$(printf '%s\n' "$made" | sed -n 's/^Secret key:[[:space:]]*//p')
if [ -z "$key_id" ] || [ -z "$secret" ]; then
	echo 'Garage did not tell the key in the form that this script knows. It said:' >&2
	printf '%s\n' "$made" >&2
	echo "Give it rights by hand: docker compose exec objects /garage bucket allow --read --write $bucket --key KEY" >&2
	exit 1
fi
garage bucket allow --read --write "$bucket" --key "$key_id" >/dev/null
echo "  Bucket: endpoint https://${SERVER_NAMES%%,*}:$OBJECTS_PORT, region garage, bucket $bucket, path style on,"
echo "          key $key_id, secret key $secret"
echo 'The authority of both: docker compose exec database cat /certificates/authority.crt > authority.crt'
