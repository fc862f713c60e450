#!/usr/bin/env bash
# bench.sh BUILD: how fast it is, beside other programs measured in the same run
# on the same machine. Figures of two runs do not compare; ratios of one do.
#
#	BENCH_ACCOUNTS	accounts of the instance (1000000; 10000000 needs 8 GB)
#	BENCH_MORE	accounts of a second instance, beside the first at 64
#			connections (0: none; 10000000 needs 8 GB)
#	BENCH_SESSIONS	as in bench_hook.sh (1000000)
#	BENCH_SECONDS	of each measurement, a whole number (3)
#	BENCH_ROUNDS	measurements of each line, of which the median counts (3)
#	BENCH_DIR	where the data are made (a new folder of /var/tmp); on a
#			real disk, for a tmpfs syncs nothing
#	BENCH_JSON	where the figures go (BUILD/bench.json)
#
# Rows: verifications by right codes over the socket at 1 to 256 connections,
# each beside tests/bench/bare.c; nginx with a static file; FreeRADIUS with
# rlm_totp and an SQLite update; logins with password and code at cost 5 and 7;
# certificates issued for requests and checked, each beside OpenSSL alone
# (tests/bench/cert_loops.c); a page of nginx behind the proxy's hook
# (bench_hook.sh); memory; start to ready.
# BENCH_JSON holds every figure and, as `readme`, the lines of README's table:
# jq -r '.readme[]' BENCH_JSON
# Exit: 1 when less than 0.99 of all right codes was accepted.
set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.." || exit 2
BUILD=${1:-build}
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
PATH=$PATH:/usr/sbin:/sbin
ACCOUNTS=${BENCH_ACCOUNTS:-1000000}
MORE=${BENCH_MORE:-0}
SECONDS_EACH=${BENCH_SECONDS:-3}
ROUNDS=${BENCH_ROUNDS:-3}
OUT=${BENCH_JSON:-$BUILD/bench.json}
LEVELS='1 16 64 128 256'
# as hashpool.h counts them; and passwords enough for all rounds at a rate that
# one core does not reach
WORKERS=$(nproc)
WORKERS=$((WORKERS > 5 ? 4 : WORKERS > 1 ? WORKERS - 1 : 1))
LOGINS_5=$((ROUNDS * (SECONDS_EACH + 1) * 90 * WORKERS))
LOGINS_7=$((ROUNDS * (SECONDS_EACH + 1) * 22 * WORKERS))
TOOLS=$BUILD/bench
CONF=$PWD/tests/bench
T=$(mktemp -d "${BENCH_DIR:-/var/tmp}/sekisho-bench.XXXXXX") || exit 2
# the service users must reach what is below it
chmod 711 "$T"
PIDS=
BEGUN=$SECONDS

finish() {
	local rc=$? pid
	trap - EXIT
	for pid in $PIDS; do
		kill -TERM "$pid" 2>/dev/null
	done
	wait
	rm -rf "$T"
	exit "$rc"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
	echo "bench: $*" >&2
	exit 2
}

say() {
	printf '%5ss  %s\n' $((SECONDS - BEGUN)) "$*" >&2
}

# stop PID: and wait for it.
stop() {
	kill -TERM "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	PIDS=${PIDS/ $1/}
}

