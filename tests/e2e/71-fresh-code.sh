#!/usr/bin/env bash
# Goal of this test: in a session that goes on the code is asked once more.
# - The right one gives the session another token (R41), a younger code, and leads
#   back to the page of ours that asked; nowhere else (V36).
# - A wrong one counts like any of a login: after as many as the policy says the
#   code is locked, there and at the login (R42: the session stays what it was).
# - A recovery code does as well, once; a used code says how long to wait.
# - V26: without its form's token nothing is looked at; nobody is asked who is not
#   logged in; a session that is over says that the form was lost.
# - What a session that is over sends is told to be lost, at the login and after it,
#   in a form of ours and in one to an application (R42).
# - An application's page that wants a younger code asks for the code alone: the
#   session goes on, and so do the other applications.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
APP=kyuyo.example.jp

new_dir fresh
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
run sekisho office add demo --name Demo --contact 'extension 123'
run sekisho app add $APP --name 給与 --code-age 60=/admin
is "an application wants a young code for some of its pages" 0
# code_for LOGIN [SECONDS]
code_for() {
	local name=SECRET_$1
	code_of "${!name}" "${2:-0}"
}
early_in_step 20
for login in taro hana hana2; do
	run sekisho account add $login --name "Person of $login" --office demo
	run sekisho phone enroll $login --json
	printf -v "SECRET_$login" '%s' "$(json .secret)"
	run sekisho phone confirm $login "$(code_for $login -30)"
	is "$login has a phone" 0
	printf '%s:%s\n' $login "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
done
run sekisho password import "$T/hashes"
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
# log_in LOGIN FIELD
log_in() {
	JAR=$T/jar.$1
	look /login
	post /login --data-urlencode "login=$1" --data-urlencode "password=$GOOD"
	look /login/code
	post /login/code -d "$2"
	leads "$1 is logged in" /
}
sessions() {
	sqlite3 "file:$DIR/data/sekisho.db?mode=ro" \
		"SELECT hex(id), code_steady, hex(device) FROM session WHERE app = ''"
}

# --- who is not logged in ---
JAR=$T/jar.none
ask '/code?to=%2Fmine'
leads "who is not logged in is sent to the login, which asks for a code" \
	'/login?to=%2Fmine'
ask /code -d code=123456
equal "V26 a form without its token" "$STATUS" 403

# --- a right one ---
log_in taro "code=$(code_for taro)"
before=$(cookie __Host-sekisho)
was=$(sessions)
look '/code?to=%2Fmine%3Fphone%3Dx'
strict "the page of the code" 200
check "it says that one stays logged in" grep -q 'ログインはそのまま続きます' "$T/.out"
post /code -d "code=$(code_for taro)" -d to=/mine
leads "the code of the login is used" '/code?to=%2Fmine'
ask '/code?to=%2Fmine'
check "which says how long to wait" grep -q 'あと[0-9]*秒' "$T/.out"
equal "R42 a refusal leaves the session as it was" "$(sessions)" "$was"
look '/code?to=%2Fmine%3Fphone%3Dx'
# as a browser that keeps its fields
post /code -d "code=$(code_for taro 30)" \
	--data-urlencode 'to=/mine?phone=x'
leads "a new one leads back" '/mine?phone=x'
after=$(cookie __Host-sekisho)
refute "R41 the session's token is another" test "$before" = "$after"
check "its code is younger" test "$(sessions | cut -d '|' -f 2)" -gt \
	"$(cut -d '|' -f 2 <<<"$was")"
equal "it is the same session" "$(sessions | cut -d '|' -f 1)" \
	"$(cut -d '|' -f 1 <<<"$was")"
JAR=
ask /mine -b "__Host-sekisho=$before"
leads "R41 the old token is worth nothing" '/login?to=%2Fmine'
JAR=$T/jar.taro
for to in //evil.example /\\evil.example https://evil.example 'javascript:x' \
	'/a b' ''; do
	look /code -G --data-urlencode "to=$to"
	refute "V36 the page does not name $to" grep -qF "value=\"${to:-/}\"" "$T/.out"
