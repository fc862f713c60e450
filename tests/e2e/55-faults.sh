#!/usr/bin/env bash
# Goal of this test:
# - One call of malloc, write, pwrite, fsync, rename, getrandom, send or recv in
#   one of the four programs fails, at 200 points spread over a scenario from
#   init to audit verify. Nothing crashes, nobody is let in who does not stand
#   in the log, no state is half written, and all goes on by itself (F5).
#   `make torture` tries every way by which such a call is come to.
# Limit: 900
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

if [ -n "${SAN:-}" ]; then
	skip "F5 single faults" "a sanitizer has its own malloc"
	exit 0
fi
run env FAULT_POINTS=200 FAULT_DONE= TMPDIR="$T" SEKISHO_BUILD="$BIN" \
	"$ROOT/tests/torture/run_faults.sh"
bad=$(printf '%s\n' "$OUT" | grep -A 30 '^bad ')
[ -z "$bad" ] || fail "F5 points that went wrong" "$bad"
is "F5 single faults: no crash, no grant, nothing half done" 0
printf '%s\n' "$OUT" | grep -v '^bad \|^    ' | sed 's/^/# /'
points=$(printf '%s\n' "$OUT" | sed -n 's/^\([0-9]*\) points$/\1/p')
check "there were points" test "${points:-0}" -gt 150
