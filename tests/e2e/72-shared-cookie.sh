#!/usr/bin/env bash
# Goal of this test: cookie_domain, one cookie for all applications below a name.
# - Off, nothing knows it: the hook leads to start, share is no page, a cookie of
#   that name is not read (R44).
# - On, a proxy's file that only knows the hook's Location, or PORTAL/?rd=URL, gets
#   the person to the page first asked for (R46), with one cookie for two
#   applications; a third elsewhere does not take it, nor does a host below the name
#   that is no application, nor the portal (host confusion).
# - V36: rd leads to a listed application below the name and nowhere else.
# - R42: ended with the portal's session, at the next answer.
# - R45: whoever is led there, or over the way between hosts, with a login too long
#   ago for the application stays logged in until the login anew.
# - A name that is nobody's own, and one the portal is not below, is refused.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
PORTAL=login.example.jp

new_dir shared
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	"portal_url = 'https://$PORTAL'"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name '山田 太郎' --office demo
run sekisho phone enroll taro --json
SECRET=$(json .secret)
early_in_step 20
run sekisho phone confirm taro "$(code_of "$SECRET" -30)"
printf 'taro:%s\n' "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
run sekisho password import "$T/hashes"
for host in kyuyo.example.jp zaimu.example.jp nenkin.example.com; do
	run sekisho app add $host --code-age 60=/admin
	is "$host is protected" 0
done

# hook COOKIES HOST [TARGET [METHOD]]: STATUS, LOCATION.
hook() {
	run curl -s -m 20 --unix-socket "$DIR/hook.sock" -D "$T/head" -o /dev/null \
		-w '%{http_code}' -H "X-Original-URL: https://$2${3:-/}" \
		-H "X-Original-Method: ${4:-GET}" -H "X-Forwarded-For: $FROM" \
		-H "Cookie: $1" http://hook/api/authz/auth-request
	STATUS=$OUT
	LOCATION=$(field Location)
}
at() {
	local path=$1
	shift
	ask "${path#https://"$PORTAL"}" -H "Host: $PORTAL" "$@"
}
JAR=$T/jar

# --- off ---
hook '' kyuyo.example.jp /a
equal "off: the hook leads to start" "$LOCATION" \
	"https://kyuyo.example.jp/.sekisho/start?rd=https%3A%2F%2Fkyuyo.example.jp%2Fa"
at '/.sekisho/share?rd=https://kyuyo.example.jp/'
equal "off: share is no page" "$STATUS" 404
at '/?rd=https://kyuyo.example.jp/'
equal "off: the start page knows no rd" "$STATUS $(field Location)" '303 /login'

# --- on ---
stop_daemon
for bad in jp co.jp tokyo.jp example.com; do
	sed -i '/^cookie_domain/d' "$DIR/sekisho.conf"
	set_conf "cookie_domain = '$bad'"
	run sekisho-authd -c "$DIR/sekisho.conf" --check
	refute "$bad is refused" test "$RC" -eq 0
done
sed -i '/^cookie_domain/d' "$DIR/sekisho.conf"
set_conf "cookie_domain = 'example.jp'"
start_daemon "$DIR"
hook '' nenkin.example.com /a
equal "an application elsewhere has its own way" "${LOCATION%%\?*}" \
	https://nenkin.example.com/.sekisho/start
hook '' kyuyo.example.jp '/a?b=c&d=%2F'
equal "the hook leads to share" "$LOCATION" \
	"https://$PORTAL/.sekisho/share?rd=https%3A%2F%2Fkyuyo.example.jp%2Fa%3Fb%3Dc%26d%3D%252F"
SHARE=$LOCATION
at "$SHARE"
equal "that to the login" "$STATUS $(field Location | cut -c -42)" \
	'303 /login?to=%2F.sekisho%2Fshare%3Frd%3Dhttps'
LOGIN=$(field Location)
look "$LOGIN"
check "which says for what" grep -q '「kyuyo.example.jp」' "$T/.out"
to=$(sed -n 's/.*name="to" value="\([^"]*\)".*/\1/p' "$T/.out" | tail -n 1 |
	sed 's/&amp;/\&/g')
post /login -d login=taro --data-urlencode "password=$GOOD" \
	--data-urlencode "to=$to"
look "$(field Location)"
post /login/code -d "code=$(code_of "$SECRET")" --data-urlencode "to=$to"
check "and on by a link" grep -qF 'href="/.sekisho/share?rd=' "$T/.out"
at "$to"
equal "back to the page first asked for" "$STATUS $(field Location)" \
	'303 https://kyuyo.example.jp/a?b=c&d=%2F'
equal "R44 with a cookie that is secure, of no script and of no time" \
	"$(field Set-Cookie | sed 's/=[^;]*/=X/')" \
	'__Secure-sekisho=X; Domain=example.jp; Path=/; Secure; HttpOnly; SameSite=Lax'
