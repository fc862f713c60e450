#!/usr/bin/env bash
# Goal of this test: an application behind a real nginx, with the very files of
# contrib/nginx.
# - Who is not logged in is sent to the portal and back to where he wanted to go,
#   with the whole query; then the application knows him by name.
# - V39: Sekisho's cookies never reach the application; what a client says of itself
#   is 73-matrix.sh.
# - V46: paths in more than one spelling are refused before the application.
# - A session counts for the host it was made for (host confusion), whatever Host
#   says.
# - `session end`, `account disable`: the next click is refused; the daemon
#   stopped: nobody comes in.
# - The access log holds no token.
# - V17: a cache over the question keeps no answer. R52: no TLS below 1.2. R53: no
#   answer tells nginx's version.
# Limit: 600
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
GOOD='Kb7#wolfram-Teapot'
APP=kyuyo.example.jp
OTHER=zaimu.example.jp
PORTAL=https://login.example.jp

new_dir web
set_conf 'password_cost = 5' 'request_timeout = "60s"' "portal_url = \"$PORTAL\""
start_daemon "$DIR"

# --- nginx ---
WEB=$T/nginx
mkdir -p "$WEB/sekisho"
chmod 755 "$WEB"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-subj /CN=test -days 2 -keyout "$WEB/key.pem" -out "$WEB/cert.pem" \
	2>/dev/null
for f in sekisho ask identity; do
	sed "s|/etc/nginx/sekisho|$WEB/sekisho|; s|/run/sekisho|$DIR|" \
		"$ROOT/contrib/nginx/$f.conf" >"$WEB/sekisho/$f.conf"
done
# server FILE: one of contrib's, here
server() {
	sed "s|/etc/nginx/sekisho|$WEB/sekisho|
		s|/etc/ssl/.*/fullchain.pem|$WEB/cert.pem|
		s|/etc/ssl/.*/key.pem|$WEB/key.pem|
		s|/var/log/nginx/[a-z]*.log|$WEB/access.log|
		s|listen \[::\]:[0-9]*.*||; s|listen 80;|listen unix:$WEB/http;|
		s|listen 443 ssl;|listen unix:$WEB/tls ssl;|
		s|http://127.0.0.1:8080|http://unix:$WEB/app:|" \
		"$ROOT/contrib/nginx/$1"
}
server app.conf >"$WEB/app.conf"
server app.conf | sed "s/$APP/$OTHER/" >"$WEB/other.conf"
server portal.conf >"$WEB/portal.conf"
[ "$(id -u)" -ne 0 ] || USER_LINE='user www-data;'
cat >"$WEB/nginx.conf" <<-EOF
	${USER_LINE:-}
	worker_processes 1;
	pid $WEB/pid;
	error_log $WEB/error.log;
	events {}
	http {
		client_body_temp_path $WEB/body; proxy_temp_path $WEB/proxy;
		fastcgi_temp_path $WEB/fcgi; uwsgi_temp_path $WEB/uwsgi;
		scgi_temp_path $WEB/scgi;
		# who came directly has no address
		set_real_ip_from unix:; real_ip_header X-Test-Address;
		include $WEB/sekisho/sekisho.conf;
		include $WEB/app.conf; include $WEB/other.conf;
		include $WEB/portal.conf;
		# the application: says what it is told
		server {
			listen unix:$WEB/app;
			location / {
				default_type text/plain;
				return 200 "APP uri=\$request_uri user=\$http_remote_user groups=\$http_remote_groups name=\$http_remote_name email=\$http_remote_email office=\$http_remote_office level=\$http_remote_level terminal=\$http_remote_terminal cert=\$http_sekisho_client_cert key=\$http_sekisho_proxy_key for=\$http_x_forwarded_for host=\$http_host cookie=\$http_cookie";
			}
		}
	}
EOF
run sekisho proxy check "$WEB/nginx.conf"
is "proxy check finds nothing in it" 0
nginx -p "$WEB" -c "$WEB/nginx.conf" -g 'daemon off;' 2>"$WEB/start.log" &
NGINX=$!
T_PIDS="$T_PIDS $NGINX"
until_true 10 test -S "$WEB/tls" || die "nginx: $(cat "$WEB/start.log")"

# --- a browser ---
JAR=$T/jar
BROWSE=(--unix-socket "$WEB/tls" -H 'X-Test-Address: 192.0.2.7')
# shellcheck source=tests/e2e/browse.sh
. "$ROOT/tests/e2e/browse.sh"

