# shellcheck shell=bash
# shellcheck disable=SC2034	# what is set here is for the scripts
# web.sh: nginx, curl and Chromium for end-to-end tests. Sourced after lib.sh:
#
#	. "$(dirname "$0")/lib.sh"
#	. "$(dirname "$0")/web.sh"
#	t_begin
#
# Everything listens on 127.0.0.1, on ports that were free, and is ended by
# t_end().

# free_port: print a port of 127.0.0.1 on which nobody listens.
free_port() {
	local port
	while :; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
}

# is_open PORT: somebody listens.
is_open() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# start_nginx FILE PORT: run nginx with the http block's inside in FILE until
# PORT answers; NGINX_PID, and its log in FILE.log.
start_nginx() {
	local user=
	[ "$(id -u)" -ne 0 ] || user='user www-data;'
	mkdir -p "$1.tmp"
	chmod 711 "$1.tmp"
	cat >"$1.conf" <<-CONF
		$user
		daemon off;
		worker_processes 1;
		pid $1.pid;
		error_log stderr info;
		events { worker_connections 256; }
		http {
			access_log off;
			default_type text/plain;
			client_body_temp_path $1.tmp/body;
			proxy_temp_path $1.tmp/proxy;
			fastcgi_temp_path $1.tmp/fastcgi;
			uwsgi_temp_path $1.tmp/uwsgi;
			scgi_temp_path $1.tmp/scgi;
			include $1;
		}
	CONF
	nginx -c "$1.conf" -p "$T" -e stderr >>"$1.log" 2>&1 </dev/null &
	NGINX_PID=$!
	T_PIDS="$T_PIDS $NGINX_PID"
	until_true 10 nginx_is_up "$NGINX_PID" "$2" && is_open "$2"
}

# nginx_is_up PID PORT: it listens, or has given up.
nginx_is_up() {
	is_gone "$1" || is_open "$2"
}

# stop_nginx PID: end it and wait.
stop_nginx() {
	kill -TERM "$1" 2>/dev/null
	gone_within "$1" 5 || kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	T_PIDS=${T_PIDS/ $1/}
}

# reload_nginx PID LOG: have it read its files again.
reload_nginx() {
	local before
	before=$(grep -c 'gracefully shutting down' "$2")
	kill -HUP "$1"
	until_true 10 eval \
		"[ \"\$(grep -c 'gracefully shutting down' '$2')\" -gt $before ]"
}

# site_cert HOST DIR: an authority of the test's own and a server certificate
# for HOST: DIR/site-ca.pem, DIR/site.pem, DIR/site.key.
site_cert() {
	local dir=$2
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$dir/site-ca.key" -out "$dir/site-ca.pem" -days 30 \
		-subj '/CN=Authority of the test' 2>/dev/null &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-keyout "$dir/site.key" -out "$dir/site.csr" \
			-subj "/CN=$1" 2>/dev/null &&
		printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' \
			"$1" >"$dir/site.ext" &&
		openssl x509 -req -in "$dir/site.csr" -CA "$dir/site-ca.pem" \
			-CAkey "$dir/site-ca.key" -CAcreateserial -days 20 \
			-extfile "$dir/site.ext" -out "$dir/site.pem" 2>/dev/null
}

# browser_home: a home directory with an empty certificate store of Chromium,
# BROWSER_HOME, and policies to be set in BROWSER_POLICY.
browser_home() {
	BROWSER_HOME=$T/browser
	BROWSER_DB=sql:$BROWSER_HOME/.local/share/pki/nssdb
	BROWSER_POLICY=$T/browser/policies
	mkdir -p "$BROWSER_HOME/.local/share/pki/nssdb" "$BROWSER_POLICY" &&
		certutil -d "$BROWSER_DB" -N --empty-password
}

# can_browse: whether policies can be set for a browser of ours alone.
can_browse() {
	unshare -m true 2>/dev/null || unshare -r -m true 2>/dev/null
}

# browse URL [FLAG...]: load a page in headless Chromium; prints its document
# when it has loaded. Its policies are those of BROWSER_POLICY, laid over the
# machine's in a mount namespace that ends with it.
browse() {
	local url=$1 unshare="unshare -m"
	shift
	[ "$(id -u)" -eq 0 ] || unshare="unshare -r -m"
	# shellcheck disable=SC2016,SC2086	# for the inner shell; words
	HOME=$BROWSER_HOME $unshare sh -c '
		mount -t tmpfs none /etc/chromium &&
		mkdir -p /etc/chromium/policies/managed &&
		cp "$0"/*.json /etc/chromium/policies/managed/ || exit 99
		exec timeout -k 5 90 chromium --headless --no-sandbox \
			--disable-gpu --disable-quic --no-first-run \
			--disable-background-networking \
			--disable-component-update --disable-sync \
			--disable-dev-shm-usage \
			--user-data-dir="$HOME/profile" "$@"' \
		"$BROWSER_POLICY" "$@" --dump-dom "$url" 2>"$T/browser.log"
}
