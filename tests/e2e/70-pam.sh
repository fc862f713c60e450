#!/usr/bin/env bash
# Limit: 240
# Goal of this test (issue 6: 1 to 4; V23, V47, V49, V51, R30), by pamtester and
# libpam_wrapper:
# - A right code is accepted once; the same again is told with the seconds to
#   wait, in the prompt; five wrong ones lock this service; unlock opens it.
# - Full-width digits, recovery codes with how many are left, what is no code
#   is not sent. Prompts in Japanese, English, both, or of one's own.
# - password+code: no code is asked after a wrong password; one that must be
#   changed is told and refused, in auth and in account.
# - use_first_pass, try_first_pass, nullok, exempt_network; an unknown or bad
#   option refuses.
# - Account management alone tells what is wrong with an account.
# - Names that are paths, lines or 64 KiB long are refused like any other.
# - A daemon that is away is PAM_AUTHINFO_UNAVAIL; setcred is always done.
# - A break-glass code opens once while it is away, never while it answers, and
#   is in the audit log as soon as it is back.
# - pam test says what is weak.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/pamlib.sh
. "$(dirname "$0")/pamlib.sh"

new_dir pam
set_conf 'password_cost = 5'
start_daemon "$DIR"
run sekisho office add demo --name Demo
RECOVERY_other=
early_in_step 20
for login in taro five other lang pass change off locked early late gone first \
	many; do
	person $login
done
run sekisho account set taro --unix-user tarou
pam_service code 'auth required %' 'account required %'
UNAVAIL='Authentication service cannot retrieve authentication info'

# --- codes ---
CODE=$(code_for taro)
PAM_ITEMS='-I rhost=192.0.2.7 -I tty=/dev/pts/9 -I ruser=ops'
pam_try code tarou "$CODE"$'\n'
is "a right code is accepted, by the name PAM sends" 0
check "in one prompt in both languages" said '認証コード / Code: '
check "its record has rhost, tty and ruser" test "$(records '.action == "verify"
	and .result == "accept" and .source == "192.0.2.7" and
	(.detail | test("consumer=local:code .*tty=/dev/pts/9 ruser=ops$"))')" = 1
PAM_ITEMS=
app code tarou "$CODE"$'\n'"$CODE"$'\n' plain
is "the same code again is refused" 1
check "it says how long to wait" grep -qE '[0-9]+ 秒お待ちください / .*wait [0-9]+ s' \
	<<<"$ERR"
check "in the next prompt" grep -q 'wait .* one. 認証コード / Code: ' <<<"$ERR"
check "as a refusal" said 'Authentication failure'
pam_try code other "$(code_for other | sed 's/./& /3; y/0123456789/０１２３４５６７８９/')"$'\n'
is "full-width digits with a blank are a code" 0
app code other "not a code, a password"$'\n' plain
is "what is no code is refused" 1
pam_try code other ''
is "no answer is refused" 1
check "as a conversation error" said 'Conversation error'
check "and neither was sent" test "$(records '.action == "verify" and
	.account == "other" and .result == "refuse"')" = 0
pam_try code other "$RECOVERY_other"$'\n'
is "a recovery code at the code prompt is accepted" 0
check "it says how many are left" said '残り 9 個です / A recovery code was used; 9 left'
app code other "$RECOVERY_other"$'\n' plain
is "and only once" 1
for i in 1 2 3 4 5; do
	app code five "00000$i"$'\n' plain
done
app code five "$(code_for five)"$'\n' plain
is "five wrong codes lock" 1
check "the answer is the same as for a wrong one" said 'Authentication failure'
run sekisho verify five "$(code_for five)" --service elsewhere
is "only this service" 0
run sekisho account unlock five
pam_try code five "$(code_for five 30)"$'\n'
is "after unlock the next code opens" 0
# V23: another module's success is not ours
pam_service nopasswd 'auth required pam_permit.so' 'account required %'
for i in 1 2 3 4; do
	app code many "00000$i"$'\n' plain
	app nopasswd many '' plain
done
equal "a stack without our auth line succeeds" "$RC" 0
app code many $'000005\n' plain
app code many "$(code_for many)"$'\n' plain
is "V23 others' successes clear no counter of ours" 1

# --- languages ---
pam_service ja 'auth required % lang=ja'
pam_service en 'auth required % lang=en'
pam_service own 'auth required % [prompt=Six digits> ]'
for pair in 'ja 認証コード: ' 'en Code: ' 'own Six digits> '; do
	pam_try "${pair%% *}" lang '' authenticate
	check "prompt ${pair%% *}" test "${OUT%%pamtester*}" = "${pair#* }"
done

# --- options ---
for option in nullock timeout=0 'exempt_network=lan' lang=fr conf=/nowhere \
	failmode=safe 'socket=authd.sock'; do
	pam_service bad "auth required % $option" 'auth sufficient pam_permit.so'
	app bad lang $'123456\n' plain
	check "a bad option refuses: $option" said "$UNAVAIL"
	refute "without asking anybody" said 'Code'
