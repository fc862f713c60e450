#!/usr/bin/env bash
# Goal of this test:
# - contrib/nginx/mtls.conf, with names and paths changed only, admits live
#   terminals, tells the application who they are, and refuses everything else
#   on the next request, also on a connection that is open: V41, V42, V43.
# - `proxy check` finds nothing in it.
# - nginx does not start without its trust file: V44.
# Limit: 120
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/web.sh
. "$(dirname "$0")/web.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin

mtls_begin

# statuses FILE: those of the answers in it, in a line.
statuses() {
	grep -ao 'HTTP/1\.1 [0-9]*' "$1" | cut -c 10-12 | tr '\n' ' '
}

has_statuses() {
	[ "$(statuses "$T/from" | wc -w)" -ge "$1" ]
}

# ask_on_one_connection NAME COMMAND...: a request, then COMMAND, then a
# request on the same connection; prints both statuses.
ask_on_one_connection() {
	local name=$1 pid
	shift
	: >"$T/from"
	mkfifo "$T/to"
	openssl s_client -quiet -connect "127.0.0.1:$HTTPS" -servername $HOST \
		-cert "$W/$name.pem" -key "$W/$name.key" <"$T/to" \
		>"$T/from" 2>/dev/null &
	pid=$!
	exec 4>"$T/to"
	printf 'GET /one HTTP/1.1\r\nHost: %s\r\n\r\n' $HOST >&4
	until_true 10 has_statuses 1
	"$@" >/dev/null
	printf 'GET /two HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' \
		$HOST >&4
	exec 4>&-
	until_true 10 has_statuses 2
	kill $pid 2>/dev/null
	wait $pid
	rm "$T/to"
	statuses "$T/from"
}

new_dir a
proxy_key "$W/proxy-key.conf"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name Taro --office demo
run sekisho account add jiro --name Jiro --office demo
issue one taro PC1
one=$SERIAL
one_terminal=$TERMINAL
issue two taro PC2
run sekisho terminal set "$TERMINAL" --admit-all
run sekisho cert ca
is "the CA's certificates are printed" 0
printf '%s\n' "$OUT" >"$W/ca.pem"
site_cert $HOST "$W" || die "no certificate for the site"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$W/foreign.key" -out "$W/foreign.pem" -days 30 \
	-subj "$(openssl x509 -in "$W/one.pem" -noout -subject -nameopt compat |
		sed 's/^subject= *//')" 2>/dev/null
site "$W/site"
start_nginx "$W/site" "$HTTPS" || die "nginx: $(cat "$W/site.log")"
nginx=$NGINX_PID

run sekisho proxy check "$W/site.conf"
is "proxy check finds no way around" 0

# --- who comes in ---
visit one
is "a live terminal comes in" 200
equal "the application is told who it is" "$OUT" \
	"user=taro office=demo terminal=$one_terminal groups= key= cert="
visit two
is "a terminal that admits several comes in" 200
check "without a user" grep -q '^user= office=demo' "$T/.out"
visit ''
is "a PC without a certificate is refused" 403
check "with a page that says what to do" grep -q この端末では開けません \
	"$T/.out"
visit foreign
is "one of another authority is refused" 400
check "with the same page" grep -q この端末では開けません "$T/.out"
visit one /.sekisho/certificate
is "the check itself is not to be seen" 404
visit '' /sekisho-refused.html
is "nor the page without a reason" 404

# --- V41: what the browser says of itself ---
visit one / -H 'Remote-User: root' -H 'Remote_User: root' \
	-H 'Remote-Groups: wheel' -H "Remote-Terminal: $TERMINAL" \
	-H 'Sekisho-Client-Cert: x' -H 'Sekisho-Proxy-Key: x'
equal "V41 forged headers reach nobody" "$OUT" \
	"user=taro office=demo terminal=$one_terminal groups= key= cert="
escaped=$(jq -sRr @uri <"$W/one.pem")
visit '' / -H "Sekisho-Client-Cert: $escaped"
is "V41 a certificate in a header is none" 403
RC=$(curl -sS -o /dev/null -w '%{http_code}' -H "Host: $HOST" \
	-H "Sekisho-Client-Cert: $escaped" "http://127.0.0.1:$HTTP/")
is "V41 nor over plain HTTP: that only redirects" 301
hook() {
	RC=$(curl -sS -o /dev/null -w '%{http_code}' --unix-socket \
		"$DIR/hook.sock" "$@" http://x/api/authz/certificate)
}
hook -H "Sekisho-Client-Cert: $escaped"
is "V41 the hook believes nobody without the proxy's key" 403
hook -H "Sekisho-Client-Cert: $escaped" -H 'Sekisho-Proxy-Key: x'
is "V41 nor with a wrong one" 403

# --- V42: a session of another host name ---
openssl s_client -connect "127.0.0.1:$HTTPS" -servername $HOST -tls1_2 \
	-cert "$W/one.pem" -key "$W/one.key" -sess_out "$T/session" \
	</dev/null >/dev/null 2>&1
out=$(openssl s_client -connect "127.0.0.1:$HTTPS" -servername $HOST -tls1_2 \
	-sess_in "$T/session" </dev/null 2>/dev/null)
check "V42 a session is not resumed" grep -q '^New, ' <<<"$out"
one_get() {
	printf 'GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' $HOST |
		timeout 20 openssl s_client -quiet -servername $HOST \
			-connect "127.0.0.1:$HTTPS" "$@" 2>/dev/null
}
for tls in -tls1_2 -tls1_3; do
	one_get $tls -cert "$W/one.pem" -key "$W/one.key" \
		-sess_out "$T/session" >"$T/first"
	one_get $tls -sess_in "$T/session" >"$T/second"
	equal "V42 $tls: with its certificate it came in" \
		"$(statuses "$T/first")" "200 "
	equal "V42 $tls: its session alone opens nothing" \
		"$(statuses "$T/second")" "403 "
done

# --- seen, revoked, refused ---
seen() {
	sekisho terminal show "$one_terminal" --json |
		jq -e '.first_seen != null and .last_seen != null'
}
check "the terminal's use is noted" until_true 10 seen
equal "on one connection, revoked in between" \
	"$(ask_on_one_connection one sekisho cert revoke "$one" --reason lost)" \
	"200 403 "
visit one
is "and on every other" 403
visit two
is "another terminal still comes in" 200
run sekisho audit list --json
for action in cert.issue cert.use cert.revoke; do
	check "the log has $action" json \
		"[.records[] | select(.action == \"$action\")] | length > 0"
done

stop_nginx "$nginx"

# --- V44: trust that is not there ---
cp "$W/ca.pem" "$W/ca.good"
for what in missing empty broken; do
	case $what in
	missing) rm "$W/ca.pem" ;;
	empty) : >"$W/ca.pem" ;;
	broken) sed '5d' "$W/ca.good" >"$W/ca.pem" ;;
	esac
	refute "V44 nginx does not start: trust file $what" \
		start_nginx "$W/site" "$HTTPS"
done
