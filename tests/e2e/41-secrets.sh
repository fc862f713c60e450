#!/usr/bin/env bash
# Goal of this test:
# - A seed and a code that were used are found nowhere in data/, in the log, in
#   the audit export or in an archive of the instance (R6, V32, F19).
# - After a restart neither front nor keeper holds the seed in its memory, while
#   codes are being checked (R6, F20).
# - No two enrolments have the same seed (R1, R7).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir secrets
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add hanako --name Hanako --office demo
run sekisho phone enroll hanako --json
SECRET=$(json .secret)
HEX=$(printf '%s' "$SECRET" | base32 -d | xxd -p -c 64)
RAW=$(printf '%s' "$HEX" | sed 's/../\\x&/g')
early_in_step 10
CONFIRM=$(code_of "$SECRET" -30)
CODE=$(code_of "$SECRET")
run sekisho phone confirm hanako "$CONFIRM"
is "the phone is confirmed" 0
run sekisho verify hanako "$CODE"
is "a code is accepted" 0
run sekisho verify hanako 987650
is "another is refused" 1
run sekisho audit export
is "the log is exported" 0
printf '%s\n' "$OUT" >"$T/export.jsonl"
check "the export has records" grep -q verify "$T/export.jsonl"
sleep 1.5 # a timer's turn, so that it has all been written

# nowhere NAME GREP-ARGS...: in no file of the instance, log or export.
nowhere() {
	local name=$1
	shift
	tar -cf "$T/archive.tar" -C "$T" secrets
	refute "$name" grep -ralq "$@" "$DIR" "$LOG" "$T/export.jsonl" \
		"$T/archive.tar"
}

check "what is stored can be found" grep -raq hanako "$DIR/data"
nowhere "R6 the seed is nowhere in base32" -- "$SECRET"
nowhere "R6 the seed is nowhere in hex" -i -- "$HEX"
nowhere "R6 the seed is nowhere in raw bytes" -P "$RAW"
for code in "$CONFIRM" "$CODE" 987650; do
	nowhere "V32 the code is nowhere ($code)" -w -- "$code"
done

stop_daemon
start_daemon "$DIR"
for i in 1 2 3; do
	run sekisho verify hanako "98765$i"
done
if [ "$(id -u)" -eq 0 ]; then
	front=$(child_pid front)
	keeper=$(child_pid keeper)
	check "the scan finds what is there" "$BIN/tests/memscan" "$front" \
		"$(printf hanako | xxd -p)"
	run "$BIN/tests/memscan" "$front" "$HEX"
	is "F20 no seed in the front's memory" 1
	run "$BIN/tests/memscan" "$front" \
		"$(xxd -p -c 64 "$DIR/keys/seed.key")"
	is "F20 no seed key in the front's memory" 1
	run "$BIN/tests/memscan" "$keeper" "$HEX"
	is "F20 no opened seed stays in the keeper's memory" 1
else
	skip "F20 memory scan" "needs root to read another process"
fi

for i in $(seq 100); do
	run sekisho phone enroll hanako --json
	json .secret
done | sort | uniq -d >"$T/twice"
equal "R7 no two seeds are the same" "$(wc -l <"$T/twice")" 0
stop_daemon
