#!/usr/bin/env bash
# Goal of this test: F15, V39, V41, V46 over a real nginx with the files of
# contrib/nginx: 20 fields that say who somebody is, in 15 spellings, with and
# without a session, with and without a terminal's certificate, over 500 paths.
# - The application hears of nobody whom the daemon did not name, of no other
#   certificate, address or host, and of no cookie of ours.
# - Without a session, and where the rule wants it without the certificate, nothing
#   reaches it; with both, every plain path does, and no path that can be read in
#   two ways ever.
# In `make test` each field in each spelling meets every kind of path with a session
# and a certificate, and a fifth of them otherwise; SEKISHO_MATRIX_STRIDE=1 is all
# of it, 1500000 requests.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin
GOOD='Kb7#wolfram-Teapot'
PORTAL=https://login.example.jp
PLAIN=kyuyo.example.jp
EITHER=zaimu.example.jp
BOTH=mynumber.example.jp
STRIDE=${SEKISHO_MATRIX_STRIDE:-20}
WIDER=${SEKISHO_MATRIX_STRIDE:-100}

new_dir web
WEB=$T/nginx
mkdir -p "$WEB/sekisho"
chmod 755 "$WEB"
proxy_key "$WEB/sekisho/proxy-key.conf"
set_conf 'password_cost = 5' 'request_timeout = "60s"' "portal_url = \"$PORTAL\""
start_daemon "$DIR"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-subj /CN=test -days 2 -keyout "$WEB/key.pem" -out "$WEB/cert.pem" \
	2>/dev/null
sekisho cert ca >"$WEB/sekisho/ca.pem"
for f in sekisho ask ask-mtls identity; do
	sed "s|/etc/nginx/sekisho|$WEB/sekisho|; s|/run/sekisho|$DIR|" \
		"$ROOT/contrib/nginx/$f.conf" >"$WEB/sekisho/$f.conf"
done
# server FILE HOST SOCKET [SED SCRIPT]
server() {
	sed "s|/etc/nginx/sekisho|$WEB/sekisho|; s|kyuyo.example.jp|$2|g
		s|/etc/ssl/.*/fullchain.pem|$WEB/cert.pem|
		s|/etc/ssl/.*/key.pem|$WEB/key.pem|
		s|/var/log/nginx/[a-z]*.log|$WEB/access.log|
		s|listen \[::\]:[0-9]*.*||; s|listen 80;|listen unix:$WEB/http;|
		s|listen 443 ssl;|listen unix:$WEB/$3 ssl;|
		s|http://127.0.0.1:8080|http://unix:$WEB/app:|
		${4:-}" "$ROOT/contrib/nginx/$1"
}
# as contrib/nginx/README.md tells
WITH="s|include \(.*\)/ask.conf;|include \1/ask-mtls.conf;\n\
	ssl_client_certificate $WEB/sekisho/ca.pem; ssl_verify_depth 2;\n\
	ssl_verify_client optional; ssl_session_cache none;|"
