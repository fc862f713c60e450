#!/usr/bin/env bash
# Goal of this test: R49, R47, R45: what is not listed is refused. The lists are the
# route tables themselves, as the compiler reads them: every path of every table,
# and some of none, by eight methods, on each of the five sockets, asked by root, by
# the proxy's group, by the group that may verify and by a stranger.
# - A path of another audience's table is not there; another method is refused.
# - A question that needs a right is refused without it; whoever has none at a
#   socket is answered nothing there.
# - None of these questions changes anything.
# - R32: who is not added is not there: a new instance holds nothing that opens a login.
# - F11: whoever hashes a password of somebody who shows it takes a try before, and can
#   give it back.
# - R53: no answer tells what program answers, or which version, or repeats a request.
# What a role may do of the console's routes, to whose office, is 74-console.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir routes
set_conf 'connections_peer_max = 256' "portal_url = 'https://localhost'"
[ "$(id -u)" -ne 0 ] || set_conf "verify_group = 'nogroup'"
start_daemon "$DIR"

# table NAME FILE...: METHOD PATH RIGHT KIND of each line; KIND is prefix, page (also
# answers HEAD) or plain.
table() {
	local name=$1 f
	shift
	for f in "$@"; do
		(cd "$ROOT" && cc -E -P -I. "-I$BIN/gen" "authd/web/$f.c") ||
			die "authd/web/$f.c cannot be read"
	done | tr '\n' ' ' | sed 's/{ *\.method/\n&/g' | grep '^{ *\.method' |
		sed -E 's/\.need = [A-Z_]*,//
			s/^\{ *\.method = "([A-Z]+)", *\.path = ((" *[^"]*" *)+), *(\.is_prefix = 1, *)?\.right = RIGHT_([A-Z]+),/\1 \2 \5 /
			s/" *"//g; s/"//g' |
		awk '{ kind = "plain" }
			/\.take = / { kind = "page" }
			/\.is_prefix = 1/ { kind = "prefix" }
			{ print $1, $2, $3, kind }' >"$T/table.$name"
	check "the table of $name is read: $(wc -l <"$T/table.$name") lines" \
		test "$(grep -cE '^(GET|POST) /[^ ]* (PROXY|VERIFY|ADMIN) [a-z]+$' \
			"$T/table.$name")" -eq "$(wc -l <"$T/table.$name")"
}
lines() {
	(cd "$ROOT" && cc -E -P -I. "-I$BIN/gen" "authd/web/$1.c") | tr '\n' ' ' |
		grep -o '\.method = ' | wc -l
}
table authd route
table hook route_hook
table portal route_portal route_console
table hosts route_hosts
table pki route_pki
for pair in authd:route hook:route_hook hosts:route_hosts pki:route_pki; do
	equal "and whole: ${pair%:*}" "$(wc -l <"$T/table.${pair%:*}")" \
		"$(lines "${pair#*:}")"
done
equal "and whole: portal" "$(wc -l <"$T/table.portal")" \
	"$(($(lines route_portal) + $(lines route_console)))"

# What is hashed or signed without a try that was taken: no password is shown there.
WITHOUT_TRY='console_tickets_create_hash portal_enrol_password_hash rest_cert_make '
WITHOUT_TRY+='rest_password_hash rest_password_judge rest_ticket_make '
equal "F11 every other question that hashes can give its try back" "$(
	for f in route route_portal route_console route_hosts route_hook route_pki; do
		(cd "$ROOT" && cc -E -P -I. "-I$BIN/gen" "authd/web/$f.c") |
			tr '\n' ' ' | sed 's/{ *\.method/\n&/g' |
			grep '^{ *\.method' | grep '\.hash = ' |
			grep -v '\.give_back = ' |
			sed -E 's/.*\.hash = ([a-z_]+).*/\1/'
	done | sort -u | tr '\n' ' ')" "$WITHOUT_TRY"

{
	cut -d ' ' -f 2 "$T"/table.*
	printf '%s\n' / /v1 /v1/ /v1/status/ /v1/statusx /V1/status /admin /login/ \
		/Login /console/ /consolex /api/authz /api/authz/ /.sekisho \
		/.sekisho/ /metrics /health /debug /server-status /favicon.ico \
		/.git/config /v2/status '/v1/session/end/' /mine/ /static/ \
		/static/x.css /ticketx
} | sort -u >"$T/paths"
METHODS='GET HEAD POST PUT DELETE PATCH OPTIONS TRACE'
for method in $METHODS; do
	sed "s/^/$method /" "$T/paths"
done >"$T/questions"
state() {
	sqlite3 "file:$DIR/data/sekisho.db?mode=ro" .dump |
		grep -avE '^INSERT INTO "?(meta|audit)"?[ (]' | sha256sum
}
before=$(state)

# asked USER SOCKET RIGHT: all of it; RIGHT is what USER has there.
asked() {
	local user=$1 socket=$2 right=$3 bad
	as "${user#root}" "$BIN/tests/routes" "$DIR/$socket.sock" <"$T/questions" \
		>"$T/answers"
	awk -v right="$right" -v api="$([ "$socket" != authd ] || echo 1)" '
	BEGIN { rank["NONE"] = 0; rank["PROXY"] = 1; rank["VERIFY"] = 2
		rank["ADMIN"] = 3 }
	NR == FNR {
		if ($4 == "prefix") {
			prefix[$2] = 1
			next
		}
		listed[$1 " " $2] = rank[$3]
		paths[$2] = 1
		if ($4 == "page" && $1 == "GET")
			listed["HEAD " $2] = rank[$3]
		next
	}
	function under(path,   p) {
		for (p in prefix)
			if (index(path, p) == 1)
				return 1
		return 0
	}
	{
		key = $1 " " $2; status = $3 + 0; n++
		if (rank[right] == 0)
			good = status == 0 || status == 403
		else if (key in listed)
			good = rank[right] < listed[key] ? status == 403 \
				: status != 0 && status != 404 &&
				status != 405 && !(api && status == 403)
		# what is below a prefix is looked at: nothing is there, or
		# OCSP says in its own words that this is no question
		else if (under($2) && $1 ~ /^(GET|HEAD)$/)
			good = status == 404 || status == 405 || $2 == "/ocsp/"
		else if ($2 in paths)
			good = status == 405 || status == 501 ||
				($1 !~ /^(GET|HEAD|POST)$/ && status == 400)
		else
			good = status == 404 || status == 405 || status == 501 ||
				status == 400
		if (!good) { print "# " $0; bad++ }
	}
	END { print n + 0, bad + 0 }' "$T/table.$socket" "$T/answers" >"$T/judged"
	bad=$(tail -n 1 "$T/judged" | cut -d ' ' -f 2)
	if [ "$bad" = 0 ]; then
		ok "R49 $user at $socket.sock: $(tail -n 1 "$T/judged" | cut -d ' ' -f 1) questions"
	else
		fail "R49 $user at $socket.sock" "$(tail -n 20 "$T/judged")"
	fi
}
for socket in authd hook portal hosts pki; do
	asked root $socket ADMIN
done
if [ "$(id -u)" -eq 0 ]; then
	bin_for www-data
	for socket in hook portal hosts pki; do
		asked www-data $socket PROXY
		asked nobody $socket NONE
	done
	asked www-data authd NONE
	asked nobody authd VERIFY
	asked daemon authd NONE
	asked daemon portal NONE
else
	skip "other users" "not root"
fi
equal "R45 nothing of that changed anything" "$(state)" "$before"

# --- R32 ---
holds=$(for table in account password phone recovery session ticket terminal cert \
	app host; do
	echo "SELECT '$table' FROM \"$table\";"
done | sqlite3 "file:$DIR/data/sekisho.db?mode=ro" 2>&1)
equal "R32 a new instance holds nothing that opens a login" "$holds" ""

# --- R53 ---
version=$("$BIN/sekisho" --version | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1)
check "R53 the version is known" test -n "$version"
for socket in authd hook portal hosts pki; do
	: >"$T/told"
	for method in GET POST TRACE BREW; do
		for path in / /login /nothing /v1/nothing /debug /.git/config; do
			curl -s -i -m 20 -X $method -H 'X-Probe: repeated-probe' \
				-H 'Host: localhost' --unix-socket \
				"$DIR/$socket.sock" "http://localhost$path" \
				>>"$T/told"
		done
	done
	check "R53 $socket.sock answers" \
		test "$(grep -ao 'HTTP/1\.1 [1-5]' "$T/told" | wc -l)" -eq 24
	equal "R53 and tells nothing of itself" "$(grep -aniE \
		"^(server|via|x-powered-by|x-generator|x-runtime):|microhttpd|openssl|sqlite|sekisho[/ ]v?[0-9]|${version//./\\.}|repeated-probe" \
		"$T/told")" ""
done
stop_daemon