done

# --- a recovery code ---
run sekisho recovery create taro --json
mapfile -t codes < <(json '.recovery_codes[]')
look /code
post /code -d recovery=AAAA-BBBB-CCCC-DDDD --data-urlencode to=//evil.example
leads "a wrong recovery code" /code
ask /code
check "its field is open again" grep -q '<details open>' "$T/.out"
check "and it says whom to ask" grep -q 'extension 123' "$T/.out"
device=$(sessions | cut -d '|' -f 3)
look /code
post /code -d "recovery=${codes[0]}" --data-urlencode to=//evil.example
leads "V36 a right one leads to no other place" /
equal "the phone it was opened with is still known" \
	"$(sessions | cut -d '|' -f 3)" "$device"
look /code
post /code -d "recovery=${codes[0]}"
leads "R35 once" /code

# --- wrong ones count ---
log_in hana "code=$(code_for hana)"
for i in 1 2 3 4 5; do
	look /code
	post /code -d "code=00000$i"
	[ "$STATUS $(field Location)" = '303 /code' ] ||
		fail "wrong code $i" "$(cat "$T/head")"
done
run sekisho account show hana --json
refute "rule 6.2 five wrong ones lock the code" test \
	"$(json .locked_until)" = null
equal "and wherever one logs in, for the password was shown" "$(sqlite3 \
	"file:$DIR/data/sekisho.db?mode=ro" \
	"SELECT bucket, in_row FROM counter WHERE in_row > 1")" '|5'
look /code
post /code -d "code=$(code_for hana 30)"
leads "R42 then the right one is refused too" /code
look /
check "and the session is what it was" grep -q 'Person of hana' "$T/.out"
run sekisho audit list --account hana --json
equal "the log knows why" "$(json '[.records[]|select(.action=="verify" and
	.result=="refuse")|.reason]|first')" locked

# --- a session that is over ---
look /code
run sekisho session end --login hana
post /code -d code=123456 --data-urlencode to=/mine
leads "a form of a session that is over leads to the login" '/login?to=%2Fmine'
ask '/login?to=%2Fmine'
check "which says that it was lost" grep -q '送信した内容は処理されていません' \
	"$T/.out"

# a form of the portal's own pages, and after the login
log_in hana2 "code=$(code_for hana2)"
look /mine
run sekisho session end --login hana2
post /mine/end -d session=x
leads "another form: and back to its page" '/login?to=%2Fmine%3Flost%3D1'
ask '/login?to=%2Fmine%3Flost%3D1'
check "the login says that it was lost" grep -q '送信した内容は処理されていません' \
	"$T/.out"
ask '/login/code?to=%2Fmine%3Flost%3D1' -b '__Host-sekisho-login=x'
check "the next step, too" grep -q '送信した内容は処理されていません' "$T/.out"
run sekisho recovery create hana2 --json
log_in hana2 "recovery=$(json '.recovery_codes[0]')"
ask '/mine?lost=1'
check "and the page after it" grep -q '送信した内容は処理されていません' "$T/.out"

