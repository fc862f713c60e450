#!/usr/bin/env bash
# Goal of this test: applications that ask for a terminal's certificate, in
# Chromium, which presents it itself: the key of a PKCS#12 file in its store, asked
# for by nginx, chosen by a policy as an office sets it.
# - Password and terminal open what asks for these two, without a phone; password,
#   code and terminal what asks for the three; nothing less does (V41).
# - F8, R42: the certificate is revoked in mid-session: the next click is refused, in
#   both, and no login with it any more.
# The cases are tests/browser/terminal.js; screenshots stay in BUILD/shots.
# Limit: 240
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/web.sh
. "$(dirname "$0")/web.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin
# shellcheck source=tests/browser/browser.sh
. "$ROOT/tests/browser/browser.sh"

if ! can_browse; then
	skip "a browser with a terminal's certificate" \
		"no mount namespace for its policies"
	exit 0
fi
new_dir portal
mkdir -p "$T/nginx"
proxy_key "$T/nginx/proxy-key.conf"
set_conf 'password_cost = 5' 'request_timeout = "60s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
GOOD='Kb7#wolfram-Teapot'
export GOOD
run sekisho office add demo --name デモ --contact '内線 123'
run sekisho app add kyuyo.example --factor password --factor code \
	--factor terminal
is "an application of three factors" 0
run sekisho app add madoguchi.example --factor password --factor terminal
is "and one of password and terminal" 0
for login in taro:山田 sato:佐藤; do
	run sekisho account add "${login%:*}" --name "${login#*:}" --office demo
	printf '%s:%s\n' "${login%:*}" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
done
run sekisho phone enroll taro --json
SECRET=$(json .secret)
early_in_step 15
run sekisho phone confirm taro "$(code_of "$SECRET" -30)"
run sekisho password import "$T/hashes"
is "two people, one without a phone" 0
run sekisho cert issue taro --label 窓口PC --out "$T/pc.p12" --json
is "a terminal" 0
TERMINAL=$(json .terminal)
SERIAL=$(json .serial)
json .passphrase >"$T/phrase"
run sekisho terminal set "$TERMINAL" --admit sato
is "that admits both" 0
export SECRET TERMINAL SERIAL
sekisho cert ca >"$T/nginx/ca.pem"

browser_modules
browser_nginx "$ROOT/tests/browser/nginx-terminal.conf"
browser_home || die "certutil"
printf '{"AutoSelectCertificateForUrls": [%s, %s]}' \
	'"{\"pattern\": \"https://portal.example\", \"filter\": {}}"' \
	'"{\"pattern\": \"https://[*.]example\", \"filter\": {}}"' \
	>"$BROWSER_POLICY/select.json"
# stage NAME: the cases, in a browser with that store and those policies.
stage() {
	local unshare="unshare -m"
	[ "$(id -u)" -eq 0 ] || unshare="unshare -r -m"
	# shellcheck disable=SC2016,SC2086	# for the inner shell; words
	HOME=$BROWSER_HOME STAGE=$1 $unshare sh -c '
		mount -t tmpfs none /etc/chromium &&
		mkdir -p /etc/chromium/policies/managed &&
		cp "$0"/*.json /etc/chromium/policies/managed/ || exit 99
		exec node "$1"' "$BROWSER_POLICY" \
		"$ROOT/tests/browser/terminal.js" || T_FAILED=$((T_FAILED + 1))
}
stage without
run pk12util -i "$T/pc.p12" -d "$BROWSER_DB" -w "$T/phrase"
is "the certificate is in the browser's store" 0
stage with
check "the log says why" grep -q '"reason":"revoked"' \
	<(sekisho audit list --json | jq -c '.records[]')
stop_daemon
