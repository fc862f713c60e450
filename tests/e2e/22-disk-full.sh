#!/usr/bin/env bash
# Goal of this test:
# - On a full disk nothing is accepted and nothing is half done; an
#   administrator can still disable, from the space kept for that; once there is
#   room again all goes on without hand work (F6, V16).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

mkdir "$T/disk"
if ! mount -t tmpfs -o size=28m,mode=755 tmpfs "$T/disk" 2>/dev/null; then
	skip "F6 full disk" "this kernel or user cannot mount a tmpfs"
	exit 0
fi
unmount() {
	stop_daemon
	umount "$T/disk" || umount -l "$T/disk"
	t_end
}
trap unmount EXIT

new_dir disk
# The instance is the whole file system: data, keys and keeper.state.
start_daemon "$DIR"
run sekisho office add demo --name Demo
for login in hanako taro; do
	run sekisho account add $login --name "$login" --office demo
	run sekisho phone enroll $login --json
	secret=$(json .secret)
	eval "secret_$login=$secret"
	early_in_step 10
	run sekisho phone confirm $login "$(code_of "$secret" -30)"
	is "$login is enrolled" 0
done
sleep 1.5 # the reserve and the keeper's state are in place

early_in_step 15
dd if=/dev/zero of="$T/disk/filler" bs=4k 2>/dev/null
equal "the disk is full" "$(df --output=avail "$T/disk" | tail -1 | tr -d ' ')" 0
# shellcheck disable=SC2154	# set by eval above
code=$(code_of "$secret_hanako")
# The log grows by pages, so the first few may still fit.
rc=0
for i in $(seq 200); do
	run sekisho account add "full-$i" --name X --office demo
	rc=$RC
	[ "$rc" -eq 0 ] || break
done
equal "F6 a change on a full disk is refused as unavailable" "$rc" 5
run sekisho verify hanako "$code"
is "F6 so is a right code" 5
run sekisho account show hanako --json
is "reading goes on" 0
run sekisho account disable taro
is "F6 an administrator can still disable" 0
# shellcheck disable=SC2154
run sekisho verify taro "$(code_of "$secret_taro")"
check "F6 and the disabled one is not accepted" test "$RC" -ne 0

rm "$T/disk/filler"
recovered() {
	sekisho account add "after-$RANDOM$RANDOM" --name X --office demo
}
check "F6 with room again all goes on by itself" until_true 10 recovered
run sekisho verify hanako "$code"
is "F6 the code that met the full disk was not used up" 0
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
equal "it stops cleanly" "$DAEMON_RC" 0
