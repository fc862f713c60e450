#!/usr/bin/env bash
# Goal of this test: what an office does when somebody joins and when a phone is
# lost, in a real browser: a slip made and printed in the console, enrolment by it
# in another browser, the application, the slip again, the phone revoked; nothing
# secret is left in a log (V25, R36, R54). The case is tests/browser/slip.js;
# screenshots and the printed slip stay in BUILD/shots.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/browser/browser.sh
. "$ROOT/tests/browser/browser.sh"

new_dir slip
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
GOOD='Kb7#wolfram-Teapot'
export GOOD T
run sekisho office add kanto --name '関東給与センター' --contact '総務部 内線 123'
run sekisho app add kyuyo.example --name '給与計算'
is "there is an application" 0
early_in_step 15
run sekisho account add admin.k --name '管理 花子' --office kanto \
	--class privileged --role administrator
run sekisho phone enroll admin.k --json
SECRET_admin=$(json .secret)
export SECRET_admin
run sekisho phone confirm admin.k "$(code_of "$SECRET_admin" -30)"
is "and an administrator" 0
printf 'admin.k:%s\n' "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
run sekisho password import "$T/hashes"
is "with a password" 0

browser_modules
browser_nginx "$ROOT/tests/browser/nginx.conf"
browser_run slip.js

run sekisho audit list --json
check "the log knows why the phone is gone" grep -q '電車で紛失' <<<"$OUT"
check "there are secrets to look for" test "$(wc -l <"$T/words")" -ge 2
while read -r word || [ -n "$word" ]; do
	refute "R54 no secret in any log (${word:0:4}…)" \
		grep -qF -- "$word" "$T/access.log" "$T/nginx.log" "$LOG"
	refute "R54 nor in the audit log (${word:0:4}…)" grep -qF -- "$word" <<<"$OUT"
done <"$T/words"
stop_daemon
