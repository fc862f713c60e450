#!/usr/bin/env bash
# Goal of this test: `sekisho-authd --verify-log` by itself
# - while the daemon runs, after a stop, on a read-only copy by another user with
#   nothing but audit.pub;
# - with the wrong key, no key, no log it never says that the log is whole;
# - what an instance knows of its log is missed when it is cut, even to nothing.
# (What is found inside a log: 40-audit.sh.)
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
AUTHD=$BIN/sekisho-authd

new_dir a
CONF=$DIR/sekisho.conf
DB=$DIR/data/sekisho.db
run "$AUTHD" --verify-log -c "$CONF"
is "without a store nothing is known: 5" 5
run "$AUTHD" --verify-log -c "$T/none.conf"
is "nor without a configuration: 5" 5
start_daemon "$DIR"
for i in 1 2 3; do
	run sekisho office add "o$i" --name "Office $i"
done
run "$AUTHD" --verify-log -c "$CONF"
is "it verifies while the daemon runs" 0
check "in words" grep -qx 'log verified: [0-9]* records' <<<"$OUT"
"$AUTHD" --verify-log -c "$CONF" >/dev/full 2>"$T/full"
equal "an answer that cannot be written: 5" $? 5
check "and that is told" grep -q 'standard output cannot be written' "$T/full"
run "$AUTHD" --verify-log -c "$CONF" --json
is "and as JSON" 0
equal "with these members" "$(jq -c 'keys' <<<"$OUT")" \
	'["first_bad","ok","records","why"]'
records=$(json .records)
check "at least one record for each change" test "$records" -ge 3
equal "nothing is bad" "$(jq -c '[.ok, .first_bad, .why]' <<<"$OUT")" \
	'[true,null,null]'
run sekisho office add o4 --name 'Office 4'
is "verifying holds up no change" 0
stop_daemon
run "$AUTHD" --verify-log -c "$CONF" --json
is "it verifies after a stop" 0
records=$(json .records)
if [ "$(id -u)" -eq 0 ]; then
	equal "root leaves no file of its own in data/" \
		"$(find "$DIR/data" ! -user sekisho)" ""
	start_daemon "$DIR"
	stop_daemon
	equal "so that the daemon starts as before" "$DAEMON_RC" 0
	run "$AUTHD" --verify-log -c "$CONF" --json
	records=$(json .records)
fi

# a copy elsewhere
mkdir "$T/copy"
cp "$DB" "$T/copy/log.db"
cp "$DIR/audit.pub" "$T/copy/"
chmod -R a+rX "$T/copy"
chmod a-w "$T/copy" "$T/copy/log.db"
reader=
[ "$(id -u)" -ne 0 ] || reader=nobody
[ -z "$reader" ] || bin_for "$reader"
copy() {
	run as "$reader" "$BIN/sekisho-authd" --verify-log \
		--db "$T/copy/log.db" --pub "$T/copy/audit.pub" "$@"
}
copy --json
is "a read-only copy verifies with audit.pub alone" 0
equal "all records" "$(json .records)" "$records"
equal "and is left as it was" "$(cd "$T/copy" && echo *)" 'audit.pub log.db'
chmod u+w "$T/copy" "$T/copy/log.db"
sqlite3 "$T/copy/log.db" \
	"UPDATE audit SET account = account || 'x' WHERE seq = 2"
copy
is "a changed record is found" 1
check "and named" grep -qx 'BROKEN at record 2: hash' <<<"$OUT"
cp "$DB" "$T/copy/log.db"
chmod a+r "$T/copy/log.db"
copy --node 2 --json
equal "another node's log is another log" "$RC:$(json .records)" 0:0
copy --node 0
is "a node that cannot be" 2

# keys
tr 0-9a-f 1-9a-f0 <"$DIR/audit.pub" >"$T/copy/audit.pub"
copy
is "another key: broken" 1
check "from the first record on" grep -qx 'BROKEN at record 1: seal' <<<"$OUT"
for bad in '' 'xyz' "$(head -c 62 "$DIR/audit.pub")" \
	"$(cat "$DIR/audit.pub")00" "$(tr a-f A-F <"$DIR/audit.pub")g"; do
	printf '%s\n' "$bad" >"$T/copy/audit.pub"
	copy --json
	equal "no key at all (${#bad} bytes): 5, and no word on the log" \
		"$RC:$OUT" 5:
done
rm "$T/copy/audit.pub"
copy
is "the key is missing: 5" 5
cp "$DIR/audit.pub" "$T/copy/"
head -c 5000 /dev/urandom >"$T/copy/log.db"
copy
is "no database: 5" 5

# what the instance knows
sqlite3 "$DB" 'DELETE FROM audit'
run "$AUTHD" --verify-log -c "$CONF" --json
equal "an emptied log is missed from its first record" \
	"$RC:$(json .first_bad)" 1:1
printf 'xxxxxxxx' | dd of="$DIR/keeper.state" conv=notrunc status=none
run "$AUTHD" --verify-log -c "$CONF"
check "a keeper.state of which one slot is spoilt says no less" \
	test "$RC" -ne 0
head -c 4608 /dev/zero >"$DIR/keeper.state"
run "$AUTHD" --verify-log -c "$CONF"
is "one that is spoilt: nothing is known, 5" 5

# accepting a gap
new_dir b
start_daemon "$DIR"
run sekisho office add o1 --name 'Office 1'
run "$AUTHD" --accept-gap -c "$DIR/sekisho.conf" --reason x
is "no gap is accepted while the daemon runs" 1
stop_daemon
for reason in '' ' ' $'a\nb'; do
	run "$AUTHD" --accept-gap -c "$DIR/sekisho.conf" --reason "$reason"
	is "nor without a reason in plain text ($(printf %q "$reason"))" 1
done
run "$AUTHD" --accept-gap -c "$DIR/sekisho.conf" --reason 'restored'
is "with one it is" 0
check "who and why is logged" grep -q "by unix:$(id -u): restored" <<<"$ERR"
start_daemon "$DIR"
ok "and the daemon goes on"
stop_daemon
