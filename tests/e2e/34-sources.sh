#!/usr/bin/env bash
# Goal of this test:
# - 50 failures for 10 logins from one address: the 51st is refused, though it
#   is right; another address, another service and the machine itself are not
#   (DESIGN 6.3); a password guessed there counts too; the list shows it, unlock
#   ends it.
# - Of more than 20 refusals a minute the log holds one record with their
#   number, also when the daemon ends first (DESIGN 6.11).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir sources
set_conf 'password_cost = 5'
start_daemon "$DIR"
run sekisho office add demo --name Demo
early_in_step 25
for login in yamada suzuki; do
	run sekisho account add $login --name $login --office demo
	run sekisho phone enroll $login --json
	secret=$(json .secret)
	run sekisho phone confirm $login "$(code_of "$secret" -30)"
	is "$login is enrolled" 0
	# each has two steps left in the window
	eval "${login}_1=$(code_of "$secret") ${login}_2=$(code_of "$secret" 30)"
done

# post ROUTE BODY: the answer in OUT.
post() {
	run curl -s -m 20 --unix-socket "$SEKISHO_SOCKET" \
		-H 'Content-Type: application/json' -d "$2" "http://sekisho$1"
}

# ask LOGIN CODE SOURCE [SERVICE]
ask() {
	post /v1/verify "{\"login\":\"$1\",\"code\":\"$2\",\"source\":\"$3\",
		\"service\":\"${4:-sshd}\"}"
}

EVIL=198.51.100.7
for i in $(seq 1 44); do
	ask "nobody$((i % 9))" 000000 $EVIL
done
# passwords are guesses as well: five of them, for the tenth login
for i in 1 2 3 4 5; do
	post /v1/login "{\"login\":\"nobody10\",\"password\":\"guess-$i\",
		\"source\":\"$EVIL\",\"service\":\"sshd\"}"
done
equal "a guessed password is refused" "$(json .result)" refuse
run sekisho source list --json
equal "49 failures are counted" "$(json '.sources[0].failures')" 49
equal "for ten logins" "$(json '.sources[0].logins')" 10
equal "it is not refused yet" \
	"$(printf '%s' "$OUT" | jq -r '.sources[0].blocked_until')" null

ask nobody1 000000 $EVIL
# shellcheck disable=SC2154	# set by eval above
ask yamada "$yamada_1" $EVIL
equal "the 51st is refused, though it is right" "$(json .result)" refuse
post /v1/login "{\"login\":\"yamada\",\"password\":\"x\",
	\"source\":\"$EVIL\",\"service\":\"sshd\"}"
equal "a password from there too" "$(json .result)" refuse
run sekisho source list --json
equal "the list has one source" "$(json .total)" 1
equal "of this consumer" "$(json '.sources[0].consumer')" local:sshd
equal "and address" "$(json '.sources[0].address')" $EVIL
equal "what is refused is not counted" "$(json '.sources[0].failures')" 50
check "it is refused for ten minutes" test -n "$(json '.sources[0].blocked_until')"
run sekisho source list
check "the list for people shows it" grep -q "^local:sshd  *$EVIL  *50 " "$T/.out"

ask yamada "$yamada_1" 203.0.113.1
equal "from another address the same code is accepted" "$(json .result)" accept
# shellcheck disable=SC2154
ask yamada "$yamada_2" $EVIL web
equal "another service has its own view of the address" "$(json .result)" accept
# shellcheck disable=SC2154
run sekisho verify suzuki "$suzuki_1" --service sshd
is "the machine itself is no source" 0

run sekisho source unlock local:sshd 198.51.100.9
is "unlock of what is not there: not found" 3
run sekisho source unlock local:sshd "::ffff:$EVIL"
is "unlock" 0
# shellcheck disable=SC2154
ask suzuki "$suzuki_2" $EVIL
equal "the source may try again" "$(json .result)" accept
run sekisho audit list --action source.unlock --json
equal "unlock is in the log" "$(json '.records | length')" 1

# The code of a login counts where its password came from.
run_stdin 'Kb7#wolfram-Teapot' sekisho password set suzuki --stdin
is "a password is set" 0
post /v1/login '{"login":"suzuki","password":"Kb7#wolfram-Teapot",
	"source":"203.0.113.77","service":"sshd"}'
equal "the password is right" "$(json .result)" continue
post /v1/login "{\"transaction\":\"$(json .transaction)\",\"code\":\"000000\"}"
equal "the code is not" "$(json .result)" refuse
id=$(json .request_id)
run sekisho source list --json
equal "it is a failure of the first step's source" \
	"$(json '.sources[] | select(.address == "203.0.113.77").failures')" 1
run sekisho audit show "$id" --json
equal "which is in the log" "$(json '.records[0].source')" 203.0.113.77

# A flood of its own, from one address of a network.
run sekisho audit list --action verify --limit 1000 --json
before=$(json '.records | length')
for i in $(seq 1 30); do
	ask flood 000000 "2001:db8::$i"
done
last=$(json .request_id)
run sekisho audit list --action verify --limit 1000 --json
equal "20 of 30 refusals have a record" \
	"$(json '.records | length')" $((before + 20))
stop_daemon
start_daemon "$DIR"
run sekisho audit show "$last"
is "the last one's request id is found" 0
check "with the number of those held back" \
	grep -q 'consumer=local:sshd count=10$' "$T/.out"
check "and the network they came from" grep -q '2001:db8::/64' "$T/.out"
run sekisho source list --json
equal "a restart forgets sources" "$(json .total)" 0
stop_daemon
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
