#!/usr/bin/env bash
# Limit: 240
# Goal of this test (F22, V47, V48, V50; issue 6: 7): of more than 40 kinds of
# fault none lets anybody in, and each is answered within the deadline (1 s) and
# a second. Then: 200 logins under valgrind leak nothing and touch nothing that
# is not theirs; no code is left in the caller's environment or core.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/pamlib.sh
. "$(dirname "$0")/pamlib.sh"

DIR=$T/d
mkdir "$DIR"
SOCK=$DIR/authd.sock
HOSTILE=
# A caller that is not root may still be asked by.
pam_service f 'auth required % timeout=1 breakglass=/nowhere' \
	'account required pam_permit.so'
pam_service nullok 'auth required % timeout=1 nullok breakglass=/nowhere' \
	'auth required pam_permit.so' 'account required pam_permit.so'
pam_service both 'auth required % timeout=1 password+code breakglass=/nowhere' \
	'account required pam_permit.so'
pam_service account 'auth required pam_permit.so' 'account required % timeout=1'

# hostile MODE [N]: start it; lull: end it.
hostile() {
	rm -rf "$SOCK"
	"$BIN/tests/hostile" "$SOCK" "$@" </dev/null &
	HOSTILE=$!
	T_PIDS="$T_PIDS $HOSTILE"
	until_true 5 test -S "$SOCK" || die "hostile $* does not listen"
	sleep 0.05
}
lull() {
	kill "$HOSTILE" 2>/dev/null
	wait "$HOSTILE" 2>/dev/null
	T_PIDS=${T_PIDS/ $HOSTILE/}
	rm -rf "$SOCK"
}
# faulty NAME [SERVICE [USER [ANSWERS [MODE [N]]]]]: nobody comes in, in time.
faulty() {
	local name=$1
	shift
	app "${1:-f}" "${2:-taro}" "${3-$'123456\n123456\n'}" "${4:-plain}" \
		${5:+"$5"}
	judge "$name"
}
judge() {
	local name=$1 ms
	ms=$(sed -n 's/.* //p' <<<"$OUT" | sort -n | tail -n 1)
	if [ "$RC" -eq 0 ] || grep -q 'Success' <<<"$OUT"; then
		fail "F22 $name" "somebody came in: $OUT"
	elif [ -z "$ms" ] || [ "$ms" -gt 2000 ]; then
		fail "F22 $name" "took ${ms:-?} ms" "$OUT"
	else
		ok "F22 $name"
	fi
}
# unavailable: the last was a fault, not a refusal.
unavailable() {
	check "$1 is a fault" grep -q 'cannot retrieve' <<<"$OUT"
}

# The tools themselves: a good answer is one.
hostile good
app f taro $'123456\n' plain
equal "the good answer of the test's daemon lets in" "$RC" 0
app both taro $'pw\n123456\n' plain
equal "but not out of its place" "$RC" 1
lull

# --- nobody there ---
faulty "no socket"
unavailable "no socket"
mkdir "$SOCK"
faulty "a directory there"
rmdir "$SOCK"
: >"$SOCK"
faulty "a file there"
rm "$SOCK"
mkfifo "$SOCK"
faulty "a FIFO there"
rm "$SOCK"
hostile good
kill -KILL "$HOSTILE"
wait "$HOSTILE" 2>/dev/null
faulty "a socket nobody listens at"
lull
hostile deaf
faulty "nobody accepts, the backlog is full"
unavailable "a full backlog"
lull
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$T"
	chmod 777 "$DIR"
	bin_for nobody
	cp "$BIN/tests/hostile" "$T/hostile" && chmod 755 "$T/hostile"
	# by its own process id: as() would run it below a shell
	setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups \
		"$T/hostile" "$SOCK" good </dev/null &
	HOSTILE=$!
	T_PIDS="$T_PIDS $HOSTILE"
	until_true 5 test -S "$SOCK"
	sleep 0.05
	chown root "$SOCK"
	faulty "V47 another user listens, though the file is root's"
	unavailable "another user's socket"
	lull
else
	skip "F22 another user listens" "needs root"
fi

