#!/usr/bin/env bash
# Goal of this test, with stand-ins for front and keeper that say what they got:
# - Each child gets exactly its descriptors, its user, no rights to more
#   (R19, R51, DESIGN 3).
# - The parent tells the service manager, stops in time, leaves no process and
#   no socket behind, and says which child died and how.
# - A log that is closed, or that nobody reads, stops nothing and goes nowhere
#   else (R57).
# - One daemon for one instance; keys or a configuration that others can
#   change are refused.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

REAL=$BIN
mkdir "$T/bin"
cp "$REAL/sekisho-authd" "$T/bin/"
cp "$REAL/tests/child" "$T/bin/sekisho-front"
cp "$REAL/tests/child" "$T/bin/sekisho-keeper"
chmod -R a+rX "$T/bin"
BIN=$T/bin
is_root=false
[ "$(id -u)" -ne 0 ] || is_root=true

# how FRONT KEEPER: what they shall do from the next start on.
how() {
	echo "$1" >"$BIN/sekisho-front.how"
	echo "$2" >"$BIN/sekisho-keeper.how"
}

# said LINE: the children of the last daemon said that.
said() {
	this_log | grep -q "$1"
}

# ends NAME RC: the daemon ends by itself with RC within 5 s.
ends() {
	gone_within "$DAEMON_PID" 5 || true
	reap_daemon
	equal "$1" "$DAEMON_RC" "$2"
}

# all_gone NAME: nothing that was started from T/bin is left.
all_gone() {
	check "$1" until_true 2 bash -c "! pgrep -f '^sekisho-(front|keeper)' \
		| xargs -r -I{} readlink /proc/{}/exe | grep -q '^$BIN/'"
}

new_dir a
how ready ''
set_conf 'connections_max = 1000'
start_daemon "$DIR"
ok "it becomes ready"

# --- what the children got ---
equal "the front has exactly its descriptors" \
	"$(this_log | grep '^sekisho-front fd' | cut -d' ' -f3,4 |
		tr '\n' ';')" \
	"0 other;1 file;2 file;3 socket;4 file;5 directory;6 socket;7 pipe;8 other;9 socket;10 socket;11 socket;12 socket;"
equal "the keeper has exactly its descriptors" \
	"$(this_log | grep '^sekisho-keeper fd' | cut -d' ' -f3,4 |
		tr '\n' ';')" \
	"0 other;1 file;2 file;3 socket;4 file;5 file;6 file;7 file;8 file;9 file;"
check "its key files" said '^sekisho-keeper fd 5 file size 32$'
check "the CA's among them" said '^sekisho-keeper fd 7 file size 32$'
# F_SEAL_SEAL 1, SHRINK 2, GROW 4, WRITE 8
check "the settings are sealed; room for the connections" \
	said '^sekisho-front files [0-9]* seals 15$'
files=$(this_log | sed -n 's/^sekisho-front files \([0-9]*\) .*/\1/p')
check "at least 1,256 files for 1,000 connections" test "$files" -ge 1256
for child in front keeper; do
	check "$child: no new rights, killed with the parent, no core, no \
environment, own session" said "^sekisho-$child nnp 1 death 9 core 0 env 0 \
leader 1 cwd / umask 077 blocked 0$"
done
if $is_root; then
	for user in sekisho sekisho-keeper; do
		uid=$(id -u $user)
		case $user in
		sekisho) child=front ;;
		*) child=keeper ;;
		esac
		check "$child runs as $user for good, without groups" said \
			"^sekisho-$child uid $uid $uid $uid gid $(id -g $user) groups 0$"
	done
fi
equal "the socket is for the starter and his group" \
	"$(stat -c '%a %u %g %F' "$DIR/authd.sock")" \
	"660 $(id -u) $(id -g) socket"

