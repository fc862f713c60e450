#!/bin/sh
# gen-style.sh name|text STYLE.css: make C out of the pages' style sheet: its
# name, which changes when the text does, so that a browser may keep it; or its
# text without indentation.
set -eu
export LC_ALL=C
[ $# -eq 2 ] || {
	echo "usage: gen-style.sh name|text STYLE.css" >&2
	exit 2
}
printf '/* Made by contrib/gen-style.sh: do not edit. */\n'
if [ "$1" = name ]; then
	name=$(sha256sum <"$2" | cut -c1-16)
	printf '#define STYLE_NAME "sekisho-%s.css"\n' "$name"
	exit 0
fi
printf 'static const char style_text[] =\n'
sed -e 's/^[[:blank:]]*//' -e 's/["\\]/\\&/g' -e 's/.*/    "&\\n"/' "$2"
printf '    ;\n'
