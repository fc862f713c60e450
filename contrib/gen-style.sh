#!/bin/sh
# gen-style.sh STYLE.css > HEADER: make C out of the pages' style sheet: its text
# without indentation, and its name, which changes when the text does, so that a
# browser may keep it.
set -eu
export LC_ALL=C
[ $# -eq 1 ] || {
	echo "usage: gen-style.sh STYLE.css" >&2
	exit 2
}
name=$(sha256sum <"$1" | cut -c1-16)
printf '/* Made by contrib/gen-style.sh: do not edit. */\n'
printf '#define STYLE_SHEET_NAME "sekisho-%s.css"\n' "$name"
printf 'static const char style_sheet[] =\n'
sed -e 's/^[[:blank:]]*//' -e 's/["\\]/\\&/g' -e 's/.*/    "&\\n"/' "$1"
printf '    ;\n'
