#!/usr/bin/env bash
# Goal of this test: what others make of our certificates.
# - Both kinds of PKCS#12 are opened by openssl, certtool and pk12util with
#   their passphrase, and by none with another.
# - A certificate, our own key's or a request's, is verified in strict mode by
#   OpenSSL and by GnuTLS; it says what the profile says and nothing of a login
#   or of the request.
# - The command line: files of mode 0600 that replace nothing, exit codes,
#   renewal, revocation, loss.
# Limit: 120
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir a
start_daemon "$DIR"
run sekisho office add demo --name 'デモ事務所'
run sekisho account add taro --name '太郎' --office demo
run sekisho account add jiro --name '次郎' --office demo
sekisho cert ca >"$T/chain.pem" || die "cert ca"
# the issuing one first, then the root
openssl x509 -in "$T/chain.pem" -out "$T/issuing.pem"
openssl crl2pkcs7 -nocrl -certfile "$T/chain.pem" |
	openssl pkcs7 -print_certs | awk '/BEGIN/ { n++ } n == 2' |
	openssl x509 -out "$T/root.pem"
equal "the chain is two certificates" "$(grep -c BEGIN "$T/chain.pem")" 2

# strict NAME FILE: OpenSSL and GnuTLS verify a certificate for a client.
strict() {
	check "$1: openssl verifies it in strict mode" \
		openssl verify -x509_strict -purpose sslclient \
		-CAfile "$T/root.pem" -untrusted "$T/issuing.pem" "$2"
	refute "$1: not for a server" openssl verify -x509_strict \
		-purpose sslserver -CAfile "$T/root.pem" \
		-untrusted "$T/issuing.pem" "$2"
	cat "$2" "$T/issuing.pem" >"$T/both.pem"
	check "$1: certtool verifies it" certtool --verify \
		--verify-purpose 1.3.6.1.5.5.7.3.2 \
		--load-ca-certificate "$T/root.pem" --infile "$T/both.pem"
}

# --- both kinds of file ---
printf wrong >"$T/wrong"
for kind in standard compatible; do
	form=
	[ $kind = standard ] || form=--compatible
	# shellcheck disable=SC2086	# a word or none
	run sekisho cert issue taro --label "PC $kind" $form \
		--out "$T/$kind.p12" --json
	is "$kind: a certificate is issued" 0
	json .passphrase >"$T/$kind.phrase"
	serial=$(json .serial)
	terminal=$(json .terminal)
	equal "$kind: the key is in the file alone" \
		"$(json '.pkcs12 // "none"')" none
	equal "$kind: the file is its owner's" \
		"$(stat -c %a "$T/$kind.p12")" 600
	run openssl pkcs12 -in "$T/$kind.p12" -passin "file:$T/$kind.phrase" \
		-info -nokeys -clcerts -out "$T/$kind.pem"
	is "$kind: openssl opens it" 0
	case $kind in
	standard) cipher='PBES2, PBKDF2, AES-256-CBC, Iteration 100000' ;;
	*) cipher='pbeWithSHA1And3-KeyTripleDES-CBC' ;;
	esac
	equal "$kind: certificate and key under the right cipher" \
		"$(grep -c "$cipher" "$T/.err")" 2
	refute "$kind: nothing under a weak one" grep -qi 'RC2\|40' "$T/.err"
	check "$kind: openssl gets the key" openssl pkcs12 -nocerts -noenc \
		-in "$T/$kind.p12" -passin "file:$T/$kind.phrase" \
		-out "$T/$kind.key"
	equal "$kind: it is the certificate's" \
		"$(openssl pkey -in "$T/$kind.key" -pubout)" \
		"$(openssl x509 -in "$T/$kind.pem" -noout -pubkey)"
	check "$kind: certtool opens it" certtool --p12-info --inder \
		--infile "$T/$kind.p12" --password "$(cat "$T/$kind.phrase")"
	mkdir "$T/$kind.nss"
	certutil -d "sql:$T/$kind.nss" -N --empty-password
	check "$kind: pk12util imports it" pk12util -i "$T/$kind.p12" \
		-d "sql:$T/$kind.nss" -w "$T/$kind.phrase"
	check "$kind: with its key, under the terminal's name" \
		grep -q "PC $kind" <(certutil -d "sql:$T/$kind.nss" -K)
	refute "$kind: openssl wants the passphrase" openssl pkcs12 -noout \
		-in "$T/$kind.p12" -passin "file:$T/wrong"
	refute "$kind: so does certtool" certtool --p12-info --inder \
		--infile "$T/$kind.p12" --password wrong
	refute "$kind: so does pk12util" pk12util -i "$T/$kind.p12" \
		-d "sql:$T/$kind.nss" -w "$T/wrong"
	strict $kind "$T/$kind.pem"
	equal "$kind: it is the one we were told of" "$(openssl x509 \
		-in "$T/$kind.pem" -noout -serial | cut -d= -f2)" "$serial"
	equal "$kind: in the name of office and terminal" \
		"$(openssl x509 -in "$T/$kind.pem" -noout -subject \
			-nameopt RFC2253)" "subject=CN=${terminal//-/},O=demo"
	refute "$kind: no login in it" grep -aq taro \
		<(openssl x509 -in "$T/$kind.pem" -outform DER)
	equal "$kind: a year, told in days" "$((($(date -d "$(openssl x509 \
		-in "$T/$kind.pem" -noout -enddate | cut -d= -f2)" +%s) - \
		$(date +%s) + 43200) / 86400))" 365
