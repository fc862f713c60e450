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
	tar -cf "$T/archive.tar" -C "$T" secrets 2>/dev/null
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

# scan_keys MOST: the keys are nowhere but in the keeper, there MOST times.
scan_keys() {
	local name part hex pepper
	check "the scan finds what is in the keeper" "$BIN/tests/memscan" \
		"$keeper" "$(printf 'sekisho seed key 1' | xxd -p)"
	pepper=$(openssl kdf -keylen 32 -kdfopt digest:SHA256 \
		-kdfopt "hexkey:$(xxd -p -c 64 "$DIR/keys/seed.key")" \
		-kdfopt "info:sekisho pepper 1" HKDF | tr -d ': \n')
	for name in seed.key audit.key ca.key pepper; do
		case $name in
		pepper) hex=$pepper ;;
		*) hex=$(xxd -p -c 64 "$DIR/keys/$name") ;;
		esac
		equal "$name is 32 bytes" "${#hex}" 64
		# half of it is too much
		for part in "${hex:0:32}" "${hex:32}"; do
			run "$BIN/tests/memscan" "$front" "$part"
			is "F20 no $name in the front's memory" 1
			run "$BIN/tests/memscan" "$DAEMON_PID" "$part"
			is "F20 nor in the parent's" 1
			run "$BIN/tests/memscan" "$keeper" "$part"
			equal "F20 $name in the keeper's readable memory" \
				"${OUT%% *}" "$1"
		done
	done
}

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
	# memfd_secret: not even root can read it from outside
	if this_log | grep -q 'keys in secret memory'; then
		scan_keys 0
	else
		scan_keys 1
	fi
	run "$BIN/tests/memscan" "$keeper" "$HEX"
	is "F20 no opened seed stays in the keeper's memory" 1
else
	skip "F20 memory scan" "needs root to read another process"
fi

if [ "$(id -u)" -eq 0 ] && [ -z "${SAN:-}" ]; then
	stop_daemon
	systemd-analyze syscall-filter @known | sed -n 's/^  *\([a-z]\)/\1/p' |
		grep -vx memfd_secret >"$T/calls"
	printf '#!/bin/sh\nexec %s "$@" <%s\n' "$BIN/tests/filtered" \
		"$T/calls" >"$T/run"
	chmod +x "$T/run"
	start_daemon "$DIR" '' "$T/run"
	run sekisho verify hanako 987654
	is "it works without memfd_secret" 1
	front=$(child_pid front)
	keeper=$(child_pid keeper)
	check "keys in locked memory, and it says so" grep -q \
		'keys in locked memory' <(this_log)
	check "F20 which is not swapped" grep -qE \
		'^VmLck:[[:space:]]+[1-9]' "/proc/$keeper/status"
	scan_keys 1
fi

for i in $(seq 100); do
	run sekisho phone enroll hanako --json
	json .secret
done | sort | uniq -d >"$T/twice"
equal "R7 no two seeds are the same" "$(wc -l <"$T/twice")" 0
stop_daemon
