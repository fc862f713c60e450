#!/usr/bin/env bash
# Goal of this test: the pages in a real browser (Debian's Chromium), through
# nginx with TLS: login right and wrong, lock and unlock, used code, recovery,
# forced and own change of the password, logout, back button, Japanese and
# English, no JavaScript, 360 pixels, keyboard; axe-core finds nothing. The
# cases are tests/browser/portal.js; screenshots stay in BUILD/shots.
# Limit: 420
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/browser/browser.sh
. "$ROOT/tests/browser/browser.sh"

new_dir portal
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
GOOD='Kb7#wolfram-Teapot'
export GOOD
run sekisho office add kanto --name '関東給与センター' --contact '総務部 内線 123'
run sekisho office add yoso --name 'よその事務所'
run sekisho app add kyuyo.example --name '給与計算'
is "there are applications" 0
run sekisho app add shaho.test --name '社会保険の手続き'
run sekisho app add yoso.example --name 'よその計算' --for-office yoso
is "and one of another office" 0
# person LOGIN NAME VARIABLE: with a phone; all but hanako will have a password
# of the own choice.
person() {
	run sekisho account add "$1" --name "$2" --office kanto
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	run sekisho phone enroll "$1" --json
	printf -v "SECRET_$3" '%s' "$(json .secret)"
	export "SECRET_$3"
	local name=SECRET_$3
	run sekisho phone confirm "$1" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
	[ "$1" = hanako ] || printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
}
early_in_step 15
person 130321-01 '山田 太郎' taro
person hanako '鈴木 花子' hanako
person jiro '佐藤 次郎' jiro
person saburo 'Saburo <b>"O'\''Brien"</b>' saburo
person shiro '高橋 四郎' shiro
person goro '田中 五郎' goro
person rokuro '伊藤 六郎' rokuro
run sekisho cert issue goro --label '給与室 PC 2' --out "$T/goro.p12"
is "one of them has a terminal" 0
run sekisho password import "$T/hashes"
is "people have phones and passwords" 0
run_stdin "$GOOD"$'\n' sekisho password set hanako --stdin

browser_modules
browser_nginx "$ROOT/tests/browser/nginx.conf"
browser_run portal.js

# --- what is left behind ---
check "the proxy served it" grep -q '"POST /login/code' "$T/access.log"
for word in "$GOOD" 'tsukue+Lamp'; do
	refute "R54 no password in any log ($word)" \
		grep -qF -- "$word" "$T/access.log" "$T/nginx.log" "$LOG"
done
# shellcheck disable=SC2154	# person() sets it
refute "R54 no seed either" grep -q "$SECRET_taro" "$T/access.log" "$LOG"
refute "R54 no secret in an address" \
	grep -E '"(GET|POST) [^"]*(token|password|code)=' "$T/access.log"
stop_daemon
