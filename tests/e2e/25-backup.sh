#!/usr/bin/env bash
# Goal of this test:
# - A backup taken under load holds all that was acknowledged before it began,
#   in one file that shows nothing in clear; restored elsewhere it runs, with
#   its accounts, phones and log (issue 3.7).
# - No code accepted before, and none of the time up to the restore, is accepted
#   by the restored instance (rule 6.1).
# - A backup that lies behind a known keeper.state is refused; the override is
#   accepted and stands in the log (F26).
# - A wrong passphrase, a damaged file, a full disk, a place in use: nothing is
#   left behind.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

printf 'correct horse battery\n' >"$T/pass"
printf 'correct horse batterz\n' >"$T/wrong"
chmod 600 "$T/pass" "$T/wrong"
P="--passphrase-file $T/pass"

new_dir a
A=$DIR
# paths of the old place, which the restored one must not use
set_conf "store = 'sqlite:$A/data/sekisho.db'" "socket_dir = '$A'" \
	'failures_general = 7'
# in a form that is seldom written
set_conf keys_dir "	= '$A/keys'" "state_file/**/= '$A/keeper.state'"
set_conf "breach_file = 'breached.txt'"
printf '%040d:1\n' 1 >"$A/breached.txt"
run sekisho backup create --dir "$A" --out "$T/none" --passphrase-file "$T/pass"
is "an instance that never ran has nothing to back up" 1
refute "and there is no file" test -e "$T/none"
start_daemon "$A"
run sekisho office add demo --name Demo
run sekisho account add hanako --name Hanako --office demo
run sekisho phone enroll hanako --json
secret=$(json .secret)
early_in_step 15
run sekisho phone confirm hanako "$(code_of "$secret" -30)"
is "hanako is enrolled" 0

# --- under load ---
"$BIN/tests/hammer" load "$SEKISHO_SOCKET" k "$T/acks" 4 2>"$T/load.err" &
LOAD=$!
T_PIDS="$T_PIDS $LOAD"
sleep 1.5
cp "$T/acks" "$T/acks.before"
sed -i '$d' "$T/acks.before" # perhaps half a line
# shellcheck disable=SC2086	# P is two words
for i in 1 2 3; do
	run sekisho backup create --out "$T/load$i.backup" $P
	is "a backup while the daemon works ($i)" 0
done
sleep 0.3
kill -TERM $LOAD
wait $LOAD
equal "the load went on and was answered rightly" "$?" 0
T_PIDS=${T_PIDS/ $LOAD/}
check "there was load" test "$(wc -l <"$T/acks.before")" -gt 20
equal "mode 0600" "$(stat -c %a "$T/load1.backup")" 600
equal "no copy is left beside the store" \
	"$(find "$A/data" -name '.backup*')" ""

early_in_step 25
used=$(code_of "$secret")
run sekisho verify hanako "$used"
is "a code is accepted before the backup" 0
run_stdin 'correct horse battery' sekisho backup create --json \
	--out "$T/small.backup"
is "a passphrase from standard input" 0
equal "and JSON" "$(printf '%s' "$OUT" | jq -c .)" \
	"{\"ok\":true,\"file\":\"$T/small.backup\"}"
run sekisho audit list --action backup.create --json
check "the daemon knows when it was made" \
	[ "$(json '.records | length')" -ge 1 ]

# holds FILE TEXT-FILE: whether FILE holds the bytes of TEXT-FILE
holds() {
	perl -e 'local $/; open F, "<", $ARGV[0] or die; $f = <F>;
		open G, "<", $ARGV[1] or die; $g = <G>;
		exit(length($g) > 3 && index($f, $g) >= 0 ? 0 : 1)' "$1" "$2"
}
printf hanako >"$T/w.login"
printf '%s' "$secret" >"$T/w.secret"
printf '%s' "$secret" | base32 -d >"$T/w.seed"
printf 'SQLite format' >"$T/w.sqlite"
printf 'failures_general' >"$T/w.conf"
head -c 64 "$A/audit.pub" >"$T/w.pub"
head -c 16 "$A/keys/seed.key" >"$T/w.key"
head -c 16 "$A/keys/audit.key" >"$T/w.audit"
head -c 16 "$A/keys/ca.key" >"$T/w.ca"
for w in login secret seed sqlite conf pub key audit ca; do
	refute "nothing in clear in the file: $w" \
		holds "$T/small.backup" "$T/w.$w"
