#!/usr/bin/env bash
# Goal of this test:
# - Requests that are malformed, ambiguous or endless, sent raw to the shipped
#   daemon: no second request is dispatched, nothing is changed, every 4xx and
#   5xx closes its connection, a drip ends at the deadline (finding 5, V52, R47,
#   F14, 2b.11).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir framing
set_conf 'request_timeout = "3s"'
start_daemon "$DIR"
run sekisho office add demo --name Demo
A='{"code":"smuggled","name":"S"}'
N=${#A}
# The request that must never run, as a smuggler would append it.
EVIL="POST /v1/office/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
ADD="POST /v1/office/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
H="Host: x\r\n"

offices() {
	sekisho office list --json | jq -r '.offices[].code // .[].code' |
		tr '\n' ' '
}
before=$(offices)
equal "one office to begin with" "$before" "demo "

# raw NAME BYTES [STATUS]: an error and no other answer, closed, nothing changed.
# libmicrohttpd 0.9.75 writes the head of some of its own errors twice: the same
# status line again is no second answer.
raw() {
	local status answers rc
	printf '%b' "$2" >"$T/request"
	"$BIN/tests/rawhttp" -t 8000 "$SEKISHO_SOCKET" "$T/request" \
		>"$T/answer" 2>"$T/closed"
	rc=$?
	answers=$(grep -a '^HTTP/1\.[01] ' "$T/answer" | sort -u | wc -l)
	status=$(sed -n '1s/^HTTP\/1\.[01] \([0-9]*\).*/\1/p' "$T/answer")
	if [ $rc -eq 0 ] && [ "$answers" -le 1 ] &&
		case ${3:-4xx}:$status in
		4xx:4?? | 4xx:5?? | 4xx: | none:) true ;;
		"$status:$status") true ;;
		*) false ;;
		esac && [ "$(offices)" = "$before" ]; then
		ok "F14 $1"
	else
		fail "F14 $1" "closed: $(cat "$T/closed")" \
			"offices: $(offices)" "$(head -c 600 "$T/answer")"
	fi
}

