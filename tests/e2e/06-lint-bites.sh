#!/usr/bin/env bash
# Goal of this test: every check of `make lint` can fail, and says where. Each is
# run on a scratch copy of the tree with one thing wrong in it.
# shellcheck disable=SC2016	# what is wrong stands in single quotes
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

TREE=$T/tree

# fresh: the copy as it is
fresh() {
	rm -rf "$TREE"
	mkdir "$TREE"
	(cd "$ROOT" && cp -r authd cli certs pam_module tests contrib .ci \
		Makefile README.md "$TREE/")
	rm -rf "$TREE/build"
}

# bites NAME CHECK SAID [BUILD]: the check fails and says that.
bites() {
	run "$TREE/tests/lint/$2.sh" "${4:-$BIN}"
	if [ "$RC" -ne 0 ] && grep -qE "$3" <<<"$OUT$ERR"; then
		ok "$2: $1"
	else
		fail "$2: $1" "exit status $RC" "$OUT" "$ERR" "wanted: $3"
	fi
	fresh
}

fresh
for t in rooms map banned size shell manuals; do
	run "$TREE/tests/lint/$t.sh" "$BIN"
	is "$t: nothing is wrong with the tree" 0
done

echo '#include "authd/core/verify.h"' >>"$TREE/authd/base/err.c"
bites "an arrow upward" rooms 'authd/base/err.c:[0-9]+: base may not'
echo ' #  include "authd/store/store.h"' >>"$TREE/authd/web/gate.c"
bites "the web asks the store" rooms 'authd/web/gate.c:[0-9]+: web may not'
echo '#include "authd/settings.h"' >>"$TREE/authd/core/act.h"
bites "somebody includes what the mains assemble" rooms \
	'authd/core/act.h:[0-9]+: core may not'
echo '#include "err.h"' >>"$TREE/authd/base/log.c"
bites "not from the root" rooms 'authd/base/log.c:[0-9]+: "err.h"'
echo '#include "tests/fakes/clock_fake.h"' >>"$TREE/authd/conf.c"
bites "a fake" rooms 'authd/conf.c:[0-9]+: includes a file of the tests'
mkdir "$TREE/authd/attic"
echo '#include "authd/base/err.h"' >"$TREE/authd/attic/old.c"
bites "a room that is not in the house" rooms 'no arrows are drawn for attic'

touch "$TREE/authd/base/forgotten.c"
bites "a file that is not on it" map 'does not name authd/base/forgotten.c'
rm "$TREE/authd/base/err.c"
bites "a file that is gone" map 'README.md:[0-9]+: there is no err\.c'
sed -i 's/^| `limits.h`.*/&\n&/' "$TREE/authd/README.md"
bites "a file named twice" map 'names authd/base/limits.h more than once'
sed -i '/^| `limits.h`/d' "$TREE/authd/README.md"
echo 'and `limits.h` in passing' >>"$TREE/authd/README.md"
bites "a file that is only mentioned" map 'does not name authd/base/limits.h'
touch "$TREE/authd/forgotten"
bites "a file without a suffix" map 'does not name authd/forgotten'
cp "$TREE/authd/base/err.c" "$TREE/cli/"
bites "two files of one name" map '2 files are called err.c'
rm "$TREE/authd/README.md"
bites "no map" map 'authd/README.md is missing'

for call in 'strcpy(a, b)' 'sprintf (a, "x")' 'system("ls")' 'atoi(s)' \
	'strtok(s, " ")' 'alloca(9)' 'popen("x", "r")' 'gets(s)'; do
	printf '/* strcat( */\nvoid f(void) { %s; }\n' "$call" \
		>"$TREE/authd/base/bad.c"
	bites "$call" banned "authd/base/bad.c:2: ${call%%[ (]*}"
done
cat >"$TREE/authd/base/fine.c" <<'C'
/* strcpy(a, b) and system("x") in a comment */
// exit(1)
const char *text = "strcpy(a, b); exit(1)";
void f(void) { my_system(x); db->system(y); on_exit(z); }
C
run "$TREE/tests/lint/banned.sh"
is "banned: comments, texts and other names are left alone" 0
fresh
echo 'void f(void) { exit(1); }' >"$TREE/authd/core/bad.c"
bites "exit outside a main" banned 'authd/core/bad.c:1: exit outside'
echo 'void f(void) { _exit(1); }' >"$TREE/authd/core/bad.c"
bites "_exit without fork" banned 'authd/core/bad.c:1: _exit without'
echo '#ifdef TESTING' >"$TREE/authd/core/bad.c"
bites "code that knows of tests" banned 'authd/core/bad.c:1: shipped code'
echo 'const char *q = "SELECT a FROM b WHERE c = %s";' \
	>"$TREE/authd/store/bad.c"
bites "SQL that is put together" banned 'authd/store/bad.c:1: SQL'