run sekisho app add $APP
is "an application" 0
run sekisho app add $OTHER
run sekisho office add demo --name Demo
run sekisho account add taro --name '山田 太郎' --office demo --level 3 \
	--group kyuyo --group soumu --email taro@example.jp
run sekisho phone enroll taro --json
SECRET=$(json .secret)
early_in_step 20
run sekisho phone confirm taro "$(code_of "$SECRET" -30)"
printf 'taro:%s\n' "$(printf '%s' "$GOOD" | openssl passwd -6 -stdin)" \
	>"$T/hashes"
run sekisho password import "$T/hashes"
is "a password" 0

get "https://$APP/meisai?m=10&x=a%26b"
equal "who is not logged in is sent away" "$STATUS" 302
check "to the start on this very host" grep -qi \
	"^location: https://$APP/.sekisho/start?" "$T/head"
URL=https://$APP/meisai
get "https://$APP/meisai" -X POST -d a=b
equal "a form too" "$STATUS" 302
enter "https://$APP/meisai?m=10&x=a%26b" taro "$GOOD" "$(code_of "$SECRET")"
equal "ID, password and code lead back" "$STATUS" 200
equal "to the address asked for, query and all" "$URL" \
	"https://$APP/meisai?m=10&x=a%26b"
# told FIELD WANTED
told() {
	equal "the application is told: $1" \
		"$(sed -n "s/.* $1=\\([^ ]*\\).*/\\1/p" "$T/body")" "$2"
}
told uri '/meisai?m=10&x=a%26b'
told user taro
told groups kyuyo,soumu
told name "$(printf '山田 太郎' | xxd -p -u | tr -d '\n' | sed 's/../%&/g')"
told email taro@example.jp
told office demo
told level 3
told terminal ''
told host $APP
told for 192.0.2.7
told cookie ''

# --- cookies ---
get "https://$APP/c" -H 'X-A: 1' -b "$JAR" -H 'Cookie: a=1; b=2'
out=$(curl -s -k -m 20 --unix-socket "$WEB/tls" \
	-H 'X-Test-Address: 192.0.2.7' \
	-H "Cookie: first=1; $(awk '$6 == "__Host-sekisho-app" { c = $6 "=" $7 }
		END { print c }' "$JAR"); last=2" "https://$APP/c")
case $out in
*'cookie=first=1; last=2') ok "its own cookies reach the application, ours do not" ;;
*) fail "its own cookies reach the application, ours do not" "$out" ;;
esac

# --- V46, V37: paths ---
bad=0
n=0
while IFS= read -r path; do
	n=$((n + 1))
	out=$(curl -s -k -g -m 20 --path-as-is --unix-socket "$WEB/tls" -b "$JAR" \
		-H 'X-Test-Address: 192.0.2.7' "https://$APP$path")
	case $out in
	APP*)
		bad=$((bad + 1))
		echo "# $path: $out"
		;;
	esac
