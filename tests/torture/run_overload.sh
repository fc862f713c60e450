#!/usr/bin/env bash
# run_overload.sh: ten times more is asked than can be answered, with thousands
# of connections that never finish a request; revoke answers within 2 s (F23).
# From the environment:
#	OVERLOAD_SECONDS	how long, 300 by default
#	OVERLOAD_SLOW	slow connections, 5,000 by default
#	SEKISHO_BUILD	the programs, build/ by default
# Needs root: the load comes from another user (nobody) than the administrator.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
t_begin

slow=${OVERLOAD_SLOW:-5000}
if [ "$(id -u)" -ne 0 ]; then
	skip "F23 overload" "needs root for a second user"
	exit 0
fi
# The parent needs that many files, for five sockets; root may have more, but
# not everywhere.
MORE=600
files=$(((slow + MORE) * 5 + 300))
hard=$(ulimit -Hn)
if [ "$hard" != unlimited ] && [ "$hard" -lt $files ] &&
	! ulimit -Hn $files 2>/dev/null; then
	slow=$(((hard - 300) / 5 - MORE))
	[ $slow -gt 500 ] || die "$hard open files are not enough"
	echo "# $slow slow connections: no more than $hard open files here"
fi
new_dir overload
set_conf 'verify_group = "nogroup"' "connections_max = $((slow + MORE))" \
	"connections_peer_max = $((slow + MORE - 50))" 'password_cost = 5'
start_daemon "$DIR"
run "$BIN/tests/overload" "$SEKISHO_SOCKET" "${OVERLOAD_SECONDS:-300}" \
	"$slow" nobody "$(child_pid front)"
is "F23 under ten times the load every revocation is answered within 2 s" 0
printf '%s\n' "$OUT" "$ERR" | sed 's/^/# /'
held=$(printf '%s\n' "$OUT" | sed -n 's/.* \([0-9]*\) slow connections at once/\1/p')
check "there were slow connections" test "${held:-0}" -ge $((slow / 2))
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
equal "it stops cleanly" "$DAEMON_RC" 0
