#!/usr/bin/env bash
# bench_hook.sh BUILD [RUNS]: what the proxy's hook costs a page. nginx with the
# files of contrib/nginx asks over connections that stay open, then serves a
# static file; wrk looks at it over 32 connections. A second each, in turns, there
# and back, so that what else the machine does meets them alike:
#
#	bare	the answer is a 204 of bench_hook.c, which looks at nothing
#	one	it is ours, for one live session, the only one there is
#	many	it is ours, for 10000 live sessions in turn, of many more
#	new	the same, for sessions that have not been asked for lately: what
#		is kept in memory of the others is of no use to them
#
# Then the hook of `many` itself is asked HOOK_RATE times a second, first alone,
# then while more logins arrive than can be hashed and CODE_RATE codes a second
# are checked.
#
# The measurements are added to the file RUNS; bench_hook.jq makes of them
# medians, and medians of the ratios within each turn, which are printed. Figures
# of two runs do not compare.
#
#	BENCH_SESSIONS	how many `many` are (1000000): two for each account, one
#			of the portal and one of the application, as people have.
#			Of fewer than 600000, `new` are not all new
#	BENCH_SECONDS, BENCH_ROUNDS, BENCH_DIR	as in bench.sh; so many turns
#			as their product, but twelve at least: within one the
#			ratio differs by a tenth from that of the next
#
# nginx listens without TLS, which would cost all three the same and hide what is
# compared; it tells the hook https all the same. A 401 is left as it is, so that
# it would be counted: contrib/nginx makes a redirection of it.
# Exit: 1 when a live session was refused, a request failed, or a right code was
# not accepted.
set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.." || exit 2
BUILD=${1:-build}
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
PATH=$PATH:/usr/sbin:/sbin
COUNT=${BENCH_SESSIONS:-1000000}
SECONDS_EACH=${BENCH_SECONDS:-3}
ROUNDS=${BENCH_ROUNDS:-3}
CONNECTIONS=32
TURNS=$(((12 + ROUNDS - 1) / ROUNDS)) # of each round
TURNS=$((TURNS < SECONDS_EACH ? SECONDS_EACH : TURNS))
ASKED=10000
NEW_EACH=30000 # more than are asked for in a second
HOOK_RATE=3000
CODE_RATE=1000
LOGIN_RATE=400 # at cost 5 a core hashes about a quarter of that
HOST=kyuyo.example.jp
TOOLS=$BUILD/bench
CONF=$PWD/tests/bench
NGINX=$PWD/contrib/nginx
# tokens of sessions are written below
umask 077
T=$(mktemp -d "${BENCH_DIR:-/var/tmp}/sekisho-hook.XXXXXX") || exit 2
# the service users must reach what is below it
chmod 711 "$T"
RUNS=${2:-$T/runs}
PIDS=

# shellcheck disable=SC2317	# called by trap
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
	echo "bench_hook: $*" >&2
	exit 2
}

# stop PID: and wait for it.
stop() {
	kill -TERM "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	PIDS=${PIDS/ $1/}
}

