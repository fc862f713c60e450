#!/usr/bin/env bash
# Goal of this test:
# - 2,000 times 2 to 64 submitters send one valid code at the same instant,
#   each round with a fresh account: exactly one is accepted (F1, V1, 2b.1).
# - The daemon is stopped or killed 20 times in between; a code accepted before
#   is refused after.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

RESTARTS=20
ROUNDS=$((${SEKISHO_RACE_ROUNDS:-2000} / RESTARTS))

new_dir race
start_daemon "$DIR"
for i in $(seq $RESTARTS); do
	run "$BIN/tests/hammer" race "$SEKISHO_SOCKET" "r$i" $ROUNDS "$T/last"
	is "F1 $ROUNDS rounds, one accept each ($i)" 0
	if [ $((i % 2)) -eq 0 ]; then
		stop_daemon
	else
		kill -KILL "$(child_pid front)"
		reap_daemon
	fi
	start_daemon "$DIR"
	read -r login code <"$T/last"
	run sekisho verify "$login" "$code" --service hammer
	is "a code accepted before restart $i is refused after it" 1
done
run sekisho audit verify --dir "$DIR"
is "the log verifies afterwards" 0
stop_daemon
