#!/usr/bin/env bash
# Goal of this test:
# - Names and codes with control characters, quotes, right-to-left marks, SQL,
#   NUL, invalid UTF-8, 64 KiB, or nothing at all: one clear 4xx or a refusal
#   each, nothing changed, no forged line in the log (V20, V6, V12, F18, R56).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir names
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add hanako --name Hanako --office demo

# post PATH: the JSON is in $T/body; OUT is the answer, RC the HTTP status.
post() {
	RC=$(curl -s -m 10 --unix-socket "$SEKISHO_SOCKET" -o "$T/answer" \
		-w '%{http_code}' -H 'Content-Type: application/json' \
		--data-binary "@$T/body" "http://sekisho$1")
	OUT=$(tr -d '\0' <"$T/answer")
}

# What may not be a login; each as JSON text.
LOGINS=(
	'""' '" "' '"\t"' '"a"' '"a b"' '" hanako"' '"hanako "' '"hana\nko"'
	'"hana\u0000ko"' '"hana\u001b[31mko"' '"hana\u202eko"' '"hana\u2028ko"'
	'"\"hanako\""' "\"hanako'--\"" '"hanako; DROP TABLE audit"'
	'"../../bin/ls"' '"%s%n%x"' '"DOMAIN\\hanako"' '"hanako@example.jp"'
	'"花子"' '"\ud83d\ude00"' '"\\u0000"' '"null\u0000"'
	'"hanako\r\n2026-01-01T00:00:00.000Z sekisho-front[1] info: forged"'
)
# What may not be the name of a person; each as JSON text.
NAMES=(
	'""' '" "' '"\u3000"' '"a\nb"' '"a\u0000b"' '"a\u001b[2Jb"'
	'"a\u202eb"' '"a\u2028b"' '"a\u0085b"' '"\ufeffa"' '7' 'null' '[]' '{}'
)
CODES=(
	'""' '" "' '"12345"' '"1234567"' '"12345a"' '"+12345"' '"-12345"'
	'"1234 5"' '"١٢٣٤٥٦"' '"12345\u0000"' '"123456\n"' '"0x1234"'
	'"1e5"' '"      "' "\"' OR 1\""
)

dump() {
	sqlite3 "$DIR/data/sekisho.db" \
		'SELECT * FROM office; SELECT * FROM account; SELECT * FROM name'
}
before=$(dump)

bad=0
for login in "${LOGINS[@]}"; do
	printf '{"login":%s,"office":"demo","name":"X"}' "$login" >"$T/body"
	post /v1/account/add
	[ "$RC" = 400 ] || { bad=$((bad + 1)); echo "# add $login: $RC $OUT"; }
	printf '{"login":%s,"code":"123456","service":"t"}' "$login" >"$T/body"
	post /v1/verify
	case $RC:$OUT in
	400:* | 200:*'"refuse"'*) ;;
	*) bad=$((bad + 1)); echo "# verify $login: $RC $OUT" ;;
	esac
	printf '{"login":%s}' "$login" >"$T/body"
	post /v1/account/show
	case $RC in
	400 | 404) ;;
	*) bad=$((bad + 1)); echo "# show $login: $RC $OUT" ;;
	esac
done
equal "V20 each of ${#LOGINS[@]} bad logins is refused" $bad 0

bad=0
for name in "${NAMES[@]}"; do
	printf '{"login":"x-1","office":"demo","name":%s}' "$name" >"$T/body"
	post /v1/account/add
	[ "$RC" = 400 ] || { bad=$((bad + 1)); echo "# $name: $RC $OUT"; }
	printf '{"login":"hanako","label":%s}' "$name" >"$T/body"
	case $name in
	null) continue ;;
	esac
	post /v1/phone/enroll
	[ "$RC" = 400 ] || { bad=$((bad + 1)); echo "# label $name: $RC $OUT"; }
done
equal "F18 each of ${#NAMES[@]} bad names is a 400" $bad 0

bad=0
for code in "${CODES[@]}"; do
	printf '{"login":"nobody","code":%s,"service":"t"}' "$code" >"$T/body"
	post /v1/verify
	case $RC:$OUT in
	400:* | 200:*'"refuse"'*) ;;
	*) bad=$((bad + 1)); echo "# $code: $RC $OUT" ;;
	esac
done
equal "V6 each of ${#CODES[@]} bad codes is refused" $bad 0

# Bytes that are no UTF-8, and more than anybody needs.
for bytes in '\xff\xfe' '\xc0\xaf' '\xed\xa0\x80' '\xf4\x90\x80\x80'; do
	printf '{"login":"a%b","office":"demo","name":"X"}' "$bytes" \
		>"$T/body"
	post /v1/account/add
	equal "invalid UTF-8 is a 400 ($bytes)" "$RC" 400
done
long=$(head -c 60000 /dev/zero | tr '\0' a)
printf '{"login":"%s","office":"demo","name":"X"}' "$long" >"$T/body"
post /v1/account/add
equal "a login of 60,000 bytes is a 400" "$RC" 400
printf '{"login":"x-1","office":"demo","name":"%s"}' "$long" >"$T/body"
post /v1/account/add
equal "a name of 60,000 bytes is a 400" "$RC" 400
printf '{"login":"x-1","office":"demo","name":"%s%s"}' "$long" "$long" \
	>"$T/body"
post /v1/account/add
equal "a body over 64 KiB is a 413" "$RC" 413
equal "nothing was changed by all that" "$(dump)" "$before"

# Quotes are a person's right.
run sekisho account add o-brien --name "O'Brien \"Bob\" <b>&" --office demo
is "a name with quotes is a name" 0
run sekisho account show o-brien --json
equal "and comes back as it went in" "$(json .name)" "O'Brien \"Bob\" <b>&"

# One person, one counter, however the login is typed (V12).
for login in hanako HANAKO 'Ｈanako' 'hAnAkO' 'ｈａｎａｋｏ'; do
	run sekisho phone list "$login"
	is "V12 $login is hanako" 0
done

refute "R56 no line of the log was forged" grep -aq '^.*info: forged' "$LOG"
check "R56 every line of the log has its form" sh -c \
	"! grep -avE '^[0-9-]{10}T[0-9:.]{12}Z sekisho-[a-z]+\[[0-9]+\] (error|warning|info|debug): ' '$LOG'"
run sekisho audit verify --dir "$DIR"
is "the log verifies" 0
stop_daemon