# until_true COMMAND...: try for 60 seconds.
until_true() {
	local i
	for ((i = 0; i < 6000; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.01
	done
	return 1
}

declare -A answers # NAME: the process that the proxy asks

# cpu NAME: nanoseconds that its threads have run.
cpu() {
	cat "/proc/${answers[$1]}/task"/*/schedstat |
		awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# resident NAME FIELD: of its memory, in KiB.
resident() {
	awk -v field="$2:" '$1 == field { print $2 }' \
		"/proc/${answers[$1]}/status"
}

# start_daemon NAME: the instance T/NAME; DAEMON.
start_daemon() {
	: >"$T/$1.log"
	"$BUILD/sekisho-authd" -c "$T/$1/sekisho.conf" >"$T/$1.log" 2>&1 &
	DAEMON=$!
	PIDS="$PIDS $DAEMON"
	until_true grep -q 'authd\[[0-9]*\] info: ready$' "$T/$1.log" ||
		die "not ready: $(cat "$T/$1.log")"
	answers[$1]=$(pgrep -P "$DAEMON" -f '^sekisho-front')
}

# --- the sessions ---

# sql NAME: run on the store of the instance T/NAME, which must not run.
sql() {
	sqlite3 -bail "$T/$1/data/sekisho.db" || die "sqlite3: $1"
	[ "$(id -u)" -ne 0 ] ||
		chown --reference="$T/$1/data" "$T/$1"/data/*
}

# As many accounts as `many` needs, each with a phone and a password (of one hash:
# nobody logs in here); and the application.
make_accounts() {
	local accounts=$((COUNT / 2)) need free
	[ "$accounts" -ge 1 ] || die "at least 2 sessions are needed"
	need=$((COUNT * 2000 / 1048576 + 300))
	free=$(df -m --output=avail "$T" | tail -n 1)
	[ "$free" -gt "$need" ] ||
		die "$COUNT sessions need $need MB in $T; there are $free"
	"$BUILD/sekisho-authd" --init "$T/one" >"$T/log" 2>&1 ||
		die "init: $(cat "$T/log")"
	printf '%s\n' 'connections_max = 1024' 'connections_peer_max = 1024' \
		'password_cost = 5' >>"$T/one/sekisho.conf"
	head -c 32 /dev/urandom >"$T/people.key"
	"$TOOLS/mkaccounts" "$T/one/data/sekisho.db" "$T/one/keys/seed.key" \
		"$T/people.key" "$accounts" 5 1 || die "mkaccounts"
	sql one <<-'SQL'
		INSERT OR IGNORE INTO password
			SELECT a.office, a.id, p.hash, p.changed_ms,
				p.is_temporary, p.checked_ms
			FROM account a,
				(SELECT * FROM password LIMIT 1) p;
	SQL
	start_daemon one
	SEKISHO_SOCKET=$T/one/authd.sock "$BUILD/sekisho" app add "$HOST" \
		--name B >"$T/log" 2>&1 || die "app: $(cat "$T/log")"
	stop "$DAEMON"
	cp -a "$T/one" "$T/many" || die "copy"
}

# make_sessions NAME ACCOUNTS ASKED: a login in the portal, and from it one in the
# application, for so many accounts; the tokens of the first ASKED of the latter
# in T/NAME.tokens. All have begun when the instance was stopped.
make_sessions() {
	"$TOOLS/bench_hook" tokens "$3" >"$T/$1.made" || die "tokens"
	cut -d' ' -f1 "$T/$1.made" >"$T/$1.tokens"
	# an index of all rows at once is made faster than row by row
	sql "$1" <<<"SELECT sql || ';' FROM sqlite_master
		WHERE tbl_name = 'session' AND type = 'index' AND sql <> '';" \
		>"$T/indexes"
	{
		cat <<-'SQL'
			PRAGMA synchronous = OFF;
			PRAGMA cache_size = -1000000;
			BEGIN IMMEDIATE;
			CREATE TEMP TABLE asked
				(n INTEGER PRIMARY KEY, hash BLOB NOT NULL);
		SQL
		sed -n 's/^CREATE INDEX \([a-z_]*\) .*/DROP INDEX \1;/p' \
			"$T/indexes"
		sed "s/.* \(.*\)/INSERT INTO asked (hash) VALUES (x'\1');/" \
			"$T/$1.made"
		cat <<-SQL
			CREATE TEMP TABLE began AS SELECT
				CAST(value AS INTEGER) AS steady,
				CAST(strftime('%s') AS INTEGER) * 1000 AS wall
				FROM meta WHERE name = 'steady_last_ms';
			CREATE TEMP TABLE who (n INTEGER PRIMARY KEY,
				office BLOB, account BLOB, portal BLOB);
			INSERT INTO who (office, account, portal)
				SELECT office, id, randomblob(16) FROM account
				ORDER BY random() LIMIT $2;
			CREATE TEMP VIEW opened AS SELECT who.*,
				p.changed_ms AS password_ms, b.steady, b.wall,
				(SELECT device FROM phone WHERE
				phone.office = who.office AND
				phone.account = who.account) AS device
				FROM who, began b JOIN password p
				USING (office, account)
				ORDER BY who.office, who.account;
		SQL
		# the portal's, then the application's
		opened 'portal, randomblob(32)' "'', NULL"
		opened 'randomblob(16), coalesce((SELECT hash FROM asked
			WHERE asked.n = opened.n), randomblob(32))' "'$HOST', portal"
		cat "$T/indexes"
		echo 'COMMIT;'
	} | sql "$1" || exit 2
	rm "$T/$1.made"
}

