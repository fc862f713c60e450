#!/usr/bin/env bash
# Goal of this test:
# - Any changed, removed, swapped or added audit record is found and named, on
#   a copy with nothing but audit.pub; an untouched copy verifies (F19, 2b.9).
# - A log cut at its end is found with keeper.state; the daemon then serves only
#   status until the gap is accepted, and says so in the log.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir audit
start_daemon "$DIR"
run sekisho office add demo --name Demo
for i in 1 2 3 4 5 6; do
	run sekisho account add "p-$i" --name "Person $i" --office demo
	run sekisho verify "p-$i" 123456
done
is "something is logged" 1
stop_daemon
DB=$DIR/data/sekisho.db
LAST=$(sqlite3 "$DB" 'SELECT max(seq) FROM audit')

# tamper NAME SEQ SQL: on a fresh copy, with the public key only.
tamper() {
	local copy=$T/copy
	rm -rf "$copy"
	mkdir "$copy"
	cp "$DB" "$copy/log.db"
	cp "$DIR/audit.pub" "$copy/"
	[ -z "$3" ] || sqlite3 "$copy/log.db" "$3" || die "$3"
	run sekisho audit verify --db "$copy/log.db" --pub "$copy/audit.pub" \
		--json
	if [ "$2" = 0 ]; then
		is "$1" 0
		equal "$1: all records" "$(json .records)" "$LAST"
	else
		is "$1" 1
		equal "$1: named" "$(json .first_bad)" "$2"
	fi
}

tamper "an untouched copy verifies" 0 ""
for column in at_ms actor source office account device action result reason \
	request_id detail; do
	case $column in
	at_ms) new="at_ms = at_ms + 1" ;;
	*) new="$column = $column || 'x'" ;;
	esac
	tamper "F19 $column changed" 5 "UPDATE audit SET $new WHERE seq = 5"
done
tamper "F19 hash changed" 5 \
	"UPDATE audit SET hash = zeroblob(32) WHERE seq = 5"
tamper "F19 seal changed" "$LAST" \
	"UPDATE audit SET seal = zeroblob(64) WHERE seq = $LAST"
tamper "F19 seal removed at the end" "$LAST" \
	"UPDATE audit SET seal = NULL WHERE seq = $LAST"
tamper "F19 record removed" 5 "DELETE FROM audit WHERE seq = 5"
tamper "F19 first record removed" 1 "DELETE FROM audit WHERE seq = 1"
tamper "F19 record removed and the rest renumbered" 5 \
	"DELETE FROM audit WHERE seq = 5;
	 UPDATE audit SET seq = -seq WHERE seq > 5 AND 0;
	 UPDATE audit SET seq = seq - 1 WHERE seq = 6;"
tamper "F19 records swapped" 5 \
	"CREATE TEMP TABLE t AS SELECT * FROM audit WHERE seq IN (5, 6);
	 DELETE FROM audit WHERE seq IN (5, 6);
	 UPDATE t SET seq = 11 - seq; INSERT INTO audit SELECT * FROM t;"
tamper "F19 record added at the end" "$((LAST + 1))" \
	"CREATE TEMP TABLE t AS SELECT * FROM audit WHERE seq = $LAST;
	 UPDATE t SET seq = seq + 1; INSERT INTO audit SELECT * FROM t;"

# Cut at a transaction's end: only what the keeper knows can tell.
cp "$DB" "$T/whole.db"
sqlite3 "$DB" "DELETE FROM audit WHERE seq = $LAST"
run sekisho audit verify --dir "$DIR" --json
is "a log cut at its end is found after a clean stop" 1
equal "and the first missing record named" "$(json .first_bad)" "$LAST"
start_daemon "$DIR"
run sekisho status --json
is "the daemon is not ready then" 5
equal "and says why" "$(json .has_gap)" true
run sekisho office add late --name Late
is "it changes nothing" 5
run sekisho verify p-1 123456
is "it accepts nothing" 5
run sekisho audit accept-gap --config "$DIR/sekisho.conf" --reason test
is "a gap is not accepted while the daemon runs" 1
check "and it is said to stop it first" \
	grep -q 'stop it (systemctl stop sekisho-authd)' <<<"$ERR"
stop_daemon
run sekisho audit accept-gap --config "$DIR/sekisho.conf" --reason test
is "the administrator accepts the gap" 0
start_daemon "$DIR"
run sekisho status
is "the daemon is ready again" 0
run sekisho audit list --action audit.gap --json
equal "the log tells of the gap" \
	"$(printf '%s' "$OUT" | jq -r '.records[0].result // .[0].result')" 'done'
stop_daemon
run sekisho audit verify --dir "$DIR"
is "the log verifies from the accepted gap on" 0
