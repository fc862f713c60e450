#!/usr/bin/env bash
# Goal of this test:
# - The CA that init makes is what openssl and certtool take for one: a root, an
#   issuing CA below it held to one installation's names, keys that fit.
# - The daemon never opens the root, and does not start when the trust file is
#   missing, empty, damaged, another's or out of its dates (V44).
# - An instance without a CA gets one by --init-ca, once.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
AUTHD=$BIN/sekisho-authd
new_dir a
CA=$DIR/ca.pem
ROOT=$DIR/root-ca/root-ca.pem

# --- what init made ---
csplit -s -z -f "$T/c" "$CA" '/BEGIN CERTIFICATE/' '{*}'
equal "two certificates" "$(find "$T" -name 'c0*' | wc -l)" 2
check "the second is the root" cmp "$T/c01" "$ROOT"
check "openssl: the issuing CA is the root's, strictly" \
	openssl verify -x509_strict -check_ss_sig -CAfile "$ROOT" "$T/c00"
check "certtool: the chain is whole" bash -c \
	"certtool --verify-chain --verify-profile medium --infile '$CA' |
		grep -q 'Chain verification output: Verified'"
openssl x509 -in "$T/c00" -noout -text >"$T/text"
place=$(sed -n 's/.*DNS:\([a-z0-9]*\)\.invalid$/\1/p' "$T/text")
check "the installation has a random name of 10 letters" \
	grep -qxE '[a-z2-7]{10}' <<<"$place"
check "R65 the issuing CA has path length 0" \
	grep -q 'CA:TRUE, pathlen:0' "$T/text"
check "R66 its name constraint is critical" \
	grep -q 'Name Constraints: critical' "$T/text"
equal "R64 it signs certificates and CRLs and nothing else" \
	"$(grep -A1 'Key Usage: critical' "$T/text" | tail -n 1 | xargs)" \
	"Certificate Sign, CRL Sign"
equal "the root's key is the root's" \
	"$(openssl pkey -in "$DIR/root-ca/root-ca.key" -pubout)" \
	"$(openssl x509 -in "$ROOT" -noout -pubkey)"
check "openssl: its own list is the root's" openssl crl -noout -verify \
	-CAfile "$ROOT" -in "$DIR/root-ca/root-ca.crl"
check "certtool: so it is" bash -c \
	"certtool --verify-crl --load-ca-certificate '$ROOT' \
		--infile '$DIR/root-ca/root-ca.crl' | grep -q 'Verified'"
equal "R68 it is good as long as the issuing CA" \
	"$(openssl crl -in "$DIR/root-ca/root-ca.crl" -noout -nextupdate |
		cut -d= -f2)" \
	"$(openssl x509 -in "$T/c00" -noout -enddate | cut -d= -f2)"
check "R68 and has a number, AKI and no entry" bash -c \
	"openssl crl -in '$DIR/root-ca/root-ca.crl' -noout -text |
		grep -c 'CRL Number:\|Authority Key Identifier:\|No Revoked' |
		grep -qx 3"
# the 32 bytes of ca.key as a key of P-256 (RFC 5915)
{
	printf '\x30\x31\x02\x01\x01\x04\x20'
	cat "$DIR/keys/ca.key"
	printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} >"$T/ca.der"
equal "ca.key is the issuing CA's" \
	"$(openssl ec -inform der -in "$T/ca.der" -pubout 2>/dev/null)" \
	"$(openssl x509 -in "$T/c00" -noout -pubkey)"

# --- the daemon and the root ---
mv "$DIR/root-ca" "$T/safe"
start_daemon "$DIR"
ok "it starts without the root on the machine"
run sekisho status --json
equal "status says when the CA ends" "$(date -u -d "$(json .ca_not_after)" +%s)" \
	"$(date -u -d "$(openssl x509 -in "$T/c00" -noout -enddate |
		cut -d= -f2)" +%s)"
stop_daemon
run "$AUTHD" --check -c "$DIR/sekisho.conf"
is "--check" 0

# --- V44: a trust file that is not ours ---
cp -p "$CA" "$T/ca.pem"
# refused NAME WHY
refused() {
	run timeout 10 "$AUTHD" -c "$DIR/sekisho.conf"
	if [ "$RC" -eq 1 ] && grep -q "$2" <<<"$ERR"; then
		ok "V44 $1 stops the start"
	else
		fail "V44 $1 stops the start" "exit status $RC" "$ERR"
	fi
	run "$AUTHD" --check -c "$DIR/sekisho.conf"
	is "and --check says so" "${3:-1}"
}
rm "$CA"
refused "a missing file" 'init-ca'
: >"$CA"
refused "an empty file" 'not the two certificates'
head -c 300 /dev/urandom >"$CA"
refused "a file of noise" 'not the two certificates'
sed '5s/^./#/' "$T/ca.pem" >"$CA"
refused "a damaged file" 'not the two certificates'
cat "$T/c01" "$T/c00" >"$CA"
refused "the wrong order" 'is not'
cat "$T/c00" >"$CA"
refused "one certificate" 'not the two certificates'
cat "$T/ca.pem" "$T/c01" >"$CA"
refused "a third certificate" 'not the two certificates'
cat "$T/c00" "$T/c00" >"$CA"
refused "no root" 'not a root'
run "$AUTHD" --init "$T/other"
cat "$T/c00" "$T/other/root-ca/root-ca.pem" >"$CA"
refused "a foreign root" 'not signed by the root'
cat "$T/other/ca.pem" >"$CA"
refused "another installation's CA" 'not that of its certificate' 0
cat "$T/ca.pem" >"$CA"
chmod 666 "$CA"
refused "a file that others can write" 'ca.pem belongs to'
chmod 644 "$CA"

