#!/usr/bin/env bash
# Goal of this test: an application behind nginx, as contrib/nginx has it.
# - Whoever is not logged in is sent to the portal and comes back to the page
#   first asked for, with its whole query; a second application in another domain
#   asks nothing more.
# - A session counts on the host it was made for (host confusion); V34: its cookie
#   cut, longer, in another case, or there twice is none; V33, R35: a login on its
#   way between hosts is good once, in the browser it began in.
# - V36, R46: where a login leads is the application's own host, whatever is asked.
# - F15, V37 to V41, V46: identity headers of clients in every spelling, paths in
#   every spelling: the application hears of nobody whom the daemon did not name,
#   and nothing of a path that can be read in two ways.
# - R42, V28, F8: a session, a login, a phone, an office, everybody ended: the very
#   next answer refuses, each time (SEKISHO_REVOKE_ROUNDS=200).
# - R47: hook.sock answers what is listed, HEAD like GET, and nothing that is kept.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/web.sh
. "$(dirname "$0")/web.sh"
t_begin
GOOD='Kb7#wolfram-Teapot'
PORTAL=login.example.jp
APP=kyuyo.example.jp
OTHER=nenkin.example.com
ROUNDS=${SEKISHO_REVOKE_ROUNDS:-10}
PATHS=${SEKISHO_MATRIX_PATHS:-4}

new_dir hook
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	"portal_url = 'https://$PORTAL'" \
	"connections_peer_max = 256"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name '山田 太郎' --office demo --level 3 \
	--group payroll --group staff --email taro@example.jp
printf 'taro:%s\n' "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
run sekisho password import "$T/hashes"
run sekisho app add "$APP" --name 給与
is "an application is protected" 0
run sekisho app add "$OTHER" --level 3 --group payroll --for-office demo
is "another one, of level, group and office" 0
run sekisho app add "$OTHER"
is "one host is one application" 1
run sekisho app add 'https://x/'
is "an address is no host" 2
run sekisho app set "$OTHER" --factor code --json
equal "R15 one kind of factor is told to be no two" "$(json .is_two_factor)" false
run sekisho app set "$OTHER" --factor password --factor code

# --- nginx, as contrib/nginx has it ---
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=example -days 2 \
	-keyout "$T/key.pem" -out "$T/cert.pem" 2>/dev/null
mkdir -p "$T/nginx/conf.d" "$T/nginx/sites" "$T/nginx/sekisho"
lay() {
	sed "s|/etc/nginx/|$T/nginx/|; s|/run/sekisho|$DIR|
		s|/etc/ssl/.*/fullchain.pem|$T/cert.pem|
		s|/etc/ssl/.*/key.pem|$T/key.pem|; s|/var/log/nginx|$T|
		s|listen \[::\]:[0-9]*.*||; s|listen 80;|listen unix:$T/plain.sock;|
		s|listen 443 ssl;|listen 127.0.0.1:$PORT ssl;|
		s|http://127.0.0.1:8080|http://unix:$T/app.sock|
		${2:-}" "$ROOT/contrib/nginx/$1"
}
# the application: says and logs whom it was told of
cat >"$T/nginx/sites/backend.conf" <<'EOT'
log_format told '$http_remote_user|$http_remote_groups|$http_remote_name|'
	'$http_remote_email|$http_remote_office|$http_remote_level|'
	'$http_remote_terminal|$http_cookie|$http_host|$request_uri';
server {
	listen unix:@T@/app.sock;
	access_log @T@/told.log told;
	location / {
		return 200 "hello $http_remote_user $request_method $request_uri\n";
	}
}
EOT
sed -i "s|@T@|$T|" "$T/nginx/sites/backend.conf"
PORT=$(free_port)
lay sekisho.conf >"$T/nginx/conf.d/sekisho.conf"
lay ask.conf >"$T/nginx/sekisho/ask.conf"
lay identity.conf >"$T/nginx/sekisho/identity.conf"
lay app.conf >"$T/nginx/sites/app.conf"
lay app.conf "s|kyuyo.example.jp|$OTHER|; s|kyuyo.log|other.log|" \
	>"$T/nginx/sites/other.conf"
