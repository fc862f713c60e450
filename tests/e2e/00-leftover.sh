#!/usr/bin/env bash
# Goal of this test, about the tests themselves:
# - One that leaves a process behind fails, by whatever way it got out of sight;
#   the process is named and ended.
# - One that leaves none, or one that is just ending, passes.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

# leaves NAME LINE...: run a test with those lines between begin and end.
leaves() {
	local name=$1
	shift
	{
		printf '. "%s/lib.sh"\nt_begin\n' "$ROOT/tests/e2e"
		printf '%s\n' "$@" 'ok "its case"'
	} >"$T/$name.sh"
	run env "SEKISHO_BUILD=$BIN" TMPDIR="$T" timeout 60 bash "$T/$name.sh"
}

# left NAME COMMAND: the run named it, and no such process is there.
left() {
	local pid
	pid=$(sed -n "s/^# left: \([0-9]*\) $2\$/\1/p" <<<"$OUT")
	check "$1 is named" test -n "$pid"
	check "and ended" is_gone "${pid:-$$}"
}

# shellcheck disable=SC2016	# for the script
leaves nothing 'sleep 711.0 &' 'T_PIDS=" $!"'
is "nothing left: the test passes" 0
equal "and says its case only" "$OUT" "ok - its case"

# the numbers are to find them by
leaves ways 'sleep 711.1 &' '(sleep 711.2 & )' \
	'env -i setsid sleep 711.3 >/dev/null 2>&1 </dev/null &' \
	'bash -c "sleep 711.4 & wait" & sleep 0.2'
is "the test fails" 1
equal "in one line for the runner" \
	"$(grep -c '^not ok - no process is left behind$' <<<"$OUT")" 1
left "a child of the script" "sleep 711.1"
left "one whose parent is gone" "sleep 711.2"
left "one in a session of its own, without environment" "sleep 711.3"
left "one below another that was left" "sleep 711.4"

# shellcheck disable=SC2016	# for the script
leaves killed 'sleep 711.5 &' 'trap - EXIT' 'kill -KILL $$'
equal "a test that is killed: its end is told" "$RC" 137
left "what it left" "sleep 711.5"

leaves ending '(sleep 0.4 & )'
is "one that is just ending is waited for" 0
