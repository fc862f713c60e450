#!/usr/bin/env bash
# Limit: 180
# Goal of this test (issue 6: 5; V41, V44, V49): a server that has no daemon, in a
# network of its own, with contrib/stunnel and contrib/nginx/hosts.conf as they
# stand there:
# - a right code opens; the log knows the server by its certificate, and wrong
#   codes lock for this server only.
# - Without a host's certificate, with a terminal's, a foreign or a revoked one,
#   or without the proxy's key nothing is answered; state needs its own right.
# - The link is cut, silently or not, or the daemon is away: refused in time; a
#   break-glass code opens then, and the use is reported under the server's name.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/pamlib.sh
. "$(dirname "$0")/pamlib.sh"
if [ "$(id -u)" -ne 0 ] ||
	! unshare -n ip link add v0 type veth peer name v1 2>/dev/null; then
	skip "servers over the network" "networks of their own need root"
	exit 0
fi

KEY=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
new_dir d
install -m 600 /dev/null "$DIR/proxy.key"
printf '%s\n' "$KEY" >"$DIR/proxy.key"
set_conf "proxy_key_file = \"$DIR/proxy.key\"" 'password_cost = 5'
start_daemon "$DIR"
run sekisho office add demo --name Demo
early_in_step 25
for login in taro hana jiro; do
	person $login
done

# --- two networks, joined by one cable ---
# start_net: a process in a network of its own; NET is its id.
start_net() {
	unshare -n sleep 600 &
	NET=$!
	T_PIDS="$T_PIDS $NET"
	until_true 5 test "$(readlink /proc/$NET/ns/net)" != \
		"$(readlink /proc/self/ns/net)"
	sleep 0.2
}
start_net
SERVER=$NET
start_net
HOST=$NET
in_server() { nsenter -t "$SERVER" -n "$@"; }
in_host() { nsenter -t "$HOST" -n "$@"; }
in_server ip link add s0 type veth peer name h0 netns "$HOST" || die "no cable"
in_server ip addr add 10.99.7.1/24 dev s0
in_host ip addr add 10.99.7.2/24 dev h0
in_server ip link set s0 up
in_host ip link set h0 up

# --- nginx, as contrib has it ---
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-keyout "$T/site.key" -out "$T/site.pem" -subj /CN=auth.example.jp \
	-addext subjectAltName=DNS:auth.example.jp 2>/dev/null
sekisho cert ca >"$T/ca.pem" || die "cert ca"
printf 'proxy_set_header Sekisho-Proxy-Key "%s";\n' "$KEY" >"$T/proxy-key.conf"
sed -e "s|/run/sekisho/hosts.sock|$DIR/hosts.sock|
	s|/etc/ssl/auth.example.jp/fullchain.pem|$T/site.pem|
	s|/etc/ssl/auth.example.jp/key.pem|$T/site.key|
	s|/etc/nginx/sekisho/|$T/|" \
	-e '/\[::\]/d' "$ROOT/contrib/nginx/hosts.conf" >"$T/hosts.conf"
{
	[ "$(id -u)" -ne 0 ] || echo "user www-data;"
	echo "pid $T/nginx.pid; error_log $T/nginx.log; daemon off;"
	echo "events { } http { access_log off; include $T/hosts.conf; }"
} >"$T/nginx.conf"
# by its own process id: in_server() would run it below a shell
nsenter -t "$SERVER" -n nginx -c "$T/nginx.conf" &
T_PIDS="$T_PIDS $!"

# --- stunnel on the other side ---
# issue NAME [OPTION...]: T/NAME.pem
issue() {
	local name=$1
	shift
	run sekisho cert issue --host "$name" --out "$T/$name.p12" --force --json "$@"
	[ "$RC" -eq 0 ] || die "cert issue $name: $OUT $ERR"
	SERIAL=$(json .serial)
	json .passphrase >"$T/phrase"
	openssl pkcs12 -in "$T/$name.p12" -passin "file:$T/phrase" -nodes \
		-out "$T/$name.pem" 2>/dev/null || die "pkcs12 $name"
}
ASK=$T/host/authd.sock
mkdir -m 700 "$T/host"
STUNNEL=
# tunnel PEM: with that key and certificate.
tunnel() {
	if [ -n "$STUNNEL" ]; then
		kill "$STUNNEL"
		wait "$STUNNEL" 2>/dev/null
		T_PIDS=${T_PIDS/ $STUNNEL/}
		rm -f "$ASK"
	fi
	sed "s|/run/sekisho/authd.sock|$ASK|; s|^syslog = yes|syslog = no|
		s|^connect = .*|connect = 10.99.7.1:8443|
		s|/etc/ssl/certs/ca-certificates.crt|$T/site.pem|
		s|/etc/sekisho/host.pem|$1|" \
		"$ROOT/contrib/stunnel/sekisho-host.conf" >"$T/stunnel.conf"
	(umask 077 && exec nsenter -t "$HOST" -n stunnel4 "$T/stunnel.conf") \
		>>"$T/stunnel.log" 2>&1 &
	STUNNEL=$!
	T_PIDS="$T_PIDS $STUNNEL"
	until_true 10 test -S "$ASK" || die "stunnel: $(tail -n 5 "$T/stunnel.log")"
}
printf 'auth required %s\naccount required %s\n' \
	"$OURS socket=$ASK timeout=3 breakglass=$T/glass" \
	"$OURS socket=$ASK timeout=3" >"$PAMD/sshd"
issue web1
WEB1=$SERIAL
tunnel "$T/web1.pem"
until_true 10 in_host bash -c ': </dev/tcp/10.99.7.1/8443' || die "no nginx"

