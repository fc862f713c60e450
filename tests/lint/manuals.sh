#!/usr/bin/env bash
# manuals.sh: the manual pages are good mdoc, and sekisho.conf(5) has every key
# of the table with its default.
set -u
cd "$(dirname "$0")/../.." || exit 2
rc=0
mapfile -t pages < <(find authd cli pam_module -name '*.[1578]')
mandoc -T lint -W warning "${pages[@]}" || rc=1
while read -r key; do
	grep -q "^\.It Ic $key " authd/sekisho.conf.5 || {
		echo "manuals: authd/sekisho.conf.5 does not explain $key"
		rc=1
	}
done < <(sed -nE 's/^[[:space:]]*\{ ?"([a-z_]+)", CONF_.*/\1/p' \
	authd/conf_keys.c)
while read -r key; do
	grep -qE "\{ ?\"$key\", CONF_" authd/conf_keys.c || {
		echo "manuals: authd/sekisho.conf.5 explains $key, which is none"
		rc=1
	}
done < <(sed -nE 's/^\.It Ic ([a-z_]+) .*/\1/p' authd/sekisho.conf.5)
exit $rc