# --- one daemon for one instance ---
run "$BIN/sekisho-authd" -c "$DIR/sekisho.conf"
is "a second daemon is refused" 1
check "and says why" grep -q 'another sekisho-authd is running' <<<"$ERR"
check "the first goes on" kill -0 "$DAEMON_PID"
new_dir b
set_conf "socket_dir = '$T/a'"
run "$BIN/sekisho-authd" -c "$DIR/sekisho.conf"
is "another instance on the same socket is refused" 1
check "and says why" grep -q 'another program is listening' <<<"$ERR"
sed -i "s,^socket_dir = .*,socket_dir = '$T/none'," "$DIR/sekisho.conf"
run "$BIN/sekisho-authd" -c "$DIR/sekisho.conf"
is "a directory of the sockets that is not there is an error" 1
check "and says which" grep -q 'none/authd.sock: the directory of socket_dir' <<<"$ERR"
DIR=$T/a

# --- stop ---
front=$(child_pid front)
keeper=$(child_pid keeper)
started=$SECONDS
stop_daemon
equal "SIGTERM: exit 0" "$DAEMON_RC" 0
check "within 2 s" test $((SECONDS - started)) -le 2
refute "the socket is gone" test -e "$DIR/authd.sock"
check "the front is gone" gone_within "$front" 0
check "the keeper is gone" gone_within "$keeper" 0
start_daemon "$DIR"
kill -INT "$DAEMON_PID"
ends "SIGINT: exit 0" 0
start_daemon "$DIR"
kill -HUP "$DAEMON_PID"
ends "SIGHUP: exit 0" 0

how 'ready deaf' ''
start_daemon "$DIR"
stop_daemon
equal "a deaf front is killed: exit 1" "$DAEMON_RC" 1
check "and named" said 'sekisho-front did not end within 7000 ms: killed'
all_gone "nothing is left"
how ready deaf
start_daemon "$DIR"
stop_daemon
equal "a deaf keeper is killed: exit 1" "$DAEMON_RC" 1
check "and named" said 'sekisho-keeper did not end within 2000 ms: killed'
all_gone "nothing is left"
how '' ''
launch_daemon "$DIR"
until_true 5 test -S "$DIR/authd.sock"
sleep 0.2
stop_daemon
equal "a stop before it was ready: exit 0" "$DAEMON_RC" 0

# --- a child dies ---
how ready ''
for child in front keeper; do
	start_daemon "$DIR"
	kill -KILL "$(child_pid $child)"
	ends "the $child is killed: exit 1" 1
	check "it is named" said "sekisho-$child was killed by signal 9"
	all_gone "the other is gone too"
	refute "and the socket" test -e "$DIR/authd.sock"
done
how 'exit 7' ''
launch_daemon "$DIR"
ends "a front that fails at start: exit 1" 1
check "with its status" said 'sekisho-front ended unexpectedly with exit status 7'
how 'exit 0' ''
launch_daemon "$DIR"
ends "a front that ends with 0 unasked: exit 1" 1
how ready 'die'
launch_daemon "$DIR"
ends "a keeper that crashes: exit 1" 1
check "with its signal" said 'sekisho-keeper was killed by signal 11'
how ready ''
start_daemon "$DIR"
front=$(child_pid front)
keeper=$(child_pid keeper)
kill -KILL "$DAEMON_PID"
reap_daemon
check "the parent is killed: the front goes with it" gone_within "$front" 1
check "and the keeper" gone_within "$keeper" 1
check "its socket is left behind" test -S "$DIR/authd.sock"
start_daemon "$DIR"
ok "and replaced by the next start"
stop_daemon

# What a killed parent leaves is not gone at once: its front listens and its
# keeper holds the lock until the kernel has ended them.
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0],
	Listen => 1) or die; select(undef, undef, undef, 0.4)' "$DIR/authd.sock" &
listens=$!
flock -x "$DIR/keeper.state" sleep 0.4 &
locks=$!
T_PIDS="$T_PIDS $listens $locks"
until_true 2 test -S "$DIR/authd.sock"
start_daemon "$DIR"
ok "a daemon waits for what a killed one left"
stop_daemon
wait "$listens" "$locks"

