#!/usr/bin/env bash
# Goal of this test: what `make run` promises. One line `ready`, a QR, an address
# that asks for the ID, password and code that are printed and then greets by name;
# commands that work when typed as printed; the same data the next time; Ctrl-C
# ends everything.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

export SEKISHO_RUN_DIR=$T/run
# start_run: as a terminal would, in its own process group
start_run() {
	setsid "${1:-$ROOT}/contrib/run.sh" "${2:-$BIN}" >"$T/out" 2>&1 </dev/null &
	run_pid=$!
	T_PIDS="$T_PIDS $run_pid"
	until_true 60 grep -q 'Ctrl-C ends everything' "$T/out" ||
		die "run.sh: $(cat "$T/out")"
}
# typed PATTERN: run the printed command line that matches, in a new shell
typed() {
	local line
	line=$(sed 's/ # .*//' "$T/out" | grep -E "$1" | sed -n "${2:-1}p")
	run env -u SEKISHO_SOCKET bash -c "
		$(grep '^    export ' "$T/out")
		$line"
}
ctrl_c() {
	kill -INT -- "-$run_pid"
	gone_within "$run_pid" 5 || fail "Ctrl-C within 5 s"
	wait "$run_pid"
	DAEMON_RC=$?
}

early_in_step 15
start_run
equal "one line ready" "$(grep -c '^ready$' "$T/out")" 1
equal "first of all" "$(head -n 1 "$T/out")" ready
check "a QR is drawn" grep -q '█' "$T/out"
# --- in a browser ---
# printed NAME: what stands behind it.
printed() {
	sed -n "s/^    $1  *//p" "$T/out" | head -n 1
}
ADDRESS=$(grep -o 'https://kyuyo[^ ]*' "$T/out" | head -n 1)
PORTAL=$(sed -n 's|.*\(https://login.localhost:[0-9]*\)/.*|\1|p' "$T/out" |
	head -n 1)
JAR=$T/jar
BROWSE=()
# shellcheck source=tests/e2e/browse.sh
. "$ROOT/tests/e2e/browse.sh"
typed 'oathtool'
code=$OUT
enter "$ADDRESS" "$(printed ID)" "$(printed password)" "$code"
equal "ID, password and code lead to the demo" "$STATUS $URL" "200 $ADDRESS"
check "which greets by name" grep -q '山田 太郎 さん、こんにちは' "$T/body"
get "${ADDRESS}meisai/2026-10"
check "and shows a payslip" grep -q '221,652 円' "$T/body"
equal "its socket is open to nginx alone" \
	"$(stat -c %A "$T/run/web" | cut -c 8-)" "---"
typed 'proxy check'
is "the printed check finds nothing" 0
typed 'session end'
is "the printed command ends the session" 0
get "$ADDRESS"
equal "and the next click asks again" "$STATUS" 302
run env SEKISHO_SOCKET="$T/run/authd.sock" sekisho verify taro "$code"
is "that code was used" 1

# --- the administrator's console ---
typed 'oathtool' 2
code=$OUT
: >"$JAR"
get "$PORTAL/console/accounts"
follow
send /login login=hanako-admin \
	"password=$(sed -n 's/^    password  *//p' "$T/out" | sed -n 2p)"
send /login/code "code=$code"
get "$PORTAL/console/accounts"
equal "the administrator's lead to the console" "$STATUS" 200
check "which lists the staff" grep -q taro "$T/body"

# --- a certificate ---
kit=$T/run/demo-kit
check "a certificate is handed out" grep -q "$kit" "$T/out"
check "with the steps of importing it" grep -q '取り込みの手順' \
	"$kit/001-taro.html"
sed -n 's/^<p class="mono">\(.*\)<\/p>$/\1/p' "$kit/001-taro.html" |
	sed 's/<[^>]*>//g' >"$T/phrase"
run openssl pkcs12 -in "$kit/001-taro.p12" -passin "file:$T/phrase" -nokeys
is "which opens with the passphrase of its sheet" 0
typed 'terminal list'
is "the printed command lists its terminal" 0
check "by its name" grep -q 'Demo PC' "$T/.out"
run env SEKISHO_SOCKET="$T/run/authd.sock" sekisho terminal list --json
terminals=$(json '.terminals | length')
run env SEKISHO_SOCKET="$T/run/authd.sock" sekisho account list --json
equal "an administrator and one of the staff" \
	"$(jq -r '.. | .login? // empty' <<<"$OUT" | sort | tr '\n' ' ')" \
	"hanako-admin taro "
# --- what cannot be, told before anything is changed ---
cp "$T/run/sekisho.conf" "$T/conf.before"
run "$ROOT/contrib/run.sh" "$BIN"
is "a second run in the same place: exit 1" 1
check "and what to do" grep -q 'goes on in .* already' <<<"$ERR"
port=${ADDRESS##*:}
port=${port%/}
run env SEKISHO_RUN_DIR="$T/other" SEKISHO_RUN_PORT="$port" \
	"$ROOT/contrib/run.sh" "$BIN"
is "a port that is taken: exit 1" 1
check "is told so" grep -q "Port $port is taken" <<<"$ERR"
run env SEKISHO_RUN_DIR="$T/other" SEKISHO_RUN_PORT=https \
	"$ROOT/contrib/run.sh" "$BIN"
is "a port that is none: exit 1" 1
refute "and is not kept for the next time" grep -q https "$T/other/web/port"
run env SEKISHO_RUN_DIR="$T/a b" "$ROOT/contrib/run.sh" "$BIN"
is "a place that nginx cannot read: exit 1" 1
check "the first goes on unchanged" cmp "$T/conf.before" "$T/run/sekisho.conf"

ctrl_c
equal "Ctrl-C: exit 0" "$DAEMON_RC" 0
get "$ADDRESS"
equal "nobody answers at the address" "$STATUS" 000
refute "no socket is left" test -e "$T/run/authd.sock"
# from a folder as people have them
ln -s "$ROOT" "$T/payroll office"
ln -s "$BIN" "$T/built here"
start_run "$T/payroll office" "$T/built here"
refute "the next time no QR" grep -q '█' "$T/out"
typed 'proxy check'
is "a blank in its place: the printed commands work" 0
run env SEKISHO_SOCKET="$T/run/authd.sock" sekisho phone list taro --json
equal "at the same address" \
	"$(grep -o 'https://kyuyo[^ ]*' "$T/out" | head -n 1)" "$ADDRESS"
equal "but the same phone" "$(jq -r '.. | .state? // empty' <<<"$OUT")" active
run env SEKISHO_SOCKET="$T/run/authd.sock" sekisho terminal list --json
equal "and the same terminals" "$(json '.terminals | length')" "$terminals"
ctrl_c
equal "Ctrl-C again: exit 0" "$DAEMON_RC" 0

echo 'naem = 1' >>"$T/run/sekisho.conf"
run "$ROOT/contrib/run.sh" "$BIN"
is "a daemon that does not start: exit 1" 1
check "and its log is shown" grep -q "no such option 'naem'" <<<"$ERR"
