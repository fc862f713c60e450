#!/usr/bin/env bash
# torture.sh BUILD: the longer proofs, one part after the other, with the time of
# each. A run that was ended goes on where it was: parts that went well stand in
# BUILD/torture.done until all have. From the environment:
#	TORTURE_ONLY	a pattern: only parts whose name contains it
#	TORTURE_KILLS	kill -9 of front, keeper and parent, each; 300 by default
#	TORTURE_RACES	parallel one-time use over the API; 100,000 by default
#	TORTURE_RACES_CLI, TORTURE_RACES_LOGIN	by command line and by login; 1,000 and
#			200 by default
# and what the heads of tests/torture/run_*.sh name, such as FAULT_POINTS=2000
# (here FAULT_POINTS=places by default).
set -u
cd "$(dirname "$0")/../.." || exit 2
BUILD=${1:-build}
export SEKISHO_BUILD=$BUILD
DONE=$BUILD/torture.done
failed=0
out=$(mktemp "${TMPDIR:-/tmp}/sekisho-torture.XXXXXX") || exit 2
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM

# part NAME COMMAND...
part() {
	local name=$1 begun=$SECONDS rc=0
	shift
	case $name in
	*${TORTURE_ONLY:-}*) ;;
	*) return ;;
	esac
	if grep -qxF "$name" "$DONE" 2>/dev/null; then
		echo "== $name: done before"
		return
	fi
	echo "== $name"
	"$@" >"$out" 2>&1 || rc=$?
	# what went well is many lines
	grep -v '^ok - F1 \|^ok - a code accepted before restart' "$out"
	echo "== $name: $((SECONDS - begun)) s, exit status $rc"
	if [ $rc -eq 0 ]; then
		echo "$name" >>"$DONE"
	else
		failed=$((failed + 1))
	fi
}

# parts NAME ALL EACH VARIABLE COMMAND...: ALL in parts of EACH, so that a run
# that was ended loses little.
parts() {
	local name=$1 all=$2 each=$3 variable=$4 i n
	shift 4
	for ((i = 0; i < all; i += each)); do
		n=$((all - i < each ? all - i : each))
		part "$name $((i + 1)) to $((i + n))" \
			env "$variable=$n" "$@"
	done
}

part power-cut tests/torture/run_power_cut.sh
part disk-full tests/torture/run_disk_full.sh
part evil-front tests/torture/run_evil_front.sh
part clock tests/torture/run_clock.sh
part guess tests/torture/run_guess.sh
part refusal-time tests/torture/run_refusal_time.sh
part overload tests/torture/run_overload.sh
parts kills "${TORTURE_KILLS:-300}" 50 SEKISHO_KILLS tests/e2e/21-kills.sh
parts one-time-login "${TORTURE_RACES_LOGIN:-200}" 100 SEKISHO_RACE_LOGIN \
	env SEKISHO_RACE_ROUNDS=0 SEKISHO_RACE_CLI=0 tests/e2e/20-one-time.sh
parts one-time-cli "${TORTURE_RACES_CLI:-1000}" 250 SEKISHO_RACE_CLI \
	env SEKISHO_RACE_ROUNDS=0 SEKISHO_RACE_LOGIN=0 tests/e2e/20-one-time.sh
parts one-time "${TORTURE_RACES:-100000}" 10000 SEKISHO_RACE_ROUNDS \
	env SEKISHO_RACE_CLI=0 SEKISHO_RACE_LOGIN=0 tests/e2e/20-one-time.sh
part faults env FAULT_POINTS="${FAULT_POINTS:-places}" \
	tests/torture/run_faults.sh

if [ $failed -gt 0 ]; then
	echo "$failed parts failed"
	exit 1
fi
[ -n "${TORTURE_ONLY:-}" ] || rm -f "$DONE"