seq 501 | sed 's|.*|/* & */|' >"$TREE/authd/base/long.c"
bites "501 lines" size 'authd/base/long.c:500: the file has 501'
{
	echo 'void f(void) {'
	seq 99 | sed 's|.*|;|'
	echo '}'
} >"$TREE/authd/base/long.c"
bites "a function of 101 lines" size 'authd/base/long.c:1: f has 101'
printf '#!/bin/sh\nrm $1\n' >"$TREE/contrib/bad.sh"
bites "an unquoted word" shell 'contrib/bad.sh:2:.*SC2086'
printf '#!/bin/sh\nrm $1\n' >"$TREE/.ci/bad"
bites "a script without a suffix" shell '.ci/bad:2:.*SC2086'
sed -i '/^\.It Ic totp_window/d' "$TREE/authd/sekisho.conf.5"
bites "a key that is not explained" manuals 'does not explain totp_window'
sed -i 's/^\.It Ic node /.It Ic nodes /' "$TREE/authd/sekisho.conf.5"
bites "a key that is none" manuals 'explains nodes, which is none'
echo '.Nonsense' >>"$TREE/authd/sekisho-authd.8"
bites "a macro that is none" manuals 'sekisho-authd.8:[0-9]+:.*Nonsense'

# Objects and programs: a small build of its own.
B=$T/small
# small SOURCE [FRONT [KEEPER]]: one object from SOURCE, four programs
small() {
	rm -rf "$B"
	mkdir -p "$B/obj/authd/base" "$B/obj/cli"
	printf '%s\n' "$1" >"$TREE/authd/base/thing.c"
	echo 'int main(void) { return 0; }' >"$TREE/authd/plain_main.c"
	printf '%s\n' "int main(void) { return ${2:-0}; }" \
		>"$TREE/authd/front_main.c"
	printf '%s\n' "int oath_x(void); int oath_x(void) { return 0; }
		int main(void) { return oath_x() ${3:-}; }" \
		>"$TREE/authd/keeper_main.c"
	mkdir -p "$TREE/pam_module" "$B/obj/certs"
	printf '%s\n' '#define E __attribute__((visibility("default")))' \
		'E int pam_sm_authenticate(void) { return 7; }' \
		'E int pam_sm_acct_mgmt(void) { return 7; }' \
		'E int pam_sm_setcred(void) { return 7; }' \
		"${MODULE:-}" >"$TREE/pam_module/module.c"
	(cd "$TREE" && gcc -w -g -fPIE -c -o "$B/obj/authd/base/thing.o" \
		authd/base/thing.c &&
		gcc -w -g -o "$B/sekisho-front" authd/front_main.c \
			-lcrypto &&
		gcc -w -g -o "$B/sekisho-keeper" authd/keeper_main.c &&
		gcc -w -g -o "$B/sekisho" authd/plain_main.c \
			${FAKE:+"$FAKE"} &&
		cp "$B/sekisho" "$B/sekisho-authd" &&
		gcc -w -g -shared -fPIC -fvisibility=hidden \
			-o "$B/pam_sekisho.so" pam_module/module.c \
			-Wl,--no-as-needed -lpam -lcrypt) || die "small build"
}
fine='static const char *const words[] = { "a", "b" };
static const int n = 7;
const char *thing_word(int i) { return words[i % n]; }
int thing(void) { static const int k[] = { 1, 2 }; return k[1]; }'
small "$fine"
run "$TREE/tests/lint/symbols.sh" "$B"
is "symbols: a small build with nothing wrong" 0
fresh
small 'int other(void) { return 0; }'
bites "a foreign name" symbols 'authd/base/thing.c:.*exports other' "$B"
small 'int thing_count;'
bites "a variable that is exported" symbols 'thing_count is a mutable' "$B"
small 'static int count = 1; int thing(void) { return count++; }'
bites "a variable of the file" symbols \
	'authd/base/thing.c:1: count is a mutable' "$B"
small 'int thing(void) { static int seen; return seen++; }'
bites "a variable that a function keeps" symbols 'seen.* is a mutable' "$B"
small "$fine" 'EVP_DigestSign(0, 0, 0, 0, 0)'
bites "a front that signs" symbols 'sekisho-front holds: EVP_DigestSign' "$B"
small "$fine" 0 '+ socket(1, 1, 0)'
bites "a keeper with a socket" symbols 'sekisho-keeper holds: socket' "$B"
small "$fine" 0 '+ fork()'
bites "a keeper that forks" symbols 'sekisho-keeper holds: fork' "$B"
MODULE='E int helper(void) { return 0; }' small "$fine"
bites "a PAM module that exports more" symbols 'exports: helper' "$B"
MODULE='int n; E int pam_sm_setcred2(void) { return n++; }' small "$fine"
bites "a PAM module that keeps something" symbols 'so keeps: n' "$B"
MODULE='int getpwnam(); int f(void) { return getpwnam("x"); }
	E int (*g)(void) = f;' small "$fine"
bites "a PAM module that looks people up" symbols 'so calls: getpwnam' "$B"
echo 'int fake(void) { return 0; }' >"$TREE/tests/fakes/fake.c"
FAKE=tests/fakes/fake.c small "$fine"
bites "a program with a fake in it" symbols \
	'sekisho was linked from tests/fakes/fake.c' "$B"
rm "$B/sekisho"
bites "a program that is missing" symbols 'sekisho is not built' "$B"
