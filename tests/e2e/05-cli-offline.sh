#!/bin/bash
# Goal of this test:
# - what is made from the table of commands (man page, both completions) is
#   what is kept in the tree, and the man page is well-formed
# - a wrong command line is refused with 2 and asks nobody
# - without a daemon every command that needs one ends with 5, with a sentence
#   for people and, with --json, a problem for programs
# - a socket one may not reach is 4
# - bash completes nouns, verbs, options and choices
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
unset SEKISHO_SOCKET

# --- a daemon that hangs, asked while the rest goes on ---
perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) &&
	bind(S, sockaddr_un($ARGV[0])) && listen(S, 5) && sleep(60)' \
	"$T/hung.sock" &
hung=$!
T_PIDS="$T_PIDS $hung"
until_true 5 test -S "$T/hung.sock" || die "no socket"
sekisho --socket "$T/hung.sock" verify taro 123456 >"$T/hung.out" 2>&1 \
	</dev/null &
asker=$!
T_PIDS="$T_PIDS $asker"

# --- one source ---
check "man page and completions are what the table says" \
	sh "$ROOT/cli/regen.sh" --check "$BIN"
run mandoc -Tlint -Wwarning "$ROOT/cli/sekisho.1"
is "the man page has no errors or warnings" 0
check "the bash completion parses" \
	bash -n "$ROOT/contrib/completion/sekisho.bash"

completes() {
	local name=$1 want=$2 got
	shift 2
	got=$(bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_sekisho; echo "${COMPREPLY[*]}"' \
		"$ROOT/contrib/completion/sekisho.bash" "$@")
	equal "$name" "$got" "$want"
}
completes "bash completes a noun" "account app audit" sekisho a
completes "bash completes a verb" "unlock" sekisho account u
completes "bash completes after common options" "add" \
	sekisho --socket /x account ad
completes "bash completes an option" "--class" sekisho account add taro --c
completes "bash completes a choice" "privileged" \
	sekisho account add taro --class p

# --- wrong command lines ---
while IFS='|' read -r name words; do
	# shellcheck disable=SC2086	# words are meant to be split
	run sekisho $words
	is "refused as usage: $name" 2
	equal "and told on standard error: $name" \
		"$(printf '%s' "$ERR" | grep -c '^sekisho: ')$OUT" 1
done <<'LIST'
nothing at all|
an unknown noun|shiro
a noun without its verb|office
an unknown verb|office burn
an abbreviated option|verify taro 123456 --serv x
an unknown option|status --loud
a missing argument|verify taro
a needed option left out|office add demo
an argument too many|office show a b
an option twice|verify taro 123456 --service a --service b
a number that is none|account set taro --level x
again with a label|phone enroll taro --again --label x
half of a copy|audit verify --db x
no one to ask about a removal|account remove taro
LIST
run sekisho verify taro $'12\xff456'
is "an argument that is not UTF-8 is refused" 2
run sekisho office show $'\e[31m' extra
is "control characters in a word" 2
refute "are not printed back" grep -q $'\e' "$T/.err"

# --- help ---
for words in "" "office" "office add" "verify" "audit verify"; do
	# shellcheck disable=SC2086	# words are meant to be split
	run sekisho $words --help
	is "help: sekisho $words --help" 0
	check "and it says usage: $words" grep -q '^usage: sekisho' "$T/.out"
done
run sekisho --version
is "the version is told" 0

# --- no daemon ---
export SEKISHO_SOCKET=$T/none.sock
while read -r words; do
	# shellcheck disable=SC2086	# words are meant to be split
	run sekisho $words
	is "no daemon: sekisho $words" 5
done <<'LIST'
status
doctor
office list
office add demo --name Demo
account list
account remove taro --yes
phone enroll taro
phone confirm taro 123456
verify taro 123456
audit list
audit export
audit show dxxs9fd63c4n9tk1b05kc3px9x
config check
LIST
run sekisho verify taro 123456 --json
equal "the problem is JSON on standard output" "$(json .code)" no_daemon
check "and a sentence on standard error" grep -q '^sekisho: ' "$T/.err"
run sekisho doctor --json
is "doctor says so as JSON too" 5
equal "doctor: not ok" "$(printf '%s' "$OUT" | jq .ok)" false
equal "doctor: the socket is what fails" "$(json \
	'.checks[] | select(.name == "socket") | .state')" fail
run sekisho phone enroll taro --png "$T/qr.png"
is "no image without an answer" 5
refute "and no file is left" ls "$T"/qr.png*
: >"$T/there.png"
run sekisho phone enroll taro --png "$T/there.png"
is "an existing image is not replaced" 2

# --- no right to the socket ---
mkdir -m 700 "$T/closed"
if [ "$(id -u)" -eq 0 ]; then
	bin_for nobody
	run as nobody sekisho --socket "$T/closed/authd.sock" status
else
	chmod 0 "$T/closed"
	run sekisho --socket "$T/closed/authd.sock" status
	chmod 700 "$T/closed"
fi
is "a socket out of reach is not permitted" 4
check "and it is told who may" grep -q 'ask as root' "$T/.err"

# --- nothing printed is nothing answered ---
sekisho --help >/dev/full 2>"$T/full"
equal "help that cannot be written" $? 5
check "and that is told" grep -q 'standard output cannot be written' "$T/full"

wait "$asker"
equal "a daemon that hangs: 5" $? 5
check "with what to do" grep -q "no answer within 15 s.*daemon's log" \
	"$T/hung.out"
kill "$hung"
