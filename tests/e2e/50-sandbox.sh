#!/usr/bin/env bash
# Goal of this test, over the shipped programs as they run:
# - Every call that the keeper's filter does not list kills the running keeper;
#   so do the front's (R19, R51). abort(), SIGSEGV and forbidden calls leave no
#   core (F20).
# - Both processes have a filter, no new privileges, no capability, users of
#   their own, and exactly their descriptors; their own users can neither
#   debug them nor read their memory.
# - A front that was taken over opens, makes, moves and removes none of 50
#   files (R19).
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

if [ -n "${SAN:-}" ]; then
	skip "the sandbox" "a sanitizer build has none"
	exit 0
fi
# --- the keeper's filter, call by call ---
TOOLS=$BIN/tests
TMPDIR=$T "$TOOLS/keeper_calls" "$BIN/sekisho-keeper" ||
	fail "the keeper, call by call" "exit status $?"

is_root=false
[ "$(id -u)" -ne 0 ] || is_root=true
new_dir box
start_daemon "$DIR"
run sekisho office add demo --name Demo
is "the daemon works behind its filters" 0

# field PID NAME: that line of /proc/PID/status, blanks folded
field() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '\t ' ' '
}

# fds PID: number and kind of each descriptor
fds() {
	local fd at
	for fd in $(find "/proc/$1/fd" -mindepth 1 -printf '%f\n' | sort -n); do
		at=$(readlink "/proc/$1/fd/$fd")
		case $at in
		"$DIR"/*) at=${at#"$DIR"/} ;;
		*:*) at=${at%%:*} ;;
		esac
		printf '%s %s;' "$fd" "$at"
	done
}

front=$(child_pid front)
# the sandbox opens no file of /proc, by which one names another thread
for name in writer reads-ahead; do
	check "the front's thread $name has its name" \
		grep -qx "$name" "/proc/$front/task"/*/comm
done
keeper=$(child_pid keeper)
log=$(basename "$LOG")

# --- what /proc says of both ---
for child in front keeper; do
	pid=${!child}
	equal "$child: a filter" "$(field "$pid" Seccomp)" 2
	equal "$child: no new privileges" "$(field "$pid" NoNewPrivs)" 1
	for set in CapInh CapPrm CapEff CapAmb; do
		equal "$child: no capability in $set" \
			"$(field "$pid" $set)" 0000000000000000
	done
	check "$child: no core may be written" grep -q \
		'^Max core file size  *0  *0 ' "/proc/$pid/limits"
	equal "$child: not dumpable, so /proc belongs to root" \
		"$(stat -c %U "/proc/$pid/mem")" root
	check "$child: no second thread is outside the filter" test \
		"$(cat "/proc/$pid"/task/*/status | grep -c '^Seccomp:.*2$')" \
		-eq "$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)"
done
if $is_root; then
	uid=$(id -u sekisho)
	equal "front: its own user for good" "$(field "$front" Uid)" \
		"$uid $uid $uid $uid"
	uid=$(id -u sekisho-keeper)
	equal "keeper: its own user for good" "$(field "$keeper" Uid)" \
		"$uid $uid $uid $uid"
	for pid in "$front" "$keeper"; do
		equal "no other groups" "$(field "$pid" Groups)" ''
	done
	# the log is a file here
	equal "keeper: only its descriptors" "$(fds "$keeper")" \
		"0 /dev/null;1 $T/$log;2 $T/$log;3 socket;4 keeper.state;"
	got=$(fds "$front")
	equal "front: only its own" "$(sed -E 's/([0-9]+ socket|[0-9]+ anon_inode|[0-9]+ data\/[a-z.-]+);//g' \
		<<<"$got")" "0 /dev/null;1 $T/$log;2 $T/$log;5 data;"
	refute "front: no descriptor of keys, state or configuration" \
		grep -qE 'keys|keeper\.state|sekisho\.conf|\.key' <<<"$got"
else
	skip "users and descriptors" "needs root"
fi

# --- their own users cannot debug them ---
cp "$TOOLS/front_calls" "$T/" # where they can reach it
for child in front keeper; do
	for user in sekisho sekisho-keeper; do
		$is_root || user=
		run as "$user" "$T/front_calls" debug "${!child}"
		is "R19 ${user:-the starter} cannot debug the $child" 0
		[ "$RC" -eq 0 ] || echo "# $OUT"
		$is_root || break
	done
done

# --- files, from inside the front ---
if $is_root; then
	mkdir "$T/outside"
	echo secret >"$T/outside/file"
	chmod -R a+rwX "$T/outside"
	landlock=$(this_log | sed -n 's/.*Landlock version \([0-9]*\).*/\1/p')
	mapfile -t paths < <(printf '%s\n' \
		"$DIR" "$DIR/sekisho.conf" "$DIR/audit.pub" "$DIR/authd.sock" \
		"$DIR/keeper.state" "$DIR/new" "$DIR/keys" "$DIR/keys/seed.key" \
		"$DIR/keys/audit.key" "$DIR/keys/new" "5:../keeper.state" \
		"5:../keys/seed.key" "5:../sekisho.conf" "5:.." \
		"5:../../../etc/shadow" "$DIR/data/../keys/seed.key" \
		/etc/shadow /etc/gshadow /root /root/.ssh/authorized_keys \
		/root/new /dev/mem /dev/kmsg /proc/1/environ /proc/1/mem \
		"/proc/$keeper/mem" "/proc/$keeper/fd/4" "/proc/$keeper/environ" \
		/proc/sys/kernel/core_pattern /sys/kernel/uevent_helper \
		/boot /boot/new /usr/bin/new /etc/new /etc/cron.d/new \
		/var/spool/cron/new "$BIN/sekisho-keeper")
	# no mode keeps it from these: only Landlock does
	mapfile -t open_to_all < <(printf '%s\n' /etc/passwd /etc/hostname \
		/etc/ssl /usr/bin/env /proc/self/environ /proc/self/maps \
		/proc/self/mem /proc/cpuinfo /proc/self/fd/4 /tmp /tmp/new \
		/var/tmp/new /dev/null /dev/shm/new /dev/ptmx "$T/outside" \
		"$T/outside/file" "$T/outside/new")
	if [ -n "$landlock" ]; then
		paths+=("${open_to_all[@]}")
		check "R19 at least 50 files (${#paths[@]})" \
			test "${#paths[@]}" -ge 50
	else
		skip "files that all may read" "no Landlock in this kernel"
	fi
	run "$TOOLS/front_calls" files "$front" "${paths[@]}"
	is "R19 15 operations on each of ${#paths[@]} files, all in vain" 0
	check "the file that all may write is as it was" \
		grep -qx secret "$T/outside/file"
	# the method: what it may have does open
	run "$TOOLS/front_calls" files "$front" 5:found
	check "in its data it could" grep -q '^5:found make ' <<<"$OUT"
	run sekisho office list
	is "the front still answers" 0
else
	skip "R19 files from inside the front" "needs root"
fi
stop_daemon
equal "and ends well" "$DAEMON_RC" 0

# --- calls, from inside the front; signals ---
# ends WHY: the daemon has ended because of it, without a core.
ends() {
	local why=$1
	reap_daemon
	[ "$DAEMON_RC" -eq 1 ] && this_log | grep -q "$why"
}

if $is_root; then
	for call in $("$TOOLS/front_calls" calls); do
		start_daemon "$DIR"
		run "$TOOLS/front_calls" call "$(child_pid front)" "$call"
		is "R19 $call kills the front" 0
		check "and with it the service" ends \
			'sekisho-front was killed by signal 31'
	done
else
	skip "R19 calls from inside the front" "needs root"
fi
for name in ABRT SEGV QUIT; do
	start_daemon "$DIR" '' env --default-signal=QUIT \
		bash -c "ulimit -c unlimited; exec \"\$@\"" -
	kill -$name "$(child_pid front)"
	check "SIG$name ends the front" ends 'sekisho-front was killed by signal'
done
equal "F20 no core anywhere it could be" "$(find / "$DIR" "$T" -maxdepth 2 \
	-xdev -name 'core*' -type f -newer "$DIR/sekisho.conf" 2>/dev/null)" ''