done
check "(and the search finds what is there)" holds "$A/keys/seed.key" \
	"$T/w.key"

# --- refusals that leave nothing ---
run sekisho backup create --out "$T/small.backup" --passphrase-file "$T/pass"
is "an existing file is not replaced" 1
printf 'short\n' >"$T/short"
chmod 600 "$T/short"
run sekisho backup create --out "$T/none" --passphrase-file "$T/short"
is "a short passphrase is refused" 1
equal "and that is all that is told" "$(grep -c . <<<"$ERR")" 1
chmod 644 "$T/short"
printf 'correct horse battery\n' >"$T/short"
run sekisho backup create --out "$T/none" --passphrase-file "$T/short"
is "so is one that everybody can read" 1
run sekisho backup create --out "$T/none" --passphrase-file "$T/pass" \
	--recipient "$T/pass"
is "one kind of key at a time" 2
run sekisho backup create --out "$T/nowhere/none" --passphrase-file "$T/pass"
is "a directory that is not there" 1
refute "none of these made a file" test -e "$T/none"

# --- asked at a terminal ---
cat >"$T/asked.sh" <<SH
trap : INT
sekisho backup create --dir '$A' --out '$T/none'
echo "ended \$?"
stty -a
SH
run expect "$ROOT/tests/e2e/answer.exp" 20 ^C -- bash "$T/asked.sh"
check "Ctrl-C at the passphrase ends it" grep -q 'ended 130$' \
	<<<"${OUT//$'\r'/}"
check "and what is typed is seen again" grep -qE '(^|[ ;])echo( |;|$)' \
	<<<"${OUT//$'\r'/}"
refute "no file was made" test -e "$T/none"

none_at() {
	refute "$1: nothing is left" test -e "$2"
}
run sekisho backup restore "$T/small.backup" --dir "$T/b" \
	--passphrase-file "$T/wrong"
is "a wrong passphrase" 1
none_at "a wrong passphrase" "$T/b"
head -c -1 "$T/load1.backup" >"$T/cut"
run sekisho backup restore "$T/cut" --dir "$T/b" --passphrase-file "$T/pass"
is "a backup without its last byte" 1
none_at "cut off" "$T/b"
cp "$T/load1.backup" "$T/flip"
printf '\0' | dd of="$T/flip" bs=1 seek=$(($(stat -c %s "$T/flip") / 2)) \
	conv=notrunc status=none
printf '\1' | dd of="$T/flip" bs=1 conv=notrunc status=none \
	seek=$(($(stat -c %s "$T/flip") / 2 + 1))
run sekisho backup restore "$T/flip" --dir "$T/b" --passphrase-file "$T/pass"
is "a changed backup" 1
none_at "changed" "$T/b"
run sekisho backup restore "$T/small.backup" --dir "$A" \
	--passphrase-file "$T/pass"
is "a place that holds an instance" 1
check "which goes on" sekisho status

# --- restored elsewhere ---
run sekisho backup restore "$T/small.backup" --dir "$T/b" \
	--passphrase-file "$T/pass"
is "the right passphrase" 0
check "it names the audit key" grep -q "$(cat "$A/audit.pub")" <<<"$OUT"
check "and what no backup holds" grep -qF "$T/b/breached.txt (breach_file)" \
	<<<"$OUT"
new_dir plain
equal "owners and modes as init makes them" \
	"$(cd "$T/b" && find . -not -name '*.db' -printf '%P %U %m\n' | sort)" \
	"$(cd "$DIR" && find . -not -path './root-ca*' -printf '%P %U %m\n' |
		sort)"
check "the same keys" cmp "$A/keys/seed.key" "$T/b/keys/seed.key"
check "the same CA's too" cmp "$A/keys/ca.key" "$T/b/keys/ca.key"
check "and its certificates" cmp "$A/ca.pem" "$T/b/ca.pem"
run sekisho config show --dir "$T/b" --json
equal "it uses its own store, and keeps its settings" \
	"$(printf '%s' "$OUT" | jq -c \
		'.settings | [.store, .socket_dir, .failures_general]')" \
	"[\"sqlite:$T/b/data/sekisho.db\",\"$T/b\",7]"
equal "its own keys and state too, however the old ones were written" \
	"$(printf '%s' "$OUT" | jq -c '.settings | [.keys_dir, .state_file]')" \
	"[\"$T/b/keys\",\"$T/b/keeper.state\"]"
