#!/usr/bin/env bash
# size.sh: a file has at most 500 lines (of the tests 750), a function at most
# 100.
set -u
cd "$(dirname "$0")/../.." || exit 2
rc=0
find authd cli certs pam_module tests \( -name '*.[ch]' -o -name '*.sh' \) \
	-exec wc -l {} + | grep -v ' total$' | awk '
	{ most = $2 ~ /^tests\// ? 750 : 500 }
	$1 > most {
		print "size: " $2 ":" most ": the file has " $1 " lines"
		bad = 1
	}
	END { exit bad }' || rc=1
find authd cli certs pam_module tests -name '*.c' -print0 |
	xargs -0 ctags -f - --languages=C --kinds-C=f --fields=+ne --quiet |
	awk -F '\t' '
	{
		line = end = 0
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/) line = substr($i, 6)
			if ($i ~ /^end:/) end = substr($i, 5)
		}
	}
	line && end && end - line + 1 > 100 {
		print "size: " $2 ":" line ": " $1 " has " end - line + 1 " lines"
		bad = 1
	}
	END { exit bad }' || rc=1
exit $rc