# --- says nothing, or not enough ---
# side by side, each at a socket of its own
PIDS=
for n in 0 1 5 9 12 15 17 30 49 60 80 100 130 140 160 189; do
	SOCK=$DIR/$n.sock
	hostile hang $n
	printf 'auth required %s socket=%s timeout=1\naccount required pam_permit.so\n' \
		"$OURS" "$SOCK" >"$PAMD/hang$n"
	printf '123456\n' | "$BIN/tests/pamapp" "$PAMD" "hang$n" taro plain \
		>"$T/hang.$n" 2>/dev/null &
	PIDS="$PIDS $!"
done
# shellcheck disable=SC2086	# a list of words
wait $PIDS
for n in 0 1 5 9 12 15 17 30 49 60 80 100 130 140 160 189; do
	OUT=$(cat "$T/hang.$n")
	RC=1
	judge "a hang after $n bytes"
	unavailable "a hang after $n bytes"
done
SOCK=$DIR/authd.sock
for n in 0 1 17 90 150 189; do
	hostile cut $n
	faulty "the end after $n bytes"
	lull
done
hostile drip
faulty "a byte every 200 ms"
lull

# --- says something else ---
for mode in garbage head body early; do
	hostile $mode
	case $mode in
	# an acceptance that came first is only seen after the question
	early) app f taro '' plain ;;
	*) faulty "$mode" ;;
	esac
	lull
done
for status in 201 204 302 400 401 403 404 429 500 503; do
	hostile status $status
	faulty "an acceptance with status $status"
	unavailable "status $status"
	lull
done
# say NAME TYPE BODY [HEADER]: an answer that is well-formed but for that.
say() {
	rm -f "$SOCK"
	printf 'HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%bContent-Length: %s\r\n\r\n%b' \
		"$2" "${4:-}" "$(printf '%b' "$3" | wc -c)" "$3" >"$T/answer"
	"$BIN/tests/hostile" "$SOCK" say <"$T/answer" &
	HOSTILE=$!
	T_PIDS="$T_PIDS $HOSTILE"
	until_true 5 test -S "$SOCK"
	sleep 0.05
	faulty "$1"
	lull
}
J=application/json
say "no JSON" text/html '{"result":"accept"}'
say "an empty body" $J ''
say "an empty object" $J '{}'
say "a list" $J '["accept"]'
say "a list as result" $J '{"result":["accept"]}'
say "true as result" $J '{"result":true}'
say "another case" $J '{"result":"Accept"}'
say "a blank more" $J '{"result":"accept "}'
say "two results" $J '{"result":"accept","result":"accept"}'
say "something behind it" $J '{"result":"accept"}x'
say "a NUL in it" $J '{"result":"accept\0"}'
say "no UTF-8" $J '{"result":"accept","x":"\xff"}'
say "5 KiB of it" $J '{"result":"accept","x":"'"$(head -c 5000 /dev/zero | tr '\0' x)"'"}'
say "a step of another question" $J '{"result":"continue","transaction":"t","need":"code"}'
say "a password to change" $J '{"result":"change_password","transaction":"t"}'
say "two lengths" $J '{"result":"accept"}' 'Content-Length: 19\r\n'
say "a transfer coding" $J '{"result":"accept"}' 'Transfer-Encoding: chunked\r\n'
say "a folded head" $J '{"result":"accept"}' 'X: a\r\n b\r\n'
say "a refusal" $J '{"result":"refuse","hint":"code_used","retry_after":99999999999999999999}'

# --- nullok and account management with such a daemon ---
hostile good
faulty "account: an answer to another question" account taro ''
lull
hostile status 404
faulty "account: no such route" account taro ''
lull
faulty "nullok: nobody there" nullok
faulty "account: nobody there" account taro ''
hostile hang 40
faulty "nullok: one deadline for both questions" nullok
lull

# --- the caller ---
hostile good
faulty "Ctrl-C at the prompt" f taro '' errconv
check "a conversation error" grep -q 'Conversation error' <<<"$OUT"
faulty "no answer" f taro '' plain
faulty "no conversation" f taro '' noconv
faulty "a conversation without words" f taro '' nullconv
faulty "Ctrl-C at the password" both taro '' plain
faulty "an empty answer" f taro $'\n'
faulty "a password instead of a code" f taro $'Pa55 w0rd!\n'
faulty "500 characters" f taro "$(head -c 500 /dev/zero | tr '\0' 1)"$'\n'
faulty "no file can be opened" f taro $'123456\n' files 3
check "it is a fault, not a refusal" grep -q 'System error' <<<"$OUT"
app f taro $'123456\n' fork
equal "in a child of the caller a good answer is one" "$RC" 0
app f taro $'123456\n' threads 32
equal "in 32 threads at once too" "$RC $(grep -c Success <<<"$OUT")" '0 32'
lull
faulty "in a child, nobody there" f taro $'123456\n' fork
hostile hang 20
faulty "in 32 threads, a hang" f taro $'123456\n' threads 32
unavailable "a hang in threads"
lull