server app.conf $PLAIN tls >"$WEB/plain.conf"
server portal.conf login.example.jp tls >"$WEB/portal.conf"
server app.conf $EITHER mtls "$WITH" >"$WEB/either.conf"
server app.conf $BOTH mtls "$WITH" >"$WEB/both.conf"
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
		keepalive_requests 100000;
		# who came directly has no address
		set_real_ip_from unix:; real_ip_header X-Test-Address;
		include $WEB/sekisho/sekisho.conf;
		include $WEB/plain.conf; include $WEB/portal.conf;
		include $WEB/either.conf; include $WEB/both.conf;
		server {
			listen unix:$WEB/app;
			keepalive_requests 1000000;
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
until_true 10 test -S "$WEB/mtls" || die "nginx: $(cat "$WEB/start.log")"

# --- a person at a terminal, logged in everywhere ---
# all of it takes 40 minutes on a busy machine, and the last is not asked before
run sekisho app add $PLAIN --idle 8h
run sekisho app add $EITHER --idle 8h
run sekisho app add $BOTH --idle 8h --factor password --factor code --factor terminal
is "applications" 0
run sekisho office add demo --name Demo
run sekisho account add taro --name '山田 太郎' --office demo --level 3 \
	--group kyuyo --group soumu --email taro@example.jp
run sekisho phone enroll taro --json
SECRET=$(json .secret)
early_in_step 20
run sekisho phone confirm taro "$(code_of "$SECRET" -30)"
printf 'taro:%s\n' "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
run sekisho password import "$T/hashes"
run sekisho cert issue taro --label PC --out "$T/taro.p12" --json
is "and a terminal" 0
TERMINAL=$(json .terminal)
json .passphrase >"$T/phrase"
openssl pkcs12 -in "$T/taro.p12" -passin "file:$T/phrase" -nodes \
	-out "$T/taro.pem" 2>/dev/null
check "with its key and certificate" grep -q 'PRIVATE KEY' "$T/taro.pem"

JAR=$T/jar
BROWSE=(--unix-socket "$WEB/tls" -H 'X-Test-Address: 192.0.2.7')
# shellcheck source=tests/e2e/browse.sh
. "$ROOT/tests/e2e/browse.sh"
enter "https://$PLAIN/" taro "$GOOD" "$(code_of "$SECRET")"
equal "logged in at $PLAIN" "$STATUS" 200
# over HOST: from there by the portal's session, which is on another socket.
over() {
	local to
	BROWSE=(--unix-socket "$WEB/mtls" -H 'X-Test-Address: 192.0.2.7'
		--cert "$T/taro.pem")
	get "https://$1/"
	get "$(field Location)"
	to=$(field Location)
	BROWSE[1]=$WEB/tls
	get "$to"
	to=$(field Location)
	BROWSE[1]=$WEB/mtls
	get "$to"
	get "https://$1/"
	equal "and at $1" "$STATUS" 200
}
over $EITHER
over $BOTH

# --- the matrix ---
WHO="user=taro groups=kyuyo,soumu name=$(printf '山田 太郎' | xxd -p -u |
	tr -d '\n' | sed 's/../%&/g') email=taro@example.jp office=demo level=3"
# ask NAME SOCKET HOST STRIDE CERT COOKIE TERMINAL: all of it; TERMINAL is what the
# application is told, - when it must not be reached.
ask() {
	local name=$1 socket=$2 host=$3 told=
	[ "$7" = - ] || told="$WHO terminal=$7 cert= key="
	run_stdin "$6"$'\n'"$told"$'\n' "$BIN/tests/matrix" "$WEB/$socket" "$host" \
		"$4" "$5"
	if [ "$RC" -eq 0 ]; then
		ok "F15 V39 V46 $name: $OUT"
	else
		fail "F15 V39 V46 $name" "$OUT" "$ERR"
	fi
}
# of HOST: the cookie.
of() {
	awk -v h="#HttpOnly_$1" '$1 == h && $6 == "__Host-sekisho-app" {
		c = $6 "=" $7 } END { print c }' "$JAR"
}
for host in $PLAIN $EITHER $BOTH; do
	check "there is a session at $host" grep -q . <<<"$(of "$host")"
done
SECONDS=0
ask "no session, no certificate" mtls $EITHER "$WIDER" - '' -
ask "a certificate alone" mtls $EITHER "$WIDER" "$T/taro.pem" '' -
ask "a session" mtls $EITHER "$WIDER" - "$(of $EITHER)" ''
ask "both, where one is enough" mtls $EITHER "$STRIDE" "$T/taro.pem" \
	"$(of $EITHER)" ''
ask "a session, where both are wanted" mtls $BOTH "$WIDER" - "$(of $BOTH)" -
ask "a certificate, where both are wanted" mtls $BOTH "$WIDER" "$T/taro.pem" \
	'' -
ask "both" mtls $BOTH "$WIDER" "$T/taro.pem" "$(of $BOTH)" "$TERMINAL"
ask "a session at another application" mtls $BOTH "$WIDER" "$T/taro.pem" \
	"$(of $EITHER)" -
ask "without certificates at all" tls $PLAIN "$WIDER" - '' -
ask "and a session" tls $PLAIN "$WIDER" - "$(of $PLAIN)" ''
echo "# $SECONDS s"
stop_daemon
