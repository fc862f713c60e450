#!/usr/bin/env bash
# Limit: 300
# Goal of this test (issue 6: 6, 7; F22, V5, V47): in a private root, with the lines
# of contrib/pam/README.md as they stand there, a real sshd with a real ssh, sudo,
# su and login:
# - key + code opens; the same code again is told with the seconds to wait; five
#   wrong ones lock; the administrator unlocks; without the daemon it is refused
#   within the deadline; a break-glass code then opens once and never again.
# - Unix password + code, Sekisho's password + code: a wrong password asks for
#   no code. The method `password` does not pass a password on as a code.
# - sudo, su, login: password, then code. Ctrl-C opens nothing.
# - Faults of the daemon with each of the four: nobody comes in, in time.
# - No code or secret in syslog.
if [ -z "${PAM_ROOT:-}" ]; then
	# shellcheck source=tests/e2e/lib.sh
	. "$(dirname "$0")/lib.sh"
	t_begin
	if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
		skip "sshd, sudo, su, login" "a private root needs root"
		exit 0
	fi
	make_root=$ROOT/tests/e2e/pamroot.sh
	SEKISHO_BUILD=$BIN TMPDIR=$T PAM_ROOT=$T unshare -m "$make_root" \
		bash "$0"
	exit
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/pamlib.sh
. "$(dirname "$0")/pamlib.sh"
SYSLOG=$PAM_ROOT/syslog
SSHD=
ASK=$T/ask.sock
UNIX='unix password'
RECOVERY_taro1=
GOOD='Kb7#wolfram-Teapot'

# block KIND: the lines of contrib/pam/README.md called so, asking at ASK.
block() {
	awk -v name="\`\`\`$1" '$0 == name { on = 1; next } /^```/ { on = 0 } on' \
		"$ROOT/contrib/pam/README.md" |
		sed "s|pam_sekisho.so|$OURS socket=$ASK breakglass=$T/glass${PAM_MORE:-}|"
}
# pam_file NAME AUTH [in]: the machine's file with the lines of that block in the
# place of its include, or behind it with `in`, and the account line.
pam_file() {
	block "pam $2" >"$T/auth"
	block "pam account" >"$T/account"
	[ -s "$T/auth" ] || die "no block $2"
	[ -s "$T/account" ] || die "no block account"
	awk -v auth="$T/auth" -v account="$T/account" -v keep="${3:-}" '
		/^@include common-auth/ {
			if (keep) print
			while ((getline line < auth) > 0) print line
			next
		}
		/^@include common-account/ {
			while ((getline line < account) > 0) print line
		}
		/pam_loginuid|pam_selinux/ { next }
		{ print }' "$T/machine.d/$1" >"/etc/pam.d/$1"
}
# start_sshd BLOCK: with the lines of that block.
start_sshd() {
	stop_sshd
	PORT=$((20000 + RANDOM % 20000))
	while (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do
		PORT=$((PORT + 1))
	done
	{
		block "sshd $1"
		printf '%s\n' "Port $PORT" 'ListenAddress 127.0.0.1' \
			"HostKey $T/host_key" 'StrictModes no' 'UseDNS no' \
			"AuthorizedKeysFile $T/key.pub" "PidFile none" \
			'MaxStartups 100' 'PrintMotd no' ${2:+"$2"}
	} >"$T/sshd_config"
	/usr/sbin/sshd -t -f "$T/sshd_config" || die "sshd: $1"
	/usr/sbin/sshd -D -f "$T/sshd_config" >>"$T/sshd.log" 2>&1 &
	SSHD=$!
	T_PIDS="$T_PIDS $SSHD"
	until_true 10 bash -c ": </dev/tcp/127.0.0.1/$PORT" || die "no sshd"
}
stop_sshd() {
	[ -n "$SSHD" ] || return 0
	kill "$SSHD"
	wait "$SSHD" 2>/dev/null
	T_PIDS=${T_PIDS/ $SSHD/}
	SSHD=
}
# typed ANSWER... -- COMMAND...: on a terminal; OUT, RC, PROMPTS, WAITED.
typed() {
	run expect "$ROOT/tests/e2e/answer.exp" 25 "$@"
	PROMPTS=$(sed -n 's/^prompts \([0-9]*\).*/\1/p' <<<"$OUT")
	WAITED=$(sed -n 's/^waited \([0-9]*\).*/\1/p' <<<"$OUT")
}
# ssh_as USER [ANSWER...]
ssh_as() {
	local user=$1
	shift
	typed "$@" -- ssh -F none -p "$PORT" -i "$T/key" \
		-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
		-o LogLevel=ERROR -o NumberOfPasswordPrompts=1 \
		-o PreferredAuthentications="${METHODS:-publickey,keyboard-interactive}" \
		"$user@127.0.0.1" true
}
# opened NAME, refused NAME: of the last one.
opened() {
	if [ "$RC" -eq 0 ] && grep -q "${GREETING:-LOGGED-IN}" <<<"$OUT"; then
		ok "$1"
	else
		fail "$1" "status $RC" "$OUT" "$(tail -n 5 "$SYSLOG")"
	fi
}
refused() {
	if [ "$RC" -ne 0 ] && ! grep -q "${GREETING:-LOGGED-IN}" <<<"$OUT" &&
		! grep -q TIMEOUT <<<"$OUT"; then
		ok "$1"
	else
		fail "$1" "status $RC" "$OUT"
	fi
}
# in_time NAME MS: the program waited no longer at any answer.
in_time() {
	if [ "${WAITED:-99999}" -le "$2" ]; then
		ok "$1"
	else
		fail "$1" "$WAITED ms" "$OUT"
	fi
}
# as_tarou COMMAND... (for typed)
AS_TAROU='setpriv --reuid tarou --regid tarou --clear-groups'

cp -r /etc/pam.d "$T/machine.d"
ssh-keygen -q -t ed25519 -N '' -f "$T/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
chmod 644 "$T/key.pub"
new_dir d
set_conf 'password_cost = 5'
start_daemon "$DIR"
ln -s "$DIR/authd.sock" "$ASK"
run sekisho office add demo --name Demo
early_in_step 25
for login in taro1 taro2 boss plain; do
	case $login in
	taro1) person $login --unix-user tarou ;;
	boss) person $login --unix-user boss2 ;;
	*) person $login ;;
	esac
