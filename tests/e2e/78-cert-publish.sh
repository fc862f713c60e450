#!/usr/bin/env bash
# Goal of this test: what others learn of our revocations, by our list and our
# responder, served as contrib/nginx/mtls.conf says.
# - openssl and GnuTLS verify list and answers; good, revoked and unknown are
#   said of the right certificates, with and without a nonce.
# - nginx with ssl_crl, and with ssl_ocsp leaf over HTTP/1.1 and HTTP/2, refuses
#   a revoked certificate at the next handshake: V43.
# Limit: 120
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/web.sh
. "$(dirname "$0")/web.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin
mtls_begin
PKI=http://127.0.0.1:$HTTP

new_dir a
cp "$DIR/root-ca/root-ca.pem" "$DIR/root-ca/root-ca.crl" "$W"
set_conf "pki_url = '$PKI'"
proxy_key "$W/proxy-key.conf"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name Taro --office demo
declare -A serial_of
for name in one two three four; do
	issue $name taro "PC $name"
	serial_of[$name]=$SERIAL
done
sekisho cert ca >"$W/ca.pem"
openssl x509 -in "$W/ca.pem" -out "$W/issuing.pem"
site_cert $HOST "$W" || die "no certificate for the site"
# The responder is asked by its address: nginx needs no resolver for one.
AS_NUMBER='s/pki\.example\.jp/127.0.0.1/'
site "$W/site" "$AS_NUMBER"
start_nginx "$W/site" "$HTTPS" || die "nginx: $(cat "$W/site.log")"
nginx=$NGINX_PID

# --- the list ---
number_of() {
	openssl crl -in "$1" -noout -crlnumber | cut -d= -f2
}
sekisho cert crl >"$W/first.crl"
check "openssl: the list is the issuing CA's" openssl crl -noout -verify \
	-CAfile "$W/issuing.pem" -in "$W/first.crl"
check "certtool: so it is" bash -c "certtool --verify-crl --infile \
	'$W/first.crl' --load-ca-certificate '$W/issuing.pem' | grep -q Verified"
curl -sS -o "$W/served.crl" "$PKI/sekisho.crl"
check "the same is served in DER" cmp "$W/served.crl" \
	<(openssl crl -in "$W/first.crl" -outform DER)
check "and printed by --der" cmp "$W/served.crl" <(sekisho cert crl --der)
run sekisho cert revoke "${serial_of[one]}" --reason lost
is "one is revoked" 0
sekisho cert crl >"$W/second.crl"
check "R68 the number rose" test \
	"$(($(number_of "$W/second.crl")))" -gt \
	"$(($(number_of "$W/first.crl")))"
equal "the list has it alone" "$(openssl crl -in "$W/second.crl" -noout \
	-text | sed -n 's/^ *Serial Number: //p')" "${serial_of[one]}"
cat "$W/issuing.pem" "$W/root-ca.pem" >"$W/chain.pem"
cat "$W/second.crl" "$W/root-ca.crl" >"$W/crl.pem"
verify() {
	openssl verify -x509_strict -purpose sslclient -crl_check_all \
		-CAfile "$W/root-ca.pem" -untrusted "$W/issuing.pem" \
		-CRLfile "$W/crl.pem" "$W/$1.pem"
}
check "openssl with both lists: one is live" verify two
run verify one
is "the other is not" 2
check "because it is revoked" grep -q 'certificate revoked' "$T/.err"

# --- the responder ---
# ocsp FILE [OPTION...]: what openssl makes of the answer
ocsp() {
	local name=$1
	shift
	openssl ocsp -url "$PKI/ocsp" -issuer "$W/issuing.pem" \
		-cert "$W/$name.pem" -CAfile "$W/chain.pem" "$@" 2>&1
}
says() {
	local want=$1
	shift
	ocsp "$@" >"$T/ocsp"
	grep -q '^Response verify OK' "$T/ocsp" &&
		grep -q "^$W/$1.pem: $want" "$T/ocsp" &&
		! grep -qi 'warning' "$T/ocsp"
}
check "OCSP: good, with the nonce of the question" says good two
check "OCSP: good without a nonce" says good two -no_nonce
check "OCSP: revoked" says revoked one
check "with the reason" grep -q 'Reason: keyCompromise' "$T/ocsp"
openssl ocsp -url "$PKI/ocsp" -issuer "$W/issuing.pem" -serial 0x1234 \
	-CAfile "$W/chain.pem" >"$T/ocsp" 2>&1
check "R70 OCSP: unknown for what was never issued" \
	grep -q '^0x1234: unknown' "$T/ocsp"
ask_gnutls() {
	ocsptool --ask="$PKI/ocsp" --load-cert "$W/$1.pem" \
		--load-issuer "$W/issuing.pem" --load-trust "$W/chain.pem"
}
gnutls_says() {
	ask_gnutls "$2" >"$T/gnutls" 2>&1
	grep -q "Certificate Status: $1" "$T/gnutls"
}
check "GnuTLS: good" gnutls_says good two
check "and verified" grep -q 'Verifying OCSP Response: Success' "$T/gnutls"
check "GnuTLS: revoked" gnutls_says revoked one
openssl ocsp -issuer "$W/issuing.pem" -cert "$W/one.pem" -no_nonce \
	-reqout "$T/question" >/dev/null 2>&1
curl -sS -o "$T/answer" "$PKI/ocsp/$(base64 -w0 <"$T/question" |
	jq -sRr @uri)"
check "OCSP by GET says the same" bash -c "openssl ocsp -respin '$T/answer' \
	-issuer '$W/issuing.pem' -cert '$W/one.pem' -CAfile '$W/chain.pem' 2>&1 |
		grep -q '^$W/one.pem: revoked'"

# --- nginx with the list ---
strict() {
	site "$1" "s|ssl_verify_client optional;|ssl_verify_client on; $2|;
		$AS_NUMBER"
}
stop_nginx "$nginx"
strict "$W/crl" "ssl_crl $W/crl.pem;"
start_nginx "$W/crl" "$HTTPS" || die "nginx: $(cat "$W/crl.log")"
visit one
is "ssl_crl: a revoked certificate is refused by the handshake" 400
check "because it is revoked" grep -q 'certificate revoked' "$W/crl.log"
visit two
is "ssl_crl: a live one comes in" 200
run sekisho cert revoke "${serial_of[two]}"
{ sekisho cert crl && cat "$W/root-ca.crl"; } >"$W/crl.new"
mv "$W/crl.new" "$W/crl.pem"
reload_nginx "$NGINX_PID" "$W/crl.log"
visit two
is "ssl_crl: revoked and reloaded, refused at the next handshake" 400
stop_nginx "$NGINX_PID"

# --- nginx with the responder ---
for form in http1.1 http2; do
	h2=
	name=three
	if [ $form = http2 ]; then
		h2='s|\(listen 127.*\) ssl;|\1 ssl http2;|'
		name=four
	fi
	strict "$W/$form" "ssl_ocsp leaf;"
	sed -i "$h2" "$W/$form"
	start_nginx "$W/$form" "$HTTPS" || die "nginx: $(cat "$W/$form.log")"
	visit $name / --$form
	is "ssl_ocsp, $form: a live certificate comes in" 200
	run sekisho cert revoke "${serial_of[$name]}"
	is "ssl_ocsp, $form: it is revoked" 0
	visit $name / --$form
	is "V43 ssl_ocsp, $form: refused at the next handshake" 400
	check "V43 ssl_ocsp, $form: because it is revoked" \
		grep -q 'certificate revoked' "$W/$form.log"
	stop_nginx "$NGINX_PID"
done
