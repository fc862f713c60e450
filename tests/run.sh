#!/usr/bin/env bash
# run.sh BUILD: every test over the programs in BUILD, with the time of each
# part, and one last line `N passed, N failed, N skipped`.
#
# - BUILD/unit/test_*: cmocka counts its own cases.
# - tests/lint/*.sh: one case each. Left out for sanitizer builds.
# - tests/e2e/NN-*.sh: a line `ok - `, `not ok - ` or `skip - ` for each case.
#   A script may say `# Limit: SECONDS`; the default is 600.
#
# A program that ends badly without having said so counts as one failure.
# ONLY=PATTERN runs the parts whose name contains it.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${1:-build}
SEKISHO_BUILD=$BUILD
export SEKISHO_BUILD
UNIT_LIMIT=120
LINT_LIMIT=300
E2E_LIMIT=600

passed=0
failed=0
skipped=0
out=$(mktemp "${TMPDIR:-/tmp}/sekisho-run.XXXXXX") || exit 2
running=
trap 'rm -f "$out"' EXIT
# timeout(1) hands the signal on to all that the part has started
trap '[ -z "$running" ] || kill -TERM $running; exit 130' INT TERM

# lines REGEX: how many match.  number REGEX: what \1 captures in the last.
lines() {
	grep -c "$1" "$out"
}

number() {
	sed -n "s/$1/\\1/p" "$out" | tail -n 1 | grep . || echo 0
}

# part NAME LIMIT KIND COMMAND...
part() {
	local name=$1 limit=$2 kind=$3 start end rc=0 ok=0 bad=0 left=0
	shift 3
	case $name in
	*${ONLY:-}*) ;;
	*) return ;;
	esac
	start=$(date +%s%N)
	timeout -k 15 "$limit" "$@" >"$out" 2>&1 </dev/null &
	running=$!
	wait $running || rc=$?
	running=
	end=$(date +%s%N)
	case $kind in
	unit)
		ok=$(number '^\[  PASSED  \] \([0-9]*\) test(s)\.$')
		bad=$(number '^\[  FAILED  \] \([0-9]*\) test(s), .*$')
		left=$(number '^\[  SKIPPED \] \([0-9]*\) test(s), .*$')
		;;
	e2e)
		ok=$(lines '^ok - ')
		bad=$(lines '^not ok - ')
		left=$(lines '^skip - ')
		;;
	lint)
		[ "$rc" -ne 0 ] || ok=1
		;;
	esac
	if [ "$bad" -eq 0 ] &&
		{ [ "$rc" -ne 0 ] || [ $((ok + left)) -eq 0 ]; }; then
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + left))
	printf '%4d.%01d s  %-28s %d passed' $(((end - start) / 1000000000)) \
		$(((end - start) / 100000000 % 10)) "$name" "$ok"
	[ "$bad" -eq 0 ] || printf ', %d FAILED' "$bad"
	[ "$left" -eq 0 ] || printf ', %d skipped' "$left"
	[ "$rc" -ne 124 ] && [ "$rc" -ne 137 ] || printf ' (over %d s)' "$limit"
	echo
	[ "$left" -eq 0 ] || grep -s '^skip - \|^\[  SKIPPED \] [^0-9]' "$out"
	if [ "$bad" -ne 0 ]; then
		echo "--- $name: exit status $rc"
		if [ "$kind" = e2e ]; then
			grep -v '^ok - ' "$out" | tail -n 100
		else
			tail -n 100 "$out"
		fi
		echo "---"
	fi
}

for t in "$BUILD"/unit/test_*; do
	[ -x "$t" ] || continue
	# one that was built from a test that is gone
	[ -f "tests/unit/${t##*/}.c" ] || continue
	part "${t##*/}" $UNIT_LIMIT unit "$t"
done
if [ -z "${SAN:-}" ]; then
	for t in tests/lint/*.sh; do
		part "lint/${t##*/}" $LINT_LIMIT lint "$t" "$BUILD"
	done
fi
for t in tests/e2e/[0-9][0-9]-*.sh; do
	case ${SAN:+san}$t in
	# about the tree, not about a build; a time that would be the sanitizer's
	san*lint-bites* | san*-deb* | san*-refusal-time*) continue ;;
	esac
	limit=$(sed -n 's/^# Limit: \([0-9]*\)$/\1/p' "$t")
	part "${t##*/}" "${limit:-$E2E_LIMIT}" e2e bash "$t"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
