#!/usr/bin/env bash
# Goal of this test: the console's overview, audit log, sessions, applications
# with what a change would do, and tickets in a real browser, in Japanese and
# English, at 1280 and 360 pixels: axe-core finds nothing, nothing is cut; a rule
# is changed and a slip made without a script; the slip is printed to PDF, and its
# QR code read back by zbarimg. Cases: tests/browser/console-rest.js; screenshots
# stay in BUILD/shots.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/browser/browser.sh
. "$ROOT/tests/browser/browser.sh"

new_dir rest
openssl rand -hex 32 >"$DIR/proxy.key"
chmod 600 "$DIR/proxy.key"
set_conf 'password_cost = 5' 'request_timeout = "60s"' 'keeper_timeout = "20s"' \
	'portal_url = "https://portal.example"' "proxy_key_file = 'proxy.key'"
start_daemon "$DIR"
GOOD='Kb7#wolfram-Teapot'
export GOOD T
HASH=$(openssl passwd -6 "$GOOD")
run sekisho office add kanto --name '関東給与センター' --contact '総務部 内線 123'
run sekisho office add kansai --name '関西社会保険事務所' --contact '06-0000-0000'
# person LOGIN NAME OFFICE [OPTION...]
person() {
	local login=$1 secret
	run sekisho account add "$1" --name "$2" --office "$3" "${@:4}"
	[ "$RC" -eq 0 ] || die "account $login: $ERR"
	run sekisho phone enroll "$login" --label "${2%% *}さんのスマートフォン" --json
	secret=$(json .secret)
	run sekisho phone confirm "$login" "$(code_of "$secret" -30)"
	[ "$RC" -eq 0 ] || die "phone of $login: $ERR"
	printf '%s:%s\n' "$login" "$HASH" >>"$T/hashes"
	printf -v "SECRET_${login//[^a-z0-9]/}" '%s' "$secret"
	export "SECRET_${login//[^a-z0-9]/}"
}
early_in_step 20
person kanri '佐藤 明子' kanto --role administrator --level 5
person unei '運用 太郎' kanto --role operator --level 5
person unei2 '運用 花子' kanto --role operator --level 5
person 130321-01 '山田 太郎' kanto --level 3
person 130322-01 '鈴木 花子' kanto --level 2 --group payroll
person osaka01 '高橋 四郎' kansai --level 2
run sekisho account add 260401-01 --name '新入 一郎' --office kanto
run sekisho account add 260401-02 --name '新入 二郎' --office kanto
run sekisho password import "$T/hashes"
is "people have phones and passwords" 0
run sekisho app add kyuyo.example --name '給与計算' --group payroll
run sekisho app add shaho.test --name '社会保険の手続き' --level 2
run sekisho app add mynumber.example --name '個人番号の管理' --level 4 \
	--factor password --factor terminal --network 192.0.2.0/24
run sekisho cert issue 130321-01 --label '給与室 PC 2' --out "$T/pc.p12"
is "there is a terminal" 0
stop_daemon
# as if time had passed
sqlite3 "$DIR/data/sekisho.db" "UPDATE cert SET
	issued_ms = issued_ms - 30 * 86400000,
	not_after_ms = not_after_ms - 345 * 86400000;
	UPDATE account SET created_ms = created_ms - 200 * 86400000
	WHERE login = '130322-01';
	UPDATE phone SET last_used_ms = last_used_ms - 120 * 86400000 WHERE
	account = (SELECT account FROM name WHERE name = '130322-01')"
start_daemon "$DIR"
for _ in 1 2 3 4 5; do
	run sekisho verify 130321-01 "$((RANDOM % 900000 + 100000))" --service sshd
done

browser_modules
browser_nginx "$ROOT/tests/browser/nginx.conf"
browser_run console-rest.js

# --- the slip, read by others ---
check "the slip is one page of A5" [ "$(pdfinfo "$T/slip.pdf" 2>/dev/null |
	sed -n 's/^Pages: *//p')" = 1 ]
pdftoppm -r 150 -png "$T/slip.pdf" "$T/slip" 2>/dev/null
run zbarimg -q --raw "$T"/slip-*.png
equal "its QR code is the link" "$OUT" "$(cat "$T/link")"
refute "the secret is in no log" grep -qF "$(sed 's|.*/||' "$T/link")" \
	"$LOG"
stop_daemon
exit "$T_FAILED"