# --- the service manager ---
for at in "$T/notify" "@sekisho-e2e-$$"; do
	"$REAL/tests/dgram" "$at" >"$T/notified" &
	sink=$!
	T_PIDS="$T_PIDS $sink"
	sleep 0.2
	NOTIFY_SOCKET=$at start_daemon "$DIR"
	check "READY=1 to ${at:0:1}" until_true 2 grep -qx READY=1 "$T/notified"
	refute "no STOPPING=1 yet" grep -q STOPPING "$T/notified"
	stop_daemon
	check "STOPPING=1" until_true 2 grep -qx STOPPING=1 "$T/notified"
	kill "$sink"
done

# --- what is refused ---
# refused NAME WHY [CHECK: 0 when --check has nothing against it]
refused() {
	run timeout 10 "$BIN/sekisho-authd" -c "$DIR/sekisho.conf"
	if [ "$RC" -eq 1 ] && grep -q "$2" <<<"$ERR"; then
		ok "$1"
	else
		fail "$1" "exit status $RC" "$ERR"
	fi
	all_gone "no child was left by it" >/dev/null
	run "$BIN/sekisho-authd" --check -c "$DIR/sekisho.conf"
	if [ "$RC" -ne "${3:-1}" ]; then
		fail "--check: $1" "exit status $RC" "$ERR"
	elif [ "$RC" -eq 0 ] || grep -q "$2" <<<"$ERR"; then
		ok "--check: $1"
	else
		fail "--check: $1" "$ERR"
	fi
}

chmod 640 "$DIR/keys/seed.key"
refused "a key that the group can read" 'seed.key belongs to'
chmod 600 "$DIR/keys/seed.key"
chmod 755 "$DIR/keys"
refused "a key directory that others can enter" 'keys belongs to'
chmod 700 "$DIR/keys"
cp -p "$DIR/keys/audit.key" "$T/saved"
truncate -s 31 "$DIR/keys/audit.key"
refused "a key that is cut" 'is not a key of 32 bytes'
rm "$DIR/keys/audit.key"
refused "no key" 'audit.key: No such file'
mv "$T/saved" "$DIR/keys/audit.key"
chmod 660 "$DIR/sekisho.conf"
refused "a configuration that others can write" 'sekisho.conf belongs to'
chmod 640 "$DIR/sekisho.conf"
chmod 750 "$DIR/data"
refused "data that others can enter" 'data must belong'
chmod 700 "$DIR/data"
mv "$DIR/keeper.state" "$T/saved"
refused "no keeper.state" 'keeper.state: No such file'
mv "$T/saved" "$DIR/keeper.state"
echo x >"$DIR/authd.sock"
refused "a file in place of the socket" 'in the way and is not a socket' 0
equal "which is left alone" "$(cat "$DIR/authd.sock")" x
rm "$DIR/authd.sock"
mv "$BIN/sekisho-keeper" "$T/saved"
refused "no sekisho-keeper" 'sekisho-keeper: No such file'
mv "$T/saved" "$BIN/sekisho-keeper"
set_conf "verify_group = 'no-such-group'"
refused "an unknown verify_group" 'group no-such-group: not found'
chmod 640 "$DIR/keys/seed.key"
run "$BIN/sekisho-authd" --check -c "$DIR/sekisho.conf"
check "--check says all that is wrong at once" test \
	"$(grep -c 'no-such-group: not found\|seed.key belongs to' <<<"$ERR")" = 2
equal "and nothing else" "$(grep -c ' error: ' <<<"$ERR")" 2
chmod 600 "$DIR/keys/seed.key"
sed -i '$d' "$DIR/sekisho.conf"
set_conf "breach_file = 'no-such-file'" "proxy_key_file = 'no-such-key'"
refused "a breach file that is not there" 'no-such-file: No such file'
run "$BIN/sekisho-authd" --check -c "$DIR/sekisho.conf"
check "--check: nor the proxy's key" grep -q 'no-such-key: No such file' <<<"$ERR"
sed -i '$d' "$DIR/sekisho.conf"
sed -i '$d' "$DIR/sekisho.conf"
start_daemon "$DIR"
run "$BIN/sekisho-authd" --check -c "$DIR/sekisho.conf"
is "--check beside a running daemon" 0
check "which keeps its sockets" test -S "$DIR/authd.sock" -a -S "$DIR/hook.sock"
stop_daemon

