#!/usr/bin/env bash
# Goal of this test: the console shows each role its part of the own office and
# nothing of others (R49): a matrix of every route of route_console.c and every
# role; another office's ids behave as those that nobody has; what cannot be
# undone wants a fresh code (R43); what is done there holds from the next answer
# on (rule 6.6), stands in the log with its reason (R56), and locks nobody out who
# asks for it.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'

new_dir console
set_conf 'password_cost = 5' 'request_timeout = "60s"'
start_daemon "$DIR"
run sekisho office add kanto --name 'Kanto office' --contact 'extension 123'
run sekisho office add kansai --name 'Kansai office'
# person LOGIN OFFICE [ROLE...]
person() {
	local login=$1 office=$2 roles=() r
	for r in "${@:3}"; do roles+=(--role "$r"); done
	run sekisho account add "$login" --name "Person of $login" \
		--office "$office" "${roles[@]}"
	[ "$RC" -eq 0 ] || die "account $login: $ERR"
	printf '%s:%s\n' "$login" "$HASH" >>"$T/hashes"
	run sekisho phone enroll "$login" --label "phone of $login" --json
	printf -v "SECRET_$login" '%s' "$(json .secret)"
	printf -v "PHONE_$login" '%s' "$(json .device)"
	local name=SECRET_$login
	run sekisho phone confirm "$login" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $login: $ERR"
}
HASH=$(openssl passwd -6 "$GOOD")
ROLES='administrator officer helpdesk auditor operator'
early_in_step 20
for role in $ROLES; do
	person "$role" kanto "$role"
done
person nobody kanto
person vice kanto administrator
person taro kanto
person yoso kansai
run sekisho password import "$T/hashes"
is "people of every role have phones and passwords" 0

leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
hasnt() {
	refute "$1" grep -qF -- "$2" "$T/.out"
}
# browser NAME: the browser of that person.
browser() {
	JAR=$T/jar.$1
}
# enter LOGIN [SECONDS]: log in in the browser of that name.
enter() {
	local name=SECRET_$1
	browser "$1"
	look /login
	post /login -d "login=$1" --data-urlencode "password=$GOOD"
	look /login/code
	post /login/code -d "code=$(code_of "${!name}" "${2:-0}")"
	[ "$STATUS $(field Location)" = '303 /' ] || die "$1 does not log in"
}
early_in_step 20
for role in $ROLES nobody taro yoso; do
	enter "$role"
done

# --- every route and every role ---
# METHOD PATH NEED FINAL, as the table says it.
sed -n 's/^	\(PAGE\|FORM\|PAGE_FINAL\|FORM_FINAL\)("\([^"]*\)", \([A-Z]*\),.*/\1 \2 \3/p' \
	"$ROOT/authd/web/route_console.c" >"$T/routes"
equal "every line of the table is read" \
	"$(grep -cE '^	[A-Z_]+\(' "$ROOT/authd/web/route_console.c")" \
	"$(wc -l <"$T/routes")"
# allows ROLE NEED: once more, by hand: DESIGN 6.10 and issue 8.
allows() {
	case $1.$2 in
	operator.*) return 0 ;;
	administrator.RULES) return 1 ;;
	administrator.*) return 0 ;;
	*.LOOK | *.LOG) return 0 ;;
	officer.EXPORT | auditor.EXPORT) return 0 ;;
	helpdesk.UNLOCK | helpdesk.TICKET | helpdesk.LOST) return 0 ;;
	esac
	return 1
}
bad=
cells=0
while read -r kind path need; do
	for role in $ROLES nobody stranger; do
		browser "$role"
		case $kind in
		PAGE*) ask "$path" ;;
		FORM*)
			look /
			post "$path"
			;;
		esac
		case $role in
		stranger)
			wanted='303 403'
			[ "$kind" != PAGE ] || wanted=303
			;;
		nobody) wanted=404 ;;
		*)
			wanted=403
			# a form without its fields is refused as such
			! allows "$role" "$need" || wanted='200 303 400 404'
			;;
		esac
		cells=$((cells + 1))
		case " $wanted " in
		*" $STATUS "*) ;;
		*) bad="$bad $role:$kind:$path:$STATUS" ;;
		esac
		case $role.$STATUS in
		stranger.303)
			[[ $(field Location) == /login* ]] ||
				bad="$bad $role:$path:$(field Location)" ;;
		esac
	done
done <"$T/routes"
equal "R49 each role gets its pages and no others" "$bad" ''
check "R49 and all were asked" test "$cells" -ge 7
browser administrator
ask /console/nothing
strict "what is not in the table is no page" 404
browser nobody
ask /
hasnt "who has no role is shown no way there" /console
browser helpdesk
ask /
has "who has one is" /console

# --- the list ---
browser administrator
ask /console/accounts
strict "the list of accounts" 200
has "people of the office" 'Person of taro'
hasnt "R49 none of another" 'yoso'
ask '/console/accounts?q=TARO'
has "looked for by a part of the login" 'Person of taro'
hasnt "and nobody else" 'Person of vice'
ask '/console/accounts?q=person&state=unenrolled'
hasnt "by what they are" 'Person of taro'
ask '/console/accounts?office=kansai'
bad=$STATUS
ask '/console/accounts?office=none'
equal "R49 another office is as one that is not" "$bad" "$STATUS"
ask '/console/accounts?page=0'
strict "a page that is none" 400
browser operator
ask /console/accounts
has "the operator sees every office" 'Person of yoso'
ask '/console/accounts?office=kansai'
has "and looks into one" 'Person of yoso'
hasnt "alone" 'Person of taro'
stop_daemon
