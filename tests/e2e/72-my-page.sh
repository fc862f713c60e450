#!/usr/bin/env bash
# Goal of this test: one's own page shows phones, terminals, where one is logged
# in, logins and refusals, what others changed; what is lost is stopped there in
# one step, with the present password (R28, R33, R43), and nothing of others.
# From the next answer on it is refused (rule 6.6).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'

new_dir mine
set_conf 'password_cost = 5' 'request_timeout = "60s"'
start_daemon "$DIR"
run sekisho office add demo --name Demo --contact 'extension 123'
person() {
	run sekisho account add "$1" --name "Person of $1" --office demo
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
	run sekisho phone enroll "$1" --label "phone of $1" --json
	printf -v "SECRET_$1" '%s' "$(json .secret)"
	printf -v "PHONE_$1" '%s' "$(json .device)"
	local name=SECRET_$1
	run sekisho phone confirm "$1" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
}
early_in_step 20
person taro
person hana
run sekisho password import "$T/hashes"
run sekisho cert issue taro --label 'desk PC' --out "$T/taro.p12" --json
is "taro has a terminal" 0
SERIAL=$(json .serial)
TERMINAL=$(json .terminal)
run sekisho cert issue hana --label 'other PC' --out "$T/hana.p12" --json
OTHER=$(json .terminal)
RECOVERY=$(sekisho recovery create taro --json | jq -r '.recovery_codes[]')
browser() {
	JAR=$T/jar.$1
}
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
hasnt() {
	refute "$1" grep -qF -- "$2" "$T/.out"
}
first() {
	look /login
	post /login -d login=taro --data-urlencode "password=$1"
}
# by_code [SECONDS], by_recovery N: log taro in.
by_code() {
	first "$GOOD"
	look /login/code
	# shellcheck disable=SC2154	# person() sets it
	post /login/code -d "code=$(code_of "$SECRET_taro" "${1:-0}")"
}
by_recovery() {
	first "$GOOD"
	look /login/code
	post /login/code -d "recovery=$(sed -n "$1p" <<<"$RECOVERY")"
}

browser elsewhere
early_in_step 5
FROM=198.51.100.9
by_code
leads "logged in elsewhere" /
FROM=192.0.2.7
browser here
first 'not it'
by_recovery 1
leads "and here, by a recovery code" /
ask /
has "the start page says that others changed something" \
	'管理者によって変更されています'
look /mine
strict "the page" 200
has "the phone" 'phone of taro'
has "the terminal" 'desk PC'
has "the session elsewhere" '198.51.100.9からログイン'
has "the one here" 'いま使っている端末'
has "R33 the refusal, and why" '断られた：パスワードが違う'
has "the codes that are left" '残りの予備コードは9個'
has "what an administrator did" '予備コードを作り直した'
hasnt "nothing of another person's phone" 'phone of hana'
hasnt "nor of a terminal" 'other PC'

# --- one session ---
id=$(grep -o 'name="session" value="[^"]*' "$T/.out" | sed 's/.*"//' | head -n 1)
post /mine/end -d session=00000000-0000-7000-8000-000000000000
leads "a session that is none does no harm" /mine
cp "$T/jar.here" "$T/jar.keep"
look /mine
post /mine/end -d "session=$id"
leads "a session is ended" /mine
ask /mine
has "it says so" 'ログオフさせました'
hasnt "it is not there any more" '198.51.100.9からログイン'
browser elsewhere
ask /
leads "R42 and knows nobody" /login

# --- stopping ---
# stop PASSWORD FIELD...
stop() {
	local args=() f
	for f in "${@:2}"; do
		args+=(-d "$f=on")
	done
	look /mine/stop
	post /mine/stop --data-urlencode "password=$1" "${args[@]}"
}
phones() {
	run sekisho phone list "$1" --json
	json '[.phones[] | select(.state == "active")] | length'
}
browser elsewhere
next_step
by_code
browser here
# shellcheck disable=SC2154	# person() sets it
look "/mine/stop?phone=$PHONE_taro"
strict "the page to stop something" 200
check "what was chosen is ticked" \
	grep -q "name=\"p.$PHONE_taro\" checked" "$T/.out"
has "it says whom to call" 'extension 123'
stop 'not it' "p.$PHONE_taro"
leads "R43 without the present password nothing is stopped" /mine/stop
ask /mine/stop
has "it says so" '止められませんでした'
equal "the phone is there" "$(phones taro)" 1
stop "$GOOD"
leads "nothing chosen" /mine/stop
# shellcheck disable=SC2154	# person() sets it
for _ in 1 2 3 4; do
	stop "$GOOD" "p.$PHONE_taro" "p.$PHONE_hana"
done
strict "R49 another person's phone" 404
equal "then nothing at all is stopped" "$(phones taro)$(phones hana)" 11
stop "$GOOD" "t.$OTHER"
strict "R49 another person's terminal" 404
run sekisho terminal show "$OTHER" --json
refute "it is not lost" test "$(json '.lost // .lost_at // "null"')" != null
stop "$GOOD" "p.$PHONE_taro" "t.$TERMINAL" sessions
strict "phone, terminal and sessions in one step, no try lost" 200
has "what was stopped" 'phone of taro'
has "and the terminal" 'desk PC'
has "when it was last seen" '最後の利用は'
has "whom to call" 'extension 123'
equal "no phone is left" "$(phones taro)" 0
run sekisho cert show "$SERIAL" --json
equal "R28 the certificate is revoked" "$(json .state)" revoked
browser elsewhere
ask /
leads "R28 the session elsewhere is over" /login
browser here
ask /mine
equal "the one here goes on" "$STATUS" 200
has "there is no phone any more" '登録されているスマートフォンはありません'
browser new
by_code 30
refute "R28 its codes are refused" grep -q '^__Host-sekisho=' "$JAR"
by_recovery 2
leads "a recovery code still logs in" /
ask /mine
has "what one did oneself is told" 'スマートフォンの使用を止めた'
sekisho audit export >"$T/log"
check "R56 the log says who did it" jq -es \
	'any(.[]; .action == "phone.revoke" and .actor == "taro")' "$T/log"
check "R56 and that the password was asked" jq -es \
	'any(.[]; .action == "password.check" and .result == "refuse")' "$T/log"
refute "R54 no password in the log" grep -qF -- "$GOOD" "$T/log"
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0
stop_daemon
