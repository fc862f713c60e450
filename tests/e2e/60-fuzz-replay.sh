#!/usr/bin/env bash
# Goal of this test:
# - Every fuzz target holds its promises over its seeds and over everything a
#   fuzzer ever found (tests/fuzz/corpus), whole and cut off, in these very
#   builds and without a fuzzer; no target is without inputs.
# Limit: 120
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

SECONDS=0
for source in "$ROOT"/tests/fuzz/fuzz_*.c; do
	target=${source##*/fuzz_}
	target=${target%.c}
	run timeout -k 1 20 "$BIN/replay/fuzz_$target" \
		"$ROOT/tests/fuzz/corpus/$target"
	if [ "$RC" -eq 0 ]; then
		ok "$target: $(tail -n 1 <<<"$OUT")"
	else
		fail "$target: exit status $RC" "$(tail -n 1 <<<"$OUT")" \
			"$(tail -n 20 <<<"$ERR")"
	fi
done
for dir in "$ROOT"/tests/fuzz/corpus/*/; do
	dir=$(basename "$dir")
	[ -f "$ROOT/tests/fuzz/fuzz_$dir.c" ] ||
		fail "the inputs of $dir have a target"
done
# A sanitizer build is allowed more.
[ -n "${SAN:-}" ] || check "all within 20 seconds" test "$SECONDS" -lt 20
