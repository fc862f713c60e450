#!/usr/bin/env bash
# Goal of this test: a template or catalog with a fault does not build, and the
# message names its file and line (V35, R44).
# - No way to put a value out as it is, none outside of quotes, none in a
#   script, style or event attribute; branches end where they began.
# - A message that is not there, not in both languages, not translated or with
#   other places is refused.
# shellcheck disable=SC2016	# texts with places, not variables
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
cd "$ROOT" || exit 1

ja=$T/ja.po
en=$T/en.po
# po FILE TEXT-OF-A TEXT-OF-B
po() {
	printf 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n' >"$1"
	printf '\nmsgid "t.a"\nmsgstr "%s"\n\nmsgid "t.b"\nmsgstr "%s"\n' \
		"$2" "$3" >>"$1"
}
po "$ja" 'あ \"引用\"' 'は%1$sと%2$s'
po "$en" 'a' 'b %2$s %1$s %%'

# --- catalogs ---
run contrib/gen-catalog.sh ids "$ja" "$en"
is "two good catalogs are taken" 0
printf '%s\n' "$OUT" >"$T/ids.h"
check "ids know how many values a message takes" \
	grep -q 'CATALOG_T_B, /\* 2 \*/' "$T/ids.h"
run contrib/gen-catalog.sh texts "$ja" "$en"
printf 'int main(void) { return (texts_ja[0][0] || texts_en[1][0] != 97); }\n' |
	cat "$T/.out" - >"$T/texts.c"
check "the texts are C" sh -c "gcc -o '$T/texts' '$T/texts.c' && '$T/texts'"

# bad_po NAME WHAT-IS-SAID: the catalogs as they are now are refused.
bad_po() {
	run contrib/gen-catalog.sh ids "$ja" "$en"
	if [ "$RC" -ne 0 ] && grep -q "$2" "$T/.err"; then
		ok "refused: $1"
	else
		fail "refused: $1" "exit status $RC" "$ERR"
	fi
	po "$ja" 'あ' 'は%1$sと%2$s'
	po "$en" 'a' 'b %2$s %1$s'
}
po "$en" 'a' 'b %1$s'
bad_po "other places in the other language" 'en.po:.*t.b has not the same places'
po "$en" '' 'b %2$s %1$s'
bad_po "a message without translation" 'en.po:.*t.a is not translated'
sed -i '/t\.a/,$d' "$en"
bad_po "a message that is missing" 'en.po:0: t.a is missing'
printf '\nmsgid "t.c"\nmsgstr "c"\n' >>"$en"
bad_po "a message that one language has alone" 'en.po:.*t.c is not in the other'
po "$ja" '%s' 'は%1$sと%2$s'
bad_po "another conversion" 'ja.po:.*only %1$s to %4$s'
sed -i 's/^msgid "t.a"/#, fuzzy\n&/' "$ja"
bad_po "one marked fuzzy" 'ja.po:.*t.a is marked fuzzy'
printf '\nmsgid "t.a"\nmsgstr "twice"\n' >>"$ja"
bad_po "an id twice" 'ja.po:.*duplicate'
printf 'msgid "t.d\n' >>"$ja"
bad_po "what is no catalog" 'ja.po:'

# --- templates ---
# good NAME TEXT
good() {
	printf '%s' "$2" >"$T/x.html"
	run contrib/gen-pages.sh code "$T/ids.h" "$T/x.html"
	is "taken: $1" 0
}
# bad NAME TEXT WHAT-IS-SAID: refused, at line 2.
bad() {
	printf '<p>\n%s' "$2" >"$T/x.html"
	run contrib/gen-pages.sh code "$T/ids.h" "$T/x.html"
	if [ "$RC" -ne 0 ] && grep -q "^$T/x.html:[23]: .*$3" "$T/.err"; then
		ok "refused: $1"
	else
		fail "refused: $1" "exit status $RC" "$ERR"
	fi
}
good "a value in text" '<p>{{x}}</p>'
check "is escaped as text" grep -q 'put_text(w, PAGE_VAR_X);' "$T/.out"
good "a value in an attribute" '<p title="{{x}}">'
check "is escaped as attribute" grep -q 'put_attr(w, PAGE_VAR_X);' "$T/.out"
good "an address" '<a href="{{x}}">'
check "is looked at whole" grep -q 'put_url(w, PAGE_VAR_X);' "$T/.out"
good "a part of an address" '<form action="/a?b={{x}}">'
check "is escaped as a part" grep -q 'put_url_part(w, PAGE_VAR_X);' "$T/.out"
good "a new page's address" '<meta content="0; url={{x}}">'
check "is looked at whole too" grep -q 'put_url(w, PAGE_VAR_X);' "$T/.out"
good "the one script file" '<script src="{{script}}" defer></script>'
check "its address is looked at whole" \
	grep -q 'put_url(w, PAGE_VAR_SCRIPT);' "$T/.out"
good "a message with its values" '<p>{{t t.b x y}}</p>'
good "a boolean attribute under a condition" '<input{{if x}} checked{{end}}>'
good "branches and rows" '{{each r}}{{if !x}}a{{else}}b{{end}}{{end}}'

bad "three braces" '{{{x}}}' ''
bad "an unknown message" '{{t t.none}}' 'no message t.none'
bad "a message with too few values" '{{t t.b x}}' 'takes 2 values'
bad "a value as a tag" '<{{x}}>' 'outside of quotes'
bad "a value as an attribute" '<p {{x}}>' 'outside of quotes'
bad "a value without quotes" '<p title={{x}}>' 'outside of quotes'
bad "an attribute without quotes" '<p title=a>' 'without double quotes'
bad "single quotes" "<p title='{{x}}'>" 'may not stand'
bad "a script" '<script>{{x}}</script>' 'script'
bad "another script file" '<script src="{{x}}" defer></script>' 'script'
bad "a script file with a text" \
	'<script src="{{script}}" defer>{{x}}</script>' 'script'
bad "a script file in a tag" \
	$'<p\n<script src="{{script}}" defer></script>' 'in text only'
bad "a style" '<STYLE>' 'style'
bad "a style attribute" '<p style="{{x}}">' 'style'
bad "an event" '<p onclick="a">' 'onclick'
bad "a comment" '<!-- {{x}} -->' 'comments'
bad "a frame" '<iframe src="{{x}}">' 'iframe'
bad "a message as address" '<a href="{{t t.a}}">' 'no address'
bad "a branch that ends in a tag" '{{if x}}<p title="{{end}}">' 'elsewhere'
bad "an else that begins elsewhere" '{{if x}}<p {{else}}>{{end}}' 'elsewhere'
bad "a branch without end" '{{if x}}a' 'no {{end}}'
bad "an end without branch" '{{end}}' 'ends nothing'
bad "rows in rows" '{{each a}}{{each b}}{{end}}{{end}}' 'in another'
bad "rows in an attribute" '<p title="{{each a}}">' 'in text only'
bad "a template that is not there" '{{include nosuch}}' 'no template nosuch'
bad "what is no directive" '{{x | raw}}' 'not understood'
bad "a lone brace" 'a } b' 'entity'
bad "a directive without its end" '{{x' 'without }}'
bad "a file that ends in a tag" '<p' 'inside of a tag'
printf '{{include b}}' >"$T/a.html"
printf '{{include a}}' >"$T/b.html"
run contrib/gen-pages.sh code "$T/ids.h" "$T/a.html" "$T/b.html"
is "templates that include each other are refused" 1
run contrib/gen-pages.sh names "$T/ids.h" authd/web/html/*.html
is "one bad message stops the real pages as well" 1
