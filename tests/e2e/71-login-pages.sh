#!/usr/bin/env bash
# Goal of this test: the login's pages, asked by curl; in a browser it is
# 80-browser.sh.
# - What is refused looks the same, byte for byte (V21): unknown, wrong, locked,
#   disabled, not enrolled.
# - V29: a step that is skipped, doubled, sent empty or with another step's token
#   leads to the beginning.
# - V34: a session's cookie that is cut, longer, in another case or there twice is
#   none. V33: one that nobody was given is none.
# - V26: every form without its token is refused and changes nothing. R45: nothing
#   that is only looked at changes anything.
# - R44: every answer on the way is strict and none is kept.
# - R42: logging out, disabling the account, another password: the next answer
#   knows nobody.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
NEXT='tsukue+Lamp=94-Orbit'
THIRD='Vq5!harpune-Lantern'

new_dir pages
set_conf 'password_cost = 5' 'request_timeout = "60s"'
start_daemon "$DIR"
run sekisho office add demo --name Demo --contact 'extension 123'
# person LOGIN: with a phone and a password; SECRET_LOGIN is its seed.
person() {
	run sekisho account add "$1" --name "Person of $1" --office demo
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
	[ "$1" != bare ] || return 0
	run sekisho phone enroll "$1" --json
	printf -v "SECRET_$1" '%s' "$(json .secret)"
	run sekisho phone confirm "$1" "$(code_for "$1" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
}
code_for() {
	local name=SECRET_$1
	code_of "${!name}" "${2:-0}"
}
early_in_step 20
for login in taro hana locked off bare; do
	person $login
done
run sekisho password import "$T/hashes"
run sekisho account disable off
# browser NAME: another one from here on.
browser() {
	JAR=$T/jar.$1
}
# first LOGIN PASSWORD
first() {
	look /login
	post /login --data-urlencode "login=$1" --data-urlencode "password=$2"
}
# leads NAME PATH: the answer was a redirect there.
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
# log_in LOGIN SECONDS
log_in() {
	first "$1" "$GOOD"
	look /login/code
	post /login/code -d "code=$(code_for "$1" "$2")"
}

# --- what is refused looks the same ---
browser locked
for i in 1 2 3 4 5; do
	first locked "guess $i"
done
# probe NAME LOGIN PASSWORD: a fresh browser; both answers without what differs.
probe() {
	browser "probe.$1"
	first "$2" "$3"
	{
		cat "$T/head"
		ask /login
		cat "$T/head" "$T/.out"
	} | sed -E 's/[0-9a-f]{64}/TOKEN/; s/^Date: .*/Date:/
		s/[0-9a-hjkmnp-tv-z]{26}/ID/g; s/~[0-9a-f]+;/~TYPED;/
		s/(name="login" type="text" value=)"[^"]*"/\1TYPED/
		s/^Content-Length: .*/Length/' >"$T/probe.$1"
	[ "$1" = unknown ] || check "V21 $1 looks like unknown" \
		cmp "$T/probe.unknown" "$T/probe.$1"
}
probe unknown nobody "$GOOD"
check "it is a refusal" grep -q 'ログインできませんでした' "$T/probe.unknown"
refute "it does not say whom to ask" grep -q 'extension 123' "$T/probe.unknown"
probe wrong taro 'not it'
probe locked locked "$GOOD"
probe disabled off "$GOOD"
probe without-phone bare "$GOOD"
probe no-login 'x y' "$GOOD"
browser refused
first taro 'not it'
leads "a refusal is another page to look at" /login
told=$(field Sekisho-Request-Id)
ask /login
check "R57 which says the request id of what was refused" \
	grep -q "$told" "$T/.out"
run sekisho audit show "$told" --json
equal "by which an administrator finds the reason" "$(json '.records[0].reason')" \
	wrong_password
equal "and where it came from" "$(json '.records[0].source')" "$FROM"
ask /login
refute "told once" grep -q "$told" "$T/.out"

# --- steps ---
browser steps
ask /login/code
leads "V29 the code before the password" /login
look /login
post /login/code -d code=123456
leads "V29 a code without a login" /login
post /login/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "V29 a new password without a login" /login
first taro "$GOOD"
leads "the right password leads to the code" /login/code
strict "it is a redirect" 303
held=$(cookie __Host-sekisho-login)
look /login/code
strict "the code's page" 200
post /login/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "V29 another step's token" /login
browser steps2
first taro "$GOOD"
look /login/code
post /login/code
strict "V29 an empty step" 400
post /login/code -d code=
leads "V29 an empty code is wrong" /login/code
ask /login/code
check "then it says whom to ask" grep -q 'extension 123' "$T/.out"
used=$(cookie __Host-sekisho-login)
look /login/code
post /login/code -d code=000000x
printf '__Host-sekisho-login=%s\n' "$used" >>"$JAR"
early_in_step 5
post /login/code -d "code=$(code_for taro)"
refute "V29 a token used before opens nothing" grep -q '^__Host-sekisho=' "$JAR"
browser steps3
first taro "$GOOD"
look /login/code
sed -i "s/^__Host-sekisho-login=.*/__Host-sekisho-login=$held/" "$JAR"
post /login/code -d "code=$(code_for taro)"
leads "V29 another login's token" /login

# --- a login ---
browser taro
early_in_step 10
log_in taro 0
leads "ID, password and code lead in" /
strict "it is a redirect" 303
session=$(cookie __Host-sekisho)
equal "R25 the session's token is of 256 bits" "${#session}" 43
refute "the login's token is gone" grep -q sekisho-login "$JAR"
look /
strict "the start page" 200
check "it greets by name" grep -q 'Person of taro' "$T/.out"
look /password
strict "the page of the password" 200
ask /login
leads "whoever is logged in need not log in" /
ask '/login?to=%2Fpassword'
leads "and goes on to where one wanted" /password
ask '/login?to=%2F%2Fevil.example'
leads "V36 but not elsewhere" /
sekisho audit list --json --login taro >"$T/audit" 2>/dev/null ||
	sekisho audit export >"$T/audit"
