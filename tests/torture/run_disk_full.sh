#!/usr/bin/env bash
# run_disk_full.sh: the disk fills up, with another number of free pages left
# each time: nothing is half done or granted without a record, an administrator
# can disable and revoke, and all goes on by itself when there is room (F6, V16).
# From the environment:
#	DISK_SIZES	how many free sizes, 4 KiB apart from 0 on; 32 by default
#	SEKISHO_BUILD	the programs, build/ by default
# The disk is a tmpfs, so it needs root.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
t_begin

SIZES=${DISK_SIZES:-32}
mkdir "$T/disk"
if ! mount -t tmpfs -o size=40m,mode=755 tmpfs "$T/disk" 2>/dev/null; then
	skip "F6 full disk at $SIZES sizes" \
		"this kernel or user cannot mount a tmpfs"
	exit 0
fi
unmount() {
	stop_daemon
	umount "$T/disk" || umount -l "$T/disk"
	t_end
}
trap unmount EXIT

new_dir disk
start_daemon "$DIR"
run sekisho office add demo --name Demo

# person LOGIN: an account with a phone; SECRET is its seed.
person() {
	run sekisho account add "$1" --name X --office demo
	run sekisho phone enroll "$1" --json
	SECRET=$(json .secret)
	run sekisho phone confirm "$1" "$(code_of "$SECRET" -30)"
	[ "$RC" -eq 0 ] || die "cannot enrol $1: $OUT $ERR"
}

# fill KIB: leave that much free.
fill() {
	local free
	free=$(df -k --output=avail "$T/disk" | tail -n 1)
	fallocate -l "$((free - $1))k" "$T/disk/filler" ||
		die "cannot fill the disk"
}

recovered() {
	sekisho account add "after-$RANDOM$RANDOM$RANDOM" --name X --office demo
}

bad=0
# wrong WHY: at this size.
wrong() {
	fail "F6 with $free KiB free: $1" "$OUT" "$ERR"
	bad=$((bad + 1))
}

for i in $(seq 0 $((SIZES - 1))); do
	free=$((4 * i))
	early_in_step 12
	person "in-$i"
	secret=$SECRET
	person "out-$i"
	person "lost-$i"
	until_true 5 test "$(stat -c %s "$DIR/data/reserve" 2>/dev/null ||
		echo 16777216)" -ge 16777216
	fill $free
	code=$(code_of "$secret")
	made=
	for k in $(seq 60); do
		run sekisho account add "n-$i-$k" --name X --office demo
		[ "$RC" -eq 0 ] || break
		made="$made n-$i-$k"
	done
	[ "$RC" -eq 5 ] || wrong "a change ended with $RC"
	run sekisho verify "in-$i" "$code" --json
	granted=$RC
	request=$(json .request_id)
	case $granted in
	0 | 5) ;;
	*) wrong "a right code ended with $granted" ;;
	esac
	run sekisho account disable "out-$i"
	[ "$RC" -eq 0 ] || wrong "disable ended with $RC"
	run sekisho phone revoke "lost-$i"
	[ "$RC" -eq 0 ] || wrong "revoke ended with $RC"
	if [ $((i % 4)) -eq 3 ]; then
		kill -KILL "$(child_pid front)"
		reap_daemon
		rm "$T/disk/filler"
		start_daemon "$DIR"
	else
		rm "$T/disk/filler"
	fi
	until_true 10 recovered || wrong "it does not go on"
	for login in $made; do
		run sekisho account show "$login"
		[ "$RC" -eq 0 ] || wrong "$login was made and is gone"
	done
	if [ "$granted" -eq 0 ]; then
		run sekisho audit show "$request" --json
		json '.records[] | select(.result == "accept") | .seq' \
			>/dev/null || wrong "a grant without a record"
		wanted=1
	else
		wanted=0
	fi
	run sekisho verify "in-$i" "$code"
	[ "$RC" -eq $wanted ] || wrong "the same code then: $RC, not $wanted"
	run sekisho account show "out-$i" --json
	[ "$(json .status)" = disabled ] || wrong "not disabled"
	run sekisho account show "lost-$i" --json
	[ "$(json '.phones | length')" = 0 ] || wrong "not revoked"
done
equal "F6 at $SIZES free sizes nothing was half done" $bad 0
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
equal "it stops cleanly" "$DAEMON_RC" 0
run sqlite3 "$DIR/data/sekisho.db" 'PRAGMA integrity_check'
equal "the database is whole" "$OUT" ok
