# shellcheck shell=bash
# shellcheck disable=SC2034	# what is set here is for the scripts
# mtls.sh: contrib/nginx/mtls.conf with a daemon, terminals and an application.
# Sourced after lib.sh and web.sh:
#
#	t_begin
#	mtls_begin
#	new_dir a && proxy_key "$W/proxy-key.conf" && start_daemon "$DIR"

# mtls_begin: HOST, ports HTTPS, HTTP and APP, and W, a place for nginx's files.
mtls_begin() {
	HOST=cert.example.jp
	HTTPS=$(free_port)
	HTTP=$(free_port)
	APP=$(free_port)
	W=$T/web
	mkdir -m 711 "$W"
}

# proxy_key FILE: give the instance in DIR, which is not started yet, a proxy's
# key, and nginx the file that sends it.
proxy_key() {
	(
		umask 077
		openssl rand -hex 32 >"$DIR/proxy.key"
		printf 'proxy_set_header Sekisho-Proxy-Key "%s";\n' \
			"$(cat "$DIR/proxy.key")" >"$1"
	)
	set_conf "proxy_key_file = 'proxy.key'"
}

# mtls_site FILE APP [SED SCRIPT]: contrib/nginx/mtls.conf with the places of a
# test, to be had on HTTPS and HTTP, its files in W, the daemon's sockets in
# DIR; and the application, a server on APP, of which standard input is the
# inside.
mtls_site() {
	sed -e "/listen \[::\]/d
		s|listen 80;|listen 127.0.0.1:$HTTP;|
		s|listen 443 |listen 127.0.0.1:$HTTPS |
		s|/run/sekisho/|$DIR/|
		s|/etc/ssl/cert.example.jp/fullchain.pem|$W/site.pem|
		s|/etc/ssl/cert.example.jp/key.pem|$W/site.key|
		s|/etc/nginx/sekisho/|$W/|
		s|http://127.0.0.1:8080|http://127.0.0.1:$2|
		s|/usr/share/sekisho/nginx|$ROOT/contrib/nginx|
		${3:-}" "$ROOT/contrib/nginx/mtls.conf" >"$1" || return 1
	{
		printf 'server {\n\tlisten 127.0.0.1:%s;\n' "$2"
		cat
		printf '}\n'
	} >>"$1"
}

# issue NAME LOGIN LABEL: a certificate, as NAME.pem and NAME.key; SERIAL.
issue() {
	run sekisho cert issue "$2" --label "$3" --out "$W/$1.p12" --json
	[ "$RC" -eq 0 ] || die "cert issue: $ERR"
	SERIAL=$(json .serial)
	TERMINAL=$(json .terminal)
	json .passphrase >"$W/$1.phrase"
	openssl pkcs12 -in "$W/$1.p12" -passin "file:$W/$1.phrase" -nokeys \
		-out "$W/$1.pem" 2>/dev/null
	openssl pkcs12 -in "$W/$1.p12" -passin "file:$W/$1.phrase" -nocerts \
		-noenc -out "$W/$1.key" 2>/dev/null
}

# visit NAME [PATH [CURL OPTION...]]: as terminal NAME ('': without one).
# RC is the status, OUT the body.
visit() {
	local name=$1 path=${2:-/} own=()
	shift
	[ $# -eq 0 ] || shift
	[ -z "$name" ] || own=(--cert "$W/$name.pem" --key "$W/$name.key")
	RC=$(curl -sS -o "$T/.out" -w '%{http_code}' --max-time 20 \
		--cacert "$W/site-ca.pem" --resolve "$HOST:$HTTPS:127.0.0.1" \
		"${own[@]}" "$@" "https://$HOST:$HTTPS$path" 2>"$T/.err")
	OUT=$(cat "$T/.out")
	ERR=$(cat "$T/.err")
}

# site FILE [SED SCRIPT]: our page, and an application that says what it hears.
site() {
	mtls_site "$1" "$APP" "${2:-}" <<-CONF
		location / {
			return 200 "user=\$http_remote_user office=\$http_remote_office terminal=\$http_remote_terminal groups=\$http_remote_groups key=\$http_sekisho_proxy_key cert=\$http_sekisho_client_cert";
		}
	CONF
}
