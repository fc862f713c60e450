# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154	# shared with run.sh
# run-web.sh: the web part of run.sh, which sources it: nginx with TLS on this
# machine alone, from the files of contrib/nginx, and a payroll application behind
# it. The names below localhost lead to this machine in every browser.
#
# Used: top, bin, dir, say, complain. Set by web_prepare: web, port, portal, app_host.

PATH=$PATH:/usr/sbin:/sbin

# port_is_free PORT: nobody listens there.
port_is_free() {
	! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		awk '$4 == "0A" { print $2 }' |
		grep -qi ":$(printf '%04X' "$1")\$"
}

# The port of the last time, so that the address stays what it is; another one
# when that is taken now. SEKISHO_RUN_PORT says which.
choose_port() {
	case ${SEKISHO_RUN_PORT:-1} in
	*[!0-9]* | ??????*)
		complain "SEKISHO_RUN_PORT is a number: $SEKISHO_RUN_PORT"
		;;
	esac
	if [ -n "${SEKISHO_RUN_PORT:-}" ] && ! port_is_free "$SEKISHO_RUN_PORT"; then
		complain "Port $SEKISHO_RUN_PORT is taken by another program: give" \
			"another one with SEKISHO_RUN_PORT=, or none."
	fi
	port=${SEKISHO_RUN_PORT:-$(cat "$web/port" 2>/dev/null || echo 8443)}
	while [ -z "${SEKISHO_RUN_PORT:-}" ] && ! port_is_free "$port"; do
		port=$((port + 1))
	done
	echo "$port" >"$web/port"
}

web_prepare() {
	web=$dir/web
	mkdir -p "$web/conf"
	choose_port
	portal=https://login.localhost:$port
	app_host=kyuyo.localhost:$port
	if [ ! -e "$web/cert.pem" ]; then
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
			-nodes -days 365 -subj '/CN=Sekisho demo' -addext \
			'subjectAltName=DNS:login.localhost,DNS:kyuyo.localhost' \
			-keyout "$web/key.pem" -out "$web/cert.pem" 2>/dev/null
	fi
	# the daemon is told where people log in
	sed -i '/^portal_url = /d' "$dir/sekisho.conf"
	echo "portal_url = \"$portal\"" >>"$dir/sekisho.conf"
	for f in sekisho ask identity; do
		# a port that is not 443 belongs to the name
		sed "s|/etc/nginx/sekisho|$web/conf|; s|/run/sekisho|$dir|
			s|\\\$server_name|\$server_name:$port|" \
			"$top/contrib/nginx/$f.conf" >"$web/conf/$f.conf"
	done
	user=
	if [ "$(id -u)" -eq 0 ]; then
		user="user www-data;"
		chgrp www-data "$web"
	fi
	chmod 750 "$web"
	cat >"$web/nginx.conf" <<TEXT
# made by run.sh; the page contrib/nginx/README.md tells how to do it for good
$user
worker_processes 1;
pid $web/nginx.pid;
error_log $web/error.log;
events {}
http {
	client_body_temp_path $web/body;
	proxy_temp_path $web/proxy;
	fastcgi_temp_path $web/fastcgi;
	uwsgi_temp_path $web/uwsgi;
	scgi_temp_path $web/scgi;
	ssl_certificate $web/cert.pem;
	ssl_certificate_key $web/key.pem;
	ssl_session_tickets off;
	include $web/conf/sekisho.conf;
	access_log $web/access.log sekisho;
	server {
		listen 127.0.0.1:$port ssl;
		server_name login.localhost;
		location / {
			proxy_pass http://sekisho_portal;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host \$server_name:$port;
			proxy_set_header X-Forwarded-For \$remote_addr;
			proxy_set_header X-Forwarded-Proto https;
			proxy_set_header Sekisho-Client-Cert "";
			proxy_set_header Sekisho-Proxy-Key "";
		}
	}
	server {
		listen 127.0.0.1:$port ssl;
		server_name kyuyo.localhost;
		include $web/conf/ask.conf;
		location / {
			include $web/conf/identity.conf;
			proxy_pass http://unix:$web/payroll.sock:;
		}
	}
}
TEXT
}

# Sets app and proxy, the process ids of the two. Both end by TERM.
web_start() {
	"$bin/payroll-demo" "$web/payroll.sock" "$portal" \
		>>"$web/error.log" 2>&1 </dev/null &
	app=$!
	nginx -p "$web" -c "$web/nginx.conf" -g 'daemon off;' \
		>>"$web/error.log" 2>&1 </dev/null &
	proxy=$!
}

# web_wait: until the address answers; false when one of them has ended.
web_wait() {
	tries=0
	while port_is_free "$port" || [ ! -S "$web/payroll.sock" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ] || ! kill -0 "$proxy" 2>/dev/null ||
			! kill -0 "$app" 2>/dev/null; then
			cat "$web/error.log" >&2
			return 1
		fi
		sleep 0.05
	done
}
