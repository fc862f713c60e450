#!/usr/bin/env bash
# Goal of this test:
# - The whole main job as a new administrator would do it with the shipped
#   programs: init, start, office, account, phone by QR code, verify; once as
#   root with dropped service users, once as an ordinary user.
# - oathtool makes the codes, zbarimg reads the QR codes.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

# main_job NAME [USER]
main_job() {
	local n=$1 user=${2:-} secret uri code

	# From here on the CLI runs as the one who started the daemon.
	cli() { run as "$user" "$BIN/sekisho" "$@"; }

	new_dir "$n" "$user"
	start_daemon "$DIR" "$user"
	cli status
	is "$n: status says ready" 0
	cli office add Demo --name 'デモ社会保険労務士事務所' --contact '03-0000-0000' --json
	is "$n: an office is added" 0
	equal "$n: its code is folded" "$(json .code)" demo
	cli account add '130321 - 01' --name '山田 花子' --office demo --json
	is "$n: an account is added" 0
	equal "$n: its login is folded" "$(json .login)" 130321-01
	cli account add 130321-01 --name Other --office demo
	is "$n: the same login again is refused" 1

	cli phone enroll 130321-01 --label '会社の電話' --png "$DIR/qr.png" \
		--svg "$DIR/qr.svg" --json
	is "$n: a phone is enrolled" 0
	uri=$(json .uri)
	secret=$(json .secret)
	equal "$n: the QR code holds the URI" \
		"$(zbarimg -q --raw "$DIR/qr.png")" "$uri"
	case $uri in
	"otpauth://totp/Sekisho:130321-01?secret=$secret&issuer=Sekisho&algorithm=SHA1&digits=6&period=30")
		ok "$n: the URI is what authenticator apps read" ;;
	*) fail "$n: the URI is what authenticator apps read" "$uri" ;;
	esac
	equal "$n: R1 the secret has 160 bits" \
		"$(printf '%s' "$secret" | base32 -d | wc -c)" 20
	cli phone enroll 130321-01 --again --json
	equal "$n: the waiting secret is shown again" "$(json .secret)" "$secret"

	early_in_step 15
	cli verify 130321-01 "$(code_of "$secret")"
	is "$n: a pending phone's code is refused" 1
	cli phone confirm 130321-01 000000
	is "$n: a wrong confirmation is refused" 1
	code=$(code_of "$secret" -30)
	cli phone confirm 130321-01 "$code"
	is "$n: the right code confirms" 0
	cli verify 130321-01 "$code" --json
	is "$n: the confirming code is used up" 1
	equal "$n: and the answer says so" "$(json .hint)" code_used

	code=$(code_of "$secret")
	cli verify 130321-01 "$code" --json
	is "$n: a valid code is accepted" 0
	equal "$n: in so many words" "$(json .result)" accept
	cli verify 130321-01 "$code" --json
	is "$n: the same code again is refused" 1
	equal "$n: with a hint" "$(json .hint)" code_used
	check "$n: and the seconds to wait" test "$(json .retry_after)" -gt 0

	early_in_step 20
	for wrong in 000001 000002 000003 000004 000005; do
		cli verify 130321-01 $wrong
		is "$n: a wrong code is refused ($wrong)" 1
	done
	cli account show 130321-01 --json
	equal "$n: five of them lock" "$(json .lock)" timed
	# what is left of this step's window: the next step's code
	code=$(code_of "$secret" 30)
	cli verify 130321-01 "$code" --json
	is "$n: then the right one is refused" 1
	equal "$n: like any other" "$(json '.hint // "none"')" none
	cli account unlock 130321-01
	is "$n: the administrator unlocks" 0
	cli verify '１３０３２１-01' "${code:0:3} ${code:3}"
	is "$n: the next code is accepted, typed with a blank" 0
	cli verify nobody 123456
	is "$n: an unknown login is refused, not missing" 1

	cli account disable 130321-01
	is "$n: the account is disabled" 0
	cli account enable 130321-01
	is "$n: and enabled" 0
	cli phone list 130321-01
	is "$n: phones are listed" 0
	cli phone revoke 130321-01
	is "$n: the phone is revoked" 0
	next=$(code_of "$secret" 30)
	cli verify 130321-01 "$next"
	is "$n: its codes are refused from then on" 1
	cli account show nobody
	is "$n: what is not there is 3" 3
	cli account frobnicate
	is "$n: what is no command is 2" 2

	cli audit list --json
	is "$n: the log is listed" 0
	cli audit verify --json
	is "$n: the log verifies while the daemon runs" 0
	stop_daemon
	equal "$n: it stops cleanly" "$DAEMON_RC" 0
	cli verify 130321-01 123456
	is "$n: without a daemon nothing is accepted: 5" 5
	run as "$user" "$BIN/sekisho" audit verify --dir "$DIR"
	is "$n: the log verifies after a clean stop" 0
}

if [ "$(id -u)" -eq 0 ]; then
	main_job root
	# nobody is an ordinary user that every Debian has
	main_job user nobody
else
	skip "root: main job" "not started by root"
	main_job user
fi