# --- an application's page that wants a younger code ---
JAR=$T/jar.taro
# at the application, as the proxy hands it on
app() {
	local path=$1
	shift
	run curl -s -m 30 -D "$T/head" --unix-socket "$DIR/portal.sock" \
		-H "X-Forwarded-For: $FROM" -H "Host: $APP" -b "$(jar_field)" \
		"http://x$path" "$@"
	STATUS=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$T/head")
	jar_take
}
# hook PATH: as nginx asks.
hook() {
	local path=$1
	shift
	run curl -s -m 20 --unix-socket "$DIR/hook.sock" -o /dev/null \
		-w '%{http_code}' -H "X-Original-URL: https://$APP$path" \
		-H 'X-Original-Method: GET' -H "X-Forwarded-For: $FROM" \
		-b "$(jar_field)" "$@" http://hook/api/authz/auth-request
}
# enter RD: to the application by the portal; what go answered is in GO.
enter() {
	app "/.sekisho/start?rd=$1"
	GO=$(field Location)
	GO=${GO#https://portal.example}
	ask "$GO" -H 'Host: portal.example'
}
finish() {
	local at
	at=$(field Location)
	app "${at#https://"$APP"}"
}
enter /
finish
hook /
equal "in the application" "$OUT" 200
hook /admin
equal "the code is young" "$OUT" 200
# made older: nobody waits here for a minute
sqlite3 "$DIR/data/sekisho.db" \
	"UPDATE session SET code_steady = code_steady - 61000"
# a change by the daemon itself, by which it knows that something has
run sekisho account set hana --email hana@example.jp
hook /
equal "its other pages do not mind an older one" "$OUT" 200
hook /admin
equal "this one does" "$OUT" 401
before=$(sessions | cut -d '|' -f 1)
enter /admin
NONCE=${GO#*nonce=}
NONCE=${NONCE%%&*}
equal "go leads to the page of the code, not to the login" \
	"$STATUS $(field Location | cut -d '&' -f 1)" \
	"303 /code?to=%2F.sekisho%2Fgo%3Fapp%3D$APP%26nonce%3D$NONCE%26rd%3D%252Fadmin"
look "$(field Location)"
check "which says for which application" grep -q 「給与」 "$T/.out"
to=$GO
post /code -d "recovery=${codes[1]}" --data-urlencode "to=$to"
equal "the code leads on by a link" "$STATUS" 200
check "to the very go" grep -q 'http-equiv="refresh" content="0; url=/.sekisho/go' \
	"$T/.out"
ask "$to" -H 'Host: portal.example'
finish
equal "and to the page that was wanted" "$(field Location)" "https://$APP/admin"
hook /admin
equal "which is open now" "$OUT" 200
equal "by the same session" "$(sessions | cut -d '|' -f 1)" "$before"
hook / -H 'X-Original-Method: POST'
equal "two methods are none" "$OUT" 403

# --- a form to the application, and nobody logged in there any more ---
sed -i /__Host-sekisho-app=/d "$JAR"
run curl -s -m 20 --unix-socket "$DIR/hook.sock" -o /dev/null -D "$T/head" \
	-H "X-Original-URL: https://$APP/save" -H 'X-Original-Method: POST' \
	-H "X-Forwarded-For: $FROM" http://hook/api/authz/auth-request
equal "the hook says that what was sent is lost" "$(field Location)" \
	"https://$APP/.sekisho/start?rd=https%3A%2F%2F$APP%2F&lost=1"
app "/.sekisho/start?rd=/&lost=1"
GO=$(field Location)
GO=${GO#https://portal.example}
JAR=
ask "/login?to=$(jq -rn --arg x "$GO" '$x|@uri')"
JAR=$T/jar.taro
check "the login says so" grep -q '送信した内容は処理されていません' "$T/.out"
ask "$GO" -H 'Host: portal.example'
equal "who is logged in on the portal is not led on silently" "$STATUS" 200
check "but told" grep -q 'アプリケーションに届いていません' "$T/.out"
refute "and not led on by itself" grep -q http-equiv "$T/.out"
to=$(sed -n 's/.*class="button" href="\([^"]*\)".*/\1/p' "$T/.out" |
	sed 's/&amp;/\&/g')
equal "by a link to the same, which is told" "$to" "${GO%&lost=1}"
ask "$to" -H 'Host: portal.example'
finish
hook /
equal "which leads in" "$OUT" 200

run sekisho audit list --account taro --json
check "the log tells of the codes" test \
	"$(json '[.records[]|select(.action=="session.raise")]|length')" -eq 3
stop_daemon
