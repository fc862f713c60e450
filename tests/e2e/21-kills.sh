#!/usr/bin/env bash
# Goal of this test:
# - Front and keeper are killed (-9) 50 times each under load. The parent ends,
#   is started again as a service manager would, and is ready within 2 s.
# - Nothing that was acknowledged is lost, no code is accepted twice, the log
#   verifies (F3, V11, V18).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

KILLS=${SEKISHO_KILLS:-50}

# Milliseconds since boot, for measuring.
now_ms() {
	local up rest
	read -r up rest </proc/uptime
	echo "${up/./}0"
}

new_dir kills
start_daemon "$DIR"
"$BIN/tests/hammer" load "$SEKISHO_SOCKET" k "$T/acks" 4 2>"$T/load.err" &
LOAD=$!
T_PIDS="$T_PIDS $LOAD"
slow=0
worst=0
unclean=0
for i in $(seq $((2 * KILLS))); do
	if [ $((i % 2)) -eq 0 ]; then
		victim=front
	else
		victim=keeper
	fi
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	kill -KILL "$(child_pid $victim)" || die "no $victim to kill"
	reap_daemon
	[ "$DAEMON_RC" -ne 0 ] || unclean=$((unclean + 1))
	t0=$(now_ms)
	start_daemon "$DIR"
	took=$(($(now_ms) - t0))
	[ $took -le $worst ] || worst=$took
	[ $took -le 2000 ] || slow=$((slow + 1))
done
sleep 1
kill -TERM $LOAD
wait $LOAD
equal "F3 the load saw no code accepted twice" "$?" 0
T_PIDS=${T_PIDS/ $LOAD/}
equal "the parent never ends with 0 when a child was killed" $unclean 0
equal "ready within 2 s after each of $((2 * KILLS)) kills" $slow 0
echo "# slowest start: $worst ms; $(wc -l <"$T/acks") acknowledgements"
run "$BIN/tests/hammer" check "$SEKISHO_SOCKET" "$T/acks"
is "F3 nothing acknowledged is lost, nothing accepted again" 0
echo "# $OUT"
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
equal "it stops cleanly" "$DAEMON_RC" 0
run sqlite3 "$DIR/data/sekisho.db" 'PRAGMA integrity_check'
equal "the database is whole" "$OUT" ok