done
run sekisho cert issue taro --label Other --out "$T/standard.p12"
is "an existing file is not replaced" 2
equal "and nothing is issued" \
	"$(sekisho cert list --json | jq '.certificates | length')" 2
run sekisho cert issue taro --label 'PC standard' --out "$T/again.p12"
is "a terminal with a live certificate gets no second one" 1
check "and no file is left" test ! -e "$T/again.p12"

# --- a request: the key stays where it is ---
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
	-keyout "$T/own.key" -out "$T/own.csr" -subj '/O=evil/CN=root' \
	-addext 'subjectAltName=DNS:bank.example' \
	-addext 'extendedKeyUsage=serverAuth' \
	-addext 'basicConstraints=critical,CA:TRUE' 2>/dev/null
run sekisho cert sign "$T/own.csr" --login taro --label 'Own key' \
	--out "$T/own.pem" --json
is "a request is signed" 0
own=$(json .serial)
strict request "$T/own.pem"
equal "R67 its key is the request's" \
	"$(openssl pkey -in "$T/own.key" -pubout)" \
	"$(openssl x509 -in "$T/own.pem" -noout -pubkey)"
openssl x509 -in "$T/own.pem" -noout -text >"$T/own.txt"
refute "R67 nothing else of it is taken over" \
	grep -qi 'evil\|bank\|Server Auth\|CA:TRUE\|CN *= *root' "$T/own.txt"
echo x >"$T/bad.csr"
run sekisho cert sign "$T/bad.csr" --login taro --label Bad --out "$T/bad.pem"
is "what is no request is refused" 2
check "and no file is left" test ! -e "$T/bad.pem"

# --- a host ---
run sekisho cert issue --host web1 --right verify --out "$T/host.p12" --json
is "a host gets a certificate" 0
equal "by its name" "$(json .host)" web1
json .passphrase >"$T/host.phrase"
openssl pkcs12 -in "$T/host.p12" -passin "file:$T/host.phrase" -nokeys \
	-clcerts -out "$T/host.pem" 2>/dev/null
strict host "$T/host.pem"
run sekisho cert issue taro --host web1 --out "$T/x.p12"
is "a host and a login are no one's" 2
run sekisho cert issue taro --out "$T/x.p12"
is "a terminal has a name" 2

# --- its life ---
run sekisho cert renew "$own" --out "$T/new.p12"
is "renewal is for the last month" 1
run sekisho terminal list --office demo --json
equal "three terminals" "$(json '.terminals | length')" 3
run sekisho terminal set "$terminal" --admit jiro --owner private --json
is "it admits another account" 0
equal "and says so" "$(json '.admitted | join(" ")')" "jiro taro"
equal "and whose it is" "$(json .owner)" private
run sekisho terminal set "$terminal" --drop taro --admit-all --json
equal "it admits the whole office" "$(json .admits_all)" true
run sekisho terminal set "$terminal" --admit-all --admit-listed
is "not both" 2
run sekisho terminal show 00000000-0000-0000-0000-000000000000
is "a terminal that is not there is 3" 3
run sekisho cert show 0123
is "so is a certificate" 3
run sekisho cert show "$serial"
is "one that is there is shown" 0
check "in words" grep -q '^state  *live' "$T/.out"
run sekisho cert revoke "$own" --reason superseded --json
is "it is revoked" 0
equal "with the reason" "$(json .reason)" superseded
run sekisho cert revoke "$own"
is "once" 1
run sekisho cert revoke "$serial" --reason because
is "for a reason there is" 2
run sekisho terminal lost "$terminal" --json
is "a terminal is lost" 0
equal "and told so" "$(json .state)" lost
equal "its certificate is revoked" "$(sekisho cert show "$serial" --json |
	jq -r '.state, .reason' | tr '\n' ' ')" "revoked lost "