C=__Secure-sekisho=$(cookie __Secure-sekisho)
P=$(cookie __Host-sekisho)
hook "$C" kyuyo.example.jp
equal "it counts in one application" "$STATUS" 200
hook "$C" zaimu.example.jp
equal "and in the other" "$STATUS" 200
hook "$C" nenkin.example.com
equal "not elsewhere" "$STATUS" 401
hook "$C" other.example.jp
equal "not where no application is" "$STATUS" 403
hook "$C" example.jp
equal "not on the very name" "$STATUS" 403
hook "__Host-sekisho=$P; __Secure-sekisho=$P" kyuyo.example.jp
equal "the portal's own is none" "$STATUS" 401
hook "$C; $C" kyuyo.example.jp
equal "V34 twice is none" "$STATUS" 401
hook "__Host-sekisho-app=AAAA; $C" kyuyo.example.jp
check "one that is none beside it" test "$STATUS" -eq 401
JAR=
ask / -b "__Host-sekisho=${C#*=}"
equal "on the portal it knows nobody" "$STATUS $(field Location)" '303 /login'
JAR=$T/jar
at '/?rd=https%3A%2F%2Fzaimu.example.jp%2Fx%3Fy'
equal "as other portals are asked" "$STATUS $(field Location)" \
	'303 /.sekisho/share?rd=https%3A%2F%2Fzaimu.example.jp%2Fx%3Fy'
at "$(field Location)"
equal "leads there too" "$STATUS $(field Location)" \
	'303 https://zaimu.example.jp/x?y'
hook "$C" kyuyo.example.jp
equal "V33 the token before is void" "$STATUS" 401
C=__Secure-sekisho=$(cookie __Secure-sekisho)

# --- where rd leads ---
bad=0 n=0
while IFS= read -r rd; do
	n=$((n + 1))
	at /.sekisho/share -G --data-urlencode "rd=$rd"
	case $STATUS in 400 | 403) ;; *) bad=$((bad + 1)) && echo "# $STATUS $rd" ;; esac
	! field Set-Cookie | grep -q __Secure-sekisho= || bad=$((bad + 1))
done <<EOT
https://evil.jp/
//kyuyo.example.jp/
/a
https:kyuyo.example.jp
http://kyuyo.example.jp/
https://nenkin.example.com/
https://other.example.jp/
https://example.jp/
https://login.example.jp/
https://kyuyo.example.jp.evil.jp/
https://kyuyo.example.jp@evil.jp/
https://evil.jp/kyuyo.example.jp
https://kyuyo.example.jp:444/
https://kyuyo.example.jp\\@evil.jp/
https://kyuyo.example.jp#@evil.jp/
https://kyuyo.example.jp%2eevil.jp/
https://kyuyo.example.jp/../x
https://kyuyo.example.jp//evil.jp
https://kyuyo.example.jp/%0d%0aX:y
javascript:alert(1)

EOT
equal "V36 $n spellings of elsewhere lead nowhere" "$bad" 0
ask '/.sekisho/share?rd=https://kyuyo.example.jp/' -H 'Host: kyuyo.example.jp'
equal "share is on the portal only" "$STATUS" 404
at '/.sekisho/share?rd=https://kyuyo.example.jp/' -I
equal "R45 HEAD changes nothing" "$STATUS" 400

# --- an older code, and a form ---
sqlite3 "$DIR/data/sekisho.db" \
	"UPDATE session SET code_steady = code_steady - 61000"
hook "$C" kyuyo.example.jp /admin
equal "a page that wants a younger code" "$STATUS" 401
at "$LOCATION"
equal "leads to the code alone" "$STATUS $(field Location | cut -d '?' -f 1)" \
	'303 /code'
hook '' kyuyo.example.jp /save POST
at "$LOCATION"
equal "R42 a form that is lost is told" "$STATUS" 200
check "in words" grep -q 'アプリケーションに届いていません' "$T/.out"

# --- a login too long ago ---
# old WHAT ADDRESS: it leads to the login, and nobody is logged out by it.
old() {
	at "$2"
	equal "$1: to the login" "$STATUS $(field Location | cut -d '?' -f 1)" \
		'303 /login'
	LOGIN=$(field Location)
	ask /
	equal "R45 $1: who was led there is still logged in" "$STATUS" 200
	hook "$C" zaimu.example.jp
	equal "R45 $1: elsewhere too" "$STATUS" 200
	at "$LOGIN"
	equal "$1: the login is asked for" "$STATUS" 200
}
sqlite3 "$DIR/data/sekisho.db" \
	"UPDATE session SET login_steady = login_steady - 600000"
for host in kyuyo.example.jp nenkin.example.com; do
	run sekisho app set $host --absolute 10m
	is "$host wants a login of the last ten minutes" 0
done
ask '/.sekisho/start?rd=%2F' -H 'Host: nenkin.example.com'
old 'by the way between hosts' "$(field Location)"
hook '' kyuyo.example.jp /b
old 'by share' "$LOCATION"
run sekisho recovery create taro --json
RECOVERY=$(json '.recovery_codes[0]')
look "$LOGIN"
to=$(sed -n 's/.*name="to" value="\([^"]*\)".*/\1/p' "$T/.out" | tail -n 1 |
	sed 's/&amp;/\&/g')
post /login -d login=taro --data-urlencode "password=$GOOD" \
	--data-urlencode "to=$to"
look "$(field Location)"
ask /
equal "half a login ends nothing either" "$STATUS" 200
post /login/code -d "recovery=$RECOVERY" --data-urlencode "to=$to"
hook "$C" zaimu.example.jp
equal "the login anew ends the one before" "$STATUS" 401
at "$to"
equal "and leads to the page" "$STATUS $(field Location)" \
	'303 https://kyuyo.example.jp/b'
C=__Secure-sekisho=$(cookie __Secure-sekisho)

# --- ended ---
hook "$C" zaimu.example.jp
equal "it is live" "$STATUS" 200
look /
post /logout
hook "$C" zaimu.example.jp
equal "R42 logging out ends it everywhere" "$STATUS" 401
refute "F19 no token is in the log" grep -qF -e "${C#*=}" "$LOG"
stop_daemon
