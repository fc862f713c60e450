#!/usr/bin/env bash
# Goal of this test:
# - While sekisho-front answers one question of each kind (REST, pages, console,
#   hook) one call of malloc fails, at every way by which one is come to: the
#   answer is the right one, or 5xx, or does not come, and never says anything
#   else; the next answer is right again: no reader, writer or connection stays
#   behind that remembers the fault (F5).
# Limit: 900
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"

if [ -n "${SAN:-}" ]; then
	skip "F5 single faults" "a sanitizer has its own malloc"
	exit 0
fi
GOOD='Kb7#wolfram-Teapot'
APP=kyuyo.example.jp
TOOLS=$BIN/tests
chmod 711 "$T"
mkdir -p "$T/bin/shipped"
cp "$BIN/sekisho" "$BIN/sekisho-authd" "$BIN/sekisho-keeper" "$TOOLS/fault.so" "$T/bin/"
cp "$BIN/sekisho-front" "$T/bin/shipped/"
cp "$TOOLS/fault_exec" "$T/bin/sekisho-front"
BIN=$T/bin
PATH=$BIN:$PATH
"$TOOLS/front_faults" "$BIN/state"

new_dir faults
set_conf 'password_cost = 5' "portal_url = 'https://portal.example'" \
	"connections_peer_max = 256"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho app add "$APP" --name 給与
for login in taro admin; do
	run sekisho account add "$login" --name "Person of $login" --office demo
	printf '%s:%s\n' "$login" "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
	run sekisho password import "$T/hashes"
	run sekisho phone enroll "$login" --json
	SECRET=$(json .secret)
	run sekisho phone confirm "$login" "$(code_of "$SECRET" -30)"
	is "$login has a phone" 0
done
run sekisho account set admin --role administrator
is "and one is an administrator" 0
JAR=$T/jar
early_in_step 20
look /login
post /login -d login=admin --data-urlencode "password=$GOOD"
look /login/code
post /login/code -d "code=$(code_of "$SECRET")"
equal "who is logged in" "$STATUS $(field Location)" "303 /"

# question TO METHOD PATH BODY [FIELD...]: the bytes of one, into that file.
question() {
	local to=$1 method=$2 path=$3 body=$4
	shift 4
	{
		printf '%s %s HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n' \
			"$method" "$path"
		[ $# -eq 0 ] || printf '%s\r\n' "$@"
		[ "$method" != POST ] || printf 'Content-Length: %s\r\n' "${#body}"
		printf '\r\n%s' "$body"
	} >"$to"
}
# sweep SOCKET STATUS: of the question in T/q.
sweep() {
	local died=0
	run "$TOOLS/front_faults" "$BIN/state" "$DIR/$1.sock" "$2" "$T/q"
	while [ "$RC" -eq 3 ] && [ $died -lt 50 ]; do
		died=$((died + 1))
		gone_within "$DAEMON_PID" 5
		start_daemon "$DIR"
		run "$TOOLS/front_faults" "$BIN/state" "$DIR/$1.sock" "$2" \
			"$T/q" "$OUT"
	done
	[ $died -eq 0 ] || echo "# a library died $died times"
	if [ "$RC" -eq 0 ]; then
		ok "F5 $NAME: $OUT"
	else
		fail "F5 $NAME" "$(head -c 3000 <<<"$OUT")"
	fi
	is_gone "$DAEMON_PID" || return 0
	fail "F5 the daemon ended" "$(this_log | tail -n 5)"
	start_daemon "$DIR"
}
# rest PATH JSON [STATUS]
rest() {
	NAME="rest $1 $2"
	question "$T/q" POST "/v1/$1" "$2" 'Content-Type: application/json'
	sweep authd "${3:-200}"
}
# page PATH [STATUS]
page() {
	NAME="page $1"
	question "$T/q" GET "$1" '' "X-Forwarded-For: $FROM" "Cookie: $(jar_field)"
	sweep portal "${2:-200}"
}
# form PATH FIELDS [STATUS]: of the page that was looked at last.
form() {
	NAME="form $1"
	question "$T/q" POST "$1" "token=$TOKEN&$2" "X-Forwarded-For: $FROM" \
		"Cookie: $(jar_field)" 'Content-Type: application/x-www-form-urlencoded'
	sweep portal "${3:-303}"
}

NAME='rest status'
question "$T/q" GET /v1/status ''
sweep authd 200
rest office/list '{"limit":10}'
rest office/show '{"code":"demo"}'
rest account/list '{"limit":10}'
rest account/show '{"login":"taro"}'
rest account/set '{"login":"taro","level":3}'
rest account/unlock '{"login":"taro"}'
rest phone/list '{"login":"taro"}'
rest recovery/count '{"login":"taro"}'
rest recovery/create '{"login":"taro"}'
rest password/check '{"login":"taro","password":"Kb7#wolfram-Teapot"}'
rest ticket/create '{"login":"taro","for":"phone"}'
rest ticket/list '{"limit":10}'
rest app/list '{"limit":10}'
rest app/show "{\"host\":\"$APP\"}"
rest app/set "{\"host\":\"$APP\",\"name\":\"Kyuyo\"}"
rest session/list '{"limit":10}'
rest session/end '{"login":"taro"}'
rest terminal/list '{"limit":10}'
rest cert/list '{"limit":10}'
rest audit/list '{"limit":10}'
rest source/list '{"limit":10}'
rest clock/show '{}'
rest verify '{"login":"taro","code":"123456","service":"test"}'
rest login '{"login":"taro","password":"wrong","service":"test"}'

ask /login
page /
page /login 303
page /nowhere 404
page /mine
page /mine/phone
page /console
page /console/accounts
page '/console/accounts/show?login=taro'
page '/console/accounts/set?login=taro'
page /console/phones
page /console/terminals
page /console/tickets
page /console/sessions
page /console/apps
page "/console/apps/show?host=$APP"
page /console/audit

look '/console/accounts/unlock?login=taro'
form /console/accounts/unlock 'login=taro'

ask '/.sekisho/start?rd=/' -H "Host: $APP"
go=$(field Location)
ask "${go#https://portal.example}"
finish=$(field Location)
ask "${finish#https://"$APP"}" -H "Host: $APP"
equal "who is in the application" "$STATUS" 303
NAME='hook, somebody'
question "$T/q" GET /api/authz/auth-request '' "X-Original-URL: https://$APP/" \
	'X-Original-Method: GET' 'X-Forwarded-For: 192.0.2.7' \
	"Cookie: __Host-sekisho-app=$(cookie __Host-sekisho-app)"
sweep hook 200
page '/.sekisho/go?app=nobody.example.jp' 400

JAR=$T/other
look /login
form /login 'login=taro&password=wrong'

NAME='hook, nobody'
question "$T/q" GET /api/authz/auth-request '' "X-Original-URL: https://$APP/" \
	'X-Original-Method: GET' 'X-Forwarded-For: 192.0.2.7'
sweep hook 401
NAME='pki, revocation list'
question "$T/q" GET /sekisho.crl ''
sweep pki 200
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0
stop_daemon