done <<'EOF'
/a//b
//a
/a/./b
/a/../b
/./a
/../a
/a/..
/a/.
/a/%2e%2e/b
/a/%2e/b
/a/.%2e/b
/a%2fb
/a%2Fb
/a%5cb
/a\b
/a%00
/a%0d%0ab
/%61
/a;x/../b
/a%
/a%zz
/a%23/../b
/.%00/
/a|b
/a<b
/a"b
/a`b
/a{b}
/a^b
/%7eroot
EOF
equal "V46 none of $n spellings reached the application" $bad 0
get "https://$APP/.sekisho-ask"
equal "the question itself is nobody's to ask" "$STATUS" 404

# --- host confusion ---
cookie=$(awk '$6 == "__Host-sekisho-app" { print $6 "=" $7 }' "$JAR" | tail -n 1)
# with URL [OPTION...]: with that cookie, whatever the host.
with() {
	local url=$1
	shift
	STATUS=$(curl -s -k -m 20 --unix-socket "$WEB/tls" -o "$T/body" \
		-H 'X-Test-Address: 192.0.2.7' -w '%{http_code}' \
		-H "Cookie: $cookie" "$@" "$url")
}
with "https://$APP/"
equal "the session counts on its own host" "$STATUS" 200
with "https://$OTHER/"
equal "and on no other" "$STATUS" 302
with "https://$OTHER/" -H "Host: $APP"
check "whatever Host says there, $OTHER is not served to it" \
	grep -q "host=$APP " "$T/body"
with "https://$APP/" -H 'Host: unknown.example.jp'
refute "an unknown host is not served under its own name" \
	grep -q 'host=unknown' "$T/body"
with "https://$APP/" -H "Cookie: $cookie; $cookie"
equal "V34 the cookie twice is none" "$STATUS" 302

# --- a ticket's link, typed without its https as well ---
run sekisho account add sato --name Sato --office demo
run sekisho ticket create sato --for first --json
TICKET=$(json .link)
get "$TICKET"
equal "a ticket's link opens" "$STATUS" 200
STATUS=$(curl -s -m 20 --unix-socket "$WEB/http" -o "$T/body" -w '%{http_code}' \
	"http://${TICKET#https://}")
equal "without https it is sent there" "$STATUS" 301

# --- V17: somebody puts a cache over everything, the question as well ---
cp "$WEB/sekisho/ask.conf" "$WEB/ask.kept"
sed -i 's|^location = /.sekisho-ask {|proxy_cache all; proxy_cache_valid any 10m;\n&|' \
	"$WEB/sekisho/ask.conf"
sed -i "s|^include $WEB/sekisho/sekisho.conf;|proxy_cache_path $WEB/cache keys_zone=all:1m;\n&|" \
	"$WEB/nginx.conf"
kill -HUP "$NGINX"
# is_kept: asked for, and now in the cache
is_kept() {
	with "https://$APP/kept" && grep -rqs 'APP uri=/kept' "$WEB/cache"
}
check "V17 with a cache the page is kept" until_true 10 is_kept
equal "V17 and the answer to the question is not" \
	"$(find "$WEB/cache" -type f | wc -l)" 1
mine=$cookie
cookie=
with "https://$APP/kept"
cookie=$mine
equal "V17 nobody else has the answer" "$STATUS" 302

# --- the next click ---
run sekisho session list --json
check "the session is listed" grep -q '"taro"' <<<"$OUT"
run sekisho session end --login taro
is "and ended" 0
with "https://$APP/"
equal "the next click is refused" "$STATUS" 302
with "https://$APP/kept"
equal "V17 with a cache as well" "$STATUS" 302
mv "$WEB/ask.kept" "$WEB/sekisho/ask.conf"
sed -i '/proxy_cache_path/d' "$WEB/nginx.conf"
kill -HUP "$NGINX"
next_step
rm -f "$JAR"
enter "https://$APP/again" taro "$GOOD" "$(code_of "$SECRET")"
equal "logged in again" "$STATUS" 200
cookie=$(awk '$6 == "__Host-sekisho-app" { print $6 "=" $7 }' "$JAR" | tail -n 1)
run sekisho account disable taro
with "https://$APP/"
equal "an account disabled: the next click is refused" "$STATUS" 302
run sekisho account enable taro
run sekisho app remove $OTHER
with "https://$OTHER/"
equal "a host that is no application is refused" "$STATUS" 403
stop_daemon
with "https://$APP/"
equal "the daemon stopped: nobody comes in" "$STATUS" 500

# --- R52, R53: nginx itself ---
for tls in tls1 tls1_1 tls1_2 tls1_3; do
	out=$(timeout 20 openssl s_client -unix "$WEB/tls" -servername $APP \
		-$tls -cipher 'ALL:@SECLEVEL=0' </dev/null 2>&1)
	case $tls in
	tls1 | tls1_1) refute "R52 not $tls" grep -q 'Cipher is [^(]' <<<"$out" ;;
	*) check "R52 $tls" grep -q 'Cipher is [^(]' <<<"$out" ;;
	esac
done
for url in "https://$APP/" "https://$APP/a//b" https://login.example.jp/; do
	get "$url"
	check "R53 nginx does not tell its version: $url" \
		grep -qiE '^server: nginx.?$' "$T/head"
	refute "R53 nor on the page" grep -q 'nginx/[0-9]' "$T/body"
done

# --- the log ---
check "the log was written" test "$(wc -l <"$WEB/access.log")" -gt 30
equal "V25 of a ticket it says that there was one" \
	"$(grep -cF '/ticket/... ' "$WEB/access.log")" 2
refute "V25 and not which" grep -qF "${TICKET##*/}" "$WEB/access.log" \
	"$WEB/error.log"
refute "it holds no token" grep -E 'token=|nonce|rd=' "$WEB/access.log"
refute "nor does the error log" grep -E "${cookie#*=}" "$WEB/error.log" \
	"$WEB/access.log"
