#!/usr/bin/env bash
# Goal of this test: from a slip of paper to being logged in, and another phone
# later, in a real browser (Debian's Chromium), through nginx with TLS: the QR code read from the screenshot by zbarimg, codes
# by oathtool; recovery codes printed, copied, saved; a password's rules as it is
# typed; axe-core finds nothing, Japanese and English, 360 pixels. The cases are
# tests/browser/enrol.js; screenshots stay in BUILD/shots.
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
# person LOGIN NAME VARIABLE: with a phone and a password of the own choice.
person() {
	run sekisho account add "$1" --name "$2" --office kanto
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	run sekisho phone enroll "$1" --json
	printf -v "SECRET_$3" '%s' "$(json .secret)"
	export "SECRET_$3"
	local name=SECRET_$3
	run sekisho phone confirm "$1" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
	printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
}
early_in_step 15
person 130321-01 '山田 太郎' taro
person hanako '鈴木 花子' hanako
person saburo '佐藤 三郎' saburo
run sekisho password import "$T/hashes"
is "people have phones and passwords" 0

# slip LOGIN NAME: an account that has nothing yet, and the link of its ticket.
slip() {
	run sekisho account add "$1" --name "$2" --office kanto
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	run curl -s -m 30 --unix-socket "$DIR/authd.sock" \
		-H 'Content-Type: application/json' \
		-d "{\"login\":\"$1\",\"for\":\"first\"}" \
		http://sekisho/v1/ticket/create
	[ "$(json '.link // empty')" != '' ] || die "ticket of $1: $OUT"
	export "LINK_$1=$(json .link)"
}
slip shin '新川 進'
slip emi 'Emi Tanaka'
slip ken '林 健'
is "others have a slip of paper" 0

browser_modules
browser_nginx "$ROOT/tests/browser/nginx.conf"
browser_run enrol.js

# --- what is left behind ---
check "the proxy served it" grep -q '"POST /enrol/scan' "$T/access.log"
check "both ways" grep -q '"POST /mine/phone/scan' "$T/access.log"
refute "V25 no secret in an address" \
	grep -E '"(GET|POST) [^"]*(token|password|code|secret)=' "$T/access.log"
refute "R54 no password in any log" \
	grep -qF -- "$GOOD" "$T/access.log" "$T/nginx.log" "$LOG"
stop_daemon