done
printf 'lang=en\n# ours\n' >"$T/pam.conf"
chmod 644 "$T/pam.conf"
pam_service conf "auth required % conf=$T/pam.conf"
pam_try conf lang '' authenticate
check "options of a file" test "${OUT%%pamtester*}" = 'Code: '
chmod 666 "$T/pam.conf"
app conf lang $'x\n' plain
check "V5 a file that anybody may write is none" said "$UNAVAIL"
rm "$T/pam.conf"
mkfifo "$T/pam.conf"
app conf lang $'x\n' plain
check "V5 nor is a FIFO" said "$UNAVAIL"

pam_service net 'auth required % exempt_network=10.0.0.0/8,2001:db8::/32' \
	'auth required pam_permit.so'
for host in 10.1.2.3 2001:db8::1; do
	PAM_ITEMS="-I rhost=$host" pam_try net lang '' authenticate
	is "exempt_network: $host is not asked" 0
done
for host in 11.1.2.3 localhost 10.1.2.3.example ''; do
	PAM_ITEMS="-I rhost=$host" pam_try net lang '' authenticate
	is "exempt_network: '$host' is" 1
done
pam_service netonly 'auth required % exempt_network=10.0.0.0/8'
PAM_ITEMS='-I rhost=10.1.2.3' pam_try netonly lang '' authenticate
is "V47 an exemption alone is no success" 1

# --- not enrolled ---
for login in soon never past; do
	run sekisho account add $login --name "N" --office demo
done
run sekisho account set soon --enrol-by "$(TZ=Asia/Tokyo date -d tomorrow +%F)"
run sekisho account set past --enrol-by "$(TZ=Asia/Tokyo date -d '2 days ago' +%F)"
pam_service nullok 'auth required % nullok' 'auth required pam_permit.so' \
	'account required %'
pam_service nullonly 'auth required % nullok'
pam_try nullok soon ''
is "nullok: who is before the enrol-by date is not asked" 0
pam_try nullonly soon '' authenticate
is "V47 nullok alone is no success" 1
for login in never past nobody lang; do
	app nullok $login $'123456\n' plain
	is "nullok: $login is asked" 1
	check "nullok: $login saw the prompt" said 'Code: '
done
app code soon $'123456\n' plain
is "without nullok everybody is" 1

# --- password and code ---
GOOD='Kb7#wolfram-Teapot'
# hashing gives way to everything else that runs on the machine
pam_service both 'auth required % password+code timeout=30' \
	'account required % mode=password+code timeout=30'
# a password that is the person's own choice
own() {
	run sekisho password import <(printf '%s:%s\n' "$1" \
		"$(openssl passwd -6 -salt "saltOf$1" "$GOOD")")
	[ "$RC" -eq 0 ] || die "password of $1: $ERR"
}
own pass
early_in_step 15
pam_try both pass "$GOOD"$'\n'"$(code_for pass)"$'\n'
is "password and code" 0
check "asked in this order" grep -q 'パスワード / Password: .*認証コード / Code: ' <<<"$OUT"
app both pass "wrong"$'\n'"$(code_for pass)"$'\n' plain
is "a wrong password is refused" 1
refute "and no code is asked" said 'Code: '
app both pass "$GOOD"$'\n'"000000"$'\n' plain
is "a wrong code is refused" 1
app both pass "$GOOD"$'\n'"$(code_for pass)"$'\n' plain
check "a used one is told" said 'wait '
app both nobody "$GOOD"$'\n' plain
is "so is a stranger" 1
check "by the answer of a wrong password" said 'Authentication failure'
run_stdin "$GOOD"$'\n' sekisho password set change --stdin
app both change "$GOOD"$'\n'"$(code_for change)"$'\n' plain
is "a password that must be changed opens nothing" 1
check "and says so after both were right" said 'must be changed first'
pam_try both change '' acct_mgmt
is "nor does account management" 1
check "which says so too" said 'パスワードの変更が必要です'

# --- first_pass ---
printf 'taro:%s:use\ntaro:%s:try\ntaro:letmein:try\n' 123456 123456 >"$T/db"
cat >"$PAMD/use" <<END
auth requisite pam_exec.so expose_authtok quiet /bin/true
auth required $OURS socket=$DIR/authd.sock use_first_pass
END
sed 's/use_first/try_first/' "$PAMD/use" >"$PAMD/try"
pam_try use lang "$(code_for lang)"$'\n' authenticate
is "use_first_pass takes what an earlier module asked for" 0
refute "and asks nothing" said 'Code: '
app use lang $'secret\n' plain
is "nothing else" 1
pam_try try locked "letmein"$'\n'"$(code_for locked)"$'\n' authenticate
is "try_first_pass asks when that is no code" 0