lay portal.conf >"$T/nginx/sites/portal.conf"
printf '%s\n' 'keepalive_requests 100000;' "include $T/nginx/conf.d/*.conf;" \
	"include $T/nginx/sites/*;" >"$T/http"
start_nginx "$T/http" "$PORT" || die "nginx: $(cat "$T/http.log")"

# web JAR URL [OPTION...]: as a browser with those cookies. URL, STATUS, OUT.
web() {
	local jar=$1 url=$2
	shift 2
	run curl -sk -m 60 --max-redirs 12 -b "$jar" -c "$jar" \
		--connect-to "::127.0.0.1:$PORT" --path-as-is -D "$T/head" \
		-w '\n%{http_code} %{url_effective}' "$@" "$url"
	STATUS=${OUT##*$'\n'}
	URL=${STATUS#* }
	STATUS=${STATUS%% *}
}
field() {
	tr -d '\r' <"$T/head" | sed -n "s/^$1: //Ip"
}
# hidden NAME: the value of that field of the page in OUT.
hidden() {
	printf '%s\n' "$OUT" | sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" |
		tail -n 1 | sed 's/&amp;/\&/g'
}
# send JAR PATH [OPTION...]: the form that is shown in OUT.
send() {
	local jar=$1 path=$2 token to
	shift 2
	token=$(hidden token)
	to=$(hidden to)
	web "$jar" "https://$PORTAL$path" -L --data-urlencode "token=$token" \
		--data-urlencode "to=$to" "$@"
}
# fresh_phone: TARO's phone is a new one; SECRET and ten RECOVERY codes.
fresh_phone() {
	run sekisho phone list taro --json
	for id in $(json '.phones[]|select(.state=="active").device'); do
		run sekisho phone revoke taro "$id"
	done
	run sekisho phone enroll taro --json
	SECRET=$(json .secret)
	run sekisho phone confirm taro "$(code_of "$SECRET" -30)" --json
	[ "$RC" -eq 0 ] || die "phone: $OUT $ERR"
	run sekisho recovery create taro --json
	mapfile -t RECOVERY < <(json '.recovery_codes[]')
}
# log_in JAR URL [FIELD]: from the application's page to it again.
log_in() {
	web "$1" "$2" -L
	send "$1" /login --data-urlencode login=taro \
		--data-urlencode "password=$GOOD"
	to=$(hidden to)
	send "$1" /login/code --data-urlencode \
		"${3:-code=$(code_of "$SECRET")}"
	# a page says to go on: a form may not lead to another host
	web "$1" "https://$PORTAL$to" -L
}
# session HOST JAR: the value of the application's cookie.
session() {
	awk -v h="#HttpOnly_$1" '$1 == h && $6 == "__Host-sekisho-app" { print $7 }' \
		"$2"
}
# hook COOKIE [HOST [TARGET [OPTION...]]]: asked as nginx does. STATUS.
hook() {
	local cookie=$1 host=${2:-$APP} target=${3:-/}
	shift $(($# < 3 ? $# : 3))
	run curl -s -m 20 --unix-socket "$DIR/hook.sock" -D "$T/head" \
		-o "$T/.body" -w '%{http_code}' \
		-H "X-Original-URL: https://$host$target" \
		-H 'X-Original-Method: GET' -H 'X-Forwarded-For: 192.0.2.7' \
		-H "Cookie: __Host-sekisho-app=$cookie" "$@" \
		http://hook/api/authz/auth-request
	STATUS=$OUT
}

# --- in, and back to the page first asked for ---
early_in_step 20
fresh_phone
PAGE="https://$APP/slip/%E7%B5%A6%E4%B8%8E?month=11&to=//evil.example&x=%2F"
web "$T/a" "$PAGE"
equal "nobody is let in" "$STATUS" 302
equal "but sent to start, with the whole address" "$(field Location)" \
	"https://$APP/.sekisho/start?rd=https%3A%2F%2F$APP%2Fslip%2F%25E7%25B5%25A6%25E4%25B8%258E%3Fmonth%3D11%26to%3D%2F%2Fevil.example%26x%3D%252F"
refute "the application heard nothing" test -s "$T/told.log"
web "$T/a" "$PAGE" -L
equal "the way leads to the login" "${URL%%\?*}" "https://$PORTAL/login"
log_in "$T/a" "$PAGE"
equal "the way leads back to the page with its whole query" "$URL" "$PAGE"
equal "which greets by name" "${OUT%%$'\n'*}" \
	"hello taro GET /slip/%E7%B5%A6%E4%B8%8E?month=11&to=//evil.example&x=%2F"
equal "it was told who, in escapes, and none of our cookies" \
	"$(tail -n 1 "$T/told.log" | cut -d '|' -f 1-9)" \
	"taro|payroll,staff|%E5%B1%B1%E7%94%B0%20%E5%A4%AA%E9%83%8E|taro@example.jp|demo|3|-|-|$APP"
check "R44 the cookie is of this host alone and of this browser session" \
	grep -q "^#HttpOnly_$APP	FALSE	/	TRUE	0	__Host-sekisho-app	" "$T/a"
check "the nonce is ended" grep -q \
	"^Set-Cookie: __Host-sekisho-nonce=; Max-Age=0; Path=/; Secure" "$T/head"
web "$T/a" "https://$OTHER/x" -L
equal "another application in another domain asks nothing more" "$URL" \
	"https://$OTHER/x"
run sekisho session list --login taro --json
equal "three sessions: the portal's and two entered from it" \
	"$(json '[.sessions[]|[.app, .parent != null]]|sort|@json')" \
	"[[null,false],[\"$APP\",true],[\"$OTHER\",true]]"

# --- whose cookie, in which spelling ---
A=$(session "$APP" "$T/a")
B=$(session "$OTHER" "$T/a")
hook "$A"
equal "the hook knows it" "$STATUS" 200
equal "and its answer is not kept" "$(field Cache-Control) $(field Vary)" \
	'no-store *'
HEAD=$(grep -v '^Date' "$T/head")
hook "$A"
hook "$A"
equal "it says the same the third time, from memory" \
	"$(grep -v '^Date' "$T/head")" "$HEAD"
run sekisho account set taro --name '山田 次郎'
hook "$A"
equal "F8 and another name in the very next answer" "$(field Remote-Name)" \
	'%E5%B1%B1%E7%94%B0%20%E6%AC%A1%E9%83%8E'
run sekisho account set taro --name '山田 太郎'
hook "$A"
equal "each time" "$(grep -v '^Date' "$T/head")" "$HEAD"
hook "$A" "$OTHER"
equal "host confusion: the session of one, the host of another" "$STATUS" 401
hook "$B" "$APP"
equal "host confusion: the other way" "$STATUS" 401
hook "$A" unknown.example.jp
equal "a host that is no application" "$STATUS" 403
hook "$A" "$APP:8443"
equal "nor is one of another port" "$STATUS" 403
hook "$(awk '$6 == "__Host-sekisho" { print $7 }' "$T/a")"
equal "the portal's own cookie is none of the application's" "$STATUS" 401
bad=0
for ((i = 0; i < ${#A}; i++)); do
	hook "${A:0:i}"
	[ "$STATUS" = 401 ] || bad=$((bad + 1))
	c=${A:i:1}
	[ "${c^^}" = "$c" ] && c=${c,,} || c=${c^^}
	[ "$c" != "${A:i:1}" ] || continue
	hook "${A:0:i}$c${A:i+1}"
	[ "$STATUS" = 401 ] || bad=$((bad + 1))
done
for v in "$A=" "$A " "$A%20" "${A}A" "=$A" "\"$A\"" "$A," "A$A" "$A; x=y$A"; do
	hook "$v"
	case $v in
	"$A " | "$A; x=y$A") [ "$STATUS" = 200 ] || bad=$((bad + 1)) ;;
	*) [ "$STATUS" = 401 ] || bad=$((bad + 1)) ;;
	esac
done
hook "$A; __Host-sekisho-app=$B"
[ "$STATUS" = 401 ] || bad=$((bad + 1))
hook "$A" "$APP" / -H "Cookie: __Host-sekisho-app=$A"
[ "$STATUS" = 401 ] || bad=$((bad + 1))
equal "V34 cut, padded, in another case, twice: none" "$bad" 0

# --- what the proxy must say, once ---
# odd NAME WANTED OPTION...: asked without the usual fields.
odd() {
	local name=$1 wanted=$2
	shift 2
	run curl -s -m 20 --unix-socket "$DIR/hook.sock" -o /dev/null \
		-w '%{http_code}' -H "Cookie: __Host-sekisho-app=$A" "$@"
	equal "$name" "$OUT" "$wanted"
}
ASK=http://hook/api/authz/auth-request
FORWARD=http://hook/api/authz/forward-auth
u="X-Original-URL: https://$APP/"
m='X-Original-Method: GET'
f='X-Forwarded-For: 192.0.2.7'
odd "all there" 200 -H "$u" -H "$m" -H "$f" $ASK
odd "HEAD is like GET" 200 -I -H "$u" -H "$m" -H "$f" $ASK
odd "V40 no address" 403 -H "$u" -H "$m" $ASK
odd "V40 a list of addresses" 403 -H "$u" -H "$m" -H "$f, 10.0.0.1" $ASK
odd "V40 two of them" 403 -H "$u" -H "$m" -H "$f" -H "$f" $ASK
odd "no URL" 403 -H "$m" -H "$f" $ASK
odd "two URLs" 403 -H "$u" -H "$u" -H "$m" -H "$f" $ASK
odd "no method" 403 -H "$u" -H "$f" $ASK
odd "http" 403 -H "X-Original-URL: http://$APP/" -H "$m" -H "$f" $ASK
odd "R47 POST to the hook" 405 -X POST -H "$u" -H "$m" -H "$f" $ASK
odd "R47 no such question" 404 -H "$u" -H "$m" -H "$f" http://hook/api/authz/
odd "R47 no page there" 404 http://hook/login
odd "R47 nor the API" 404 http://hook/v1/status
p='X-Forwarded-Proto: https'
h="X-Forwarded-Host: $APP"
i='X-Forwarded-Uri: /a?b=c'
g='X-Forwarded-Method: GET'
odd "forward-auth" 200 -H "$p" -H "$h" -H "$i" -H "$g" -H "$f" $FORWARD
odd "by HEAD, as HAProxy asks" 200 -I -H "$p" -H "$h" -H "$i" -H "$g" \
	-H "$f" $FORWARD
odd "forward-auth without a host" 403 -H "$p" -H "$i" -H "$g" -H "$f" $FORWARD
odd "of two hosts" 403 -H "$p" -H "$h" -H "$h" -H "$i" -H "$g" -H "$f" $FORWARD
odd "of plain http" 403 -H 'X-Forwarded-Proto: http' -H "$h" -H "$i" -H "$g" \
	-H "$f" $FORWARD
odd "V38 a path in the host" 403 -H "$p" -H "X-Forwarded-Host: $APP/x" \
	-H "$i" -H "$g" -H "$f" $FORWARD
A_KEPT=$A
A=
odd "who looks at a page is led on" 302 -H "$p" -H "$h" -H "$i" -H "$g" \
	-H "$f" -H 'Accept: text/html,*/*' $FORWARD
odd "a program is told 401" 401 -H "$p" -H "$h" -H "$i" -H "$g" -H "$f" \
	-H 'Accept: application/json' $FORWARD
A="$A_KEPT; x=$(head -c 8000 /dev/zero | tr '\0' x)"
odd "a cookie of 8 KiB, an address of 4, and 7 of other fields" 200 \
	-H "X-Original-URL: https://$APP/$(head -c 4000 /dev/zero | tr '\0' a)" \
	-H "$m" -H "$f" -H "X: $(head -c 7000 /dev/zero | tr '\0' x)" $ASK
odd "of 30 KiB there is no more room for what is asked" 431 -H "$u" -H "$m" \
	-H "$f" -H "X: $(head -c 30000 /dev/zero | tr '\0' x)" $ASK
A=
odd "V38 a header selects no way around" 401 -H "$u" -H "$m" -H "$f" \
	-H 'User-Agent: kube-probe/1.0' -H 'X-Forwarded-Uri: /health' \
	-H 'X-Original-URI: /health' -H 'X-Rewrite-URL: /health' $ASK
A=$A_KEPT

# --- V33, R35, R46: the way between hosts ---
web "$T/a" "https://$APP/.sekisho/start?rd=/p" -o /dev/null
GO=$(field Location)
equal "start leads to the portal" "${GO%%\?*}" "https://$PORTAL/.sekisho/go"
web "$T/a" "$GO"
FINISH=$(field Location)
equal "go leads to finish" "${FINISH%%\?*}" "https://$APP/.sekisho/finish"
web "$T/victim" "$FINISH"
equal "V33 in another browser it starts over" "$STATUS $(field Location)" \
	"303 https://$APP/.sekisho/start?rd=%2Fp&again=1"
refute "V33 which got nothing" grep -q sekisho-app "$T/victim"
web "$T/a" "$FINISH"
equal "R35 and the token was used up by it" "$STATUS $(field Location)" \
	"303 https://$APP/.sekisho/start?rd=%2Fp&again=1"
web "$T/a" "https://$APP/.sekisho/start?rd=/p" -o /dev/null
web "$T/a" "$(field Location)"
FINISH=$(field Location)
web "$T/a" "${FINISH/$APP/$OTHER}"
equal "on another host it starts over" "${STATUS}" 303
web "$T/a" "$FINISH"
equal "R35 and was used up there" "$(field Location)" \
	"https://$APP/.sekisho/start?rd=%2Fp&again=1"
web "$T/a" "https://$APP/.sekisho/start?rd=/p" -o /dev/null
web "$T/a" "$(field Location)"
FINISH=$(field Location)
web "$T/a" "$FINISH"
equal "in time, here, it is good" "$STATUS $(field Location)" "303 https://$APP/p"
web "$T/a" "$FINISH"
equal "R35 once" "$(field Location)" "https://$APP/.sekisho/start?rd=%2Fp&again=1"
hook "$A"
equal "V33 each entering has its own token: the one before is void" "$STATUS" 401
A=$(session "$APP" "$T/a")
hook "$A"
equal "the new one is good" "$STATUS" 200
web "$T/none" "https://$APP/.sekisho/finish?again=1&token=x"
equal "a browser that keeps no cookies does not go round for ever" "$STATUS" 403
web "$T/a" "https://$APP/.sekisho/finish" -I
equal "R45 HEAD changes nothing" "$STATUS" 400
web "$T/a" "https://$PORTAL/.sekisho/start?rd=/"
equal "the portal is no application" "$STATUS" 403
web "$T/a" "${GO/$PORTAL/$APP}"
equal "go is on the portal only" "$STATUS" 404
bad=0 n=0
while IFS= read -r rd; do
	n=$((n + 1))
	web "$T/rd" "https://$APP/.sekisho/start" -G --data-urlencode "rd=$rd"
	[ "$STATUS" = 400 ] || { bad=$((bad + 1)) && echo "# $STATUS $rd"; }
	web "$T/a" "${GO%rd=*}rd=$(jq -rn --arg x "$rd" '$x|@uri')"
	[ "$STATUS" = 400 ] || { bad=$((bad + 1)) && echo "# go $STATUS $rd"; }
done <<EOT
//evil.jp
/\\evil.jp
\\\\evil.jp
https:evil.jp
https://evil.jp/
http://$APP/
https://$APP.evil.jp/
https://$APP@evil.jp/
https://user@$APP/
https://$APP:444/
https://$APP\\@evil.jp/
https://$APP#@evil.jp/
https://$APP%2eevil.jp/
https://evil.jp%2f$APP/
/%2f/evil.jp
/..//evil.jp
/a/../b
/%5cevil.jp
javascript:alert(1)
data:text/html,x
https://$OTHER/
https://xn--$APP/
evil.jp
https://[::1]/
EOT
equal "V36 R46 $n spellings of elsewhere lead nowhere" "$bad" 0

# --- F15: what clients say of themselves, and paths ---
: >"$T/told.log"
names='Remote-User Remote-Groups Remote-Name Remote-Email Remote-Office
	Remote-Level Remote-Terminal Remote_User remote-user REMOTE-USER
	Remote.User X-Remote-User X-Forwarded-User X-Original-URL
	X-Original-Method X-Forwarded-For X-Forwarded-Uri X-Forwarded-Host
	Sekisho-Client-Cert Sekisho-Proxy-Key'
paths='/a /a/b?c=//d /%E3%81%82 /admin'
odds='// //admin /a/../admin /a/./b /.. /a/.. /%2e%2e/admin /a%2fadmin /a%5cb
	/%61dmin /a;/../b /a%00 /%25 /..;/admin /a\\b'
first=$(echo "$paths" | tr ' ' '\n' | head -n "$PATHS")
plain=$(echo "$paths" | tr ' ' '\n' | head -n "$PATHS" | sed 's/.*/ & /')
make_matrix() {
	local name url cookie
	for cookie in '' "__Host-sekisho-app=$A"; do
		for name in $names; do
			for url in $first $odds; do
				printf 'next\nurl = "https://%s%s"\n' "$APP" \
					"${url//\\/\\\\}"
				printf 'header = "%s: evil"\n' "$name"
				printf 'path-as-is\ninsecure\nsilent\n'
				printf 'connect-to = "::127.0.0.1:%s"\n' "$PORT"
				printf 'output = "/dev/null"\n'
				printf 'write-out = "%s %%{http_code}\\n"\n' \
					"${cookie:+c}x ${url//\\/\\\\}"
				[ -z "$cookie" ] ||
					printf 'header = "Cookie: a=b; %s"\n' "$cookie"
			done
		done
	done
}
make_matrix | sed 1d >"$T/matrix"
curl -K "$T/matrix" >"$T/matrix.out" 2>"$T/matrix.err"
total=$(wc -l <"$T/matrix.out")
check "F15 the matrix is $total requests" test "$total" -ge 700
equal "F15 without a cookie nothing is let through" \
	"$(grep '^x ' "$T/matrix.out" | grep -vc ' \(302\|400\|403\)$')" 0
equal "V46 no path that can be read in two ways is let through" \
	"$(grep '^cx ' "$T/matrix.out" |
		grep -vF "$plain" |
		grep -c ' 200$')" 0
equal "a plain path is" "$(grep -c '^cx .* 200$' "$T/matrix.out")" \
	"$((20 * $(echo "$first" | wc -l)))"
equal "F15 the application was told of nobody but taro" \
	"$(cut -d '|' -f 1-7 "$T/told.log" | sort -u)" \
	"taro|payroll,staff|%E5%B1%B1%E7%94%B0%20%E5%A4%AA%E9%83%8E|taro@example.jp|demo|3|-"
equal "and of no cookie of ours" "$(cut -d '|' -f 8 "$T/told.log" | sort -u)" a=b

# --- R42, F8: ended, and the next answer knows it ---
# refused_next N NAME: the hook's answer now, counted.
refused_next() {
	hook "$A"
	[ "$STATUS" = 401 ] && GONE=$((GONE + 1))
	return 0
}
# enter: another session in the application from the portal's.
enter() {
	web "$T/a" "https://$APP/.sekisho/start?rd=/" -L -o /dev/null
	A=$(session "$APP" "$T/a")
}
GONE=0 LIVE=0
for ((k = 0; k < ROUNDS; k++)); do
	enter
	hook "$A" # the answer is kept from the second on
	hook "$A"
	[ "$STATUS" = 200 ] && LIVE=$((LIVE + 1))
	run sekisho session list --login taro --json
	run sekisho session end "$(json ".sessions|map(select(.app==\"$APP\"))[-1].session")"
	refused_next
done
equal "F8 a session is ended: live before, refused next, of $ROUNDS" \
	"$LIVE $GONE" "$ROUNDS $ROUNDS"
# each DOES UNDOES: with a login by recovery code each time.
each() {
	local name=$1 k
	GONE=0 LIVE=0
	for ((k = 0; k < ROUNDS; k++)); do
		[ ${#RECOVERY[@]} -gt 0 ] || fresh_phone
		rm -f "$T/a"
		log_in "$T/a" "https://$APP/" "recovery=${RECOVERY[0]}"
		RECOVERY=("${RECOVERY[@]:1}")
		A=$(session "$APP" "$T/a")
		hook "$A"
		hook "$A"
		if [ "$STATUS" = 200 ]; then
			LIVE=$((LIVE + 1))
		else
			echo "# not live: $STATUS $URL"
			tail -n 3 "$LOG" | sed 's/^/# /'
		fi
		"$2"
		refused_next
		"$3"
		hook "$A"
		[ "$STATUS" = 401 ] || GONE=$((GONE - 1000))
	done
	equal "F8 $name: live before, refused next, of $ROUNDS" "$LIVE $GONE" \
		"$ROUNDS $ROUNDS"
}
# shellcheck disable=SC2317	# called by each
{
	end_login() { run sekisho session end --login taro; }
	end_office() { run sekisho session end --office demo; }
	end_all() { run sekisho session end --all; }
	disable() { run sekisho account disable taro; }
	enable() { run sekisho account enable taro; }
	disable_office() { run sekisho office disable demo; }
	enable_office() { run sekisho office enable demo; }
}
[ "$ROUNDS" -le 10 ] || ROUNDS_ALL=$ROUNDS
ROUNDS=$((ROUNDS < 3 ? ROUNDS : 3))
ROUNDS=${ROUNDS_ALL:-$ROUNDS}
each "a login's sessions" end_login true
each "an office's sessions" end_office true
each "everybody's sessions" end_all true
each "account disable" disable enable
each "office disable" disable_office enable_office
fresh_phone
early_in_step 15
rm -f "$T/a"
log_in "$T/a" "https://$APP/"
A=$(session "$APP" "$T/a")
hook "$A"
equal "by the phone's code" "$STATUS" 200
run sekisho phone revoke taro
refused_next
hook "$A"
equal "F8 the phone it was opened with is revoked" "$STATUS" 401
equal "the log says so" "$(sekisho audit verify --dir "$DIR" --json | jq .ok)" true
refute "F19 no token is in the log" grep -qF -e "${A:-none}" "$LOG"
stop_daemon
sed -i '/^portal_url/d' "$DIR/sekisho.conf"
start_daemon "$DIR"
web "$T/none" "https://$APP/.sekisho/start?rd=/p"
equal "without portal_url nobody is sent to a login" "$STATUS" 503
check "and the log says what to set" \
	until_true 2 grep -q '503: .*: .*set portal_url in sekisho.conf' "$LOG"
stop_nginx "$NGINX_PID"
stop_daemon
