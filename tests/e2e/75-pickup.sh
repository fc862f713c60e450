#!/usr/bin/env bash
# Goal of this test: a terminal's certificate is fetched by its ticket: once,
# whatever is parallel, by who knows the login, as the file that openssl and
# certtool open with the passphrase told when the ticket was made; the steps for
# the device at hand come first. Nothing but the encrypted file is kept, and that
# until it is fetched or the ticket ends: then its certificate is revoked.
# (R35, R45, V25, V27)
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
PORTAL=https://portal.example
DB=

new_dir pickup
set_conf 'password_cost = 5' "portal_url = '$PORTAL'" \
	'request_timeout = "60s"'
start_daemon "$DIR"
DB=$DIR/data/sekisho.db
run sekisho office add demo --name Demo --contact '内線 123'
run sekisho account add sato --name '佐藤 次郎' --office demo
run sekisho account add taro --name '山田 太郎' --office demo

# make_ticket LABEL: WAY, PHRASE, SERIAL, ID. Not by the command line, which
# waits 15 seconds only: a key and two files, on a machine that is busy.
make_ticket() {
	run curl -s -m 60 --unix-socket "$DIR/authd.sock" \
		-H 'Content-Type: application/json' \
		-d "{\"login\":\"sato\",\"for\":\"certificate\",\"label\":\"$1\"}" \
		http://sekisho/v1/ticket/create
	[ "$(json .state)" = open ] || die "ticket: $OUT"
	WAY=$(json .link)
	WAY=${WAY#"$PORTAL"}
	PHRASE=$(json .passphrase)
	SERIAL=$(json .serial)
	ID=$(json .ticket)
	printf '%s\n' "${WAY#/ticket/}" "$PHRASE" >>"$T/secrets"
}
# prove [LOGIN]: on the link's page
prove() {
	look "$WAY"
	post /ticket -d "ticket=${WAY#/ticket/}" -d "login=${1:-sato}"
}
# files: how many the store keeps
files() {
	sqlite3 "file:$DB?mode=ro" 'SELECT count(*) FROM ticket_file'
}
state() {
	sekisho cert show "$1" --json | jq -r .state
}
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
# fetch KIND NUMBER: into $T/got.NUMBER, the head into $T/head.NUMBER
fetch() {
	curl -s -m 60 -o "$T/got.$2" -D "$T/head.$2" --unix-socket \
		"$DIR/portal.sock" -b "$(jar_field)" \
		-H "X-Forwarded-For: $FROM" --data-urlencode "token=$TOKEN" \
		-d "file=$1" http://portal.example/pickup
}
# opens NAME FILE PASSPHRASE: openssl and GnuTLS read key and certificate of it
opens() {
	check "$1: openssl opens it" openssl pkcs12 -in "$2" -nodes \
		-passin "pass:$3" -legacy -out "$T/$1.pem"
	equal "$1: with the key of its certificate" \
		"$(openssl pkey -in "$T/$1.pem" -pubout 2>/dev/null)" \
		"$(openssl x509 -in "$T/$1.pem" -noout -pubkey 2>/dev/null)"
	check "$1: GnuTLS as well" certtool --inder --infile "$2" --p12-info \
		--password "$3"
	refute "$1: and nothing without the passphrase" openssl pkcs12 \
		-in "$2" -nodes -passin pass:wrong -legacy
}

# --- made ---
run sekisho ticket create sato --for certificate
is "a terminal needs a label" 2
make_ticket '受付PC'
equal "the passphrase is told now" "${#PHRASE}" 20
equal "good for seven days" \
	"$((($(date -d "$(json .expires_at)" +%s) - $(date +%s) + 60) / 3600))" 168
equal "both files are kept" "$(files)" 2
equal "the certificate is alive" "$(state "$SERIAL")" live

# --- looked at and logged in to ---
JAR=$T/jar.one
ask /pickup
equal "without a ticket nothing is fetched" "$STATUS" 403
has "and the way to it is told" 'もう一度、登録票のリンクを開いてください'
prove taro
leads "somebody else's login" "$WAY"
prove
leads "the right one" /pickup
look /pickup
strict "the page" 200
has "names the terminal" '受付PC'
has "Windows, as this browser says nothing else" 'Windows 10 / 11'
equal "R45 looking takes nothing" "$(files)" 2
# first AGENT: which steps are open, and which file is chosen
first() {
	run curl -s -m 30 --unix-socket "$DIR/portal.sock" -b "$(jar_field)" \
		-A "$1" -H "X-Forwarded-For: $FROM" \
		http://portal.example/pickup
	printf '%s %s' \
		"$(grep -A1 '<details open' "$T/.out" |
			sed -n 's/.*<summary>\(.*\)<.summary>.*/\1/p')" \
		"$(sed -n 's/.*value="\([a-z]*\)" checked.*/\1/p' "$T/.out")"
}
equal "a Mac's steps first" \
	"$(first 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605')" \
	'macOS standard'
