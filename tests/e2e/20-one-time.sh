#!/usr/bin/env bash
# Goal of this test:
# - 2,000 times 2 to 64 submitters send one valid code at the same instant,
#   each round with a fresh account: exactly one is accepted (F1, V1, 2b.1).
# - The daemon is stopped or killed 20 times in between; a code accepted before
#   is refused after.
# - The same by eight processes of the command line, and by eight logins that
#   have each passed the password. `make torture` does 100,000, 1,000 and 200.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

RESTARTS=20
ROUNDS=$((${SEKISHO_RACE_ROUNDS:-2000} / RESTARTS))
CLI_ROUNDS=${SEKISHO_RACE_CLI:-25}
LOGIN_ROUNDS=${SEKISHO_RACE_LOGIN:-10}

new_dir race
set_conf 'password_cost = 5'
start_daemon "$DIR"
# cli_round LOGIN: eight processes wait at a gate, then verify at once; prints
# how many were accepted and how many refused.
cli_round() {
	local i code secret
	run sekisho account add "$1" --name X --office demo
	run sekisho phone enroll "$1" --json
	secret=$(json .secret)
	early_in_step 3
	run sekisho phone confirm "$1" "$(code_of "$secret" -30)"
	[ "$RC" -eq 0 ] || die "enrol $1: $ERR"
	code=$(code_of "$secret")
	rm -f "$T"/rc.*
	exec 9>"$T/gate"
	flock 9
	for i in 1 2 3 4 5 6 7 8; do
		(
			exec 9>&-
			flock -s "$T/gate" timeout 20 sekisho verify "$1" \
				"$code" >"$T/said.$i" 2>&1
			echo $? >"$T/rc.$i"
		) &
	done
	sleep 0.03
	exec 9>&-
	until_true 20 test -s "$T/rc.1" -a -s "$T/rc.2" -a -s "$T/rc.3" -a \
		-s "$T/rc.4" -a -s "$T/rc.5" -a -s "$T/rc.6" -a \
		-s "$T/rc.7" -a -s "$T/rc.8"
	sort "$T"/rc.? | tr -d '\n'
}
bad=0
run sekisho office add demo --name Demo
for i in $(seq "$CLI_ROUNDS"); do
	got=$(cli_round "c-$i")
	[ "$got" = 01111111 ] || {
		echo "# round $i: $got"
		bad=$((bad + 1))
	}
done
equal "F1 $CLI_ROUNDS rounds of eight processes, one accept each" $bad 0
if [ "$LOGIN_ROUNDS" -gt 0 ]; then
	run "$BIN/tests/login_race" "$SEKISHO_SOCKET" l "$LOGIN_ROUNDS"
	is "F1 $LOGIN_ROUNDS rounds of eight logins, one goes on each" 0
fi
[ $ROUNDS -gt 0 ] || RESTARTS=0
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
