#!/usr/bin/env bash
# Goal of this test:
# - The files of contrib/nginx, as their page tells to install them, are taken by
#   nginx itself and by `sekisho proxy check`, read from the file and from
#   nginx -T alike.
# - One line wrong, and proxy check names it: forty ways (V39, V41, V42, V46,
#   2b.10, F15).
# - What is no configuration is an error with file and line, never "all is well".
# shellcheck disable=SC2016	# nginx's variables, not the shell's
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=example -days 2 \
	-keyout "$T/key.pem" -out "$T/cert.pem" 2>/dev/null
# lay DIR: a whole configuration below DIR, from the files in contrib.
lay() {
	local to=$1 f
	mkdir -p "$to/conf.d" "$to/sites" "$to/sekisho"
	cat >"$to/nginx.conf" <<-EOF
		pid $to/nginx.pid;
		error_log stderr;
		events {}
		http {
			include conf.d/*.conf;
			include sites/*;
		}
	EOF
	for f in "$ROOT"/contrib/nginx/*.conf; do
		case ${f##*/} in
		sekisho.conf) to_file=conf.d/sekisho.conf ;;
		app.conf | portal.conf | mtls.conf) to_file=sites/${f##*/} ;;
		ask.conf | ask-mtls.conf | identity.conf)
			to_file=sekisho/${f##*/}
			;;
		*) continue ;;
		esac
		sed "s|/etc/nginx/|$to/|; s|/run/sekisho|$T/run|
			s|/etc/ssl/.*/fullchain.pem|$T/cert.pem|
			s|/etc/ssl/.*/key.pem|$T/key.pem|
			s|/var/log/nginx|$T|
			s|listen \[::\]:[0-9]*.*||
			s|listen 80;|listen unix:$T/plain.sock;|
			s|listen 443 ssl;|listen unix:$T/tls.sock ssl;|" \
			"$f" >"$to/$to_file"
	done
	cp "$T/cert.pem" "$to/sekisho/ca.pem"
	echo 'proxy_set_header Sekisho-Proxy-Key "0123456789";' \
		>"$to/sekisho/proxy-key.conf"
}

# syntax NAME DIR: nginx takes it.
syntax() {
	check "$1" nginx -t -q -p "$T" -c "$2/nginx.conf"
}
lay "$T/good"
syntax "contrib's files are a configuration" "$T/good"
run sekisho proxy check "$T/good/nginx.conf"
is "and nothing is wrong in them" 0
run sekisho proxy check "$T/good/nginx.conf" --json
equal "two applications of one location" "$(json '[.servers, .locations]|@json')" \
	'[2,2]'
equal "and nothing is found" "$(json '.findings | length')" 0
# nginx as root drops its rights to read nothing: the dump goes to a file
nginx -T -q -p "$T" -c "$T/good/nginx.conf" >"$T/dump" 2>/dev/null
run sekisho proxy check "$T/dump"
is "the same from the output of nginx -T" 0

# wrong CODE FILE SED [OPTION...]: change a line of FILE; CODE is found.
n=0
wrong() {
	local code=$1 file=$2 change=$3
	shift 3
	n=$((n + 1))
	rm -rf "$T/bad"
	cp -r "$T/good" "$T/bad"
	sed -i "s|$T/good|$T/bad|" "$T"/bad/*.conf "$T"/bad/*/*
	cp "$T/bad/$file" "$T/before"
	sed -i "$change" "$T/bad/$file"
	if cmp -s "$T/before" "$T/bad/$file"; then
		fail "$code: $change changes nothing"
		return
	fi
	nginx -t -q -p "$T" -c "$T/bad/nginx.conf" 2>"$T/.nginx" ||
		fail "$code: nginx itself refuses $change" "$(cat "$T/.nginx")"
	run sekisho proxy check "$T/bad/nginx.conf" --json "$@"
	if [ "$RC" -eq 1 ] && jq -e --arg c "$code" \
		'.ok == false and ([.findings[].code] | index($c) != null)' \
		"$T/.out" >/dev/null; then
		ok "$code: $change"
	else
		fail "$code: $change" "exit status $RC" "$OUT" "$ERR"
	fi
}
APP=sites/app.conf
ASK=sekisho/ask.conf
ID=sekisho/identity.conf

# --- a location that does not ask ---
wrong not_asked $APP '/ask.conf/a location /static/ { auth_request off; root /srv; }'
wrong not_asked $APP '/ask.conf/a location ~ \\.php$ { auth_request off; proxy_pass http://127.0.0.1:8081; }'
wrong not_asked $APP '/ask.conf/a location @fallback { auth_request off; proxy_pass http://127.0.0.1:8081; }'
wrong not_asked $APP '/ask.conf/a location /deep/ { location /deep/er/ { auth_request off; } }'
wrong not_asked $APP '/ask.conf/a location /own/ { auth_request /own-ask; } location = /own-ask { internal; proxy_pass http://127.0.0.1:1; }'
wrong not_asked $ASK '/^auth_request \/.sekisho-ask/d'
wrong nobody_asks nginx.conf '/include sites/d'
wrong reached_elsewhere $APP '/ask.conf/d; /identity.conf/d'
wrong reached_elsewhere sites/portal.conf \
	'$a server { listen unix:/tmp/x.sock; location / { proxy_pass http://127.0.0.1:8080; } }'
wrong satisfy_any $APP '/ask.conf/a satisfy any; allow 127.0.0.1;'
wrong portal_asks $ASK '/auth_request off/d'

