#!/usr/bin/env bash
# Goal of this test:
# - A certificate is handed out with its key, or for a request; openssl reads
#   what came out, strictly, and believes it under our CA and nothing else.
# - cert/check accepts it for its terminal's accounts, refuses all that only
#   looks like one with the same answer, and sees a revocation at once, each of
#   SEKISHO_REVOKES=100 times (V44, V45; rule 6.6; lesson 8).
# - A lost terminal, a disabled account or office are refused by the next
#   answer; uses are seen in the list and in the audit log.
# - The hook believes a certificate in the one header field only with the
#   proxy's key, in every form that proxies write (V41).
# - No passphrase and no key is found in data/ or the log.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
REVOKES=${SEKISHO_REVOKES:-100}
KEY=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
new_dir cert
install -m 600 /dev/null "$DIR/proxy.key"
printf '%s\n' "$KEY" >"$DIR/proxy.key"
set_conf "proxy_key_file = \"$DIR/proxy.key\"" 'password_cost = 5'
start_daemon "$DIR"

# ask ROUTE JSON: OUT is the body, STATUS the HTTP status.
ask() {
	OUT=$(curl -s -m 20 -w '\n%{http_code}' --unix-socket "$DIR/authd.sock" \
		-H 'Content-Type: application/json' -d "$2" \
		"http://sekisho/v1/$1")
	STATUS=${OUT##*$'\n'}
	OUT=${OUT%$'\n'*}
}
pem_json() { jq -Rs . "$1"; }
# check_cert NAME FILE WANTED [LOGIN]
check_cert() {
	ask cert/check "{\"certificate\":$(pem_json "$2")${4:+,\"login\":\"$4\"}}"
	equal "$1" "$(jq -r .result <<<"$OUT")" "$3"
}
# hook [CURL OPTION...]: STATUS, and FIELDS in lower case
hook() {
	FIELDS=$(curl -s -m 20 -D - -o /dev/null \
		--unix-socket "$DIR/hook.sock" "$@" \
		http://sekisho/api/authz/certificate | tr -d '\r' |
		tr '[:upper:]' '[:lower:]')
	STATUS=$(sed -n '1s/^[^ ]* //p' <<<"$FIELDS")
	STATUS=${STATUS%% *}
}

for o in demo other; do
	run sekisho office add $o --name "Office $o"
done
for l in taro:demo hana:demo jiro:other; do
	run sekisho account add "${l%:*}" --name X --office "${l#*:}"
done

# --- issued ---
ask cert/issue '{"login":"taro","label":"受付"}'
equal "issued" "$STATUS" 200
jq -r .certificate <<<"$OUT" >"$T/cert.pem"
jq -r .pkcs12 <<<"$OUT" | base64 -d >"$T/cert.p12"
PASS=$(jq -r .passphrase <<<"$OUT")
SERIAL=$(jq -r .serial <<<"$OUT")
TERMINAL=$(jq -r .terminal <<<"$OUT")
check "20 unambiguous ASCII characters" \
	grep -qxE '[2-9A-HJ-NP-Za-km-z]{20}' <<<"$PASS"
ask cert/ca '{}'
jq -r .chain <<<"$OUT" >"$T/chain.pem"
equal "the CA told is the one of ca.pem" "$(grep -v '^$' "$T/chain.pem")" \
	"$(grep -v '^$' "$DIR/ca.pem")"
check "openssl believes it under our CA, strictly" \
	openssl verify -x509_strict -purpose sslclient -check_ss_sig \
	-CAfile "$T/chain.pem" "$T/cert.pem"
refute "and not as a server's" \
	openssl verify -x509_strict -purpose sslserver \
	-CAfile "$T/chain.pem" "$T/cert.pem"
equal "its serial" "$(openssl x509 -in "$T/cert.pem" -noout -serial)" \
	"serial=$SERIAL"
equal "its fingerprint" \
	"$(openssl x509 -in "$T/cert.pem" -outform der | sha256sum | cut -d' ' -f1)" \
	"$(sekisho cert show "$SERIAL" --json | jq -r .fingerprint_sha256)"
# dates FILE: both, as openssl reads them, in the form of the API
dates() {
	openssl x509 -in "$1" -noout -dates -dateopt iso_8601 |
		sed 's/^not[A-Za-z]*=//; s/ /T/; s/Z$/.000Z/'
}
equal "R62 its dates, as openssl prints them" "$(dates "$T/cert.pem")" \
	"$(sekisho cert show "$SERIAL" --json | jq -r '.not_before, .not_after')"
ask cert/ca '{}'
equal "R62 and those of the CA" "$(dates "$T/chain.pem")" \
	"$(jq -r '.not_before, .not_after' <<<"$OUT")"
equal "no person in it" \
	"$(openssl x509 -in "$T/cert.pem" -noout -subject -nameopt RFC2253)" \
	"subject=CN=${TERMINAL//-/},O=demo"
openssl pkcs12 -in "$T/cert.p12" -passin "pass:$PASS" -nodes \
	>"$T/both.pem" 2>/dev/null
equal "the file holds its key" \
	"$(openssl pkey -in "$T/both.pem" -pubout 2>/dev/null)" \
	"$(openssl x509 -in "$T/cert.pem" -noout -pubkey)"

# --- checked ---
check_cert "accepted" "$T/cert.pem" accept
equal "whose it is" \
	"$(jq -c '[.terminal, .label, .office, .serial, .login]' <<<"$OUT")" \
	"[\"$TERMINAL\",\"受付\",\"demo\",\"$SERIAL\",\"taro\"]"
check_cert "for its account" "$T/cert.pem" accept taro
check_cert "not for another" "$T/cert.pem" refuse hana
run sekisho terminal set "$TERMINAL" --admit hana
check_cert "for two now" "$T/cert.pem" accept hana
equal "then no login is told" "$(jq -c .login <<<"$OUT")" null
check_cert "never for another office's" "$T/cert.pem" refuse jiro

# --- what only looks like one ---
openssl ecparam -genkey -name prime256v1 -noout -out "$T/k.pem" 2>/dev/null
subject="/O=demo/CN=${TERMINAL//-/}"
openssl req -new -key "$T/k.pem" -subj "$subject" -out "$T/k.csr" 2>/dev/null
openssl req -x509 -key "$T/k.pem" -subj "$subject" -days 9 \
	-addext extendedKeyUsage=clientAuth -out "$T/self.pem" 2>/dev/null
openssl x509 -req -in "$T/k.csr" -CA "$DIR/root-ca/root-ca.pem" \
	-CAkey "$DIR/root-ca/root-ca.key" -set_serial 0x7777 -days 9 \
	-out "$T/root.pem" 2>/dev/null
openssl x509 -req -in "$T/k.csr" -CA "$T/cert.pem" -CAkey "$T/both.pem" \
	-set_serial 0x7778 -days 9 -out "$T/leaf.pem" 2>/dev/null
sed '3s/./A/20' "$T/cert.pem" >"$T/bent.pem"
printf 'nonsense\n' >"$T/nonsense.pem"
: >"$T/empty.pem"
cat "$T/cert.pem" "$T/cert.pem" >"$T/two.pem"
check_cert "unknown login" "$T/cert.pem" refuse nobody
WANTED=$(jq -c 'del(.request_id)' <<<"$OUT")
for f in self root leaf bent nonsense empty two chain; do
	check_cert "refused: $f" "$T/$f.pem" refuse
	equal "with the one answer: $f" \
		"$(jq -c 'del(.request_id)' <<<"$OUT")" "$WANTED"
done
ask cert/check '{"certificate":"x"'
equal "unreadable JSON is a 400" "$STATUS" 400

# --- signed, and revoked at once ---
seen=0 gone=0
for i in $(seq "$REVOKES"); do
	ask cert/sign "{\"csr\":$(pem_json "$T/k.csr"),\"login\":\"hana\",\"label\":\"pc $i\"}"
	jq -r .certificate <<<"$OUT" >"$T/s.pem"
	s=$(jq -r .serial <<<"$OUT")
	ask cert/check "{\"certificate\":$(pem_json "$T/s.pem")}"
	[ "$(jq -r .result <<<"$OUT")" = accept ] && seen=$((seen + 1))
	ask cert/revoke "{\"serial\":\"$s\",\"reason\":\"left\"}"
	ask cert/check "{\"certificate\":$(pem_json "$T/s.pem")}"
	[ "$(jq -r .result <<<"$OUT")" = refuse ] && gone=$((gone + 1))
done
equal "accepted each time" "$seen" "$REVOKES"
equal "revoked is seen by the next check, each time" "$gone" "$REVOKES"
ask cert/revoke "{\"serial\":\"$s\"}"
equal "once is for ever" "$STATUS $(jq -r .code <<<"$OUT")" "409 revoked"
ask cert/sign '{"csr":"nonsense","login":"hana","label":"x"}'
equal "a request that is none" "$STATUS $(jq -r .code <<<"$OUT")" "400 bad_csr"
openssl req -new -newkey rsa:1024 -nodes -keyout /dev/null -subj / \
	-out "$T/weak.csr" 2>/dev/null
ask cert/sign "{\"csr\":$(pem_json "$T/weak.csr"),\"login\":\"hana\",\"label\":\"x\"}"
equal "R67 a weak key" "$STATUS $(jq -r .code <<<"$OUT")" "400 bad_csr"

# two devices whose random numbers gave them one prime in common
p=$(openssl prime -generate -bits 1024 -hex)
for i in 1 2; do
	perl -Mbigint -e '
		my ($p, $q) = map { hex("0x$_") } @ARGV;
		my ($n, $m, $e) = ($p * $q, ($p - 1) * ($q - 1), 65537);
		my $d = $e->copy->bmodinv($m);
		print "asn1=SEQUENCE:k\n[k]\nv=INTEGER:0\nn=INTEGER:", $n->as_hex,
		    "\ne=INTEGER:$e\nd=INTEGER:", $d->as_hex, "\np=INTEGER:",
		    $p->as_hex, "\nq=INTEGER:", $q->as_hex, "\n1=INTEGER:",
		    ($d % ($p - 1))->as_hex, "\n2=INTEGER:",
		    ($d % ($q - 1))->as_hex, "\n3=INTEGER:",
		    $q->copy->bmodinv($p)->as_hex, "\n";
	' "$p" "$(openssl prime -generate -bits 1024 -hex)" >"$T/pair.cnf"
	openssl asn1parse -genconf "$T/pair.cnf" -noout -out "$T/pair.der"
	openssl rsa -inform DER -in "$T/pair.der" -out "$T/pair$i.key" 2>/dev/null
	openssl req -new -key "$T/pair$i.key" -subj / -out "$T/pair$i.csr"
done
ask cert/sign "{\"csr\":$(pem_json "$T/pair1.csr"),\"login\":\"hana\",\"label\":\"pair 1\"}"
equal "R67 the first of two that share a prime" "$STATUS" 200
serial=$(jq -r .serial <<<"$OUT")
ask cert/sign "{\"csr\":$(pem_json "$T/pair2.csr"),\"login\":\"hana\",\"label\":\"pair 2\"}"
equal "R67 the second" "$STATUS $(jq -r .code <<<"$OUT")" "400 shared_key"
check "R67 and why" grep -q 'shares a prime' <<<"$OUT"
request=$(jq -r .request_id <<<"$OUT")
run sekisho --json audit show "$request"
equal "R67 the log names the other one" \
	"$(jq -r '.records[] | .result, .reason, .detail' <<<"$OUT" | paste -sd' ')" \
	"refuse shared_key shares=$serial"
ask cert/sign "{\"csr\":$(pem_json "$T/pair1.csr"),\"login\":\"hana\",\"label\":\"pair 3\"}"
equal "R67 the same key once more is no other" "$STATUS" 200
ask cert/renew "{\"serial\":\"$SERIAL\"}"
equal "too early to renew" "$STATUS $(jq -r .code <<<"$OUT")" "409 too_early"

# --- the hook (V41) ---
FLAT=$(tr '\n' ' ' <"$T/cert.pem")
ESCAPED=$(jq -Rrs @uri "$T/cert.pem")
RFC=":$(openssl x509 -in "$T/cert.pem" -outform der | base64 -w0):"
H=Sekisho-Client-Cert
for form in "$FLAT" "$ESCAPED" "$RFC"; do
	hook -H "Sekisho-Proxy-Key: $KEY" -H "$H: $form" \
		-H 'X-Forwarded-For: 192.0.2.44'
	equal "the hook admits ${form:0:12}" "$STATUS" 200
	equal "and tells the terminal" \
		"$(sed -n 's/^remote-terminal: //p' <<<"$FIELDS")" "$TERMINAL"
	equal "and its office" \
		"$(sed -n 's/^remote-office: //p' <<<"$FIELDS")" demo
	refute "and no user of several" grep -q '^remote-user:' <<<"$FIELDS"
done
hook -I -H "Sekisho-Proxy-Key: $KEY" -H "$H: $RFC" \
	-H 'X-Forwarded-For: 192.0.2.44'
equal "HEAD too" "$STATUS" 200
hook -H "Sekisho-Proxy-Key: $KEY" -H "$H: $RFC" \
	-H 'X-Forwarded-For: 192.0.2.44, 192.0.2.1'
equal "403 from a proxy that passes on a list (V40)" "$STATUS" 403
hook -H "$H: $RFC"
equal "403 without the key" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: ${KEY}0" -H "$H: $RFC"
equal "403 with another key" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: $KEY" -H "Sekisho-Proxy-Key: $KEY" -H "$H: $RFC"
equal "403 with two keys" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: $KEY" -H "$H: $RFC" -H "$H: $RFC"
equal "403 with two certificates" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: $KEY"
equal "403 with none" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: $KEY" -H "X-SSL-Client-Cert: $ESCAPED"
equal "403 in another field" "$STATUS" 403
hook -H "Sekisho-Proxy-Key: $KEY" -H "$H: $(jq -Rrs @uri "$T/self.pem")"
equal "403 for another's" "$STATUS" 403

# --- seen ---
first() { sekisho terminal show "$TERMINAL" --json | jq -r ".$1"; }
seen() { [ "$(first first_seen)" != null ]; }
check "the first use is written down" until_true 10 seen
sleep 1.2
check "the last one too, and from where" until_true 10 bash -c \
	"[ \"\$(sekisho terminal show $TERMINAL --json | jq -r .last_source)\" = 192.0.2.44 ]"
uses() { sekisho audit list --json | jq -c ".records[] | select(.action == \"cert.use\" and .result == \"$1\")"; }
check "its use is in the audit log" bash -c "[ -n '$(uses accept)' ]"
check "so are refusals" bash -c "[ -n '$(uses refuse | head -n 1)' ]"

# --- who may not any more ---
run sekisho account disable taro
check_cert "a disabled account" "$T/cert.pem" refuse taro
run sekisho account enable taro
check_cert "and again" "$T/cert.pem" accept taro
run sekisho office disable demo
check_cert "a disabled office" "$T/cert.pem" refuse taro
run sekisho office enable demo
run sekisho terminal lost "$TERMINAL"
check_cert "a lost terminal" "$T/cert.pem" refuse taro
hook -H "Sekisho-Proxy-Key: $KEY" -H "$H: $RFC"
equal "refused by the hook as well" "$STATUS" 403
equal "its certificate is revoked as lost" \
	"$(sekisho cert show "$SERIAL" --json | jq -r '.state + " " + .reason')" \
	"revoked lost"

# --- secrets ---
stop_daemon
refute "the passphrase is nowhere" grep -rqF "$PASS" "$DIR" "$LOG"
refute "nor the proxy's key" grep -rqF "$KEY" "$DIR/data" "$LOG"
openssl pkey -in "$T/both.pem" -outform der 2>/dev/null |
	od -An -tx1 | tr -d ' \n' | cut -c73-136 >"$T/scalar"
refute "nor the key of the certificate" bash -c \
	"od -An -v -tx1 '$DIR'/data/* | tr -d ' \n' | grep -qF '$(cat "$T/scalar")'"
run sekisho-authd --verify-log -c "$DIR/sekisho.conf"
is "the log is whole" 0