stop_daemon
cp "$A/breached.txt" "$T/b"
start_daemon "$T/b"
run sekisho verify hanako "$used"
is "6.1 a code accepted before the backup is refused" 1
run sekisho verify hanako "$(code_of "$secret" 30)"
is "6.1 so is one of the time up to the restore" 1
run sekisho account show hanako --json
equal "account and phone are there" "$(json '.phones[0].state')" active
run sekisho audit list --action backup.restore --json
equal "the log says that it was restored" "$(printf '%s' "$OUT" |
	jq -r '(.records? // .)[0] | .result + " " + .actor')" \
	"done unix:$(id -u)"
run sekisho audit verify --dir "$T/b"
is "the log verifies" 0
next_step
run sekisho verify hanako "$(code_of "$secret" 30)"
is "the codes after that are accepted" 0
stop_daemon
run sekisho audit verify --dir "$T/b"
is "and after a stop" 0
sqlite3 "$T/b/data/sekisho.db" \
	"DELETE FROM audit WHERE seq >= (SELECT seq FROM audit
		WHERE action = 'backup.restore')"
run sekisho audit verify --dir "$T/b"
is "the record of the restore cannot be cut off unseen" 1

# --- the one taken under load ---
for i in 1 3; do
	run sekisho backup restore "$T/load$i.backup" --dir "$T/l$i" \
		--passphrase-file "$T/pass"
	is "the backup under load restores ($i)" 0
	cp "$A/breached.txt" "$T/l$i"
	start_daemon "$T/l$i"
	run "$BIN/tests/hammer" check "$SEKISHO_SOCKET" "$T/acks.before"
	is "all that was acknowledged before is there, no code twice ($i)" 0
	stop_daemon
	run sekisho audit verify --dir "$T/l$i"
	is "its log verifies ($i)" 0
done

# --- recovery key ---
mkdir "$T/rec"
run sekisho backup keygen --dir "$T/rec"
is "a recovery key pair" 0
equal "the secret half is private" "$(stat -c %a "$T/rec/recovery.key")" 600
run sekisho backup keygen --dir "$T/rec"
is "which is not replaced" 1
mkdir "$T/rec2"
run sekisho backup keygen --dir "$T/rec2"
run sekisho backup create --dir "$A" --out "$T/rec.backup" \
	--recipient "$T/rec/recovery.pub"
is "a backup for the public half, of a stopped instance" 0
run sekisho backup restore "$T/rec.backup" --dir "$T/r" \
	--identity "$T/rec2/recovery.key"
is "another key does not open it" 1
run sekisho backup restore "$T/rec.backup" --dir "$T/r" \
	--identity "$T/rec/recovery.pub"
is "nor the public half" 1
run sekisho backup restore "$T/rec.backup" --dir "$T/r" \
	--passphrase-file "$T/pass"
is "nor a passphrase" 1
none_at "a wrong key" "$T/r"
run sekisho backup restore "$T/rec.backup" --dir "$T/r" \
	--identity "$T/rec/recovery.key" --known-state "$A/keeper.state"
is "the secret half does; it is as new as what is known" 0

# --- older than what is known ---
start_daemon "$A"
run sekisho office add later --name Later
stop_daemon
run sekisho backup restore "$T/small.backup" --dir "$T/o" \
	--passphrase-file "$T/pass" --known-state "$A/keeper.state"
is "F26 a backup behind the known keeper.state is refused" 1
check "and told why" grep -q 'force-older' <<<"$ERR"
none_at "older" "$T/o"
run sekisho backup restore "$T/small.backup" --dir "$T/o" \
	--passphrase-file "$T/pass" --known-state "$A/keeper.state" \
	--force-older
is "F26 nor without a reason" 2
run sekisho backup restore "$T/small.backup" --dir "$T/o" \
	--passphrase-file "$T/pass" --force-older --reason x
is "F26 nor without saying behind what" 2
run sekisho backup restore "$T/small.backup" --dir "$T/o" \
	--passphrase-file "$T/pass" --known-state "$T/plain/keeper.state"
is "a state that knows nothing stands in nobody's way" 0
rm -r "$T/o"
run sekisho backup restore "$T/small.backup" --dir "$T/o" \
	--passphrase-file "$T/pass" --known-state "$A/keeper.state" \
	--force-older --reason 'disk of the server lost'
is "F26 with a reason it is taken" 0
check "F26 who and why is logged" \
	grep -q "by unix:$(id -u): disk of the server lost" <<<"$ERR"