# A CA like ours whose time is over, signed with our own root's key.
mkdir "$T/old"
: >"$T/old/index"
cat >"$T/old/conf" <<-CONF
	[ca]
	default_ca = a
	[a]
	database = $T/old/index
	new_certs_dir = $T/old
	rand_serial = yes
	unique_subject = no
	default_md = sha256
	policy = p
	[p]
	commonName = supplied
	[req]
	distinguished_name = d
	[d]
	[x]
	basicConstraints = critical,CA:TRUE,pathlen:0
	keyUsage = critical,keyCertSign,cRLSign
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = keyid
	nameConstraints = critical,permitted;DNS:$place.invalid
CONF
openssl ec -inform der -in "$T/ca.der" -out "$T/ca.pk" 2>/dev/null
openssl req -new -config "$T/old/conf" -key "$T/ca.pk" -subj /CN=x \
	-out "$T/old/csr"
# made_at FROM TO: ca.pem with an issuing CA of these dates
made_at() {
	openssl ca -batch -config "$T/old/conf" -extensions x -notext \
		-in "$T/old/csr" -cert "$T/safe/root-ca.pem" \
		-keyfile "$T/safe/root-ca.key" -startdate "$1" -enddate "$2" \
		-out "$T/old/pem" 2>"$T/old/err" ||
		die "openssl ca: $(cat "$T/old/err")"
	cat "$T/old/pem" "$T/c01" >"$CA"
}
day=86400
now=$(date +%s)
at() {
	date -u -d "@$((now + $1))" +%Y%m%d%H%M%SZ
}
made_at "$(at $((-20 * day)))" "$(at -60)"
refused "a CA whose time is over" 'the CA is good from'
made_at "$(at "$day")" "$(at $((20 * day)))"
refused "a CA whose time has not come" 'the CA is good from'
made_at "$(at $((-2 * day)))" "$(at $((20 * day)))"
run "$AUTHD" --check -c "$DIR/sekisho.conf"
is "(and the same in date is taken)" 0
cat "$T/ca.pem" >"$CA"

cp -p "$DIR/keys/ca.key" "$T/ca.key"
truncate -s 31 "$DIR/keys/ca.key"
refused "a key that is cut" 'ca.key is not a key of 32 bytes'
head -c 32 /dev/urandom >"$DIR/keys/ca.key"
refused "another key" 'not that of its certificate' 0
rm "$DIR/keys/ca.key"
refused "no key" 'ca.key: No such file'
cp -p "$T/ca.key" "$DIR/keys/ca.key"

# --- an instance of before there were certificates ---
run "$AUTHD" --init-ca -c "$DIR/sekisho.conf"
is "--init-ca replaces nothing" 1
check "and says so" grep -q 'already exists' <<<"$ERR"
check "the CA is as it was" cmp "$CA" "$T/ca.pem"
refute "no root was left" test -e "$DIR/root-ca"
equal "and nothing else" "$(find "$DIR" -name '.ca-*')" ""
rm "$CA"
run "$AUTHD" --init-ca -c "$DIR/sekisho.conf"
is "nor a key alone" 1
refute "and takes back what it made" test -e "$CA" -o -e "$DIR/root-ca"
rm "$DIR/keys/ca.key"
start_daemon "$T/other"
run "$AUTHD" --init-ca -c "$T/other/sekisho.conf"
is "not while a daemon runs" 1
check "and says so" grep -q 'another sekisho-authd is running' <<<"$ERR"
stop_daemon
DIR=$T/a
run "$AUTHD" --init-ca -c "$DIR/sekisho.conf"
is "--init-ca makes a CA" 0
check "and says what to do with the root" \
	grep -q 'move' <<<"$OUT"
equal "its files" "$(cd "$DIR" && stat -c '%n %U %a' ca.pem keys/ca.key \
	root-ca root-ca/root-ca.key root-ca/root-ca.pem | tr '\n' ' ')" \
	"ca.pem $(id -un) 644 keys/ca.key $(id -un) 600 root-ca $(id -un) 700 \
root-ca/root-ca.key $(id -un) 600 root-ca/root-ca.pem $(id -un) 644 "
refute "it is another one" cmp "$CA" "$T/ca.pem"
start_daemon "$DIR"
ok "with which the daemon starts"
stop_daemon
