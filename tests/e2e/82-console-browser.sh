#!/usr/bin/env bash
# Goal of this test: the console in a real browser (Debian's Chromium): both
# languages, both widths, by keyboard alone and without script; axe-core finds
# nothing; who is cut off is out in another browser on the next click. The cases
# are tests/browser/console.js; screenshots stay in BUILD/shots.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/browser/browser.sh
. "$ROOT/tests/browser/browser.sh"

new_dir console
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
GOOD='Kb7#wolfram-Teapot'
export GOOD
run sekisho office add kanto --name '関東給与センター' --contact '総務部 内線 123'
# person LOGIN NAME VARIABLE [OPTION...]: with a phone and a password.
person() {
	local name=SECRET_$3
	run sekisho account add "$1" --name "$2" --office kanto "${@:4}"
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	run sekisho phone enroll "$1" --label "$2のスマートフォン" --json
	printf -v "SECRET_$3" '%s' "$(json .secret)"
	printf -v "PHONE_$3" '%s' "$(json .device)"
	export "SECRET_$3" "PHONE_$3"
	run sekisho phone confirm "$1" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
	printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
}
early_in_step 15
person 130321-01 '山田 太郎' taro --kana 'ヤマダ タロウ' --level 4 \
	--group mynumber --phone-number '03-0000-0000' --email taro@kanto.example
person admin.k '管理 花子' admin --class privileged --role administrator
person vice.k '管理 次郎' vice --role administrator
run sekisho account add 130321-02 --name '鈴木 次郎' --office kanto
run sekisho account add 130321-03 --name '佐藤 三郎' --office kanto
run sekisho account disable 130321-03
run sekisho account add madoguchi --name '相談 四郎' --office kanto --role helpdesk \
	--role auditor
run sekisho password import "$T/hashes"
is "people have phones and passwords" 0
for try in 1 2 3; do # a key is made by a thread that yields to all others
	run sekisho cert issue 130321-01 --label "給与室 PC $try" \
		--out "$T/taro.$try.p12" --json
	[ "$RC" -eq 5 ] || break
done
is "one of them has a terminal" 0
TERMINAL=$(json .terminal)
export TERMINAL

browser_modules
browser_nginx "$ROOT/tests/browser/nginx.conf"
browser_run console.js
stop_daemon