equal "an iPhone's" \
	"$(first 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)')" \
	'iPhone / iPad standard'
equal "a new Android's" \
	"$(first 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130')" \
	'Android standard'
equal "an old Android's, with the file it can read" \
	"$(first 'Mozilla/5.0 (Linux; Android 9; X) Chrome/130')" \
	'Android compatible'
equal "Linux" "$(first 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130')" \
	'LinuxのChrome / Chromium standard'
equal "Windows" "$(first 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)')" \
	'Windows 10 / 11 standard'

# --- fetched, once ---
ask /pickup -d file=standard
equal "R45 a form of another page" "$STATUS" 403
post /pickup -d file=both
equal "no such file" "$STATUS" 400
equal "nothing is used up by that" "$(files)" 2
PIDS=
for i in $(seq 12); do
	fetch standard "$i" &
	PIDS="$PIDS $!"
done
# shellcheck disable=SC2086	# words
wait $PIDS
GOT=$(grep -l '^HTTP/1.1 200' "$T"/head.* 2>/dev/null)
equal "V27 of twelve at once one gets it" "$(wc -w <<<"$GOT")" 1
cp "$T/got.${GOT##*.}" "$T/standard.p12"
cp "$GOT" "$T/head"
equal "as a file" "$(field Content-Type)" application/x-pkcs12
check "with a name" grep -qi \
	'^Content-Disposition: attachment; filename="sekisho-[0-9a-f]*\.p12"' \
	"$T/head"
equal "kept by no cache" "$(field Cache-Control)" no-store
opens standard "$T/standard.p12" "$PHRASE"
equal "it is the certificate of the ticket" \
	"$(openssl x509 -in "$T/standard.pem" -noout -serial |
		sed 's/serial=0*//')" "${SERIAL#"${SERIAL%%[!0]*}"}"
run sekisho cert ca
cp "$T/.out" "$T/ca.pem"
check "of our CA" openssl verify -partial_chain -CAfile "$T/ca.pem" \
	-purpose sslclient "$T/standard.pem"
equal "no file is kept any more" "$(files)" 0
equal "and the certificate lives" "$(state "$SERIAL")" live
post /pickup -d file=compatible
equal "the other one is gone, too" "$STATUS" 410
prove
leads "the link" "$WAY"
ask "$WAY"
equal "says that it is used" "$STATUS" 410
JAR=$T/jar.late
ask /pickup
equal "another browser gets nothing" "$STATUS" 403

# --- void, replaced, revoked ---
make_ticket '会議室PC'
OLD=$SERIAL
JAR=$T/jar.two
prove
make_ticket '会議室PC'
equal "a new one's certificate instead of the old one's" \
	"$(state "$OLD") $(state "$SERIAL") $(files)" 'revoked live 2'
look /pickup
equal "what held the old one holds nothing" "$STATUS" 410
prove
look /pickup
run sekisho ticket void "$ID"
equal "void: file and certificate are gone" \
	"$(state "$SERIAL") $(files)" 'revoked 0'
post /pickup -d file=standard
equal "and nobody fetches it" "$STATUS" 410
make_ticket '会議室PC'
prove
look /pickup
run sekisho cert revoke "$SERIAL" --reason lost
post /pickup -d file=standard
equal "revoked meanwhile: not fetched" "$STATUS" 410

# --- the compatible one; a restart between ---
make_ticket '古いPC'
JAR=$T/jar.three
prove
stop_daemon
start_daemon "$DIR"
look /pickup
fetch compatible 13
check "held over a restart" grep -q '^HTTP/1.1 200' "$T/head.13"
cp "$T/got.13" "$T/compatible.p12"
opens compatible "$T/compatible.p12" "$PHRASE"
check "with an old cipher" \
	grep -q 3DES <(certtool --inder --infile "$T/compatible.p12" \
		--p12-info --password "$PHRASE" 2>&1)

# --- nothing of it anywhere ---
make_ticket 'PC 5'
cat "$DIR"/data/* >"$T/store"
refute "R35 no passphrase and no link in the store" \
	grep -qaF -f "$T/secrets" "$T/store"
refute "V25 nor in the log" grep -qaF -f "$T/secrets" "$LOG"
refute "and no key in the open" grep -qa 'PRIVATE KEY' "$T/store"
