#!/bin/sh
# Makes an authority of one's own and the certificates of the two servers. Running it again keeps the authority, and
# makes new certificates only when they end soon or the names changed.
#
# SERVER_NAMES       names and addresses by which computers reach this server, by commas: quire.example,192.168.1.5
# AUTHORITY_FOLDER   keeps the authority with its key; nothing else needs to see it
# DATABASE_FOLDER    gets authority.crt, server.crt and server.key for Postgres
# OBJECTS_FOLDER     the same for the bucket
# DATABASE_USER      who owns the key of Postgres, as user:group; 999:999 is postgres in Debian's image
set -eu
umask 077

authority_days=7300
server_days=825
# A certificate that ends within 90 days is made anew.
renew_seconds=7776000

: "${SERVER_NAMES:?Name the server in SERVER_NAMES, for example quire.example,192.168.1.5}"
authority=${AUTHORITY_FOLDER:-/authority}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
	echo "certificates: $*" >&2
	exit 1
}

case $SERVER_NAMES in
*[!A-Za-z0-9.:,\ -]*) fail "SERVER_NAMES holds something that is neither a name nor an address: $SERVER_NAMES" ;;
esac

# One entry of subjectAltName for each name: those of SERVER_NAMES, this computer, and the service among the containers.
alternative_names() {
	printf '%s\n' "$1,localhost,127.0.0.1,::1,$2" | tr ',' '\n' | while IFS= read -r name; do
		name=$(printf '%s' "$name" | tr -d '[:space:]')
		case $name in
		'') continue ;;
		*:*) printf 'IP:%s\n' "$name" ;;
		*[!0-9.]*) printf 'DNS:%s\n' "$name" ;;
		*) printf 'IP:%s\n' "$name" ;;
		esac
	done | sort -u | paste -s -d ',' -
}

if [ ! -s "$authority/authority.key" ] || [ ! -s "$authority/authority.crt" ]; then
	mkdir -p "$authority"
	openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/authority.key"
	openssl req -x509 -new -sha256 -key "$scratch/authority.key" -days "$authority_days" \
		-subj "/CN=Quire at home $(od -An -tx1 -N4 /dev/urandom | tr -d ' \n')" \
		-addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
		-out "$scratch/authority.crt"
	# The key comes last: a run that is cut off before begins anew.
	mv "$scratch/authority.crt" "$authority/authority.crt"
	mv "$scratch/authority.key" "$authority/authority.key"
	echo 'certificates: made an authority'
fi

# Folder, the service's name among the containers, owner of the key.
issue() {
	folder=$1
	names=$(alternative_names "$SERVER_NAMES" "$2")
	mkdir -p "$folder"
	if [ -s "$folder/server.crt" ] && [ -s "$folder/server.key" ] &&
		[ "$(cat "$folder/names" 2>/dev/null)" = "$names" ] &&
		openssl x509 -in "$folder/server.crt" -noout -checkend "$renew_seconds" >/dev/null &&
		openssl verify -CAfile "$authority/authority.crt" "$folder/server.crt" >/dev/null 2>&1; then
		echo "certificates: $2 keeps its certificate"
		return
	fi
	openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/server.key"
	openssl req -new -sha256 -key "$scratch/server.key" -subj "/CN=$2" -out "$scratch/server.csr"
	printf 'subjectAltName=%s\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n' \
		"$names" >"$scratch/server.ext"
	openssl x509 -req -sha256 -in "$scratch/server.csr" -CA "$authority/authority.crt" -CAkey "$authority/authority.key" \
		-set_serial "0x$(od -An -tx1 -N15 /dev/urandom | tr -d ' \n')" -days "$server_days" \
		-extfile "$scratch/server.ext" -out "$scratch/server.crt" 2>/dev/null
	openssl verify -CAfile "$authority/authority.crt" "$scratch/server.crt" >/dev/null
	chmod 644 "$scratch/server.crt"
	# Postgres refuses a key that others can read.
	chmod 600 "$scratch/server.key"
	if [ "$(id -u)" = 0 ]; then chown "$3" "$scratch/server.key"; fi
	rm -f "$folder/names"
	mv "$scratch/server.key" "$folder/server.key"
	mv "$scratch/server.crt" "$folder/server.crt"
	cp "$authority/authority.crt" "$folder/authority.crt"
	# The names come last: they say that everything before is whole.
	printf '%s\n' "$names" >"$folder/names"
	chmod 755 "$folder"
	chmod 644 "$folder/authority.crt" "$folder/names"
	echo "certificates: $2 has a new certificate for $names"
}

issue "${DATABASE_FOLDER:-/database}" database "${DATABASE_USER:-999:999}"
issue "${OBJECTS_FOLDER:-/objects}" objects 0:0
