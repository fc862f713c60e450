# shellcheck shell=bash
# shellcheck disable=SC2034	# most of what is set here is for the scripts
# browse.sh: a browser by curl that goes through a proxy to an application and
# logs in on the way. Sourced after lib.sh.
#
#	BROWSE=(--unix-socket FILE)	how the proxy is reached
#	PORTAL=https://HOST		the login pages
#	JAR=FILE			its cookies
#
# Set by each request: STATUS, $T/head, $T/body; by what follows redirects: URL.

# get URL [CURL OPTION...]
get() {
	local url=$1
	shift
	STATUS=$(curl -s -k -m 60 "${BROWSE[@]}" -b "$JAR" -c "$JAR" \
		-D "$T/head" -o "$T/body" -w '%{http_code}' "$@" "$url")
}
# field NAME: of the last answer.
field() {
	sed -n "s/^$1: //Ip" "$T/head" | tr -d '\r' | head -n 1
}
# follow: every redirect from here, at most ten.
follow() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		case $STATUS in 302 | 303) ;; *) return ;; esac
		case $(field Location) in
		/*) URL=${URL%"${URL#https://*/}"}$(field Location | cut -c 2-) ;;
		*) URL=$(field Location) ;;
		esac
		get "$URL"
	done
}
# hidden NAME: of the main form on the page.
hidden() {
	sed -n '/class="card"/,/<\/form>/p' "$T/body" |
		sed -n "s/.*name=\"$1\" value=\"\\([^\"]*\\)\".*/\\1/p" |
		sed 's/&amp;/\&/g' | head -n 1
}
# send PATH FIELD...: the form on the page, to the portal.
send() {
	local path=$1 form=() f
	shift
	for f in "token=$(hidden token)" "to=$(hidden to)" "$@"; do
		form+=(--data-urlencode "$f")
	done
	URL=$PORTAL$path
	get "$URL" "${form[@]}" -H "Origin: $PORTAL"
	follow
}
# enter URL LOGIN PASSWORD CODE: log in on the way.
enter() {
	URL=$1
	get "$URL"
	follow
	send /login "login=$2" "password=$3"
	send /login/code "code=$4"
	# a page in between: a form may not lead to another host
	URL=$PORTAL$(sed -n \
		's/.*class="button" href="\([^"]*\)".*/\1/p' "$T/body" |
		sed 's/&amp;/\&/g' | head -n 1)
	get "$URL"
	follow
}
