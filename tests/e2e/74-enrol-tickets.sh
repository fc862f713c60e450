#!/usr/bin/env bash
# Goal of this test: with a slip of paper a person comes in: password and phone
# of a new account, a phone, a password; each once, for that purpose, from the
# browser that showed what is asked (R35, R36, V27, V29); beginning again is no
# dead end. At the end one is logged in (R25), the ticket is used up, and no
# secret but the link's is in an address or a log (V25).
# Limit: 240
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
NEXT='tsukue+Lamp=94-Orbit'
LAST='mado_Garasu:83+kumo'

new_dir enrol
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
run sekisho office add demo --name Demo --contact 'extension 123'
for who in taro hana; do
	run sekisho account add "$who" --name "Person of $who" --office demo
	[ "$RC" -eq 0 ] || die "account $who: $ERR"
done
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
value() {
	sed -n "s/.*name=\"$1\" value=\"\\([^\"]*\\)\".*/\\1/p" "$T/.out" |
		head -n 1
}
secret() {
	sed -n 's|.*<dd class="secret id">\(.*\)</dd>.*|\1|p' "$T/.out" |
		tr -d ' '
}
# ticket LOGIN PURPOSE: its link, without the host, in LINK.
ticket() {
	run curl -s -m 30 --unix-socket "$DIR/authd.sock" \
		-H 'Content-Type: application/json' \
		-d "{\"login\":\"$1\",\"for\":\"$2\"}" \
		http://sekisho/v1/ticket/create
	LINK=$(json '.link // empty')
	LINK=/${LINK#https://*/}
}
# enter FIELD...: the form on the page of the link.
enter() {
	local args=() f
	look "$LINK"
	for f in "ticket=$(value ticket)" "$@"; do
		args+=(--data-urlencode "$f")
	done
	post /ticket "${args[@]}"
}
has_session() {
	grep -q '^__Host-sekisho=' "$JAR"
}
phones() {
	run sekisho phone list "$1" --json
	json '[.phones[] | select(.state == "active") | .label] | join(",")'
}

# --- the first time ---
ticket taro first
browser one
ask /enrol
equal "without a ticket there is nothing" "$STATUS" 403
has "but a word what to do" 'もう一度、登録票のリンクを開いてください'
enter login=taro
leads "the login is enough for the first time" /enrol
ask /enrol
leads "which leads to the password" /enrol/password
ask /enrol/phone
leads "V29 the phone comes after it" /enrol/password
look /enrol/password
strict "the page of the password" 200
has "it says for whom" 'Person of taroさん'
has "and whom to ask" 'extension 123'
post /enrol/scan -d code=123456 -d device=x
leads "V29 no code without a password" /enrol/password
post /enrol/phone -d label=x -d owner=company
leads "V29 no phone either" /enrol/password
post /enrol/password/check --data-urlencode 'new=taro-2026'
equal "its rules are told as it is typed" "$OUT" \
	'{"unmet":["length","kinds","personal","easy"]}'
post /enrol/password -d new=taro -d again=taro
leads "one that is not good" /enrol/password
ask /enrol/password
has "all that is not met is told" '次の点を直してください'
post /enrol/password --data-urlencode "new=$GOOD" --data-urlencode "again=$NEXT"
leads "two that differ" /enrol/password
post /enrol/password -d "new="
equal "V29 a field that is missing" "$STATUS" 400
post /enrol/password --data-urlencode "new=$GOOD" --data-urlencode "again=$GOOD"
leads "a good one" /enrol/phone
refute "R25 one half is not enough to be in" has_session
ask /enrol
leads "a reload of the beginning goes on" /enrol/phone

# --- begun again, on another device ---
browser two
enter login=taro
leads "the same slip, opened again" /enrol
ask /enrol
leads "it begins with the password, which was not shown here" /enrol/password
browser one
ask /enrol/phone
equal "V27 the first browser holds it no more" "$STATUS" 403
has "and is told what to do" 'もう一度、登録票のリンクを開いてください'
browser two
look /enrol/password
post /enrol/password --data-urlencode "new=$GOOD" --data-urlencode "again=$GOOD"
leads "the same password is no earlier one" /enrol/phone
look /enrol/phone
strict "the page of the phone's name" 200
has "a name is suggested" 'value="スマートフォン"'
post /enrol/phone -d label=pocket -d owner=private
leads "named" /enrol/scan
look /enrol/scan
strict "the QR code" 200
S1=$(secret)
D1=$(value device)
look /enrol/scan
equal "it survives a reload" "$(secret)" "$S1"
post /enrol/scan -d "code=$(code_of "$S1" 600)" -d "device=$D1"
leads "a wrong code" /enrol/scan
look /enrol/scan
equal "leaves it as it is" "$(secret)" "$S1"
refute "R25 still not in" has_session
early_in_step 20
form=(-d "code=$(code_of "$S1")" -d "device=$D1")
post /enrol/scan "${form[@]}"
strict "the right code" 200
mapfile -t CODES < <(sed -n 's|.*<li><code>\(.*\)</code></li>.*|\1|p' "$T/.out")
equal "ten recovery codes" "${#CODES[@]}" 10
has "one step is left" '手順4／4'
check "R25 logged in" has_session
equal "the phone is there" "$(phones taro)" pocket
post /enrol/scan "${form[@]}"
leads "sent twice" /
ask /
equal "leads to the start page" "$STATUS" 200
has "which asks for the recovery codes" 'まだ終わっていません'
hasnt "the ticket one has just used is no news" '管理者によって変更'
ask /mine
has "R33 what was done is told" 'スマートフォンを登録した'
has "R33 and with what" '登録票が使われた'
look /codes
post /codes/kept -d kept=on
leads "kept" /
ask "$LINK"
hasnt "R35 the slip is used" 'name="login"'
browser three
ask "$LINK"
hasnt "R35 for every browser" 'name="login"'
SLIP=${LINK##*/}
ticket taro first
equal "R36 another slip cannot replace both factors" "$(json .code)" \
	already_enrolled

# --- logged in anew ---
# by_code LOGIN PASSWORD SECRET [SECONDS]
by_code() {
	look /login
	post /login -d "login=$1" --data-urlencode "password=$2"
	look /login/code
	post /login/code -d "code=$(code_of "$3" "${4:-0}")"
}
by_code taro "$GOOD" "$S1"
refute "F1 the code that confirmed is used up" has_session
by_code taro "$GOOD" "$S1" 30
leads "the next one logs in, with the password that was chosen" /
browser keep
next_step
by_code taro "$GOOD" "$S1" 30
check "and elsewhere" has_session

# --- a phone ---
ticket taro phone
browser keep
ask /
has "R33 a ticket one has not used is" '管理者によって変更'
browser phone
enter login=taro "password=$NEXT"
refute "R43 not without the password" grep -q ticket= "$JAR"
enter login=taro "password=$GOOD"
leads "with it" /enrol
ask /enrol
leads "the phone comes at once" /enrol/phone
ask /enrol/password
leads "V27 it brings no password" /enrol/phone
look /enrol/phone
post /enrol/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "V27 not by its form either" /enrol/phone
post /enrol/phone -d label=second -d owner=company
# a browser in which somebody was logged in
earlier=$(sed -n 's/^__Host-sekisho=//p' "$T/jar.two")
printf '__Host-sekisho=%s\n' "$earlier" >>"$JAR"
ask /
equal "who was in before is in" "$STATUS" 200
look /enrol/scan
S2=$(secret)
post /enrol/scan -d "code=$(code_of "$S2")" -d "device=$(value device)"
leads "confirmed: in" /
JAR=
ask / -b "__Host-sekisho=$earlier"
leads "R41 no earlier session is left behind" /login
browser phone
ask /
has "it says what was done" 'スマートフォン「second」を登録しました'
equal "the other phone stays" "$(phones taro)" pocket,second
ask /enrol/scan
leads "the back button leads on" /

# --- a password ---
ticket taro password
browser password
next_step
enter login=taro "code=$(code_of "$S2" 600)"
refute "R43 not without a code" grep -q ticket= "$JAR"
enter login=taro "code=$(code_of "$S2")"
leads "with it" /enrol
ask /enrol
leads "the password comes" /enrol/password
ask /enrol/phone
leads "V27 it brings no phone" /enrol/password
look /enrol/password
post /enrol/phone -d label=third -d owner=company
leads "V27 not by its form either" /enrol/password
post /enrol/password --data-urlencode "new=$GOOD" --data-urlencode "again=$GOOD"
leads "an earlier one is none" /enrol/password
post /enrol/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "a new one: in" /
ask /
has "it says what was done" 'パスワードを設定しました'
browser keep
ask /
leads "R28 wherever else one was in, one is out" /login
browser again
by_code taro "$GOOD" "$S2" 30
refute "the old one is none" has_session
by_code taro "$NEXT" "$S2" 30
check "the new one is" has_session
ticket taro password
browser recovery
enter login=taro "recovery=${CODES[0]}"
leads "by a recovery code too" /enrol
ask /enrol
look /enrol/password
post /enrol/password --data-urlencode "new=$LAST" --data-urlencode "again=$LAST"
leads "in" /

# --- both factors lost ---
run sekisho account reset taro --reason 'lost'
is "R36 an administrator resets the account" 0
ticket taro first
browser reset
enter login=hana
refute "V27 not for somebody else" grep -q ticket= "$JAR"
enter login=taro
ask /enrol
look /enrol/password
post /enrol/password --data-urlencode "new=$LAST" --data-urlencode "again=$LAST"
leads "the password of before is an earlier one" /enrol/password
post /enrol/password --data-urlencode "new=Zz9$GOOD-kumo" \
	--data-urlencode "again=Zz9$GOOD-kumo"
leads "a new one" /enrol/phone
look /enrol/phone
post /enrol/phone -d label=new -d owner=company
look /enrol/scan
S3=$(secret)
post /enrol/scan -d "code=$(code_of "$S3")" -d "device=$(value device)"
strict "in again, with new recovery codes" 200
equal "by the new phone alone" "$(phones taro)" new

# --- an order, or an administrator, comes between ---
ticket hana first
browser between
enter login=hana
look /enrol/password
post /enrol/password --data-urlencode "new=$GOOD" --data-urlencode "again=$GOOD"
look /enrol/phone
post /enrol/phone -d label=h -d owner=company
look /enrol/scan
S4=$(secret)
D4=$(value device)
form=(-d "code=$(code_of "$S4")" -d "device=$D4")
run sekisho password force-reset hana
post /enrol/scan "${form[@]}"
leads "a password that must be changed is asked again" /enrol/password
refute "R25 and one is not in" has_session
equal "nothing of it was done" "$(phones hana)" ''
look /enrol/password
has "it says why" 'パスワードを設定できませんでした'
post /enrol/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "set once more" /enrol/phone
look /enrol/scan
equal "the QR code is the one that was scanned" "$(secret)" "$S4"
run sekisho account disable hana
post /enrol/scan "${form[@]}"
equal "V28 disabled: the ticket does nothing" "$STATUS" 410
run sekisho account enable hana
enter login=hana
look /enrol/password
post /enrol/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
look /enrol/scan
post /enrol/scan -d "code=$(code_of "$S4")" -d "device=$D4"
strict "enabled: in" 200

# --- what is left behind ---
sekisho audit export >"$T/log"
check "R56 the log says who did it" jq -es \
	'any(.[]; .action == "phone.confirm" and .actor == "taro")' "$T/log"
for word in "$S1" "$S2" "$S3" "${CODES[0]}" "$GOOD" "$NEXT" "$LAST" \
	"$SLIP" "${LINK##*/}"; do
	refute "V25 R54 no secret in any log" grep -qF -- "$word" "$T/log" "$LOG"
done
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0
stop_daemon
