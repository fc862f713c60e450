#!/usr/bin/env bash
# Goal of this test:
# - R44, R54: every answer of portal.sock has the fields that a browser needs to
#   be strict, and is not kept: pages, the style sheet's own time excepted,
#   redirects, refusals of the gate and of forms.
# - R45, V26: a form without its token changes nothing; R47: what is not listed
#   is refused; V40: a proxy that does not say where people are is refused.
# - The language is the browser's, then the person's choice.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
new_dir portal
start_daemon "$DIR"

ask /nowhere
strict "a page that is none" 404
check "it is in Japanese" grep -q 'ページが見つかりません' "$T/.out"
check "and says its request id" \
	grep -q "$(field Sekisho-Request-Id)" "$T/.out"
style=$(grep -o '/static/[^"]*\.css' "$T/.out")
icon=$(grep -o '/static/[^"]*\.svg' "$T/.out")
ask "$style"
strict "the style sheet" 200 kept
check "it is CSS and may be kept" sh -c "grep -q '^Content-Type: text/css' \
	'$T/head' && grep -q 'immutable' '$T/head'"
ask "$icon"
strict "the icon" 200 kept
check "it is a picture and may be kept" sh -c "grep -q \
	'^Content-Type: image/svg+xml' '$T/head' && grep -q 'immutable' '$T/head' &&
	grep -q '^</svg>' '$T/.out'"
ask /static/sekisho-0.css
strict "a style sheet of another version" 404
ask /nowhere -H 'Accept-Language: en'
check "the browser's language is taken" grep -q 'Page not found' "$T/.out"
secret=$(field Set-Cookie | sed -n 's/^__Host-sekisho-form=\([^;]*\);.*/\1/p')
check "R44 its cookie is for this host alone" grep -qi \
	'^set-cookie: __Host-sekisho-form=[0-9a-z]*; Path=/; Secure; HttpOnly; SameSite=Lax' \
	"$T/head"
token=$(printf 'sekisho form %s ' "$secret" | sha256sum | cut -c1-64)
# language TOKEN [OPTION...]
language() {
	local t=$1
	shift
	ask /language -b "__Host-sekisho-form=$secret" -d "token=$t" \
		-d language=en -d to=/nowhere "$@"
}
language "$token"
strict "a redirect" 303
equal "it goes back to where one was" "$(field Location)" /nowhere
check "the choice is kept" \
	grep -q '^Set-Cookie: __Host-sekisho-language=en; Max-Age=31536000;' \
	"$T/head"
ask /nowhere -H 'Accept-Language: ja' -b '__Host-sekisho-language=en'
check "and comes before the browser's" grep -q 'Page not found' "$T/.out"
language "${token/[0-9a-f]/x}"
strict "V26 a form with another token" 403
check "says that nothing was done" grep -q '処理されませんでした' "$T/.out"
language "$token" -H 'Sec-Fetch-Site: cross-site'
strict "V26 a form from elsewhere" 403
ask /language -d language=en -d "token=$token"
strict "V26 a form without the cookie" 403
language "$token" -d language=ja
strict "R55 a field twice" 400
ask /language -b "__Host-sekisho-form=$secret" -d "token=$token" \
	-d language=en -d to=//evil.example
equal "V36 it leads nowhere else" "$(field Location)" /
ask /nowhere -H 'X-Forwarded-For: 10.0.0.1'
strict "V40 two addresses" 400
FROM=unknown
ask /nowhere
strict "V40 what is no address" 400
FROM=192.0.2.7
ask /a -X POST -d a=b
strict "R47 a method that is not listed" 405
ask /language -X DELETE
strict "R47 another" 405
ask '/a|b'
strict "R47 a target that is none" 400
ask /language -H 'Content-Type: application/json' -d '{}'
strict "a body of another type" 415
ask /language -d "$(head -c 70000 /dev/zero | tr '\0' a)"
strict "a body that is too long" 413
ask /.sekisho/nothing
equal "nothing is promised for an application's host" \
	"$(field Strict-Transport-Security)" ''
ask /v1/status
strict "the API is not here" 404
ask /nowhere -I
equal "HEAD is answered" "$STATUS" 404
stop_daemon
