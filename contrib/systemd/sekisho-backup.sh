#!/bin/sh
# Make one backup and keep the newest KEEP (14) of the directory. The unit
# sekisho-backup.service runs it; by hand:
#
#	sekisho-backup [DIR]
#
# Locked by /etc/sekisho/recovery.pub when that is there, else by the
# passphrase in the unit's credential `passphrase` or in
# /etc/sekisho/backup.passphrase.
set -eu
umask 077
dir=${1:-/var/backups/sekisho}
keep=${KEEP:-14}
config=${SEKISHO_CONFIG:-/etc/sekisho/sekisho.conf}
recovery=${SEKISHO_RECOVERY:-/etc/sekisho/recovery.pub}
passphrase=${SEKISHO_PASSPHRASE_FILE:-/etc/sekisho/backup.passphrase}
sekisho=${SEKISHO_CLI:-@PREFIX@/bin/sekisho}

case $keep in
'' | *[!0-9]* | 0*)
	echo "sekisho-backup: KEEP must be a number from 1" >&2
	exit 2
	;;
esac
if [ -f "$recovery" ]; then
	set -- --recipient "$recovery"
elif [ -n "${CREDENTIALS_DIRECTORY:-}" ] &&
	[ -f "$CREDENTIALS_DIRECTORY/passphrase" ]; then
	set -- --passphrase-file "$CREDENTIALS_DIRECTORY/passphrase"
elif [ -f "$passphrase" ]; then
	set -- --passphrase-file "$passphrase"
else
	echo "sekisho-backup: neither $recovery nor $passphrase" >&2
	exit 2
fi
mkdir -p "$dir"
# It tells the daemon too, which shows how old the last one is.
"$sekisho" backup create --config "$config" \
	--out "$dir/sekisho-$(date -u +%Y%m%dT%H%M%SZ).backup" "$@"

# Only after a new one is there. The names sort by time.
n=0
for file in "$dir"/sekisho-????????T??????Z.backup; do
	n=$((n + 1))
done
for file in "$dir"/sekisho-????????T??????Z.backup; do
	[ "$n" -gt "$keep" ] || break
	rm -f -- "$file"
	n=$((n - 1))
done
