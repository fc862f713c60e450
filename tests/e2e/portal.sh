# shellcheck shell=bash
# portal.sh: portal.sock asked as a browser would, by curl. Sourced after lib.sh:
#
#	JAR=$T/jar; ask /login; post /login -d login=taro -d password=x
#
# Set for the scripts: STATUS, OUT (the body), the head in T/head. JAR is the
# file with the cookies of the browser that asks; another one is another browser.

FROM=192.0.2.7
JAR=

# ask PATH [OPTION...]
ask() {
	local path=$1
	shift
	[ -z "$JAR" ] || set -- -b "$(jar_field)" "$@"
	run curl -s -m 70 -D "$T/head" --path-as-is --unix-socket \
		"${PORTAL_SOCKET:-$DIR/portal.sock}" \
		-H "X-Forwarded-For: $FROM" "$@" "http://portal.example$path"
	STATUS=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$T/head")
	[ -z "$JAR" ] || jar_take
}

# post PATH [OPTION...]: with the token of the page that was looked at last.
post() {
	local path=$1
	shift
	ask "$path" --data-urlencode "token=$TOKEN" "$@"
}

# look PATH: and remember the token of its forms.
look() {
	ask "$@"
	TOKEN=$(sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' \
		"$T/.out" | head -n 1)
}

# field NAME: the values of a field of the head.
field() {
	tr -d '\r' <"$T/head" | sed -n "s/^$1: //Ip"
}

# jar_take: keep what Set-Cookie said; what is ended is forgotten.
jar_take() {
	local pair
	touch "$JAR"
	while read -r pair; do
		grep -v "^${pair%%=*}=" "$JAR" >"$JAR.new"
		[ -z "${pair#*=}" ] || printf '%s\n' "$pair" >>"$JAR.new"
		mv "$JAR.new" "$JAR"
	done < <(field Set-Cookie | sed 's/;.*//')
}

# jar_field: all of them, as a browser sends them.
jar_field() {
	[ ! -f "$JAR" ] || paste -sd ';' "$JAR" | sed 's/;/; /g'
}

# cookie NAME: the value that is kept.
cookie() {
	sed -n "s/^$1=//p" "$JAR"
}

# strict NAME STATUS [kept]: the last answer has that status and every field
# that a browser needs to be strict, once.
strict() {
	local bad='' name
	[ "$STATUS" = "$2" ] || bad="status $STATUS"
	for name in Content-Security-Policy X-Content-Type-Options \
		Referrer-Policy X-Frame-Options Cross-Origin-Opener-Policy \
		Cross-Origin-Resource-Policy Strict-Transport-Security \
		Permissions-Policy Cache-Control Sekisho-Request-Id; do
		[ "$(field "$name" | wc -l)" -eq 1 ] || bad="$bad $name"
	done
	field Content-Security-Policy | grep -q "default-src 'none'" ||
		bad="$bad weak policy"
	[ -n "${3:-}" ] || [ "$(field Cache-Control)" = no-store ] ||
		bad="$bad kept"
	if [ -z "$bad" ]; then
		ok "R44 $1"
	else
		fail "R44 $1" "$bad" "$(cat "$T/head")"
	fi
}
