#!/usr/bin/env bash
# Goal of this test:
# - The time of day jumps 500 times, both ways, by a second to three days, under
#   load and over the shipped programs: no code is accepted twice, no lock and no
#   login under way is stretched or cut (F2, V2; DESIGN 4).
# - The log tells the same: no step of a phone was accepted twice.
# Limit: 300
# From the environment: CLOCK_STEPS (500), CLOCK_SECONDS (50; from 240 on, the
# end of a login after five minutes is seen too), CLOCK_SEED.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

case ${SAN:-} in
'') ;;
*)
	skip "clock steps under a sanitizer" "its runtime is preloaded first"
	exit 0
	;;
esac
new_dir clock
set_conf 'password_cost = 5' 'failures_general = 100' \
	'lock_privileged = "1m"' 'log_level = "error"'
# The processes of the service users must read both.
cp "$BIN/tests/clock_shim.so" "$T/clock_shim.so" || die "no shim"
head -c 8 /dev/zero >"$T/page"
chmod 755 "$T/clock_shim.so"
chmod 644 "$T/page"
launch_daemon "$DIR" '' env "CLOCK_SHIM_PAGE=$T/page" \
	"LD_PRELOAD=$T/clock_shim.so"
until_true 10 sekisho status || die "the daemon is not ready"

# --- the shim itself: the time of day moves, durations do not ---
# put MS: write the page.
put() {
	perl -e 'print pack("q", shift)' "$1" | dd of="$T/page" conv=notrunc \
		status=none
}
put 86400000
run sekisho clock show --json
there=$(date -d "$(json .time)" +%s)
here=$(date +%s)
check "the daemon's time of day is the shifted one" \
	test $((there - here)) -ge 86398 -a $((there - here)) -le 86402
steady=$(date -d "$(json .steady)" +%s)
check "its steady time is not" \
	test $((steady - here)) -ge -5 -a $((steady - here)) -le 5
put 0
run sekisho clock confirm
is "the clock is vouched for" 0

run "$BIN/tests/clock_storm" "$SEKISHO_SOCKET" "$T/page" \
	"${CLOCK_SECONDS:-50}" "${CLOCK_STEPS:-500}" ${CLOCK_SEED:+"$CLOCK_SEED"}
is "F2 no code twice, no duration changed" 0
echo "# $OUT"
# number NAME: what the last line tells of it.
number() {
	sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" <<<"$OUT" | tail -n 1
}
check "under load, both ways" test "$(number forward)" -gt 100 -a \
	"$(number back)" -gt 100 -a "$(number asked)" -gt 1000
check "with codes accepted and refused" test "$(number accepted)" -gt 200 -a \
	"$(number refused)" -gt 200
check "with phones ahead of the clock" test "$(number brought_back)" -gt 20
check "with logins that go on" test "$(number logins)" -ge 20
sekisho audit export | jq -r 'select(.result == "accept" and
	(.detail | test("step="))) | .device + " " +
	(.detail | capture("step=(?<n>[0-9]+)").n)' >"$T/steps"
check "the log knows them all" test "$(wc -l <"$T/steps")" -ge \
	"$(number accepted)"
equal "and none twice" "$(sort "$T/steps" | uniq -d)" ""
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