raw "two equal lengths" "${ADD}Content-Length: $N\r\nContent-Length: $N\r\n\r\n$A" 400
raw "two lengths, the smaller first" "${ADD}Content-Length: 2\r\nContent-Length: $N\r\n\r\n{}$EVIL" 400
raw "two lengths, the larger first" "${ADD}Content-Length: $((N + 300))\r\nContent-Length: 2\r\n\r\n{}$EVIL" 400
raw "a list of lengths" "${ADD}Content-Length: $N, $N\r\n\r\n$A" 400
raw "a negative length" "${ADD}Content-Length: -1\r\n\r\n$A$EVIL"
raw "a signed length" "${ADD}Content-Length: +$N\r\n\r\n$A"
raw "a hexadecimal length" "${ADD}Content-Length: 0x1e\r\n\r\n$A$EVIL"
raw "a length of 2^64 - 1" "${ADD}Content-Length: 18446744073709551615\r\n\r\n$A"
raw "a length of 2^64 + 30" "${ADD}Content-Length: 18446744073709551646\r\n\r\n$A"
raw "a length with a blank in it" "${ADD}Content-Length: 1 0\r\n\r\n$A$EVIL"
raw "an empty length" "${ADD}Content-Length: \r\n\r\n$A$EVIL"
raw "a name with a blank before its colon" "${ADD}Content-Length : 5\r\n\r\n$EVIL"
raw "length and chunked" "${ADD}Content-Length: $N\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$EVIL" 400
raw "chunked and length" "${ADD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n$EVIL" 400
raw "chunked" "${ADD}Transfer-Encoding: chunked\r\n\r\n1e\r\n$A\r\n0\r\n\r\n" 400
raw "chunked with a blank before its colon" "${ADD}Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}$EVIL"
raw "chunked twice" "${ADD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$EVIL" 400
raw "an unknown coding" "${ADD}Transfer-Encoding: gzip\r\nContent-Length: $N\r\n\r\n$A" 400
raw "chunked with NUL" "${ADD}Transfer-Encoding: chunked\\0000\r\n\r\n0\r\n\r\n$EVIL"
raw "chunked in HTTP/1.0" "POST /v1/office/add HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n$EVIL"
raw "a folded header" "${ADD}X-A: b\r\n c\r\nContent-Length: $N\r\n\r\n$A"
raw "a folded length" "${ADD}Content-Length:\r\n $N\r\n\r\n$A"
raw "bare LF" "$(printf '%s' "${ADD}Content-Length: $N\r\n\r\n" | sed 's/\\r//g')$A"
raw "one bare LF" "POST /v1/office/add HTTP/1.1\nHost: x\r\nContent-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "bare CR" "POST /v1/office/add HTTP/1.1\r\nHost: x\rX: y\r\nContent-Length: $N\r\n\r\n$A"
raw "NUL in a value" "${ADD}X-A: a\\0000b\r\nContent-Length: $N\r\n\r\n$A"
raw "NUL in the target" "POST /v1/office/add\\0000 HTTP/1.1\r\n${H}Content-Length: $N\r\n\r\n$A"
raw "%00 in the target" "POST /v1/office/add%00 HTTP/1.1\r\n${H}Content-Length: $N\r\n\r\n$A"
raw "an encoded letter" "POST /v1/offic%65/add HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "dot segments" "POST /v1/x/../office/add HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "two slashes" "POST //v1/office/add HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "a query" "POST /v1/office/add?a=b HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "absolute form" "POST http://x/v1/office/add HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "asterisk form" "OPTIONS * HTTP/1.1\r\n${H}\r\n"
raw "no Host" "POST /v1/office/add HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "two Hosts" "${ADD}Host: y\r\nContent-Length: $N\r\n\r\n$A" 400
raw "two types" "${ADD}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A" 400
raw "no type" "POST /v1/office/add HTTP/1.1\r\n${H}Content-Length: $N\r\n\r\n$A" 415
raw "a form" "POST /v1/office/add HTTP/1.1\r\n${H}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\n\r\na=b&" 415
raw "a body on GET" "GET /v1/status HTTP/1.1\r\n${H}Content-Length: ${#EVIL}\r\n\r\n$EVIL"
raw "GET on a POST path" "GET /v1/office/add HTTP/1.1\r\n${H}\r\n" 405
raw "DELETE" "DELETE /v1/office/add HTTP/1.1\r\n${H}\r\n" 405
raw "TRACE" "TRACE /v1/office/add HTTP/1.1\r\n${H}\r\n"
raw "an unknown method" "FROB /v1/office/add HTTP/1.1\r\n${H}\r\n"
raw "a small method" "post /v1/office/add HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: $N\r\n\r\n$A"
raw "an unknown path" "POST /v1/office/frob HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\n{}" 404
raw "HTTP/2 preface" "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
raw "HTTP/0.9" "GET /v1/status\r\n"
raw "TLS" "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
raw "garbage" "$(head -c 300 /dev/urandom | base64 -w 0)\r\n\r\n"
raw "a body past its declared end" "${ADD}Content-Length: 2\r\n\r\n{}$EVIL"
raw "a body over 64 KiB" "${ADD}Content-Length: 70000\r\n\r\n$(head -c 70000 /dev/zero | tr '\0' ' ')" 413
raw "a head of 64 KiB" "POST /v1/office/add HTTP/1.1\r\n${H}X-A: $(head -c 65536 /dev/zero | tr '\0' a)\r\n\r\n"
raw "a target of 64 KiB" "POST /$(head -c 65536 /dev/zero | tr '\0' a) HTTP/1.1\r\n${H}\r\n"
raw "a thousand fields" "POST /v1/office/add HTTP/1.1\r\n$(for i in $(seq 1000); do printf 'X-%s: a\\r\\n' "$i"; done)\r\n"
raw "half a head, then nothing" "POST /v1/office/add HTTP/1.1\r\nHos"
raw "half a body, then nothing" "${ADD}Content-Length: $N\r\n\r\n{\"code\""
raw "nothing at all" ""

# One byte each 100 ms would take a minute: the deadline ends it.
printf '%b' "${ADD}Content-Length: $N\r\n\r\n$A" >"$T/request"
"$BIN/tests/rawhttp" -d 200 -t 9000 "$SEKISHO_SOCKET" "$T/request" \
	>"$T/answer" 2>"$T/closed"
equal "V52 a slow drip is ended" "$?" 0
took=$(sed -n 's/^closed \([0-9]*\).*/\1/p' "$T/closed")
check "V52 at the deadline of 3 s ($took ms)" test "${took:-9999}" -le 4500
equal "and changed nothing" "$(offices)" "$before"

run sekisho status
is "the daemon is well" 0
check "the parent saw no child end" kill -0 "$DAEMON_PID"
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
equal "it stops cleanly" "$DAEMON_RC" 0