check "the log says that a session was opened" grep -q 'session.open' "$T/audit"
refute "R54 its token is in no file" grep -raq -- "$session" "$DIR" "$LOG"

# --- other spellings of the cookie ---
bad=0
# spelled COOKIES: nobody is logged in with them.
spelled() {
	ask / -b "$1"
	[ "$STATUS $(field Location)" = '303 /login' ] || bad=$((bad + 1))
}
JAR=
for n in $(seq 0 42); do
	spelled "__Host-sekisho=${session:0:n}"
	spelled "__Host-sekisho=${session:n+1}"
	spelled "__Host-sekisho=${session:0:n}${session:n+1}"
	c=${session:n:1}
	other=${c^^}
	[ "$other" != "$c" ] || other=${c,,}
	[ "$other" = "$c" ] ||
		spelled "__Host-sekisho=${session:0:n}$other${session:n+1}"
done
for tail in = == A %3D . '"' ' x' ';' ; do
	[ "$tail" = ';' ] || spelled "__Host-sekisho=$session$tail"
done
spelled "__Host-sekisho=\"$session\""
spelled "__host-sekisho=$session"
spelled "sekisho=$session"
spelled "__Host-sekisho=$session; __Host-sekisho=$session"
spelled "__Host-sekisho=$session; __Host-sekisho=AAAA"
equal "V34 no other spelling of the cookie is taken" "$bad" 0
ask / -b "__Host-sekisho=$session"
equal "V34 the very one is" "$STATUS" 200
ask / -b "__Host-sekisho=$(head -c 32 /dev/zero | base64 | tr '+/' '-_' |
	tr -d =)"
leads "V33 one that nobody was given is none" /login

# --- forms without their token ---
# state: all that is stored, but when a session was last used, and the time.
state() {
	sqlite3 "file:$DIR/data/sekisho.db?mode=ro" .dump \
		'SELECT id, token FROM session ORDER BY id' |
		grep -avE '^INSERT INTO "?(meta|session)"?[ (]' | sha256sum
}
browser taro
look /
before=$(state)
for path in /login /login/code /login/password /logout /password /language; do
	for token in '' "${TOKEN/[0-9a-f]/x}" "$(printf '%064d' 0)"; do
		ask $path --data-urlencode "token=$token" -d login=taro \
			-d password=x -d code=1 -d old=a -d new=b -d again=b \
			-d language=en
		[ "$STATUS" = 403 ] || fail "V26 $path takes the token $token" \
			"$(cat "$T/head")"
	done
done
strict "V26 a form without its token" 403
for path in / /login /login/code /login/password /logout /password /nowhere; do
	ask $path
	ask $path -I
	ask "$path?token=$TOKEN&language=en&login=taro&code=1"
done
equal "V26 R45 nothing of that changed anything" "$(state)" "$before"
look /
check "and one is still logged in" grep -q 'Person of taro' "$T/.out"

# --- out again ---
cp "$JAR" "$T/jar.copy"
post /logout
leads "R42 logging out" /logout
strict "it is a redirect" 303
check "R54 and the browser is told to forget" \
	grep -q '^Clear-Site-Data: "cache"' "$T/head"
ask /logout
check "it says so" grep -q 'ログオフしました' "$T/.out"
browser copy
ask /
leads "R42 the old cookie knows nobody" /login
post /logout
leads "logging out twice does no harm" /logout
browser hana
early_in_step 5
log_in hana 0
leads "another person logs in" /
sekisho account disable hana >/dev/null
ask /
leads "R42 an account that is disabled is out" /login
sekisho account enable hana >/dev/null
browser twice
next_step
log_in taro 0
one=$(cookie __Host-sekisho)
JAR=
ask / -b "__Host-sekisho=$one"
equal "logged in" "$STATUS" 200
browser twice
look /login
browser twice2
# the same browser logs in once more, from a page it had open
first taro "$GOOD"
look /login/code
printf '__Host-sekisho=%s\n' "$one" >>"$JAR"
look /login/code
post /login/code -d "code=$(code_for taro 30)"
leads "R41 logging in once more" /
JAR=
ask / -b "__Host-sekisho=$one"
leads "R41 leaves no earlier session behind" /login
browser hana2
next_step
run sekisho password force-reset hana
log_in hana 0
leads "a password that is due to be changed" /login/password
look /login/password
post /login/password --data-urlencode "new=$NEXT" --data-urlencode "again=$THIRD"
leads "two that differ" /login/password
look /login/password
check "it says so" grep -q 'パスワードが同じではありません' "$T/.out"
post /login/password --data-urlencode "new=$NEXT"
leads "one alone" /login/password
refute "V29 nobody is logged in by that" grep -q '^__Host-sekisho=' "$JAR"
post /login/password --data-urlencode "new=$NEXT" --data-urlencode "again=$NEXT"
leads "and the step is still open" /
look /password
post /password --data-urlencode "old=$NEXT" --data-urlencode "new=$THIRD" \
	--data-urlencode "again=$GOOD"
leads "two that differ change nothing" /password
ask /
equal "and end no session" "$STATUS" 200
post /password --data-urlencode "old=$NEXT" --data-urlencode "new=$THIRD" \
	--data-urlencode "again=$THIRD"
leads "another password" /login
ask /
leads "R42 ends the session" /login
stop_daemon
