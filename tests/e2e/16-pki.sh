#!/usr/bin/env bash
# Goal of this test:
# - What stands in a certificate is served on pki.sock: the list, OCSP by POST
#   and GET, the CA; openssl and certtool take each for what it is (R68 to R70).
# - A revoked certificate is on the next list, whose number rises, in its file
#   a moment later, and OCSP says so at once; a serial never issued is unknown.
# - The number rises over a restart and after a restore of an older instance.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
new_dir pki
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name Taro --office demo

get() { curl -s -m 20 --unix-socket "$DIR/pki.sock" "$@"; }
issue() {
	run sekisho cert sign "$T/k.csr" --login taro --label "$1" --out "$T/$1.pem"
	[ "$RC" -eq 0 ] || die "sign: $ERR"
}
serial() { openssl x509 -in "$T/$1.pem" -noout -serial | cut -d= -f2; }
openssl ecparam -genkey -name prime256v1 -noout -out "$T/k.pem" 2>/dev/null
openssl req -new -key "$T/k.pem" -subj / -out "$T/k.csr" 2>/dev/null
issue one
issue two
csplit -s -z -f "$T/ca" "$DIR/ca.pem" '/BEGIN CERTIFICATE/' '{*}'

# --- the addresses in it ---
text=$(openssl x509 -in "$T/one.pem" -noout -text)
for path in /sekisho.crl /ocsp /ca.cer; do
	check "it names an address that ends in $path" \
		grep -qE "URI:http://[^ ]+$path\$" <<<"$text"
done
get -o "$T/ca.cer" http://x/ca.cer
equal "ca.cer is the issuing CA" \
	"$(openssl x509 -inform der -in "$T/ca.cer" -noout -fingerprint -sha256)" \
	"$(openssl x509 -in "$T/ca00" -noout -fingerprint -sha256)"
equal "ca.pem is the chain" "$(get http://x/ca.pem | grep -v '^$')" \
	"$(grep -v '^$' "$DIR/ca.pem")"

# --- the list ---
list() {
	get -D "$T/head" -o "$T/list.crl" http://x/sekisho.crl
	openssl crl -inform der -in "$T/list.crl" -out "$T/list.pem" 2>/dev/null
}
number() {
	openssl crl -in "$T/list.pem" -noout -crlnumber | cut -d= -f2
}
# above A B: hexadecimal numbers, as openssl prints them
above() { [ "$(printf '%d' "0x${1#0x}")" -gt "$(printf '%d' "0x${2#0x}")" ]; }
list
first=$(number)
check "the list is the CA's" openssl crl -in "$T/list.pem" \
	-CAfile <(cat "$DIR/ca.pem") -noout
check "R68 an empty list has no field for what is revoked" \
	grep -q 'No Revoked Certificates' \
	<(openssl crl -in "$T/list.pem" -noout -text)
check "certtool reads it" certtool --crl-info --inder --infile "$T/list.crl"
check "it may be kept for a minute" \
	grep -qiE '^cache-control: .*max-age=60' "$T/head"
check "its type" grep -qi '^content-type: application/pkix-crl' "$T/head"
verify_crl() {
	openssl verify -crl_check -CRLfile "$T/list.pem" -CAfile "$DIR/ca.pem" \
		"$T/$1.pem"
}
check "good by the list" verify_crl one
run sekisho cert revoke "$(serial one)" --reason lost
list
refute "revoked by the next list" verify_crl one
check "the other is good" verify_crl two
check "its number has risen" above "$(number)" "$first"
check "R68 with the reason" grep -q 'Key Compromise' \
	<(openssl crl -in "$T/list.pem" -noout -text)
check "the file is the same list" until_true 10 \
	cmp "$T/list.crl" "$DIR/data/sekisho.crl"

# --- OCSP ---
# ask FILE.pem|SERIAL [OPTION...]: OUT
ask_ocsp() {
	local what=$1
	shift
	[ -f "$T/$what.pem" ] && what="-cert $T/$what.pem" ||
		what="-serial 0x$what"
	# shellcheck disable=SC2086
	openssl ocsp -issuer "$T/ca00" $what "$@" -reqout "$T/q.der" \
		>/dev/null 2>&1
	get -H 'Content-Type: application/ocsp-request' \
		--data-binary "@$T/q.der" -o "$T/a.der" http://x/ocsp
	OUT=$(openssl ocsp -respin "$T/a.der" -resp_text -CAfile "$T/ca01" \
		-verify_other "$T/ca00" 2>&1)
}
# nonce FILE KIND: of a request (req) or an answer (resp)
nonce() {
	openssl ocsp "-${2}in" "$1" "-${2}_text" -noverify 2>/dev/null |
		grep -A1 'OCSP Nonce' | tail -n 1 | tr -d ' '
}
ask_ocsp two
check "OCSP: good" grep -q 'Cert Status: good' <<<"$OUT"
check "signed by the CA's delegate" grep -q 'Response verify OK' <<<"$OUT"
check "there is a nonce" test -n "$(nonce "$T/q.der" req)"
equal "which came back" "$(nonce "$T/a.der" resp)" "$(nonce "$T/q.der" req)"
ask_ocsp one
check "OCSP: revoked" grep -q 'Cert Status: revoked' <<<"$OUT"
check "with the reason" grep -q 'keyCompromise' <<<"$OUT"
ask_ocsp 1234567890ABCDEF1234567890ABCDEF
check "OCSP: unknown" grep -q 'Cert Status: unknown' <<<"$OUT"
ask_ocsp two -no_nonce
check "without a nonce: good" grep -q 'Cert Status: good' <<<"$OUT"
equal "and without one in the answer" "$(nonce "$T/a.der" resp)" ""
path=$(base64 -w0 "$T/q.der" | jq -Rr @uri)
get -D "$T/head" -o "$T/g.der" "http://x/ocsp/$path"
check "by GET too" grep -q ': good' <(openssl ocsp -issuer "$T/ca00" -no_nonce \
	-cert "$T/two.pem" -respin "$T/g.der" -CAfile "$T/ca01" \
	-verify_other "$T/ca00" 2>&1)
check "which may be kept for a minute" \
	grep -qiE '^cache-control: .*max-age=60' "$T/head"
run sekisho cert revoke "$(serial two)" --reason left
get -o "$T/g.der" "http://x/ocsp/$path"
check "the prepared answer does not outlive a revocation" grep -q ': revoked' \
	<(openssl ocsp -issuer "$T/ca00" -no_nonce -cert "$T/two.pem" \
		-respin "$T/g.der" -CAfile "$T/ca01" -verify_other "$T/ca00" 2>&1)
printf 'nonsense' >"$T/q.der"
get -H 'Content-Type: application/ocsp-request' --data-binary "@$T/q.der" \
	-o "$T/a.der" http://x/ocsp
check "nonsense is malformed" grep -q 'malformedrequest' \
	<(openssl ocsp -respin "$T/a.der" -noverify 2>&1)

# --- the number only rises ---
list
last=$(number)
stop_daemon
start_daemon "$DIR"
list
check "over a restart" above "$(number)" "$last"
last=$(number)
cp -p "$DIR/keeper.state" "$T/state"
run sekisho cert revoke "$(serial two)"
is "revoked is for ever" 1
issue three
run sekisho cert revoke "$(serial three)"
list
last=$(number)
# an older state, as a backup would bring it back
stop_daemon
cp -p "$T/state" "$DIR/keeper.state"
start_daemon "$DIR"
list
check "with an older state" above "$(number)" "$last"
stop_daemon
