#!/usr/bin/env bash
# symbols.sh BUILD: what the objects say.
# - foo.c exports only foo, foo_*.
# - No mutable variable at file scope but the log sink.
# - sekisho-front holds no seed-opening and no signing function; no shipped
#   program holds an object of tests/.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:-build}
rc=0
bad() {
	echo "symbols: $1"
	rc=1
}

programs="sekisho-authd sekisho-front sekisho-keeper sekisho"
for program in $programs; do
	[ -x "$build/$program" ] || bad "$build/$program is not built"
done
[ $rc -eq 0 ] || exit $rc

while read -r object; do
	source=${object#"$build"/obj/}
	source=${source%.o}.c
	[ -f "$source" ] || continue
	stem=$(basename "$source" .c)
	while IFS='|' read -r name class section; do
		case $name in
		# what the compiler makes itself
		__* | .* | *.cold | main) continue ;;
		esac
		case $class$section in
		[bBdD].data.rel.ro*) ;;
		[bBdDC]*)
			[ "$stem" = log ] && [ "$name" = sink ] && continue
			line=$(grep -nE "\b${name%%.*}\b" "$source" | head -n 1)
			bad "$source:${line%%:*}: $name is a mutable variable"
			;;
		esac
		case $class in
		[TRVWCDB]) ;;
		*) continue ;;
		esac
		case $name in
		"$stem" | "$stem"_*) continue ;;
		esac
		line=$(grep -nE "^${name}\(" "$source" | head -n 1)
		bad "$source:${line%%:*}: exports $name, not ${stem}_*"
	done < <(nm -f sysv "$object" | awk -F'|' 'NF == 7 && $2 ~ /[0-9a-f]/ {
		gsub(/ /, ""); print $1 "|" $3 "|" $7 }')
done < <(find "$build/obj/authd" "$build/obj/cli" "$build/obj/certs" -name '*.o')

# has PROGRAM REGEX: symbols of it, defined or wanted
has() {
	nm "$build/$1" | sed -E 's/^[0-9a-f ]*[[:space:]]+//; s/@.*//' |
		awk '{ print $NF }' | grep -E "$2"
}

signing='^(keeper_seed_|keeper_keys_|keeper_audit_|EVP_DigestSign|EVP_DecryptInit|EVP_DecryptUpdate|EVP_PKEY_new_raw_private_key|oath_|keeper_ca_|x509_(issue|profile|extend|scalar|root|crl|ocsp_sign)_|X509_sign|X509_CRL_sign|OCSP_basic_sign)'
found=$(has sekisho-front "$signing")
[ -z "$found" ] || bad "sekisho-front holds: $(tr '\n' ' ' <<<"$found")"
found=$(has sekisho-keeper '^(socket|connect|accept4?|listen|bind|sqlite3_|MHD_|exec|fork|posix_spawn)')
[ -z "$found" ] || bad "sekisho-keeper holds: $(tr '\n' ' ' <<<"$found")"
[ -n "$(has sekisho-keeper "$signing")" ] ||
	bad "sekisho-keeper holds nothing of '$signing': is this check right?"

# Inside sshd, sudo and login: nothing to be seen but the three calls, nothing
# linked but what PAM has anyway, nothing kept, nobody looked up in passwd, no
# signal, thread, process or environment touched.
module=$build/pam_sekisho.so
wanted="pam_sm_acct_mgmt pam_sm_authenticate pam_sm_setcred"
if [ -f "$module" ]; then
	found=$(nm -D --defined-only "$module" | awk '{ print $3 }' | sort | xargs)
	[ "$found" = "$wanted" ] || bad "pam_sekisho.so exports: $found"
	found=$(readelf -d "$module" | sed -n 's/.*NEEDED.*\[\(.*\)\].*/\1/p' |
		sort | xargs)
	[ "$found" = "libc.so.6 libcrypt.so.1 libpam.so.0" ] ||
		bad "pam_sekisho.so links: $found"
	found=$(nm -f sysv "$module" | awk -F'|' 'NF == 7 {
		gsub(/ /, "")
		if ($3 ~ /^[bBdDC]$/ && $7 ~ /^\.(data|bss|tbss|tdata)$/ &&
		    $1 !~ /^(__|completed\.)/) print $1 }' | xargs)
	[ -z "$found" ] || bad "pam_sekisho.so keeps: $found"
	found=$(nm -D --undefined-only "$module" |
		awk '{ sub(/@.*/, "", $2); print $2 }' |
		grep -E '^(getpw|getsp|sig(nal|action|procmask|altstack)|pthread_|v?fork|posix_spawn|exec|system|popen|(un)?setenv|putenv|clearenv|v?syslog|openlog|exit|_exit|abort|setlocale|umask|chdir|set(re|res)?[ug]id)' | xargs)
	[ -z "$found" ] || bad "pam_sekisho.so calls: $found"
else
	bad "$module is not built"
fi

# Which sources a program was linked from is in its debug information.
for program in $programs; do
	if ! sources=$(readelf --debug-dump=info --dwarf-depth=1 \
		"$build/$program" 2>/dev/null |
		sed -nE 's/.*DW_AT_name.*: ([^ ]*\.c)[[:space:]]*$/\1/p'); then
		continue
	fi
	if grep -q '^tests/' <<<"$sources"; then
		bad "$program was linked from $(grep '^tests/' <<<"$sources")"
	fi
	grep -q '_main\.c$\|/main\.c$' <<<"$sources" ||
		bad "$program: cannot see what it was linked from"
done
exit $rc
