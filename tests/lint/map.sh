#!/usr/bin/env bash
# map.sh: authd/README.md names every file under authd/ and certs/ in the first cell of one
# row of its tables, in backquotes: `foo.c`, or `foo.[ch]` for both; and every
# file named there exists. File names are unique in the tree, so that a name
# means one file.
set -u
cd "$(dirname "$0")/../.." || exit 2
map=authd/README.md
rc=0
if [ ! -f $map ]; then
	echo "map: $map is missing"
	exit 1
fi

# line:name, foo.[ch] as two
rows=$(sed -nE "s/^\| *(\`[^|]*\`) *\|.*/\1/;t ok;s/.*//;:ok;=;p" $map |
	sed 'N;s/\n/:/' | while IFS=: read -r line cell; do
	for name in $(tr '`,' '  ' <<<"$cell"); do
		case $name in
		*.\[ch\])
			echo "$line:${name%.\[ch\]}.c"
			echo "$line:${name%.\[ch\]}.h"
			;;
		*) echo "$line:$name" ;;
		esac
	done
done)

declare -A times=()
while IFS=: read -r line name; do
	[ -n "$name" ] || continue
	times[$name]=$((${times[$name]:-0} + 1))
done <<<"$rows"
declare -A there=()
while read -r file; do
	name=${file##*/}
	there[$name]=1
	case ${times[$name]:-0} in
	0)
		echo "map: $map does not name $file"
		rc=1
		;;
	1) ;;
	*)
		echo "map: $map names $file more than once"
		rc=1
		;;
	esac
done < <(find authd certs -type f ! -path $map ! -path certs/README.md ! -name '*~' ! -name '*.orig' | sort)
while IFS=: read -r line name; do
	if [ -n "$name" ] && [ -z "${there[$name]:-}" ]; then
		echo "map: $map:$line: there is no $name"
		rc=1
	fi
done <<<"$rows"

while read -r count name; do
	if [ "$count" -gt 1 ]; then
		echo "map: $count files are called $name:" \
			"$(find authd cli certs pam_module tests -name "$name" |
				tr '\n' ' ')"
		rc=1
	fi
done < <(find authd cli certs pam_module tests -name '*.[ch]' ! -name main.c \
	-printf '%f\n' | sort | uniq -c)
exit $rc