# --- V46: answered or changed before the question ---
wrong return_before $APP '/identity.conf/i return 200 "hello";'
wrong return_before $APP '/ask.conf/a return 302 /elsewhere;'
wrong return_before $APP '/identity.conf/i if ($arg_x) { return 200; }'
wrong rewrite_before $APP '/identity.conf/i rewrite ^/old(.*) /new$1 redirect;'
wrong rewrite_before $APP '/ask.conf/a rewrite ^/a/(.*) /b/$1 last;'
wrong error_page_2xx $APP '/identity.conf/i error_page 401 =200 /.sekisho/no;'
wrong error_page_2xx $ASK 's/=302/=200/'
wrong error_page_2xx $ASK '/internal;/a proxy_intercept_errors on; error_page 401 403 = /ok;'

# --- V39: who says who it is ---
wrong identity_not_set $ID '/Remote-User/d'
wrong identity_not_set $ID '/Remote-Terminal/d'
wrong identity_not_set $APP 's|include .*identity.conf;|proxy_set_header X-Other 1;|'
wrong identity_not_set $APP '/identity.conf/d'
wrong identity_not_set $APP 's|proxy_pass http://127.0.0.1:8080;|fastcgi_pass 127.0.0.1:9000;|'
wrong identity_not_ours $ID 's/\$sekisho_groups/$http_remote_groups/'
wrong identity_not_ours $ID 's/\$sekisho_login/$remote_user/'
wrong identity_not_ours $ASK 's/\$upstream_http_remote_name/$http_remote_name/'
wrong identity_not_blank $ASK '/Remote-Office ""/d'
wrong identity_not_set $ID '/Sekisho-Client-Cert/d'

# --- the host and the address ---
wrong client_chooses $ASK 's/Host \$server_name;/Host $host;/'
wrong client_chooses $ASK 's/\$scheme:\/\/\$server_name/$scheme:\/\/$http_host/'
wrong client_chooses $ASK 's/\$scheme:\/\/\$server_name/$scheme:\/\/${host}/'
wrong client_chooses $ID 's/Host \$server_name;/Host $host;/'
wrong client_chooses $APP 's|http://127.0.0.1:8080|http://$host|'
wrong client_chooses $ID 's/For \$remote_addr/For $proxy_add_x_forwarded_for/'
wrong no_server_name $APP 's/server_name kyuyo/server_name *.kyuyo/'
wrong no_server_name $APP 's/server_name .*;/server_name _;/'
wrong original_url $ASK 's/\$request_uri/$uri/'
wrong original_url $ASK '/X-Original-URL/d'
wrong original_method $ASK '/X-Original-Method/d'
wrong forwarded_for $ASK '/internal;/,/^}/s/For \$remote_addr/For $http_x_real_ip/'

# --- the question itself ---
wrong hook_not_internal $ASK '/internal;/d'
wrong hook_body $ASK '/proxy_pass_request_body/d'
wrong hook_body $ASK '/Content-Length/d'
wrong hook_cached conf.d/sekisho.conf '$a proxy_cache_path /tmp/sekisho-cache-test keys_zone=z:1m; proxy_cache z;'
wrong no_keepalive conf.d/sekisho.conf '/keepalive 32/d'
wrong no_keepalive $ASK '/proxy_http_version/d'

# --- V41, V42: certificates ---
wrong certificate_not_blank $ASK '/Sekisho-Client-Cert/d'
MTLS="s|ask.conf;|ask-mtls.conf; ssl_client_certificate $T/cert.pem; ssl_verify_client optional;|"
wrong session_resumed $APP "$MTLS; /session_tickets/d"
wrong session_resumed $APP "$MTLS; s/ssl_session_tickets off;/& ssl_session_cache shared:x:1m;/"
wrong any_authority $APP "${MTLS/optional;/optional_no_ca;}"
wrong certificate_not_set $APP "${MTLS/ask-mtls/ask}"
wrong no_proxy_key $APP "${MTLS/ask-mtls/ask}"
cp -r "$T/good" "$T/mtls"
sed -i "s|$T/good|$T/mtls|" "$T"/mtls/*.conf "$T"/mtls/*/*
sed -i "$MTLS" "$T/mtls/$APP"
syntax "ask-mtls.conf is a configuration" "$T/mtls"
run sekisho proxy check "$T/mtls/nginx.conf"
is "and nothing is wrong in it" 0
run sekisho proxy check "$T/mtls/nginx.conf" --cert-header X-Client-Cert
is "but for a header of another name" 1

# --- exceptions are listed ---
cp -r "$T/good" "$T/open"
sed -i "s|$T/good|$T/open|" "$T"/open/*.conf "$T"/open/*/*
sed -i '/ask.conf/a location = /health { auth_request off; proxy_pass http://127.0.0.1:8080; }' \
	"$T/open/$APP"
run sekisho proxy check "$T/open/nginx.conf"
is "an open location is told" 1
check "with file, line, server and path" grep -q \
	"^$T/open/$APP:[0-9]*: server kyuyo.example.jp: location = /health: .*(not_asked)" \
	"$T/.out"
run sekisho proxy check "$T/open/nginx.conf" --open /health
is "unless it is said to be meant" 0

# --- no configuration ---
# broken NAME TEXT: not read; said with a line.
broken() {
	printf '%s' "$2" >"$T/broken.conf"
	run sekisho proxy check "$T/broken.conf"
	is "$1 is an error" 2
	check "and tells the line" grep -q 'broken.conf:[0-9]' "$T/.err"
}
broken "a block without an end" 'http { server {'
broken "an end without a block" 'http { } }'
broken "a directive without an end" 'http { server { listen 80 } }'
broken "a quotation without an end" 'http { server_name "a; }'
broken "a missing include" "include $T/nowhere.conf;"
broken "an include of itself" "include $T/broken.conf;"
run sekisho proxy check "$T/nowhere"
is "a file that is not there is an error" 2
run sekisho proxy check /dev/null
is "an empty one has nobody who asks" 1
check "at least forty ways were tried" test "$n" -ge 40
