#!/usr/bin/env bash
# Goal of this test:
# - Unknown, wrong, locked (right code), disabled, not enrolled and removed give
#   the same status, headers and body but for the request id (R34, V21).
# - 256 wrong codes at once against one account: five are counted, the rest is
#   refused unseen (R3, V7, F10). GUESS_ROUNDS is how often, 20 by default.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir uniform
start_daemon "$DIR"
run sekisho office add demo --name Demo
early_in_step 20
for login in wrong locked disabled none removed; do
	run sekisho account add $login --name "$login" --office demo
	[ $login != none ] || continue
	run sekisho phone enroll $login --json
	secret=$(json .secret)
	run sekisho phone confirm $login "$(code_of "$secret" -30)"
	is "$login is enrolled" 0
	right=$(code_of "$secret")
	eval "right_$login=$right"
done
for i in 1 2 3 4 5; do
	run sekisho verify locked 00000$i --service probe
done
run sekisho account disable disabled
run sekisho account remove removed --yes

# probe NAME LOGIN CODE: the whole answer without what must differ.
probe() {
	curl -s -i -m 10 --unix-socket "$SEKISHO_SOCKET" \
		-H 'Content-Type: application/json' \
		-d "{\"login\":\"$2\",\"code\":\"$3\",\"service\":\"probe\"}" \
		http://sekisho/v1/verify |
		sed -E 's/[0-9a-hjkmnp-tv-z]{26}/ID/g; s/^Date: .*/Date:/' \
			>"$T/probe.$1"
	[ "$1" = unknown ] || check "R34 $1 looks like unknown" \
		cmp "$T/probe.unknown" "$T/probe.$1"
}
probe unknown nobody 123456
check "it is a refusal" grep -q '"refuse"' "$T/probe.unknown"
probe wrong wrong 000000
# shellcheck disable=SC2154	# set by eval above
probe locked-right locked "$right_locked"
probe locked-wrong locked 000009
# shellcheck disable=SC2154
probe disabled-right disabled "$right_disabled"
probe not-enrolled none 123456
# shellcheck disable=SC2154
probe removed removed "$right_removed"
probe no-login ' x y ' 123456
probe no-code wrong abc
run sekisho account unlock locked
run sekisho verify locked "$right_locked" --service probe
is "a right code offered while locked is not used up" 0

run "$BIN/tests/hammer" guess "$SEKISHO_SOCKET" g "${GUESS_ROUNDS:-20}"
is "F10 256 wrong codes at once: five are counted" 0
stop_daemon