# opened ID-AND-TOKEN APP-AND-PARENT: sessions of password (1) and code (2).
opened() {
	cat <<-SQL
		INSERT INTO session (office, account, id, token, app, parent,
			factors, password_ms, password_steady, code_steady,
			terminal_steady, device, terminal, source, created_ms,
			seen_ms, login_steady, created_steady, seen_steady,
			until_steady)
		SELECT office, account, $1, $2, 1 | 2, password_ms, steady,
			steady, 0, device, NULL, '127.0.0.1', wall, wall,
			steady, steady, steady, steady + 28800000
			FROM opened;
	SQL
}

# --- nginx ---

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

declare -A port

# lay NAME SOCKET: a server that asks there, as contrib/nginx does; port[NAME].
lay() {
	port[$1]=$(free_port)
	{
		sed -n "/^upstream sekisho_authz /,/^}/{
			s/sekisho_authz/&_$1/; s|unix:[^;]*|unix:$2|; p }" \
			"$NGINX/sekisho.conf"
		cat <<-CONF
			server {
				listen 127.0.0.1:${port[$1]};
				server_name $HOST;
				root $T/www;
				include $T/nginx/ask-$1.conf;
			}
		CONF
	} >"$T/nginx/site-$1.conf"
	sed "s|http://sekisho_authz/|http://sekisho_authz_$1/|
		s|\$scheme:|https:|; /^error_page 401/d" "$NGINX/ask.conf" \
		>"$T/nginx/ask-$1.conf"
	grep -q "http://sekisho_authz_$1/" "$T/nginx/ask-$1.conf" ||
		die "contrib/nginx/ask.conf is not what it was"
	grep -q "unix:$2;" "$T/nginx/site-$1.conf" ||
		die "contrib/nginx/sekisho.conf is not what it was"
}

start_nginx() {
	local user=
	[ "$(id -u)" -ne 0 ] || user='user www-data;'
	mkdir "$T/nginx" "$T/www"
	echo 'a small static file, about as long as an answer: 100 bytes' \
		>"$T/www/index.html"
	chmod 755 "$T/nginx" "$T/www"
	chmod 644 "$T/www/index.html"
	lay bare "$T/bare.sock"
	lay one "$T/one/hook.sock"
	lay many "$T/many/hook.sock"
	{
		echo "$user"
		# as fast as nginx gives a file, but nothing of its server
		sed "/^\tserver {/,\$d; s|tmp;|$T/nginx/tmp;|" "$CONF/nginx.conf"
		sed "s|/run/sekisho|$T/one|" "$NGINX/sekisho.conf"
		echo "include $T/nginx/site-*.conf; }"
	} >"$T/nginx/nginx.conf"
	nginx -p "$T/nginx" -c "$T/nginx/nginx.conf" -e stderr \
		2>"$T/nginx/log" &
	PIDS="$PIDS $!"
	until_true test -s "$T/nginx/nginx.pid" ||
		die "nginx: $(cat "$T/nginx/log")"
}

# --- what is measured ---

# look NAME STATUS [OPTION...]: what one request of a browser gets.
look() {
	local got name=$1 wanted=$2
	shift 2
	got=$(curl -s -m 20 -o "$T/page" -w '%{http_code}' "$@" \
		"http://127.0.0.1:${port[$name]}/")
	[ "$got" = "$wanted" ] || die "$name: $got instead of $wanted"
	[ "$got" != 200 ] || cmp -s "$T/page" "$T/www/index.html" ||
		die "$name: another page"
}

# Each is asked: with a session there is the page, without one there is none.
check_servers() {
	local name
	look bare 200
	for name in one many; do
		sed '1!d; s/^/Cookie: __Host-sekisho-app=/' "$T/$name.tokens" \
			>"$T/cookie"
		look "$name" 200 -H "@$T/cookie"
		look "$name" 401
	done
}

# page NAME SERVER TOKENS: one measurement.
page() {
	local before
	before=$(cpu "$2")
	wrk -t1 -c"$CONNECTIONS" -d1s --timeout 20s \
		-s "$CONF/bench_hook.lua" "http://127.0.0.1:${port[$2]}/" -- \
		"$3" | grep '^{' >"$T/figures" || die "wrk: $1"
	jq -c --arg name "hook_$1" --argjson sessions "$COUNT" \
		--argjson ns $(($(cpu "$2") - before)) \
		'. + {$name, $sessions, cpu_us: ($ns / 1000 / .accepted)}' \
		"$T/figures" >>"$RUNS" || die "wrk: $1"
}

