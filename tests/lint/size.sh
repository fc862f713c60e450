#!/usr/bin/env bash
# size.sh: a file has at most 500 lines (of the tests 750), a function at most
# 100.
set -u
cd "$(dirname "$0")/../.." || exit 2
rc=0
while read -r lines file; do
	case $file in
	tests/*) most=750 ;;
	*) most=500 ;;
	esac
	if [ "$lines" -gt $most ]; then
		echo "size: $file:$most: the file has $lines lines"
		rc=1
	fi
done < <(find authd cli certs pam_module tests \( -name '*.[ch]' -o \
	-name '*.sh' \) -exec wc -l {} + | grep -v ' total$')

while IFS=$'\t' read -r name file _ fields; do
	line=$(sed -n 's/.*line:\([0-9]*\).*/\1/p' <<<"$fields")
	end=$(sed -n 's/.*end:\([0-9]*\).*/\1/p' <<<"$fields")
	if [ -z "$line" ] || [ -z "$end" ]; then
		continue
	fi
	if [ $((end - line + 1)) -gt 100 ]; then
		echo "size: $file:$line: $name has $((end - line + 1)) lines"
		rc=1
	fi
done < <(find authd cli certs pam_module tests -name '*.c' -print0 |
	xargs -0 ctags -f - --languages=C --kinds-C=f --fields=+ne --quiet)
exit $rc