if $is_root; then
	set_conf "verify_group = 'nogroup'"
	start_daemon "$DIR"
	equal "the socket belongs to verify_group" \
		"$(stat -c '%a %U %G' "$DIR/authd.sock")" "660 root nogroup"
	stop_daemon

	# the rights that contrib/systemd leaves to root
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' \
		"$ROOT/contrib/systemd/sekisho-authd.service" |
		tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
	start_daemon "$DIR" '' setpriv --bounding-set="-all,$caps"
	ok "it starts with the capabilities of the unit ($caps)"
	equal "and still gives the socket to verify_group" \
		"$(stat -c '%a %U %G' "$DIR/authd.sock")" "660 root nogroup"
	stop_daemon
	equal "and can stop its children" "$DAEMON_RC" 0
	sed -i '$d' "$DIR/sekisho.conf"
	chown nobody "$DIR/keys/seed.key"
	refused "a key of another user" 'seed.key belongs to'
	chown root "$DIR/keys/seed.key"
	set_conf "front_user = 'sekisho-keeper'"
	refused "one user for both" 'must differ'
	sed -i '$d' "$DIR/sekisho.conf"
	set_conf "front_user = 'no-such-user'"
	refused "an unknown user" 'user no-such-user: not found'
	sed -i '$d' "$DIR/sekisho.conf"

	# a checkout that the service users cannot reach
	mkdir -m 700 "$T/private"
	cp -r "$BIN" "$T/private/bin"
	run "$BIN/sekisho-authd" --check -c "$DIR/sekisho.conf"
	BIN=$T/private/bin
	launch_daemon "$DIR"
	check "children of a private checkout start" \
		until_true 5 said '^sekisho-keeper nnp 1'
	stop_daemon
	BIN=$T/bin

	new_dir user nobody
	start_daemon "$DIR" nobody
	uid=$(id -u nobody)
	check "started by an ordinary user, all run as that user" said \
		"^sekisho-front uid $uid $uid $uid "
	check "and the log says so" said "all processes run as user $uid"
	stop_daemon
	equal "and stop" "$DAEMON_RC" 0
fi

# --- a log that nobody reads ends nothing ---
how ready ''
DIR=$T/a
mkfifo "$T/log"
cat "$T/log" >/dev/null &
reader=$!
"$BIN/sekisho-authd" -c "$DIR/sekisho.conf" >"$T/log" 2>&1 </dev/null &
DAEMON_PID=$!
T_PIDS="$T_PIDS $DAEMON_PID"
until_true 5 child_pid front
kill "$reader"
sleep 0.2
stop_daemon
equal "exit 0 without a reader of the log" "$DAEMON_RC" 0

# --- nor one that is closed; what is opened next is not written to instead ---
cp "$DIR/keeper.state" "$T/saved"
("$BIN/sekisho-authd" -c "$DIR/sekisho.conf" <&- >&- 2>&-) &
DAEMON_PID=$!
T_PIDS="$T_PIDS $DAEMON_PID"
check "it starts without standard streams" until_true 5 child_pid front
equal "and holds their places" \
	"$(readlink "/proc/$DAEMON_PID/fd/2")" /dev/null
stop_daemon
equal "and stops" "$DAEMON_RC" 0
check "nothing was written into keeper.state" \
	cmp "$T/saved" "$DIR/keeper.state"

# --- nor one whose reader stands still ---
BIN=$REAL
sleep 60 <>"$T/log" &
T_PIDS="$T_PIDS $!"
perl -MFcntl -e 'sysopen(my $f, $ARGV[0], O_WRONLY | O_NONBLOCK) or die;
	1 while syswrite($f, "x" x 4096)' "$T/log"
"$BIN/sekisho-authd" -c "$DIR/sekisho.conf" >"$T/log" 2>&1 </dev/null &
DAEMON_PID=$!
T_PIDS="$T_PIDS $DAEMON_PID"
SEKISHO_SOCKET=$DIR/authd.sock
export SEKISHO_SOCKET
check "it becomes ready though nobody takes its log" \
	until_true 10 "$BIN/sekisho" status
stop_daemon
equal "and stops" "$DAEMON_RC" 0