app sshd taro "$(code_for taro)"$'\n' plain
check "a right code is accepted over the network" \
	grep -q '^account: ' <<<"$OUT"
check "by the server that the certificate names" test "$(records '.action ==
	"verify" and .result == "accept" and .actor == "host:web1" and
	(.detail | test("consumer=web1 "))')" = 1
check "without its right to state the account is not told" \
	grep -q 'cannot retrieve' <<<"$OUT"
issue web1 --right verify --right state
OTHER=$SERIAL
tunnel "$T/web1.pem"
app sshd taro "$(code_for taro 30)"$'\n' plain
equal "with it the login is whole" "$RC" 0
run sekisho cert revoke "$WEB1"
run sekisho account disable jiro
app sshd jiro "$(code_for jiro)"$'\n' plain
equal "V49 a disabled account is refused" "$RC" 1
run sekisho account enable jiro
for i in 1 2 3 4 5; do
	app sshd hana "00000$i"$'\n' plain
done
app sshd hana "$(code_for hana)"$'\n' plain
equal "five wrong codes lock" "$RC" 1
run sekisho verify hana "$(code_for hana)" --service sshd
is "for that server only" 0

# --- who is no server ---
# asked [CURL OPTION...]: STATUS at hosts.sock itself.
asked() {
	STATUS=$(curl -s -m 20 -o "$T/body" -w '%{http_code}' \
		--unix-socket "$DIR/hosts.sock" "$@" \
		-H 'Content-Type: application/json' \
		-d '{"login":"taro","code":"123456","service":"x"}' \
		http://localhost/v1/verify)
}
escaped() {
	openssl x509 -in "$1" | jq -sRr @uri
}
asked -H "Sekisho-Proxy-Key: $KEY" \
	-H "Sekisho-Client-Cert: $(escaped "$T/web1.pem")"
equal "the proxy's word is taken" "$STATUS $(jq -r .result "$T/body")" '200 refuse'
asked -H "Sekisho-Client-Cert: $(escaped "$T/web1.pem")"
equal "V41 not without the proxy's key" "$STATUS" 403
asked -H 'Sekisho-Proxy-Key: x' \
	-H "Sekisho-Client-Cert: $(escaped "$T/web1.pem")"
equal "V41 not with a wrong one" "$STATUS" 403
asked -H "Sekisho-Proxy-Key: $KEY"
equal "not without a certificate" "$STATUS" 403
asked -H "Sekisho-Proxy-Key: $KEY" -H "Sekisho-Client-Cert: $(escaped "$T/site.pem")"
equal "V44 not with a foreign one" "$STATUS" 403
run sekisho cert issue taro --label PC --out "$T/pc.p12" --json
json .passphrase >"$T/phrase"
openssl pkcs12 -in "$T/pc.p12" -passin "file:$T/phrase" -nokeys -clcerts \
	-out "$T/pc.pem" 2>/dev/null
asked -H "Sekisho-Proxy-Key: $KEY" -H "Sekisho-Client-Cert: $(escaped "$T/pc.pem")"
equal "not with a terminal's" "$STATUS" 403
run curl -s -o /dev/null -w '%{http_code}' --unix-socket "$DIR/hosts.sock" \
	-H 'Content-Type: application/json' -d '{}' http://localhost/v1/account/show
equal "and nothing else is asked there" "$OUT" 404
run in_host curl -sk -m 10 -o /dev/null -w '%{http_code}' \
	https://10.99.7.1:8443/v1/verify
equal "nginx lets nobody by without a certificate" "$OUT" 400

# --- the link is cut ---
run sekisho breakglass create some-name --file "$T/glass" --json
GLASS=$(json '.codes[0]')
GLASS2=$(json '.codes[1]')
in_host ip link set h0 down
app sshd taro $'123456\n' plain
check "the cable is out: refused" grep -q 'cannot retrieve' <<<"$OUT"
check "in time" test "${OUT##* }" -le 4000
app sshd taro "$GLASS"$'\n' plain
equal "a break-glass code opens" "$RC" 0
app sshd taro "$GLASS"$'\n' plain
equal "once" "$RC" 1
in_host ip link set h0 up
in_server ip link set s0 down
app sshd taro $'123456\n' plain
check "nothing comes back: refused" grep -q 'cannot retrieve' <<<"$OUT"
check "in time too" test "${OUT##* }" -le 4000
in_server ip link set s0 up
stop_daemon
# the cable's address is learnt again
until_true 10 in_host bash -c ': </dev/tcp/10.99.7.1/8443'
app sshd taro "$GLASS2"$'\n' plain
equal "the daemon behind nginx is away: a break-glass code opens" "$RC" 0
start_daemon "$DIR"
early_in_step 5
app sshd jiro "$(code_for jiro)"$'\n' plain
equal "all is back" "$RC" 0
equal "and both uses are reported, by the certificate's name" \
	"$(records '.action == "breakglass.used" and .actor == "host:web1" and
		(.detail | test("^host=web1 "))')" 2

# --- revoked ---
run sekisho cert revoke "$OTHER"
is "its certificate is revoked" 0
app sshd jiro "$(code_for jiro 30)"$'\n' plain
equal "the next question is refused" "$RC" 1
check "as a fault of the server" grep -q 'cannot retrieve' <<<"$OUT"
app sshd jiro "$(sekisho breakglass list some-name --file "$T/glass" >/dev/null
	echo 0000-0000-0000-0000-0000)"$'\n' plain
equal "and that is an answer: no break-glass" "$RC" 1
stop_daemon
