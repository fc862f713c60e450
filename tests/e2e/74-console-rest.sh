#!/usr/bin/env bash
# Goal of this test: the console's overview, audit log, sessions, applications
# and tickets show each role its part of the own office alone (R49), change the
# same as the command line, and say before a rule changes whom it would lock out.
# - The overview counts who is locked, never enrolled, what ends, is unused, was
#   refused today; the last backup; nothing of another office.
# - The log is found by person, device, application, result, request id and day,
#   in pages; a file of it is the log's own lines, or CSV without formulas.
# - Whoever is logged out there is out at the next click (V28).
# - A rule that lets no administrator in, or not who changes it, is not changed
#   unless forced, which stands in the log.
# - A ticket's secret is shown once, to who made it (V30); void, it opens nothing.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
APP=kyuyo.example.jp

new_dir rest
set_conf 'password_cost = 5' 'request_timeout = "60s"' 'keeper_timeout = "20s"' \
	'portal_url = "https://portal.example"'
start_daemon "$DIR"
run sekisho office add kanto --name 'Kanto office' --contact 'extension 123'
run sekisho office add kansai --name 'Kansai office'
# person LOGIN OFFICE [OPTION...]
person() {
	local login=$1 office=$2
	shift 2
	run sekisho account add "$login" --name "Person of $login" \
		--office "$office" "$@"
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
early_in_step 20
person boss kanto --role administrator --level 5
person desk kanto --role helpdesk
person watch kanto --role auditor
person root1 kanto --role operator --level 5
person taro kanto
person yoso kansai
run sekisho account add fresh --name 'Person of fresh' --office kanto
run sekisho account add far --name 'Person of far' --office kansai
run sekisho password import "$T/hashes"
is "people have phones and passwords" 0
run sekisho app add "$APP" --name Payroll
run sekisho app add other.example.jp --name Others --for-office kansai

leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
hasnt() {
	refute "$1" grep -qF -- "$2" "$T/.out"
}
browser() {
	JAR=$T/jar.$1
}
enter() {
	local name=SECRET_$1
	browser "$1"
	printf '__Host-sekisho-language=en\n' >"$JAR"
	look /login
	post /login -d "login=$1" --data-urlencode "password=$GOOD"
	look /login/code
	post /login/code -d "code=$(code_of "${!name}" "${2:-0}")"
	[ "$STATUS $(field Location)" = '303 /' ] || die "$1 does not log in"
}
early_in_step 20
for name in boss desk watch root1 taro yoso; do
	enter "$name"
done
for _ in 1 2 3 4 5; do
	run sekisho verify -- -sum 000000
	run sekisho verify taro 000000 --service sshd
	next=$((RANDOM % 900000 + 100000))
	run sekisho verify taro "$next" --service sshd
done
run sekisho account show taro --json
equal "somebody is locked" "$(json .lock)" timed

# --- the overview ---
browser boss
ask /console
strict "the overview" 200
has "who is locked" 'login=taro'
has "who never enrolled" 'login=fresh'
hasnt "R49 nobody of another office" 'login=far'
has "the clock" Right
has "no backup is known" 'None is known'
(umask 077; openssl rand -base64 24 >"$T/pass")
run sekisho backup create --out "$T/b" --passphrase-file "$T/pass"
is "a backup is made" 0
ask /console
hasnt "it is known then" 'None is known'
ask '/console?office=kansai'
equal "R49 another office is none" "$STATUS" 404
browser root1
ask '/console?office=kansai'
has "the operator sees any" 'login=far'
hasnt "one at a time" 'login=fresh'

# --- the log ---
browser watch
ask /console/audit
strict "the auditor reads the log" 200
hasnt "R49 of the own office" 'yoso'
ask '/console/audit?account=taro&result=refuse'
has "by person and result" taro
hasnt "and by nothing else" 'account.add'
id=$(grep -o 'request_id=[0-9a-z]*' "$T/.out" | head -n 1)
ask "/console/audit?$id"
has "by the id on the page" "${id#*=}"
equal "which is one request" \
	"$(grep -c '<td class="when">' "$T/.out")" 1
name=PHONE_taro
ask "/console/audit?device=${!name}"
has "by device" 'phone.confirm'
hasnt "of that one" 'account.add'
ask "/console/audit?app=$APP"
hasnt "by application" 'phone.confirm'
ask "/console/audit?from=$(TZ=Asia/Tokyo date -d tomorrow +%F)"
has "nothing happened tomorrow" 'No such records'
ask "/console/audit?from=$(TZ=Asia/Tokyo date +%F)&action=account.add"
has "but today" account.add
ask '/console/audit?from=yesterday'
strict "what is no day is refused" 400
for i in $(seq 60); do
	run sekisho account set fresh --level $((i % 5 + 1))
done
ask '/console/audit?account=fresh'
next=$(grep -o '/console/audit?before=[^"]*' "$T/.out" | sed 's/&amp;/\&/g')
equal "a page holds 50" "$(grep -c '<td class="when">' "$T/.out")" 50
ask "$next"
equal "and the next what is left" \
	"$(grep -c '<td class="when">' "$T/.out")" 11
hasnt "of the same search" taro
ask '/console/audit/file?format=jsonl&account=fresh'
strict "the auditor takes it away" 200
equal "as lines of JSON" "$(jq -s length <"$T/.out")" 61
cp "$T/.out" "$T/lines"
run sekisho audit export
equal "the very lines of the log" \
	"$(jq -cS 'select(.account == "fresh")' <"$T/.out" | sha256sum)" \
	"$(jq -cS . <"$T/lines" | sha256sum)"
ask '/console/audit/file?format=csv'
equal "as a table" "$(field Content-Type)" 'text/csv; charset=utf-8'
check "which names itself" grep -qi 'attachment; filename="sekisho-audit-' "$T/head"
hasnt "R49 and of no other office" '"kansai"'
browser root1
ask '/console/audit/file?format=csv'
check "no cell of it is a formula" grep -qF "\"'-sum\"" "$T/.out"
refute "none at all" grep -qE '(^|,)"[-=+@]' "$T/.out"
browser desk
ask '/console/audit/file?format=csv'
strict "R49 the helpdesk takes nothing away" 403

# --- sessions ---
ask /console/sessions
has "who is logged in" 'Person of taro'
hasnt "R49 of the own office" 'Person of yoso'
session=$(sekisho session list --login taro --json | jq -r '.sessions[0].session')
other=$(sekisho session list --login yoso --json | jq -r '.sessions[0].session')
look /console/sessions
post /console/sessions/end -d "session=$session"
leads "one is logged out" /console/sessions
browser taro
ask /mine
leads "V28 at the next click" '/login?to=%2Fmine'
browser desk
look /console/sessions
post /console/sessions/end -d "session=$other"
browser yoso
ask /mine
strict "R49 another office's is not" 200
enter taro 30
browser desk
look '/console/sessions/all?login=taro'
has "all of one, with a reason" 'Person of taro'
post /console/sessions/all -d login=taro
leads "R56 without one nothing is done" '/console/sessions/all?login=taro'
look '/console/sessions/all?login=taro'
post /console/sessions/all -d login=taro -d reason=gone
leads "with one it is" /console/sessions
browser taro
ask /mine
leads "V28 and holds" '/login?to=%2Fmine'
browser watch
ask '/console/sessions/all?login=boss'
strict "R49 the auditor ends nobody's" 403
browser boss
look '/console/sessions/all?office=kansai'
equal "R49 nor does an administrator in another office" "$STATUS" 404

# --- applications ---
ask /console/apps
has "what the office may use" Payroll
hasnt "R49 and not what others do" Others
ask /console/apps/show?host=other.example.jp
equal "which is not there at all" "$STATUS" 404
ask "/console/apps/set?host=$APP"
strict "R49 an administrator of an office changes no rule" 403
browser root1
ask "/console/apps/set?host=$APP"
has "an operator does" 'value="Payroll"'
rule="host=$APP&name=Payroll&password=1&code=1"
look "/console/apps/impact?$rule&level=3&networks=&groups=&offices=&idle=&absolute=&paths="
strict "what it would do is shown first" 200
has "who" 'Person of taro'
has "and why" 'Level too low'
ask "/console/apps/show?host=$APP"
has "nothing is changed" 'Lv1'
look "/console/apps/impact?$rule&level=3"
post /console/apps/set -d "$rule&level=3" -d reason=guideline
leads "then it is" /console/apps
run sekisho app show "$APP" --json
equal "as the command line sees it" "$(json .level)" 3
look "/console/apps/impact?$rule&level=3&groups=payroll"
has "who would be locked out by the own hand" 'You would lock yourself out'
post /console/apps/set -d "$rule&level=3&groups=payroll" -d reason=x
run sekisho app show "$APP" --json
equal "is refused" "$(json '.groups | length')" 0
browser root1
look "/console/apps/impact?$rule&level=3&groups=payroll"
post /console/apps/set -d "$rule&level=3&groups=payroll&force=1" -d reason=known
run sekisho app show "$APP" --json
equal "forced it is done" "$(json '.groups[0]')" payroll
run sekisho audit list --action impact.force --json
equal "and stands in the log" \
	"$(json '.records[0] | "\(.actor) \(.reason)"')" 'root1 locks_out_self'
look "/console/apps/impact?$rule&level=3&networks=nowhere"
leads "what is no rule goes back into the form" \
	"/console/apps/set?$rule&level=3&networks=nowhere"
look "/console/apps/impact?host=neu.example.jp&name=Neu&password=1&code=1&level=1"
post /console/apps/set -d 'host=neu.example.jp&name=Neu&password=1&code=1&level=1' -d reason=new
leads "a new one" /console/apps
look /console/apps/remove?host=neu.example.jp
has "is removed with a look at whom" 'Person of boss'
post /console/apps/remove -d host=neu.example.jp -d reason=old -d force=1
run sekisho app show neu.example.jp
is "and gone" 3

# --- an account, from which a way in is taken ---
browser boss
edit='name=Person%20of%20taro&groups=&kana=&email=&phone_number=&birth_date=&unix_user=&enrol_by=&leaves_on='
run sekisho app set "$APP" --level 1 --group ''
run sekisho account set taro --level 3
run sekisho app set "$APP" --level 3
look '/console/accounts/set?login=taro'
post /console/accounts/set -d "login=taro&level=2&$edit"
strict "what an account would lose is shown first" 200
has "where" "$APP"
has "and why" 'Level too low'
run sekisho account show taro --json
equal "nothing is changed" "$(json .level)" 3
post /console/accounts/set -d "login=taro&level=2&$edit&seen=1"
leads "then it is" '/console/accounts/show?login=taro'
look '/console/accounts/set?login=boss'
post /console/accounts/set -d "login=boss&level=1&${edit/taro/boss}"
has "the own way in" 'You would lock yourself out'
post /console/accounts/set -d "login=boss&level=1&${edit/taro/boss}&seen=1"
run sekisho account show boss --json
equal "is not taken" "$(json .level)" 5
look '/console/accounts/set?login=boss'
post /console/accounts/set \
	-d "login=boss&level=1&${edit/taro/boss}&seen=1&force=1"
run sekisho audit list --action impact.force --json
equal "but when it is forced" "$(json '.records[0].actor')" boss

# --- tickets ---
browser desk
look /console/tickets/create?login=fresh
has "a ticket is made for somebody" 'Person of fresh'
post /console/tickets/create -d login=fresh -d for=phone
leads "of a purpose that fits" '/console/tickets/create?login=fresh'
look /console/tickets/create?login=fresh
post /console/tickets/create -d login=nobody -d for=first
leads "for somebody who is there" '/console/tickets/create?login=nobody'
look /console/tickets/create?login=fresh
post /console/tickets/create -d login=fresh -d for=first
strict "and is a slip to print" 200
link=$(grep -o 'https://portal.example/ticket/[0-9a-z]*' "$T/.out" | head -n 1)
check "with its address" [ -n "$link" ]
has "and its QR code" '<svg viewBox'
has "in Japanese and English" 'はじめての登録'
has "and whom to ask" 'extension 123'
browser new
ask "${link#https://portal.example}"
strict "its link opens" 200
browser desk
look /console/tickets
has "it is listed" 'Person of fresh'
hasnt "V30 without what is on it" "${link##*/}"
ticket=$(grep -o 'name="ticket" value="[^"]*' "$T/.out" | sed 's/.*"//')
browser watch
ask /console/tickets
has "the auditor sees it" 'Person of fresh'
hasnt "R49 and makes none" /console/tickets/create
browser desk
look /console/tickets
post /console/tickets/void -d "ticket=$ticket"
leads "it is void" /console/tickets
browser new
ask "${link#https://portal.example}"
equal "and opens nothing" "$(grep -c 'name="login"' "$T/.out")" 0
browser desk
look /console/tickets/create?login=far
hasnt "R49 for nobody of another office" 'Person of far'
post /console/tickets/create -d login=far -d for=first
leads "none" '/console/tickets/create?login=far'
look /console/tickets/create?login=boss
post /console/tickets/create -d login=boss -d for=certificate --data-urlencode 'label=PC 7'
has "a certificate's passphrase is told apart" 'Tell it on another way'
browser boss
look '/console/sessions/all?office=kanto'
has "who ends everybody's ends the own" 'You are logged out as well'
post /console/sessions/all -d office=kanto -d reason=drill
ask /console
equal "V28 and is out" "$STATUS $(field Location | cut -c 1-6)" '303 /login'
browser yoso
ask /mine
strict "another office is not" 200

# --- nothing of it is left in logs ---
refute "V25 no ticket's secret is in a log" \
	grep -qF "${link##*/}" "$LOG"
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0
stop_daemon
exit 0
