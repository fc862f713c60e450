#!/usr/bin/env bash
# Goal of this test:
# - Front, keeper and parent are killed (-9) 35 times each under load. What is
#   left of them ends, all is started again as a service manager would, and is
#   ready within 2 s. `make torture` does 300 each.
# - Nothing that was acknowledged is lost, no code is accepted twice, the log
#   verifies (F3, V11, V18).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

KILLS=${SEKISHO_KILLS:-35}

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
left=0
for i in $(seq $((3 * KILLS))); do
	front=$(child_pid front)
	keeper=$(child_pid keeper)
	case $((i % 3)) in
	0) victim=$front ;;
	1) victim=$keeper ;;
	2) victim=$DAEMON_PID ;;
	esac
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	kill -KILL "$victim" || die "nothing to kill: ${victim:-none}"
	reap_daemon
	for pid in $front $keeper; do
		gone_within "$pid" 5 || left=$((left + 1))
	done
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
equal "the parent never ends with 0 when one was killed" $unclean 0
equal "no child outlives its parent" $left 0
equal "ready within 2 s after each of $((3 * KILLS)) kills" $slow 0
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