done
# Phones of one account: each shows a code of its own in every step.
CODES=()
# phones [SECONDS]: those of the next step are good already.
phones() {
	local i
	CODES=("$(code_for taro1 "${1:-0}")")
	for i in 1 2 3 4; do
		CODES+=("$(code_of "${MORE[i]}" "${1:-0}")")
	done
}
MORE=(none)
for i in 1 2 3 4; do
	run sekisho phone enroll taro1 --label "phone $i" --json
	MORE+=("$(json .secret)")
	run sekisho phone confirm taro1 "$(code_of "${MORE[i]}" -30)"
	[ "$RC" -eq 0 ] || die "phone $i: $ERR"
done

# --- key + code ---
pam_file sshd sshd-key-code
start_sshd key-code
run sekisho pam test tarou sshd
is "pam test has nothing against the page's lines" 0
early_in_step 20
phones
ssh_as tarou "${CODES[0]}"
opened "ssh: key + code opens"
equal "ssh: with one prompt" "$PROMPTS" 1
ssh_as tarou "${CODES[0]}"
refused "ssh: the same code again is refused"
check "ssh: with the seconds to wait, in the prompt" \
	grep -qE 'wait [0-9]+ s for the next one' <<<"$OUT"
ssh_as tarou
refused "ssh: no code, nothing"
ssh_as tarou '^C'
refused "ssh: Ctrl-C, nothing"
METHODS=keyboard-interactive ssh_as tarou "${CODES[1]}"
refused "ssh: a code without the key opens nothing"
equal "ssh: it is not even asked" "$PROMPTS" 0
ssh_as nobody-here "${CODES[1]}"
refused "ssh: an unknown user"
for i in 1 2 3 4; do
	run sekisho verify taro1 "00000$i" --service sshd
done
ssh_as tarou 000005
refused "ssh: five wrong codes"
early_in_step 15
phones
ssh_as tarou "${CODES[1]}"
refused "ssh: lock"
run sekisho account unlock taro1
is "ssh: the administrator unlocks" 0
ssh_as tarou "${CODES[1]}"
opened "ssh: and a right code opens"
ssh_as tarou "$RECOVERY_taro1"
opened "ssh: a recovery code opens"
check "ssh: the log knows from where" test "$(records '.action == "verify" and
	.result == "accept" and .source == "127.0.0.1" and
	(.detail | test("consumer=local:sshd .*tty=ssh"))')" -ge 3
run sekisho account disable taro1
ssh_as tarou "${CODES[2]}"
refused "ssh: a disabled account"
run sekisho account enable taro1

# --- the method password: what is typed there is no code ---
stop_sshd
start_sshd password-code 'PasswordAuthentication yes
AuthenticationMethods password'
before=$(records '.action == "verify"')
METHODS=password ssh_as tarou "$UNIX"
refused "ssh: the method password opens nothing"
equal "V47 and the password was not sent as a code" \
	"$(records '.action == "verify"')" "$before"

# --- password + code ---
pam_file sshd sshd-password-code
start_sshd password-code
run sekisho pam test tarou sshd
is "pam test: password + code" 0
early_in_step 10
phones
ssh_as tarou "$UNIX" "${CODES[2]}"
opened "ssh: Unix password + code opens"
ssh_as tarou "not it" "${CODES[3]}"
refused "ssh: a wrong password"
equal "ssh: asks for no code" "$PROMPTS" 1
ssh_as tarou "$UNIX" 000000
refused "ssh: a wrong code"
run sekisho password import <(printf 'taro1:%s\n' \
	"$(openssl passwd -6 -salt ownOfTaro "$GOOD")")
# hashing gives way to everything else that runs on the machine
PAM_MORE=' timeout=30'
pam_file sshd sshd-sekisho-password
PAM_MORE=
early_in_step 10
phones
ssh_as tarou "$GOOD" "${CODES[3]}"
opened "ssh: Sekisho's password + code opens"
ssh_as tarou "$UNIX" "${CODES[4]}"
refused "ssh: not the Unix password"
equal "ssh: and no code is asked" "$PROMPTS" 1

