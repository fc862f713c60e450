#!/usr/bin/env bash
# Goal of this test: a ticket's link opens on any browser and is changed by
# nobody who only looks at it, such as a preview (R45); the login on it asks what
# its purpose asks, five wrong ones end it; used, void and expired it says so
# clearly; what is on the slip is found in no log, no list and no store (R35,
# V25, V27, V30). A slip for somebody enrolled replaces one factor at most (R36).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'
PORTAL=https://portal.example

new_dir tickets
set_conf 'password_cost = 5' "portal_url = '$PORTAL'" \
	'request_timeout = "60s"'
start_daemon "$DIR"
run sekisho office add demo --name 'Demo 社労士事務所' --contact '内線 123'
run sekisho account add sato --name '佐藤 次郎' --office demo
run sekisho account add taro --name '山田 太郎' --office demo
printf 'taro:%s\n' "$(openssl passwd -6 "$GOOD")" >"$T/hashes"
run sekisho password import "$T/hashes"
run sekisho phone enroll taro --json
SECRET=$(json .secret)
early_in_step 20
run sekisho phone confirm taro "$(code_of "$SECRET" -30)"
is "taro is enrolled" 0
RECOVERY=$(sekisho recovery create taro --json | jq -r '.recovery_codes[]')

# api ROUTE JSON: OUT is the body, STATUS the HTTP status.
api() {
	run curl -s -m 30 -w '\n%{http_code}' --unix-socket "$DIR/authd.sock" \
		-H 'Content-Type: application/json' -d "$2" \
		"http://sekisho/v1/$1"
	STATUS=${OUT##*$'\n'}
	OUT=${OUT%$'\n'*}
}
# make LOGIN PURPOSE [MORE]: LINK, ID; or the problem's word in OUT
make_ticket() {
	api ticket/create "{\"login\":\"$1\",\"for\":\"$2\"${3:-}}"
	LINK=$(jq -r '.link // empty' <<<"$OUT")
	WAY=${LINK#"$PORTAL"}
	[ -z "$LINK" ] || printf '%s\n' "${LINK##*/}" >>"$T/slips"
}
# refused NAME STATUS CODE
refused() {
	equal "$1" "$STATUS $(jq -r .code <<<"$OUT")" "$2 $3"
}
browser() {
	JAR=$T/jar.$1
}
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
hasnt() {
	refute "$1" grep -qF -- "$2" "$T/.out"
}
state() {
	api ticket/list "{\"login\":\"$1\",\"state\":\"all\"}"
	jq -r '.tickets[-1].state' <<<"$OUT"
}

# --- made ---
make_ticket taro first
refused "R36 no slip replaces both factors of somebody enrolled" 409 \
	already_enrolled
make_ticket sato phone
refused "no password that could be asked" 409 no_password
make_ticket sato password
refused "no code that could be asked" 409 not_enrolled
make_ticket sato both
refused "an unknown purpose" 400 bad_purpose
make_ticket nobody first
refused "nobody's" 404 no_such_account
make_ticket sato first
equal "a first ticket" "$(jq -r '.for+" "+.state+" "+.office_name+" "+.contact' <<<"$OUT")" \
	'first open Demo 社労士事務所 内線 123'
check "its link is of the portal" \
	[ "${LINK#"$PORTAL"/ticket/}" != "$LINK" ]
HOURS=$((($(date -d "$(jq -r .expires_at <<<"$OUT")" +%s) - \
	$(date -d "$(jq -r .created_at <<<"$OUT")" +%s)) / 3600))
equal "72 hours" "$HOURS" 72

# --- looked at ---
browser sato
SEQ=$(sekisho audit list --limit 1 --json | jq '.records[0].seq')
for _ in 1 2 3; do
	run curl -s -m 30 -I --unix-socket "$DIR/portal.sock" \
		-A 'Mail preview' "http://portal.example$WAY"
done
look "$WAY"
strict "the link's page" 200
has "what it is for" '利用登録'
has "how long" '1回だけ使えます'
has "whose it is" '内線 123'
hasnt "and nothing of the person" '佐藤'
hasnt "nor the login" 'value="sato"'
equal "R45 looking changes nothing" \
	"$(sekisho audit list --limit 1 --json | jq '.records[0].seq')" "$SEQ"
ask "$WAY" -H 'Accept-Language: en'
has "in English" 'Set up your account'
ask "$(tr '[:lower:]' '[:upper:]' <<<"${WAY#/ticket/}" | sed 's|^|/ticket/|')"
equal "typed in capitals it is the same" "$STATUS" 200

# --- the login on it ---
look "$WAY"
ask /ticket -d "ticket=${WAY#/ticket/}" -d login=sato
equal "R45 a form of another page" "$STATUS" 403
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro
leads "somebody else's login" "$WAY"
ask "$WAY"
has "is told, with the tries that are left" 'あと4回'
has "and is there to be corrected" 'value="taro"'
post /ticket -d "ticket=${WAY#/ticket/}" -d login=ＳＡＴＯ
leads "the right one goes on, to an address without the secret" /enrol
check "it is held by a cookie" [ -n "$(cookie __Host-sekisho-ticket)" ]
for _ in 1 2 3 4; do
	look "$WAY"
	post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro
done
ask "$WAY"
equal "five wrong ones" "$STATUS" 410
strict "its page" 410
has "it is void" 'この登録票は無効です'
has "and whom to ask" '内線 123'
equal "the list says so" "$(state sato)" void
post /ticket -d "ticket=${WAY#/ticket/}" -d login=sato
leads "the right one then" "$WAY"
ask /ticket/0123456789abcdefghjkmnpqrs
equal "one that never was" "$STATUS" 404
has "says what to do" 'QRコード'
ask /ticket/x
equal "what is none" "$STATUS" 404
ask /ticket/
equal "an empty one" "$STATUS" 404

# --- phone: the password ---
make_ticket taro phone
OLD=$WAY
make_ticket taro phone
browser taro
ask "$OLD"
equal "a newer one voids the older" "$STATUS" 410
look "$WAY"
has "the password is asked" 'name="password"'
hasnt "and no code" 'name="code"'
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro -d password=wrong
leads "a wrong password" "$WAY"
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro
leads "none" "$WAY"
api verify "{\"login\":\"taro\",\"code\":\"$(code_of "$SECRET" 0)\",\"service\":\"x\"}"
equal "his code elsewhere is not locked by that" \
	"$(jq -r .result <<<"$OUT")" accept
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro \
	--data-urlencode "password=$GOOD"
leads "the right one" /enrol

# --- password: a code or recovery code ---
make_ticket taro password
browser taro2
look "$WAY"
has "a code is asked" 'name="code"'
hasnt "and no password" 'name="password"'
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro -d code=000000
leads "a wrong code" "$WAY"
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro \
	--data-urlencode "password=$GOOD"
leads "the password is no code" "$WAY"
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro \
	-d "recovery=$(sed -n 1p <<<"$RECOVERY")"
leads "a recovery code" /enrol
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro \
	-d "recovery=$(sed -n 1p <<<"$RECOVERY")"
leads "R24 once" "$WAY"
early_in_step 20
sleep 1
post /ticket -d "ticket=${WAY#/ticket/}" -d login=taro \
	-d "code=$(code_of "$SECRET" 30)"
leads "a code" /enrol

# --- the person is told (R33) ---
browser mine
look /login
post /login -d login=taro --data-urlencode "password=$GOOD"
look /login/code
post /login/code -d "recovery=$(sed -n 2p <<<"$RECOVERY")"
leads "taro logs in" /
ask /mine
has "and sees that tickets were made for him" '登録票が発行された'

# --- void, expired ---
api ticket/list '{"login":"taro"}'
ID=$(jq -r '.tickets[-1].ticket' <<<"$OUT")
api ticket/void "{\"ticket\":\"$ID\"}"
equal "an administrator voids it" "$(jq -r .state <<<"$OUT")" void
api ticket/void "{\"ticket\":\"$ID\"}"
refused "once" 409 ticket_over
look "$WAY"
equal "void" "$STATUS" 410
api ticket/void '{"ticket":"x"}'
refused "none such" 404 no_such_ticket

# --- the slip: printed, and read back from the paper ---
# print_slip FILE: $T/FILE.pdf and its one page as $T/FILE.png
print_slip() {
	HOME=$T/browser timeout 60 chromium --headless --no-sandbox \
		--disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update \
		--disable-sync --no-pdf-header-footer \
		--user-data-dir="$T/browser/profile" \
		--print-to-pdf="$T/$1.pdf" "file://$T/$1.html" >/dev/null 2>&1
	check "$1: printed" pdfinfo "$T/$1.pdf"
	pdfinfo "$T/$1.pdf" >"$T/$1.info"
	check "$1: on one page" grep -q '^Pages: *1$' "$T/$1.info"
}
# slip LOGIN PURPOSE PAPER POINTS [OPTION...]
slip() {
	local name=$2-$3 read
	run sekisho ticket create "$1" --for "$2" --paper "$3" \
		--out "$T/$name.html" "${@:5}"
	is "$name: made" 0
	refute "$name: the link is on the slip, not on the screen" \
		grep -q /ticket/ "$T/.out"
	equal "$name: for nobody else to read" \
		"$(stat -c %a "$T/$name.html")" 600
	print_slip "$name"
	check "$name: on $3" grep -q "^Page size: *$4" "$T/$name.info"
	pdftotext -layout "$T/$name.pdf" "$T/$name.txt"
	pdftoppm -r 150 -png -singlefile "$T/$name.pdf" "$T/$name"
	read=$(zbarimg -q --raw "$T/$name.png" 2>/dev/null)
	check "$name: its QR code is the link" \
		[ "${read#"$PORTAL"/ticket/}" != "$read" ]
	WAY=${read#"$PORTAL"}
	printf '%s\n' "${WAY#/ticket/}" >>"$T/slips"
	JAR=$T/jar.$name
	look "$WAY"
	equal "$name: it opens" "$STATUS" 200
	equal "$name: as typed from the paper as well" \
		"$(tr -d ' \n' <"$T/$name.txt" |
			grep -o 'portal.example/ticket/[0-9a-z-]\{32\}' |
			head -n 1 | tr -d -)" \
		"$(tr -d - <<<"portal.example$WAY")"
	check "$name: whom to ask, in Japanese and English" \
		[ "$(grep -c '内線 123' "$T/$name.txt")" -ge 2 ]
	refute "$name: no login is on it" grep -qw "$1" "$T/$name.txt"
}
mkdir -p "$T/browser"
slip sato first A4 '59[45].*84[12]'
slip sato first A5 '4[12][90].*59[45]' --hours 720
check "until when" grep -qF "$(TZ=Asia/Tokyo date -d '+720 hours' +%Y年%-m月%-d日)" \
	"$T/first-A5.txt"
slip taro phone a5 '4[12][90].*59[45]'
slip taro password A4 '59[45].*84[12]'
run sekisho ticket create sato --for first --out "$T/first-A4.html"
is "a file that is there is kept" 2
run sekisho ticket create sato --for first --paper A3
is "another paper" 2
run sekisho ticket create taro --for first
is "one that is refused" 1
run sekisho ticket create sato
is "for nothing" 2
run sekisho ticket list
check "the list names them" grep -q 'taro .*password .*open' "$T/.out"
refute "and not their links" grep -q -f "$T/slips" "$T/.out"
run sekisho ticket list --login sato --state all --json
ID=$(json '.[-1].ticket' 2>/dev/null || json '.tickets[-1].ticket')
run sekisho ticket void "$ID"
is "void on the command line" 0
run sekisho ticket void "$ID"
is "once" 1
run sekisho ticket void nothing
is "none such" 3

# --- a restart changes nothing of it ---
make_ticket sato first ',"hours":1'
stop_daemon
start_daemon "$DIR"
browser sato2
look "$WAY"
equal "open after a restart" "$STATUS" 200
stop_daemon

# --- nothing of a slip anywhere ---
cat "$DIR"/data/* >"$T/store"
check "there were slips" [ "$(wc -l <"$T/slips")" -ge 5 ]
refute "R35 no secret of a slip in the store" \
	grep -qaF -f "$T/slips" "$T/store"
refute "V25 nor in the log" grep -qaF -f "$T/slips" "$LOG"
