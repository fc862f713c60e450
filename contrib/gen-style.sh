#!/bin/sh
# gen-style.sh name|text FILE.css|FILE.js|FILE.svg: make C out of the pages'
# style sheet, script or icon: its name, which changes when the text does, so that a browser may
# keep it; or its text without indentation.
set -eu
export LC_ALL=C
[ $# -eq 2 ] || {
	echo "usage: gen-style.sh name|text FILE" >&2
	exit 2
}
case $2 in
*.js) what=script macro=SCRIPT_NAME end=js ;;
*.svg) what=icon macro=ICON_NAME end=svg ;;
*) what=style macro=STYLE_NAME end=css ;;
esac
printf '/* Made by contrib/gen-style.sh: do not edit. */\n'
if [ "$1" = name ]; then
	name=$(sha256sum <"$2" | cut -c1-16)
	printf '#define %s "sekisho-%s.%s"\n' "$macro" "$name" "$end"
	exit 0
fi
printf 'static const char %s_text[] =\n' "$what"
sed -e 's/^[[:blank:]]*//' -e 's/["\\]/\\&/g' -e 's/.*/    "&\\n"/' "$2"
printf '    ;\n'