# turn N: a second of each, the Nth time.
turn() {
	local n=$1 names='bare one many' name
	[ $((n % 2)) -eq 0 ] || names='many one bare'
	for name in $names; do
		case $name in
		bare) page bare bare "$T/one.tokens" ;;
		one) page one one "$T/one.tokens" ;;
		many) page many many "$T/asked" ;;
		esac
	done
}

# A second of each that is not counted: after the start, and after `new`, nothing is
# kept of those who are asked for in turn.
warm_up() {
	local kept=$RUNS
	RUNS=$T/not-counted
	turn 0
	RUNS=$kept
}

# new N: a second of sessions behind those of `many` and behind those before. Not
# within a turn: they drive out what is kept of the others.
new() {
	local n=$1 all=$((COUNT / 2)) from
	from=$(((ASKED + n * NEW_EACH) % all))
	tail -n +$((from + 1)) "$T/many.tokens" | cat - "$T/many.tokens" |
		head -n "$NEW_EACH" >"$T/new"
	page new many "$T/new"
}

# note NAME JSON: one measurement at a fixed rate.
note() {
	jq -c --arg name "hook_$1" '. + {$name}' <<<"$2" >>"$RUNS" ||
		die "loader: $1"
}

codes_from=0
before_all=(env)
! chrt -f 1 true 2>/dev/null || before_all=(chrt -f 1)

# fixed NAME: HOOK_RATE questions a second, of those of `many`. Who asks comes before
# all else where that is allowed: its own waiting for a processor is not the hook's.
fixed() {
	note "$1" "$("${before_all[@]}" "$TOOLS/loader" hook "$T/many/hook.sock" "$HOST" \
		"$T/asked" "$CONNECTIONS" "$SECONDS_EACH" "$HOOK_RATE")"
}

# Logins, wrong or right, of accounts that were not asked for codes; codes; and
# the hook between their begin and their end.
busy() {
	local sock=$T/many/authd.sock accounts=$((COUNT / 2)) pids
	local lasts=$((SECONDS_EACH + 2))
	"$TOOLS/loader" login "$sock" "$T/people.key" "$accounts" 0 200 \
		"$lasts" "$LOGIN_RATE" >"$T/logins" &
	pids=$!
	"$TOOLS/loader" verify "$sock" "$T/people.key" "$accounts" \
		"$codes_from" 64 "$lasts" "$CODE_RATE" >"$T/codes" &
	pids="$pids $!"
	sleep 1
	fixed busy
	# shellcheck disable=SC2086	# two numbers
	wait $pids || die "loader: codes or logins"
	note codes "$(cat "$T/codes")"
	note logins "$(cat "$T/logins")"
	codes_from=$(((codes_from + $(jq .used "$T/codes")) % accounts))
}

make_accounts
make_sessions one 1 1
make_sessions many $((COUNT / 2)) $((COUNT / 2))
head -n "$ASKED" "$T/many.tokens" >"$T/asked"
"$TOOLS/bench_hook" serve "$T/bare.sock" &
answers[bare]=$!
PIDS="$PIDS $!"
until_true test -S "$T/bare.sock" || die "bench_hook serve"
start_daemon one
start_daemon many
start_nginx
check_servers
# what was just written is not to be written while others are measured
sync
most=0
for ((round = 0; round < ROUNDS; round++)); do
	warm_up
	for ((k = 0; k < TURNS; k++)); do
		turn $((round * TURNS + k))
	done
	for ((k = 0; k < SECONDS_EACH; k++)); do
		new $((round * SECONDS_EACH + k))
	done
	# before codes and passwords, which take memory of their own
	[ "$round" -gt 0 ] || most=$(resident many VmRSS)
	fixed quiet
	busy
done
jq -c -n --arg process "sekisho-front, $COUNT sessions" \
	--argjson rss "$most" \
	--argjson hwm "$(resident many VmHWM)" \
	'{name: "memory", $process, rss_kib: $rss, hwm_kib: $hwm}' >>"$RUNS"
jq -rn -L "$CONF" --slurpfile runs "$RUNS" 'include "bench_lib";
	include "bench_hook";
	hook($runs) | hook_table[], (hook_goals[] | goal), if hook_is_whole then empty
	else "NOT ALL ANSWERED" | halt_error(1) end'