# --- the real daemon with a dead keeper, and a full disk ---
new_dir real
start_daemon "$DIR"
run sekisho office add demo --name Demo
person taro
SOCK=$DIR/authd.sock
pam_service f 'auth required % timeout=1 breakglass=/nowhere' \
	'account required pam_permit.so'
# A keeper that hangs; one that is dead takes the front with it.
kill -STOP "$(child_pid keeper)"
faulty "a keeper that hangs" f taro "$(code_for taro -60)"$'\n'
kill -CONT "$(child_pid keeper)"
kill -KILL "$(child_pid keeper)"
faulty "a dead keeper" f taro "$(code_for taro)"$'\n'
reap_daemon
faulty "and the daemon that went with it" f taro "$(code_for taro)"$'\n'
if [ "$(id -u)" -eq 0 ] && mkdir "$T/full" &&
	mount -t tmpfs -o size=700k tmpfs "$T/full" 2>/dev/null; then
	head -c 1M /dev/zero >"$T/full/fill" 2>/dev/null
	run sekisho breakglass create web1 --file "$T/full/codes" --json
	refute "no break-glass file is left on a full disk" \
		test -e "$T/full/codes"
	rm "$T/full/fill"
	run sekisho breakglass create web1 --file "$T/full/codes" --json
	GLASS=$(json '.codes[0]')
	head -c 1M /dev/zero >"$T/full/fill" 2>/dev/null
	pam_service g "auth required % timeout=1 breakglass=$T/full/codes" \
		'account required pam_permit.so'
	app g taro "$GLASS"$'\n' plain
	equal "a full disk does not take the emergency away" "$RC" 0
	faulty "nor open it twice" g taro "$GLASS"$'\n'
	umount "$T/full"
else
	skip "break-glass on a full disk" "no tmpfs can be mounted here"
fi

# --- memory ---
pam_service v "auth required $OURS socket=$T/v.sock timeout=5" \
	"account required pam_permit.so"
SOCK=$T/v.sock
hostile good
if command -v valgrind >/dev/null && [ -z "${SAN:-}" ]; then
	printf '123456\n' | valgrind -q --leak-check=full --error-exitcode=9 \
		--errors-for-leak-kinds=definite,indirect \
		"$BIN/tests/pamapp" "$PAMD" v taro repeat \
		"${SEKISHO_PAM_ROUNDS:-200}" >"$T/valgrind.out" 2>"$T/valgrind"
	equal "200 logins under valgrind" "$?" 0
	equal "all of them good" "$(grep -c Success "$T/valgrind.out")" \
		"${SEKISHO_PAM_ROUNDS:-200}"
	check "valgrind found nothing" test -z "$(grep '^==' "$T/valgrind")"
else
	skip "valgrind" "it is not here, or this is a sanitizer's build"
fi
# What was typed and what was said is not left behind.
pam_service e "auth required $OURS socket=$T/v.sock"  \
	"account required pam_permit.so"
app e taro $'424243\n' env
refute "V47 no code in the environment" grep -q 424243 <<<"$OUT"
( # the answers that pamapp itself holds are not ours: read them from nowhere
	ulimit -c unlimited
	cd "$T" || exit
	printf '424243\n' | "$BIN/tests/pamapp" "$PAMD" e taro core
) >"$T/core.out" 2>&1
CORE=$(find "$T" -maxdepth 1 -name 'core*' -size +10k | head -n 1)
if [ -n "$CORE" ]; then
	# the question as it was sent, and the answer as it came
	refute "V47 no question in a core" grep -qaF '"code":"424243"' "$CORE"
	refute "V47 no answer in a core" grep -qaF '"result":"accept"' "$CORE"
else
	skip "V47 a core" "this kernel keeps cores elsewhere"
fi
lull
