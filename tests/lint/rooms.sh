#!/usr/bin/env bash
# rooms.sh: who may include whom (the arrows of the house). Files directly in
# authd/ assemble the rooms; nobody includes them. Includes are written from
# the root, and no product file includes a test's.
set -u
cd "$(dirname "$0")/../.." || exit 2

# room: what it may include, as patterns, beside itself
declare -A may=(
	[base]='' [api]='base/*' [audit]='base/*' [render]='base/*'
	[store]='base/* audit/* keeper/keeper.h'
	[certs]='base/*'
	[keeper]='base/* audit/* certs/*'
	[core]='base/* audit/* store/* keeper/* certs/*'
	[web]='base/* api/* render/* core/*'
	[cli]='base/* api/* audit/* render/*'
	[pam_module]='base/* api/flat.h api/client.h api/glass.h'
)

room_of() {
	case $1 in
	authd/*/*) r=${1#authd/} && r=${r%%/*} ;;
	authd/*) r=house ;;
	*) r=${1%%/*} ;;
	esac
}

allowed() {
	local pattern
	[ "$from" = house ] && return 0
	case $target in
	"$from"/*) return 0 ;;
	esac
	for pattern in ${may[$from]}; do
		# shellcheck disable=SC2254	# a pattern
		case $target in
		$pattern) return 0 ;;
		esac
	done
	return 1
}

rc=0
bad() {
	echo "rooms: $file:$line: $1"
	rc=1
}

set -f
while IFS=: read -r file line text; do
	header=${text#*\"}
	header=${header%%\"*}
	room_of "$file"
	from=$r
	if [ ! -f "$header" ]; then
		bad "\"$header\" is not written from the root"
		continue
	fi
	case $header in
	tests/*)
		bad "includes a file of the tests"
		continue
		;;
	esac
	room_of "$header"
	target=$r/${header##*/}
	if [ -z "${may[$from]+set}" ] && [ "$from" != house ]; then
		bad "no arrows are drawn for $from"
	elif ! allowed; then
		bad "$from may not include $header"
	fi
done < <(find authd cli certs pam_module -name '*.[ch]' -exec \
	grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' {} +)
exit $rc
