#!/usr/bin/env bash
# Goal of this test:
# - The first confirmation gives ten recovery codes; each opens one verification
#   once, also with the phone gone; new ones void the old (R24, R37).
# - Both factors lost: reset with a reason, then a new phone (R36, F19).
# - The last administrator who can log in stays one, whatever is asked.
# - An account that never had a phone by its day is refused as such.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir recovery
set_conf 'password_cost = 5'
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add hanako --name Hanako --office demo
run sekisho phone enroll hanako --json
secret=$(json .secret)
early_in_step 10
run sekisho phone confirm hanako "$(code_of "$secret" -30)" --json
is "the phone is confirmed" 0
equal "R24 with ten recovery codes" "$(json '.recovery_codes | length')" 10
equal "all different" \
	"$(printf '%s' "$OUT" | jq -r '.recovery_codes | unique | length')" 10
codes=$(printf '%s' "$OUT" | jq -r '.recovery_codes[]')
one=$(sed -n 1p <<<"$codes")
two=$(sed -n 2p <<<"$codes")

run sekisho verify hanako "$one" --json
is "one of them opens" 0
equal "and says how many are left" "$(json .recovery_left)" 9
run sekisho verify hanako "$one"
is "R37 once" 1
run sekisho verify hanako "$(tr 'a-z-' 'A-Z ' <<<"$two")"
is "typed in capitals with blanks" 0
run sekisho recovery count hanako --json
equal "eight are left" "$(json .recovery_left)" 8
run sekisho phone enroll hanako --json
second=$(json .secret)
early_in_step 10
run sekisho phone confirm hanako "$(code_of "$second" -30)" --json
is "a second phone is confirmed" 0
equal "and brings no new ones" "$(json '.recovery_codes // "none"')" none
run sekisho phone revoke hanako
is "which phone must be said" 1
for device in $(sekisho phone list hanako --json | jq -r '.phones[].device'); do
	run sekisho phone revoke hanako "$device"
done
run sekisho verify hanako "$(sed -n 3p <<<"$codes")"
is "a recovery code opens without a phone" 0
run sekisho recovery create hanako --json
new=$(printf '%s' "$OUT" | jq -r '.recovery_codes[0]')
run sekisho verify hanako "$(sed -n 4p <<<"$codes")"
is "new ones void the old" 1
run sekisho verify hanako "$new"
is "and open" 0

refute "F19 no recovery code is stored or logged" grep -raqiE \
	"$(paste -sd '|' <<<"${codes//-/-?}")" "$DIR" "$LOG"

# post JSON: /v1/login; OUT is the answer.
post() {
	run curl -s -m 10 --unix-socket "$SEKISHO_SOCKET" \
		-H 'Content-Type: application/json' -d "$1" http://x/v1/login
}
run_stdin 'Kumo-to-Kaze7!ringo' sekisho password set hanako --stdin
is "a password is set" 0
post '{"login":"hanako","password":"Kumo-to-Kaze7!ringo","service":"web"}'
equal "without a phone the right password goes on" "$(json .result)" continue
spare=$(sekisho recovery create hanako --json | jq -r '.recovery_codes[1]')
post "{\"transaction\":\"$(json .transaction)\",\"code\":\"$spare\"}"
equal "to the recovery code" "$(json .result)" change_password
equal "and says how many are left" "$(json .recovery_left)" 9
post "{\"transaction\":\"$(json .transaction)\",\"new_password\":\"Minato.8.Sakura-yume\"}"
equal "and in" "$(json .result)" accept

run sekisho account reset hanako
is "a reset asks for a reason" 2
run sekisho account reset hanako --reason 'スマートフォンを紛失、本人を確認'
is "R36 both factors lost: reset" 0
run sekisho recovery count hanako --json
equal "no recovery code is left" "$(json .recovery_left)" 0
run sekisho phone enroll hanako --json
secret=$(json .secret)
early_in_step 10
run sekisho phone confirm hanako "$(code_of "$secret" -30)" --json
equal "enrolled again, with new codes" "$(json '.recovery_codes | length')" 10
run sekisho audit list --account hanako --action account.reset --json
check "the log says who, when and why" grep -q '本人を確認' <<<"$OUT"

# --- the last administrator, and a phone never brought ---
run sekisho account set hanako --role administrator
is "an administrator" 0
for verb in 'account disable hanako' 'account remove hanako --yes' \
	'account set hanako --role auditor' 'phone revoke hanako' \
	'account reset hanako --reason gone' 'office disable demo'; do
	# shellcheck disable=SC2086	# words
	run sekisho $verb
	case $verb in
	phone*) is "with recovery codes the phone may be revoked" 0 ;;
	*)
		is "the last one stays: $verb" 1
		check "and it says so" grep -q administrator "$T/.err"
		;;
	esac
done
run sekisho account show hanako --json
equal "nothing was changed" "$(json .status)" active
run sekisho account add late --name Late --office demo --enrol-by 2026-01-31
run sekisho verify late 123456
is "who never brought a phone in time is refused" 1
run sekisho audit list --account late --action verify --json
equal "as such" "$(json '.records[0].reason')" enrol_by_passed
run curl -s -m 10 --unix-socket "$SEKISHO_SOCKET" \
	-H 'Content-Type: application/json' -d '{"login":"late"}' \
	http://x/v1/account/state
equal "and a server can ask" "$(json '[.enrolled, .enrol_by, .status]|@json')" \
	'[false,"2026-01-31","active"]'
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
