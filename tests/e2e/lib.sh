# shellcheck shell=bash
# shellcheck disable=SC2034	# most of what is set here is for the scripts
# lib.sh: what every end-to-end test uses. Sourced, never run:
#
#	. "$(dirname "$0")/lib.sh"
#	t_begin
#	new_dir a && start_daemon "$DIR"
#	run sekisho office add demo --name Demo
#	is "an office is added" 0
#	stop_daemon
#
# A script prints `ok - NAME`, `not ok - NAME` or `skip - NAME: why` for each
# case and ends non-zero when one failed, or when a process of its outlives it.
# tests/run.sh counts those lines.
#
# Set for the script:
#	T		its own directory, removed at the end
#	ROOT, BIN	the source tree, the programs under test (in PATH)
#	DIR		the instance of the last new_dir or start_daemon
#	LOG		the log of the last start_daemon
#	DAEMON_PID	the parent's process id, empty when stopped
#	OUT, ERR, RC	standard output, error and exit status of the last run
#	SEKISHO_SOCKET	the socket of the last start_daemon

set -u

t_begin() {
	ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	BIN=${SEKISHO_BUILD:-build}
	case $BIN in
	/*) ;;
	*) BIN=$ROOT/$BIN ;;
	esac
	# the script once more, below one who sees what it leaves behind
	if [ "${T_LEFTOVER:-}" != "$PPID" ]; then
		[ -x "$BIN/tests/leftover" ] ||
			{ echo "first: make $BIN/tests/all" >&2; exit 2; }
		exec "$BIN/tests/leftover" bash "$0"
	fi
	unset T_LEFTOVER
	PATH=$BIN:$PATH:/usr/sbin:/sbin
	T=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-e2e.XXXXXX") || exit 1
	# the service users must reach an instance below it
	chmod 711 "$T"
	T_FAILED=0
	T_PIDS=
	DAEMON_PID=
	DAEMON_RC=
	DIR=
	LOG=
	OUT=
	ERR=
	RC=
	unset SEKISHO_SOCKET NOTIFY_SOCKET
	export PATH ROOT BIN T LC_ALL=C.UTF-8
	trap t_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# The exit trap: end what was started, remove what was made. What T_PIDS does
# not name is not ended here: leftover.c makes it a failure.
t_end() {
	local rc=$? pid
	trap - EXIT
	trap '' INT TERM
	for pid in $T_PIDS; do
		kill -TERM "$pid" 2>/dev/null
	done
	for pid in $T_PIDS; do
		gone_within "$pid" 5 || kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	if [ "$T_FAILED" -ne 0 ] && [ -n "${T_KEEP:-}" ]; then
		echo "# kept: $T"
	else
		rm -rf "$T"
	fi
	[ "$rc" -eq 0 ] && [ "$T_FAILED" -ne 0 ] && rc=1
	exit "$rc"
}

# --- verdicts ---

# ok NAME
ok() {
	printf 'ok - %s\n' "$1"
}

# fail NAME [WHY]...: goes on; the script ends non-zero.
fail() {
	printf 'not ok - %s\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
	T_FAILED=$((T_FAILED + 1))
}

# skip NAME WHY
skip() {
	printf 'skip - %s: %s\n' "$1" "$2"
}

# die WHY: the script cannot go on.
die() {
	fail "$*"
	[ -z "$LOG" ] || tail -n 20 "$LOG" 2>/dev/null | sed 's/^/# /'
	exit 1
}

# run COMMAND...: never fails; fills OUT, ERR, RC.
run() {
	RC=0
	"$@" >"$T/.out" 2>"$T/.err" </dev/null || RC=$?
	OUT=$(cat "$T/.out")
	ERR=$(cat "$T/.err")
}

# run_stdin TEXT COMMAND...: as run, with TEXT as standard input.
run_stdin() {
	local text=$1
	shift
	RC=0
	printf '%s' "$text" | "$@" >"$T/.out" 2>"$T/.err" || RC=$?
	OUT=$(cat "$T/.out")
	ERR=$(cat "$T/.err")
}

# is NAME RC: the last run ended with RC.
is() {
	if [ "$RC" = "$2" ]; then
		ok "$1"
	else
		fail "$1" "exit status $RC, not $2" "$OUT" "$ERR"
	fi
}

# equal NAME GOT WANTED
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail "$1" "got: $2" "wanted: $3"
	fi
}

# check NAME COMMAND...: the command succeeds.
check() {
	local name=$1
	shift
	if "$@" >"$T/.check" 2>&1; then
		ok "$name"
	else
		fail "$name" "$*" "$(cat "$T/.check")"
	fi
}

# refute NAME COMMAND...: the command fails.
refute() {
	local name=$1
	shift
	if "$@" >"$T/.check" 2>&1; then
		fail "$name" "did not fail: $*" "$(cat "$T/.check")"
	else
		ok "$name"
	fi
}

# json FILTER: jq over OUT; prints the raw value, fails on null or no JSON.
json() {
	printf '%s' "$OUT" | jq -er "$1"
}

# --- processes and time ---

# is_gone PID: no such process is left (one that has ended but was not yet
# waited for counts as gone).
is_gone() {
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)
	case $state in
	Z | X | '') return 0 ;;
	esac
	return 1
}

# gone_within PID SECONDS: wait until it is gone.
gone_within() {
	until_true "$2" is_gone "$1"
}

# until_true SECONDS COMMAND...: try every 20 ms.
until_true() {
	local end=$((SECONDS + $1 + 1))
	shift
	while [ $SECONDS -lt $end ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.02
	done
	return 1
}

# as USER COMMAND...: run as another user (root only), or as oneself when
# USER is empty.
as() {
	local user=$1
	shift
	if [ -z "$user" ]; then
		"$@"
	else
		setpriv --reuid "$user" --regid "$(id -g "$user")" \
			--clear-groups env HOME="$T" "$@"
	fi
}

# bin_for USER: when USER cannot reach the programs (a private checkout),
# use a copy below T from here on.
bin_for() {
	as "$1" test -x "$BIN/sekisho-authd" && return 0
	mkdir -p "$T/bin"
	cp "$BIN"/sekisho "$BIN"/sekisho-authd "$BIN"/sekisho-front \
		"$BIN"/sekisho-keeper "$T/bin/" || die "cannot copy $BIN"
	[ ! -d "$BIN/tests" ] || cp -R "$BIN/tests" "$T/bin/" ||
		die "cannot copy $BIN/tests"
	chmod -R a+rX "$T/bin"
	BIN=$T/bin
	PATH=$BIN:$PATH
}

# --- the daemon ---

# new_dir NAME [USER]: make a fresh instance T/NAME and set DIR.
new_dir() {
	DIR=$T/$1
	[ -z "${2:-}" ] || bin_for "$2"
	if [ -n "${2:-}" ]; then
		mkdir "$DIR" || die "mkdir $DIR"
		chown "$2" "$DIR" || die "chown $DIR"
	fi
	run as "${2:-}" "$BIN/sekisho-authd" --init "$DIR"
	[ "$RC" -eq 0 ] || die "init $DIR: $OUT $ERR"
}

# set_conf LINE...: put settings at the end of DIR/sekisho.conf.
set_conf() {
	printf '%s\n' "$@" >>"$DIR/sekisho.conf"
}

# start_daemon DIR [USER [WRAPPER...]]: start and wait until it is ready.
start_daemon() {
	launch_daemon "$@"
	wait_ready 10 || die "the daemon in $1 is not ready"
}

# launch_daemon DIR [USER [WRAPPER...]]: start only.
launch_daemon() {
	local user
	DIR=$1
	user=${2:-}
	shift
	[ $# -eq 0 ] || shift
	LOG=$DIR.log
	DAEMON_FROM=$(wc -c 2>/dev/null <"$LOG" || echo 0)
	if [ -n "$user" ]; then
		setpriv --reuid "$user" --regid "$(id -g "$user")" \
			--clear-groups "$@" "$BIN/sekisho-authd" \
			-c "$DIR/sekisho.conf" >>"$LOG" 2>&1 </dev/null &
	else
		"$@" "$BIN/sekisho-authd" -c "$DIR/sekisho.conf" \
			>>"$LOG" 2>&1 </dev/null &
	fi
	DAEMON_PID=$!
	T_PIDS="$T_PIDS $DAEMON_PID"
	SEKISHO_SOCKET=$DIR/authd.sock
	export SEKISHO_SOCKET
}

# this_log: what the last started daemon has logged so far.
this_log() {
	tail -c "+$((DAEMON_FROM + 1))" "$LOG" 2>/dev/null
}

is_ready() {
	this_log | grep -q ' sekisho-authd\[[0-9]*\] info: ready$'
}

# wait_ready SECONDS: until the log says ready; fails at once when it ended.
wait_ready() {
	local end=$((SECONDS + $1 + 1))
	while [ $SECONDS -lt $end ]; do
		is_ready && return 0
		is_gone "$DAEMON_PID" && return 1
		sleep 0.02
	done
	return 1
}

# stop_daemon: SIGTERM and wait; DAEMON_RC is its exit status.
stop_daemon() {
	[ -n "$DAEMON_PID" ] || return 0
	kill -TERM "$DAEMON_PID" 2>/dev/null
	reap_daemon
}

# reap_daemon: wait for a daemon that is about to end; DAEMON_RC.
reap_daemon() {
	gone_within "$DAEMON_PID" 12 || kill -KILL "$DAEMON_PID" 2>/dev/null
	DAEMON_RC=0
	wait "$DAEMON_PID" 2>/dev/null || DAEMON_RC=$?
	T_PIDS=${T_PIDS/ $DAEMON_PID/}
	DAEMON_PID=
}

# child_pid front|keeper: process id of that child of the daemon.
child_pid() {
	# by its argument vector: started by descriptor, it has no file name
	pgrep -P "$DAEMON_PID" -f "^sekisho-$1"
}

# --- codes ---

# code_of SECRET [SECONDS]: the code of a base32 secret, now or SECONDS
# later (negative: earlier).
code_of() {
	oathtool --totp -b --digits=6 \
		--now "@$(($(date +%s) + ${2:-0}))" "$1"
}

# early_in_step [SECONDS]: wait until at least SECONDS (default 10) of the
# present 30-second step are left, so that a code stays what it is.
early_in_step() {
	local left=$((30 - $(date +%s) % 30))
	[ "$left" -ge "${1:-10}" ] || sleep "$((left + 1))"
}

# next_step: wait until the next 30-second step has begun.
next_step() {
	sleep "$((30 - $(date +%s) % 30))"
}