# --- sudo, su, login ---
GREETING='uid=0(root)'
pam_file sudo sudo in
pam_file su su in
pam_file login login in
for service in sudo su login; do
	run sekisho pam test tarou $service
	check "pam test: no failure in $service" test "$RC" -eq 0
done
early_in_step 5
phones 30
# shellcheck disable=SC2086	# a list of words
sudo_() {
	typed "$@" -- $AS_TAROU sudo -k id
}
sudo_ "$UNIX" "${CODES[0]}"
opened "sudo: password, then code"
equal "sudo: two prompts" "$PROMPTS" 2
sudo_ "$UNIX" '^C'
refused "sudo: Ctrl-C at the code"
sudo_ '^C'
refused "sudo: Ctrl-C at the password"
sudo_ "$UNIX" "${CODES[0]}"
refused "sudo: a used code"
check "sudo: is told" grep -q 'wait [0-9]* s' <<<"$OUT"
GREETING='uid=61002(plain)'
# shellcheck disable=SC2086
su_() {
	typed "$@" -- $AS_TAROU su plain -c id
}
early_in_step 8
su_ "$UNIX" "$(code_for plain)"
opened "su: the password and the code of whom one becomes"
su_ "$UNIX" '^C'
refused "su: Ctrl-C"
typed -- su plain -c id
opened "su: root is not asked"
PAM_MORE=' exempt_group=ops'
pam_file su su in
su_ "$UNIX"
opened "su: exempt_group: the password alone"
equal "su: and no prompt for a code" "$PROMPTS" 1
PAM_MORE=
pam_file su su in
GREETING='LOGGED-IN'
early_in_step 8
phones
typed "$UNIX" "${CODES[1]}" -- login tarou
opened "login: password, then code"
typed "$UNIX" '000000' '^C' -- login tarou
refused "login: a wrong code"

# --- faults, one second to answer ---
PAM_MORE=' timeout=1'
pam_file sshd sshd-key-code
pam_file sudo sudo in
pam_file su su in
pam_file login login in
start_sshd key-code
SLOW=2000 # the deadline and a second
faults() {
	local what=$1
	GREETING='LOGGED-IN'
	ssh_as tarou 123456
	refused "F22 sshd: $what"
	in_time "F22 sshd: in time" $SLOW
	GREETING='uid=0'
	sudo_ "$UNIX" 123456
	refused "F22 sudo: $what"
	in_time "F22 sudo: in time" $SLOW
	GREETING='uid=61002'
	su_ "$UNIX" 123456
	refused "F22 su: $what"
	# su itself sleeps for a second after a failure
	in_time "F22 su: in time" $((SLOW + 1000))
}
for fault in 'hang 0' 'hang 120' 'cut 150' garbage body 'status 500'; do
	rm -f "$T/h.sock"
	# shellcheck disable=SC2086	# a mode and its number
	"$BIN/tests/hostile" "$T/h.sock" $fault &
	HOSTILE=$!
	T_PIDS="$T_PIDS $HOSTILE"
	until_true 5 test -S "$T/h.sock"
	ln -sf "$T/h.sock" "$ASK"
	case $fault in
	*0) faults "$fault" ;;
	*)
		GREETING='LOGGED-IN'
		ssh_as tarou 123456
		refused "F22 sshd: $fault"
		in_time "F22 sshd: in time" $SLOW
		;;
	esac
	kill $HOSTILE
	wait $HOSTILE 2>/dev/null
done
rm -f "$T/h.sock"
GREETING='LOGGED-IN'
typed "$UNIX" 123456 '^C' -- login tarou
refused "F22 login: nobody there"

# --- away, and break-glass ---
ln -sf "$DIR/authd.sock" "$ASK"
run sekisho breakglass create web1 --file "$T/glass" --json
GLASS=$(json '.codes[2]')
ssh_as tarou "$GLASS"
refused "a break-glass code opens nothing while the daemon answers"
stop_daemon
ssh_as tarou 123456
refused "without the daemon ssh is refused"
in_time "within the deadline" $SLOW
ssh_as tarou "$GLASS"
opened "a break-glass code opens then"
check "loud in syslog" grep -q 'BREAK-GLASS: code 3 of host web1 opened' "$SYSLOG"
ssh_as tarou "$GLASS"
refused "and never again"
start_daemon "$DIR"
early_in_step 5
phones
ssh_as tarou "${CODES[4]}"
opened "the daemon is back"
equal "and knows of it" "$(records '.action == "breakglass.used" and
	.source == "127.0.0.1" and (.detail | test("number=3 .*service=sshd user=tarou"))')" 1
stop_daemon

check "syslog was kept" grep -q 'pam_sekisho(sshd:auth): accepted' "$SYSLOG"
for word in "$UNIX" "$GOOD" "$GLASS" "$RECOVERY_taro1" "${CODES[0]}" 123456; do
	refute "V47 not in syslog: $word" grep -qF -- "$word" "$SYSLOG"
done
