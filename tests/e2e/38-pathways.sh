#!/usr/bin/env bash
# Goal of this test:
# - Every way in is refused alike once the account is disabled, its office is, it
#   has left, is locked, reset or removed, also when that happens between two
#   steps, with everything right that a person can show (R30, V9).
# - With nothing in the way each of them is open, so the table tests something.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

PASSWORD='Kb7#wolfram-Teapot'
new_dir ways
set_conf 'password_cost = 5' 'log_level = "error"'
launch_daemon "$DIR"
until_true 10 sekisho status || die "the daemon is not ready"

# ask PATH JSON: OUT is the body.
ask() {
	run curl -s -m 20 --unix-socket "$SEKISHO_SOCKET" \
		-H 'Content-Type: application/json' -d "$2" "http://x/v1/$1"
}
# person: WHO in an office of its own, with phone, recovery codes, password.
made=0
person() {
	made=$((made + 1))
	WHO=p$made
	ask office/add "{\"code\":\"o$made\",\"name\":\"O\"}"
	ask account/add "{\"login\":\"$WHO\",\"office\":\"o$made\",\"name\":\"P\"}"
	ask phone/enroll "{\"login\":\"$WHO\"}"
	SECRET=$(json .secret)
	ask phone/confirm "{\"login\":\"$WHO\",\"code\":\"$(code_of "$SECRET" -30)\"}"
	RECOVERY=$(json '.recovery_codes[0]')
	ask password/set "{\"login\":\"$WHO\",\"password\":\"$PASSWORD\"}"
	[ "$(json .ok)" = true ] || die "no password for $WHO: $OUT"
}
# guess PATH JSON: five times wrong, each time another way.
guess() {
	local i
	for i in 1 2 3 4 5; do
		ask "$1" "${2//@/$i}"
	done
}

# --- what happens to WHO ---
happens_nothing() { :; }
happens_disabled() { ask account/disable "{\"login\":\"$WHO\"}"; }
happens_office_disabled() { ask office/disable "{\"code\":\"o$made\"}"; }
happens_left() {
	ask account/set "{\"login\":\"$WHO\",\"leaves_on\":\"2026-01-31\"}"
}
happens_locked() {
	guess verify "{\"login\":\"$WHO\",\"code\":\"00000@\",\"service\":\"way\"}"
	guess login "{\"login\":\"$WHO\",\"password\":\"no@\",\"service\":\"way\"}"
	guess phone/resync \
		"{\"login\":\"$WHO\",\"code\":\"00000@\",\"next_code\":\"11111@\"}"
}
happens_reset() {
	ask account/reset "{\"login\":\"$WHO\",\"reason\":\"lost\"}"
}
happens_removed() { ask account/remove "{\"login\":\"$WHO\"}"; }

# --- ways in; between is called where the state is to change ---
first_step() {
	ask login "{\"login\":\"$WHO\",\"password\":\"$PASSWORD\",\"service\":\"way\"}"
	TX=$(json '.transaction // ""')
}
way_verify_code() {
	between
	ask verify "{\"login\":\"$WHO\",\"code\":\"$(code_of "$SECRET")\",\"service\":\"way\"}"
}
way_verify_recovery() {
	between
	ask verify "{\"login\":\"$WHO\",\"code\":\"$RECOVERY\",\"service\":\"way\"}"
}
way_login_password() {
	between
	first_step
}
way_login_code() {
	first_step
	between
	ask login "{\"transaction\":\"$TX\",\"code\":\"$(code_of "$SECRET")\"}"
}
way_login_recovery() {
	first_step
	between
	ask login "{\"transaction\":\"$TX\",\"code\":\"$RECOVERY\"}"
}
way_login_change() {
	first_step
	ask login "{\"transaction\":\"$TX\",\"code\":\"$(code_of "$SECRET")\"}"
	TX=$(json '.transaction // ""')
	between
	ask login "{\"transaction\":\"$TX\",\"new_password\":\"tsukue+Lamp=94-Orbit\"}"
}
way_resync() {
	between
	ask phone/resync "{\"login\":\"$WHO\",\"code\":\"$(code_of "$SECRET" 60)\",\"next_code\":\"$(code_of "$SECRET" 90)\"}"
}

early_in_step 25
for way in verify_code verify_recovery login_password login_code \
	login_recovery login_change resync; do
	for state in nothing disabled office_disabled left locked reset \
		removed; do
		early_in_step 5
		person
		between() { "happens_$state"; }
		"way_$way"
		got=$(json '.result // .code')
		case $state-$got in
		nothing-accept | nothing-continue | nothing-change_password)
			ok "$way is open" ;;
		reset-continue)
			fail "R30 $way once reset" "$OUT" ;;
		removed-no_such_account)
			# an administrator's own question may say so
			equal "R30 $way once removed" "$way" resync ;;
		nothing-*)
			fail "$way is open" "$OUT" ;;
		*)
			equal "R30 $way once $state" "$got" refuse ;;
		esac
	done
done
stop_daemon