# --- accounts ---
run sekisho account disable off
run sekisho account set gone --leaves-on "$(TZ=Asia/Tokyo date -d '2 days ago' +%F)"
pam_try code off '' acct_mgmt
check "V49 account: disabled" said '無効になっています / This account is disabled'
is "V49 and refused" 1
pam_try code gone '' acct_mgmt
check "V49 account: expired" said 'has expired'
is "V49 refused" 1
pam_try code nobody '' acct_mgmt
check "V49 account: unknown" said 'User not known'
is "V49 refused too" 1
pam_try code early '' acct_mgmt
is "an account in order" 0
for login in off gone; do
	app code $login "$(code_for $login)"$'\n' plain
	is "V49 auth refuses $login as well" 1
	refute "without the reason" said 'account'
done

# --- names ---
for name in '../../bin/ls' $'taro\nroot' 'taro;id' '-x' ' taro' \
	"$(head -c 65536 /dev/zero | tr '\0' a)"; do
	app code "$name" "$CODE"$'\n' plain
	shown=$(printf '%s' "${name:0:12}" | tr '\n' ' ')
	equal "V51 refused: $shown" "$RC" 1
	check "V51 as anybody: $shown" said 'Authentication failure'
done

# --- pam test ---
run sekisho pam test early code --pam-dir "$PAMD"
is "pam test: a good service" 0
check "pam test says that the code alone opens it" grep -q 'the code alone' <<<"$OUT"
printf 'auth [success=1 default=ignore] %s socket=%s\nauth required pam_deny.so\nauth required pam_permit.so\n' \
	"$OURS" "$DIR/authd.sock" >"$PAMD/puppet"
sed -i 's/pam_deny/pam_permit/' "$PAMD/puppet"
run sekisho pam test early puppet --pam-dir "$PAMD"
is "V47 pam test: a stack that a refusal opens" 1
check "it says when" grep -q 'although the code is refused' <<<"$OUT"
pam_try puppet early $'000000\n' authenticate
is "and so it does" 0
run sekisho pam test off code --pam-dir "$PAMD"
check "pam test: of a disabled account" grep -q 'off is refused: disabled' <<<"$OUT"
sed 's/pam_sekisho/pam_sekishou/' "$PAMD/code" >"$PAMD/absent"
run sekisho pam test early absent --pam-dir "$PAMD"
is "pam test: a service without our module" 1
app absent early $'123456\n' plain
check "V48 libpam refuses when the module is not there" test "$RC" = 1

# --- away ---
if [ "$(id -u)" -eq 0 ]; then
	pam_service glass "auth required % breakglass=$T/glass timeout=2" \
		"account required % timeout=2"
	run sekisho breakglass create web1 --file "$T/glass" --json
	is "break-glass codes are made" 0
	GLASS=$(json '.codes[0]')
	GLASS2=$(json '.codes[1]')
	equal "their file is root's alone" "$(stat -c '%a %u' "$T/glass")" '600 0'
	refute "it holds no code" grep -qF "${GLASS//-/}" "$T/glass"
	app glass early "$GLASS"$'\n' plain
	is "while the daemon answers they open nothing" 1
	stop_daemon
	app glass early $'0000-0000-0000-0000-0000\n' plain
	is "a wrong one opens nothing" 1
	check "nobody is told more than that" said "$UNAVAIL"
	pam_try glass early "$GLASS"$'\n'
	is "a right one opens, account management too" 0
	check "syslog is told loudly" said 'BREAK-GLASS: code 1 of host web1 opened'
	app glass early "$GLASS"$'\n' plain
	is "and never again" 1
	chmod 644 "$T/glass"
	app glass early "$GLASS2"$'\n' plain
	is "V5 not from a file that others may read" 1
	chmod 600 "$T/glass"
	run sekisho breakglass list web1 --file "$T/glass" --json
	equal "the list says which" "$(json '[.codes[].state] | join(" ")')" \
		"used unused unused unused unused"
	start_daemon "$DIR"
	early_in_step 10
	pam_try glass early "$(code_for early)"$'\n'
	is "when the daemon is back a code opens" 0
	equal "and the use is in the audit log" "$(records '.action ==
		"breakglass.used" and (.detail | test("^host=web1 number=1 .*service=glass user=early$"))')" 1
	run sekisho breakglass list web1 --file "$T/glass" --json
	equal "once" "$(json '.codes[0].state')" reported
	run sekisho breakglass void web1 --file "$T/glass"
	stop_daemon
	app glass early "$GLASS2"$'\n' plain
	is "a void one opens nothing" 1
else
	skip "break-glass codes" "they are root's"
	stop_daemon
fi
app code early $'123456\n' plain
check "without the daemon: cannot retrieve" said "$UNAVAIL"
is "V48 refused" 1
pam_try code early '' setcred
is "setcred is done at once" 0

# --- nothing left behind ---
check "what was said was kept" grep -q 'Code: ' "$T/said"
for word in "$GOOD" "$CODE" "${GLASS:-$CODE}" "$RECOVERY_other" letmein; do
	refute "V47 no secret in what was said or logged ($word)" \
		grep -qF -- "$word" "$T/said" "$LOG"
done
