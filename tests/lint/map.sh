#!/usr/bin/env bash
# map.sh: authd/README.md names every file under authd/, and every file it
# names exists. A file may be named as foo.c, or with its header as foo.[ch]
# or, in backquotes, foo. File names are unique in the tree, so that a name
# means one file.
set -u
cd "$(dirname "$0")/../.." || exit 2
map=authd/README.md
rc=0
if [ ! -f $map ]; then
	echo "map: $map is missing"
	exit 1
fi

# every word that looks like a file, and every word in backquotes
named=$(
	grep -oE '[A-Za-z0-9_][A-Za-z0-9_.-]*\.([a-z0-9]+|\[ch\])' $map
	# shellcheck disable=SC2016	# backquotes in the text
	grep -oE '`[^`]+`' $map | tr -d '`' | sed 's/[ ,]/\n/g' | sed 's|.*/||'
)
while read -r file; do
	name=${file##*/}
	stem=${name%.[ch]}
	if ! grep -qxF -e "$name" -e "$stem.[ch]" -e "$stem" <<<"$named"; then
		echo "map: $map does not name $file"
		rc=1
	fi
done < <(find authd -type f ! -path $map ! -name '*~' ! -name '*.orig' | sort)

while IFS=: read -r line name; do
	stem=${name%.\[ch\]}
	if [ "$stem" != "$name" ]; then
		found=$(find authd -name "$stem.c" -o -name "$stem.h")
	else
		found=$(find . -path ./.git -prune -o -path ./build -prune -o \
			-name "$name" -print)
	fi
	if [ -z "$found" ]; then
		echo "map: $map:$line: there is no $name"
		rc=1
	fi
done < <(grep -noE '[A-Za-z0-9_][A-Za-z0-9_-]*\.(c|h|\[ch\]|mk|md|yaml|sh|conf\.5|8)\b' $map)

while read -r count name; do
	if [ "$count" -gt 1 ]; then
		echo "map: $count files are called $name:" \
			"$(find authd cli certs pam_module tests -name "$name" | tr '\n' ' ')"
		rc=1
	fi
done < <(find authd cli certs pam_module tests -name '*.[ch]' ! -name main.c \
	-printf '%f\n' | sort | uniq -c)
exit $rc
