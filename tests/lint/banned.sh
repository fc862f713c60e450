#!/usr/bin/env bash
# banned.sh: functions that are never called, outside comments and strings;
# exit only in the mains; no code that knows of tests; SQL is never built.
set -u
cd "$(dirname "$0")/../.." || exit 2
rc=0

banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|strtok_r|system|popen|alloca|atoi|atol|strncpy|strncat|tmpnam|mktemp|rand|srand'

# code FILE: the file with comments and the inside of strings made blank.
code() {
	perl -0777 -pe '
		s{(/\*.*?\*/)|(//[^\n]*)|("(?:[^"\\\n]|\\.)*")|(\x27(?:[^\x27\\\n]|\\.)*\x27)}{
			my $t = $&;
			if (defined $3) { $t = "\"" . " " x (length($t) - 2) . "\"" }
			elsif (defined $4) { $t = "\x27" . " " x (length($t) - 2) . "\x27" }
			else { $t =~ s/[^\n]/ /g }
			$t
		}gse' "$1"
}

# find_in REGEX WHAT
find_in() {
	while IFS=: read -r line _; do
		echo "banned: $file:$line: $2"
		rc=1
	done < <(grep -nP "$1" <<<"$text")
}

while read -r file; do
	text=$(code "$file")
	while IFS=: read -r line call; do
		echo "banned: $file:$line: ${call%%[ (]*}"
		rc=1
	done < <(grep -noP "(?<![\w.>])($banned)\s*\(" <<<"$text")
	find_in '#\s*(if|ifdef|ifndef|elif).*\bTEST(ING|S)?\b' \
		"shipped code does not know of tests"
	case $file in
	*/main.c | */front_main.c | */keeper_main.c) ;;
	*)
		find_in '(?<!\w)(exit|abort|quick_exit)\s*\(' \
			"exit outside a main"
		# between fork and exec there is nothing else than _exit
		grep -q '\bv\?fork()' <<<"$text" ||
			find_in '(?<!\w)_exit\s*\(' "_exit without fork"
		;;
	esac
	# a statement with a conversion in it is one that is put together
	while IFS=: read -r line _; do
		echo "banned: $file:$line: SQL is built from strings"
		rc=1
	done < <(grep -niE '"[^"]*\b(select .* from|insert into|update .* set|delete from)\b[^"]*%[a-z]' "$file")
done < <(find authd cli certs pam_module -name '*.[ch]')
exit $rc