# until_true COMMAND...: try for 20 seconds.
until_true() {
	local i
	for ((i = 0; i < 2000; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.01
	done
	return 1
}

# cpu PID...: nanoseconds that the threads of these processes have run.
cpu() {
	local pid
	for pid in "$@"; do
		cat "/proc/$pid/task"/*/schedstat
	done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# note NAME JSON: keep one measurement.
note() {
	jq -c --arg name "$1" '. + {name: $name}' <<<"$2" >>"$T/runs"
}

# --- the data ---

check_room() {
	local need free
	# store, WAL and log; the tables of bare and of FreeRADIUS
	need=$(((ACCOUNTS + MORE) * 750 / 1048576 + 1500))
	free=$(df -m --output=avail "$T" | tail -n 1)
	[ "$free" -gt "$need" ] ||
		die "$ACCOUNTS accounts need $need MB in $T; there are $free"
}

make_data() {
	check_room
	[ "$ACCOUNTS" -ge $((LOGINS_5 + LOGINS_7)) ] ||
		die "at least $((LOGINS_5 + LOGINS_7)) accounts are needed"
	head -c 32 /dev/urandom >"$T/people.key"
	"$BUILD/sekisho-authd" --init "$T/i" >"$T/init.log" 2>&1 ||
		die "init: $(cat "$T/init.log")"
	printf '%s\n' 'connections_max = 1024' 'connections_peer_max = 1024' \
		>>"$T/i/sekisho.conf"
	say "making $ACCOUNTS accounts"
	"$TOOLS/mkaccounts" "$T/i/data/sekisho.db" "$T/i/keys/seed.key" \
		"$T/people.key" "$ACCOUNTS" 5 "$LOGINS_5" 7 "$LOGINS_7" ||
		die "mkaccounts"
	chown --reference="$T/i/data" "$T/i/data/sekisho.db"
	"$TOOLS/bare" make "$T/bare.db" "$ACCOUNTS" || die "bare"
	mkdir "$T/radius" "$T/nginx"
	"$TOOLS/radius_loader" make "$T/radius/totp.db" "$T/people.key" \
		"$ACCOUNTS" || die "radius_loader"
}

# --- our daemon and bare ---

# start_daemon [NAME]: the instance T/NAME (T/i). AUTHD, FRONT, KEEPER and
# READY_MS, from start to ready.
start_daemon() {
	local from until
	: >"$T/authd.log"
	from=$(date +%s%3N)
	"$BUILD/sekisho-authd" -c "$T/${1:-i}/sekisho.conf" \
		>"$T/authd.log" 2>&1 &
	AUTHD=$!
	PIDS="$PIDS $AUTHD"
	until_true grep -q 'authd\[[0-9]*\] info: ready$' "$T/authd.log" ||
		die "not ready: $(cat "$T/authd.log")"
	until=$(date +%s%3N -d "$(grep 'authd\[[0-9]*\] info: ready$' \
		"$T/authd.log" | cut -d' ' -f1)")
	READY_MS=$((until - from))
	FRONT=$(pgrep -P "$AUTHD" -f '^sekisho-front')
	KEEPER=$(pgrep -P "$AUTHD" -f '^sekisho-keeper')
}

start_bare() {
	"$TOOLS/bare" serve "$T/bare.db" "$T/bare.sock" >"$T/bare.log" 2>&1 &
	BARE=$!
	PIDS="$PIDS $BARE"
	until_true grep -q ready "$T/bare.log" || die "bare: $(cat "$T/bare.log")"
}

declare -A from=([sekisho]=0 [bare]=0 [radius]=0 [more]=0)

# verify NAME SOCKET FILE CONNECTIONS PID...: one measurement of right codes.
# The file is read before, so that each begins with all of it in memory.
verify() {
	local name=$1 socket=$2 level=$4 before used one count=$ACCOUNTS
	[ "$name" != more ] || count=$MORE
	cat "$3" >/dev/null
	shift 4
	before=$(cpu "$@")
	one=$("$TOOLS/loader" verify "$socket" "$T/people.key" "$count" \
		"${from[$name]}" "$level" "$SECONDS_EACH") || die "loader: $name"
	used=$(jq .used <<<"$one")
	from[$name]=$(((from[$name] + used) % count))
	note "$name" "$(jq -c --argjson ns $(($(cpu "$@") - before)) \
		'. + {cpu_us: ($ns / 1000 / .used)}' <<<"$one")"
}

measure_verify() {
	local level round
	start_bare
	start_daemon
	for level in $LEVELS; do
		say "verifications at $level connections"
		for ((round = 0; round < ROUNDS; round++)); do
			verify bare "$T/bare.sock" "$T/bare.db" "$level" \
				"$BARE"
			verify sekisho "$T/i/authd.sock" \
				"$T/i/data/sekisho.db" "$level" "$FRONT" \
				"$KEEPER"
		done
	done
}

# More accounts beside those, at 64 connections: noted as `more` and `few`.
measure_more() {
	local round few front keeper
	[ "$MORE" -gt 0 ] || return 0
	say "making $MORE accounts"
	"$BUILD/sekisho-authd" --init "$T/more" >"$T/init.log" 2>&1 ||
		die "init: $(cat "$T/init.log")"
	"$TOOLS/mkaccounts" "$T/more/data/sekisho.db" \
		"$T/more/keys/seed.key" "$T/people.key" "$MORE" 5 1 ||
		die "mkaccounts"
	chown --reference="$T/more/data" "$T/more/data/sekisho.db"
	few=$AUTHD front=$FRONT keeper=$KEEPER
	start_daemon more
	say "verifications of $MORE accounts"
	for ((round = 0; round < ROUNDS; round++)); do
		verify sekisho "$T/i/authd.sock" "$T/i/data/sekisho.db" 64 \
			"$front" "$keeper"
		sed -i '$s/"name":"sekisho"/"name":"few"/' "$T/runs"
		verify more "$T/more/authd.sock" "$T/more/data/sekisho.db" \
			64 "$FRONT" "$KEEPER"
	done
	memory "sekisho-front, $MORE accounts" "$FRONT"
	stop "$AUTHD"
	AUTHD=$few FRONT=$front KEEPER=$keeper
	rm -rf "$T/more"
}

# memory NAME PID
memory() {
	note "memory" "$(awk -v process="$1" '
		/^VmRSS:/ { rss = $2 } /^VmHWM:/ { hwm = $2 }
		END { printf "{\"process\":\"%s\",\"rss_kib\":%d," \
			"\"hwm_kib\":%d}\n", process, rss, hwm }' \
		"/proc/$2/status")"
}

measure_memory() {
	memory sekisho-authd "$AUTHD"
	memory sekisho-front "$FRONT"
	memory sekisho-keeper "$KEEPER"
	memory bare "$BARE"
	stop "$BARE"
}

# The first start above was of a store never opened; these follow its load.
measure_ready() {
	local round
	say "start to ready"
	for ((round = 0; round < 5; round++)); do
		stop "$AUTHD"
		start_daemon
		note ready "{\"ms\":$READY_MS}"
	done
	stop "$AUTHD"
}

# measure_login COST FROM COUNT: no account was asked for its code within this step.
measure_login() {
	local cost=$1 at=$2 round one
	say "logins with password at cost $cost"
	sed -i '/^password_cost/d' "$T/i/sekisho.conf"
	echo "password_cost = $cost" >>"$T/i/sekisho.conf"
	start_daemon
	for ((round = 0; round < ROUNDS; round++)); do
		one=$("$TOOLS/loader" login "$T/i/authd.sock" "$T/people.key" \
			"$ACCOUNTS" "$at" $((2 * WORKERS)) "$SECONDS_EACH") ||
			die "loader: login"
		note "login$cost" "$one"
		at=$((at + $(jq .used <<<"$one")))
	done
	[ "$at" -le $(($2 + $3)) ] || die "more logins than passwords were made"
	memory "sekisho-front, passwords at cost $cost" "$FRONT"
	stop "$AUTHD"
}

# Codes of the last verifications must be out of their window.
rest_until() {
	local left=$(($1 - SECONDS))
	[ $left -le 0 ] || sleep $left
}

# loop NAME ARGUMENT...: what OpenSSL alone does, noted as NAME.
loop() {
	local name=$1
	shift
	note "$name" "$("$TOOLS/cert_loops" "$@" "$SECONDS_EACH")"
}

# A request in, verified, issued, stored, at 64 connections; a certificate in,
# checked, at 16: over the API. All requests bring one key, each for a new terminal.
measure_certs() {
	local round at=1 one sock=$T/i/authd.sock
	export SEKISHO_SOCKET=$sock
	say "certificates"
	echo 'keeper_issue_rate = 100000000' >>"$T/i/sekisho.conf"
	start_daemon
	"$BUILD/sekisho" office add bench-certs --name B >"$T/log" ||
		die "$(cat "$T/log")"
	"$BUILD/sekisho" account add bench-certs --name B \
		--office bench-certs >"$T/log" || die "$(cat "$T/log")"
	printf '{"csr":"%s","login":"bench-certs","label":"t00000000"}' \
		"$("$TOOLS/cert_loops" request)" >"$T/sign.json"
	curl -sf --unix-socket "$sock" -H 'Content-Type: application/json' \
		-d "@$T/sign.json" http://sekisho/v1/cert/sign |
		jq -r .certificate >"$T/cert.pem" || die "cert/sign"
	jq -jcn --rawfile c "$T/cert.pem" '{certificate: $c}' >"$T/check.json"
	for ((round = 0; round < ROUNDS; round++)); do
		loop cert_loop_make make
		one=$("$TOOLS/loader" post "$sock" /v1/cert/sign \
			"$T/sign.json" "$at" 64 "$SECONDS_EACH") ||
			die "loader: cert/sign"
		at=$((at + $(jq .used <<<"$one")))
		note cert_make "$one"
		loop cert_loop_check check "$T/i/ca.pem" "$T/cert.pem"
		one=$("$TOOLS/loader" post "$sock" /v1/cert/check \
			"$T/check.json" 0 16 "$SECONDS_EACH") ||
			die "loader: cert/check"
		note cert_check "$one"
	done
	stop "$AUTHD"
}

# --- the others ---

measure_nginx() {
	local user=
	local round port=$((20000 + $$ % 10000))
	say "nginx"
	echo 'a small static file, about as long as an answer: 100 bytes' \
		>"$T/nginx/index.html"
	[ "$(id -u)" -ne 0 ] || user='user www-data;'
	{
		echo "$user"
		sed "s|unix:nginx.sock;|unix:$T/nginx/nginx.sock; listen 127.0.0.1:$port;|
			s|root \.;|root $T/nginx;|" "$CONF/nginx.conf"
	} >"$T/nginx/nginx.conf"
	nginx -p "$T/nginx" -c "$T/nginx/nginx.conf" 2>"$T/nginx/log" &
	PIDS="$PIDS $!"
	until_true test -S "$T/nginx/nginx.sock" ||
		die "nginx: $(cat "$T/nginx/log")"
	for ((round = 0; round < ROUNDS; round++)); do
		note nginx "$("$TOOLS/loader" get "$T/nginx/nginx.sock" \
			/index.html 64 "$SECONDS_EACH")"
		note nginx_wrk "$(wrk -t1 -c64 -d"${SECONDS_EACH}s" \
			"http://127.0.0.1:$port/index.html" | sed -n \
			's|^Requests/sec: *\([0-9.]*\)|{"per_second":\1}|p')"
	done
	stop "${PIDS##* }"
}

measure_radius() {
	local round one
	export BENCH_RADIUS=$T/radius BENCH_PORT=$((30000 + $$ % 10000))
	say "FreeRADIUS"
	cp "$CONF/radiusd.conf" "$T/radius/"
	# shellcheck disable=SC2016	# a word of FreeRADIUS
	echo '$INCLUDE /usr/share/freeradius/dictionary' >"$T/radius/dictionary"
	freeradius -f -d "$T/radius" >"$T/radius/log" 2>&1 &
	PIDS="$PIDS $!"
	until_true grep -q 'Ready to process' "$T/radius/radius.log" ||
		die "freeradius: $(cat "$T/radius/log" "$T/radius/radius.log")"
	for ((round = 0; round < ROUNDS; round++)); do
		# it takes the present step's code only
		while [ $((30 - $(date +%s) % 30)) -lt \
			$((SECONDS_EACH + 3)) ]; do
			sleep 1
		done
		one=$("$TOOLS/radius_loader" verify "$BENCH_PORT" \
			"$T/people.key" "$ACCOUNTS" "${from[radius]}" 64 \
			"$SECONDS_EACH") || die "radius_loader"
		note radius "$one"
		from[radius]=$(((from[radius] + $(jq .used <<<"$one")) % ACCOUNTS))
	done
	stop "${PIDS##* }"
}

# nginx, the hook, a page: an instance of its own.
measure_hook() {
	say "pages behind the hook"
	"$CONF/bench_hook.sh" "$BUILD" "$T/runs" >"$T/log" ||
		die "hook: $(cat "$T/log")"
}

# --- what came of it ---

machine() {
	jq -n --arg kernel "$(uname -r)" --arg cores "$(nproc)" \
		--arg cpu "$(sed -n 's/^model name\t*: //p' /proc/cpuinfo |
			head -n 1)" \
		--arg fs "$(stat -f -c %T "$T")" \
		--arg at "$(date -u +%FT%TZ)" \
		--argjson accounts "$ACCOUNTS" --argjson more "$MORE" \
		--argjson seconds "$SECONDS_EACH" \
		--argjson rounds "$ROUNDS" --argjson took $((SECONDS - BEGUN)) \
		--argjson workers "$WORKERS" \
		'$ARGS.named'
}

measure_all() {
	make_data
	measure_verify
	measure_more
	local rested=$((SECONDS + 35))
	measure_memory
	measure_ready
	measure_nginx
	measure_radius
	rest_until $rested
	measure_login 5 0 "$LOGINS_5"
	measure_login 7 "$LOGINS_5" "$LOGINS_7"
	measure_certs
	measure_hook
}

measure_all
jq -n -L "$CONF" --argjson machine "$(machine)" --slurpfile runs "$T/runs" \
	-f "$CONF/bench.jq" >"$OUT" || die "figures"
jq -r '.table[]' "$OUT"
echo "figures: $OUT"
jq -e '.accepted_share >= 0.99' "$OUT" >/dev/null ||
	die "less than 0.99 of the right codes was accepted"