cp "$A/breached.txt" "$T/o"
start_daemon "$T/o"
run sekisho audit list --action backup.restore --json
equal "F26 and stands in the log" "$(printf '%s' "$OUT" |
	jq -r '(.records? // .)[0] | .reason + " " + (.detail | sub(".*why="; ""))')" \
	'older disk of the server lost'
run sekisho audit list --action audit.gap --json
equal "F26 with the gap" "$(printf '%s' "$OUT" |
	jq -r '(.records? // .)[0].result')" 'done'
stop_daemon
run sekisho audit verify --dir "$T/o"
is "F26 and that log verifies" 0

# F26 the store alone put back by hand is noticed at the start
cp "$T/r/data/sekisho.db" "$T/newer.db"
cp "$A/breached.txt" "$T/r"
start_daemon "$T/r"
run sekisho office add after-backup --name X
stop_daemon
cp "$T/newer.db" "$T/r/data/sekisho.db"
rm -f "$T/r/data/sekisho.db-wal" "$T/r/data/sekisho.db-shm"
start_daemon "$T/r"
run sekisho status --json
equal "F26 an old store under a newer keeper.state is not ready" \
	"$RC $(json .has_gap)" "5 true"
stop_daemon

# --- a full disk ---
mkdir "$T/disk"
if mount -t tmpfs -o size=48k,mode=755 tmpfs "$T/disk" 2>/dev/null; then
	run sekisho backup create --dir "$A" --out "$T/disk/x.backup" \
		--passphrase-file "$T/pass"
	is "F6 a full disk: no backup" 1
	equal "and nothing is left" "$(ls -A "$T/disk")" ""
	run sekisho backup restore "$T/load1.backup" --dir "$T/disk/in" \
		--passphrase-file "$T/pass"
	is "F6 no restore" 1
	check "and why is said" grep -q 'no space left' <<<"$ERR"
	equal "and nothing is left" "$(ls -A "$T/disk")" ""
	umount "$T/disk" || umount -l "$T/disk"
else
	skip "F6 full disk" "this kernel or user cannot mount a tmpfs"
fi

# --- by an ordinary user ---
if [ "$(id -u)" -eq 0 ]; then
	new_dir n nobody
	N=$DIR
	start_daemon "$N" nobody
	run sekisho office add demo --name Demo
	chmod 644 "$T/rec/recovery.pub"
	mkdir "$T/own"
	chown nobody "$T/own"
	run as nobody "$BIN/sekisho" backup create --dir "$N" \
		--out "$T/own/n.backup" --recipient "$T/rec/recovery.pub"
	is "an ordinary user backs up his own instance" 0
	stop_daemon
	cp "$T/rec/recovery.key" "$T/own/key"
	chown nobody "$T/own/key"
	run as nobody "$BIN/sekisho" backup restore "$T/own/n.backup" \
		--dir "$T/own/n" --identity "$T/own/key"
	is "and restores it" 0
	start_daemon "$T/own/n" nobody
	run sekisho office show demo
	is "which works" 0
	stop_daemon
fi

# --- the daily one ---
mkdir "$T/daily"
for day in 01 02 03; do
	: >"$T/daily/sekisho-202601${day}T000000Z.backup"
done
: >"$T/daily/sekisho-notes.txt"
daily() {
	run env SEKISHO_CONFIG="$A/sekisho.conf" SEKISHO_CLI="$BIN/sekisho" \
		SEKISHO_RECOVERY="$1" SEKISHO_PASSPHRASE_FILE="$T/pass" \
		KEEP="$2" "$ROOT/contrib/systemd/sekisho-backup.sh" "$T/daily"
}
start_daemon "$A"
noted() {
	sekisho audit list --action backup.create --json |
		jq '.records | length'
}
before=$(noted)
daily "$T/rec/recovery.pub" 2
is "the timer's program makes one" 0
equal "and the daemon, which shows the age of the last, is told" \
	"$(noted)" $((before + 1))
stop_daemon
equal "and keeps the newest two, and what is not its own" \
	"$(cd "$T/daily" && printf '%s ' * | wc -w)" 3
check "the oldest went" test ! -e "$T/daily/sekisho-20260102T000000Z.backup" \
	-a -e "$T/daily/sekisho-20260103T000000Z.backup"
sleep 1.1 # the names count seconds
daily "$T/nothing" 1
is "with a passphrase file as well" 0
daily "$T/nothing" 0
is "KEEP=0 would keep none: refused" 2
