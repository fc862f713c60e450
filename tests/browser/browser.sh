# shellcheck shell=bash
# browser.sh: what the tests with a browser share. Sourced after lib.sh, once a
# daemon runs:
#
#	browser_modules; browser_nginx CONF; browser_run portal.js
#
# Set for the scripts: PORT of nginx, SHOTS for screenshots, MODULES.

# browser_modules: playwright-core and axe-core in BUILD/browser, once.
browser_modules() {
	local at=$BIN/browser lock=$ROOT/tests/browser/package-lock.json
	MODULES=$at/node_modules
	SHOTS=$BIN/shots
	export MODULES SHOTS
	mkdir -p "$at" "$SHOTS" || die "mkdir $at"
	cmp -s "$lock" "$at/installed.json" && return 0
	cp "$ROOT/tests/browser/package.json" "$lock" "$at/"
	(cd "$at" && npm ci --ignore-scripts --no-audit --no-fund) \
		>"$T/npm.log" 2>&1 || die "npm: $(tail -n 5 "$T/npm.log")"
	cp "$lock" "$at/installed.json"
}

# browser_port: one that nobody uses now.
browser_port() {
	node -e 'const s = require("net").createServer();
		s.listen(0, "127.0.0.1", () => {
			console.log(s.address().port); s.close(); });'
}

# browser_nginx CONF: TLS in front of DIR's sockets.
browser_nginx() {
	local conf=$1 try user=
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$T/tls.key" -out "$T/tls.pem" -days 2 \
		-subj /CN=portal.example \
		-addext 'subjectAltName=DNS:*.example,DNS:*.test' \
		2>/dev/null ||
		die "cannot make a certificate"
	mkdir -p "$T/nginx"
	cp "$ROOT"/contrib/nginx/*.conf "$T/nginx/" || die "contrib/nginx"
	sed -i -e "s|/etc/nginx/sekisho/|$T/nginx/|" \
		-e "s|/run/sekisho/|$DIR/|" "$T"/nginx/*.conf
	[ "$(id -u)" -ne 0 ] || user='user www-data;'
	for try in 1 2 3; do
		PORT=$(browser_port)
		export PORT
		sed -e "s|@T@|$T|g" -e "s|@DIR@|$DIR|g" \
			-e "s|@PORT@|$PORT|g" -e "s|@USER@|$user|" "$conf" >"$T/nginx.conf"
		nginx -c "$T/nginx.conf" -e "$T/nginx.log" &
		T_PIDS="$T_PIDS $!"
		until_true 5 curl -skf -o /dev/null \
			--resolve "portal.example:$PORT:127.0.0.1" \
			"https://portal.example:$PORT/login" && return 0
		sleep "$try"
	done
	die "nginx does not start: $(cat "$T/nginx.log")"
}

# browser_run FILE: the cases of tests/browser/FILE.
browser_run() {
	node "$ROOT/tests/browser/$1" || T_FAILED=$((T_FAILED + 1))
}
