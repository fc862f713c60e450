#!/usr/bin/env bash
# Goal of this test: before a rule changes it is said whom it would lock out.
# - Of an application's rule, an account, an office, sekisho.conf: how many,
#   why, and who; nothing is changed by asking.
# - A rule that leaves no administrator who gets in is refused; forced, it is
#   done and the log says so.
# - `config check --impact' holds the file that would be started against the
#   daemon that runs.
# - It is quick at 10,000 accounts, and so is the console's overview.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
HOST=kyuyo.example.jp
GOOD='Kb7#wolfram-Teapot'

new_dir impact
openssl rand -hex 32 >"$DIR/proxy.key"
chmod 600 "$DIR/proxy.key"
set_conf "portal_url = 'https://login.example.jp'" \
	"proxy_key_file = 'proxy.key'" 'password_cost = 5' 'keeper_timeout = 20s' 'request_timeout = 60s'
start_daemon "$DIR"

# person LOGIN OFFICE [OPTION...]: with a phone and a password.
person() {
	local login=$1 office=$2
	shift 2
	run sekisho account add "$login" --name "Person $login" \
		--office "$office" "$@"
	run sekisho phone enroll "$login" --json
	[ "$login" != boss ] || SECRET=$(json .secret)
	run sekisho phone confirm "$login" "$(code_of "$(json .secret)" -30)"
	printf '%s:%s\n' "$login" "$(openssl passwd -6 "$GOOD")" \
		>>"$T/hashes"
}
run sekisho office add tokyo --name 東京
run sekisho office add osaka --name 大阪 --network 198.51.100.0/24
early_in_step 15
person boss tokyo --role administrator --level 5
person hana tokyo --level 2 --group payroll
person kenji osaka --level 4
run sekisho account add fresh --name 'Not enrolled' --office tokyo
run sekisho password import "$T/hashes"
is "three people can log in" 0
run sekisho app add "$HOST"
run sekisho cert issue hana --label 'PC of hana' --out "$T/hana.p12"
is "one of them has a terminal" 0

# within NAME MS MOST
within() {
	if [ "$2" -lt "$3" ]; then
		ok "$1 ($2 ms)"
	else
		fail "$1" "$2 ms"
	fi
}

# --- what is said ---
reasons() {
	printf '%s' "$OUT" | jq -c '[.people[] | "\(.login) \(.reason)"]'
}
run sekisho app set "$HOST" --level 3 --impact --json
is "a rule is asked about" 0
equal "it is counted who gets in now" "$(json .before)" 3
equal "and who not any more" "$(json .locked_out)" 1
equal "who, and why" "$(reasons)" '["hana level"]'
run sekisho app show "$HOST" --json
equal "asking changes nothing" "$(json .level)" 1
run sekisho app set "$HOST" --factor password --factor terminal --impact --json
equal "who has no certificate" "$(reasons)" \
	'["boss terminal","kenji terminal"]'
equal "by reason" "$(json .reasons.terminal)" 2
is "it would be refused, and asking says so" 1
run sekisho app set "$HOST" --network 192.0.2.0/24 --impact --json
equal "who comes from another network" "$(reasons)" '["kenji network"]'
equal "and of whom nobody knows" "$(json .unplaced)" 2
run sekisho app set "$HOST" --group payroll --for-office tokyo --impact
is "for people" 1
check "it is a table" grep -q '^boss .*group$' <<<"$OUT"
check "with a sum" grep -q '^locked out: 2 of 3' <<<"$OUT"
check "and why it would be refused" grep -q locks_out_administrators <<<"$ERR"
run sekisho app add other.example.jp --level 5 --impact --json
equal "of a new application" "$(json '"\(.before) \(.after)"')" "0 1"
run sekisho app show other.example.jp
is "which is not there yet" 3
run sekisho account set kenji --level 1 --leaves-on 2020-01-01 --impact --json
equal "of an account" "$(reasons)" '["kenji login"]'
run sekisho office disable osaka --impact --json
equal "of an office" "$(reasons)" '["kenji closed"]'
run sekisho account show kenji --json
equal "all of that changed nothing" "$(json '"\(.level) \(.status)"')" \
	"4 active"
run sekisho app set "$HOST" --factor smell --impact
is "what is no rule is none here, too" 2

# --- what is refused ---
run sekisho app set "$HOST" --group payroll
is "no administrator would get in: refused" 1
check "with the reason" grep -q locks_out_administrators <<<"$ERR"
run sekisho app show "$HOST" --json
equal "and not done" "$(json '.groups | length')" 0
run sekisho app set "$HOST" --group payroll --force
is "forced it is done" 0
run sekisho audit list --action impact.force --json
equal "and the log says over what" \
	"$(json '.records[0] | "\(.reason) \(.detail)"')" \
	"locks_out_administrators change=app.set app=$HOST"
run sekisho app set "$HOST" --group '' --force
run sekisho audit list --action impact.force --json
equal "forced without need is no such record" "$(json '.records | length')" 1

# --- the configuration ---
run sekisho app set "$HOST" --factor password --factor terminal --force
cp "$DIR/sekisho.conf" "$DIR/next.conf"
run sekisho config check --config "$DIR/next.conf" --impact --json
is "the same configuration" 0
equal "locks out nobody" "$(json .locked_out)" 0
sed -i '/^proxy_key_file/d' "$DIR/next.conf"
run sekisho config check --config "$DIR/next.conf" --impact --json
equal "without the proxy's key no certificate counts" "$(reasons)" \
	'["hana terminal"]'
sed -i '/^portal_url/d' "$DIR/next.conf"
run sekisho config check --config "$DIR/next.conf" --impact
is "without a portal nobody logs in: administrators, too" 1
check "it says so" grep -q '^locked out: 3 of 3' <<<"$OUT"
printf 'totp_window = 7\n' >>"$DIR/next.conf"
run sekisho config check --config "$DIR/next.conf" --impact
is "a file that is wrong is told as ever" 1
run sekisho config check --config "$DIR/sekisho.conf" --impact \
	--socket "$T/none.sock"
is "without a daemon there is no answer" 5
stop_daemon

# --- 10,000 accounts, by copies of one row each ---
sqlite3 "$DIR/data/sekisho.db" "
CREATE TEMP TABLE n AS WITH RECURSIVE i(k) AS
	(SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < 10000)
	SELECT k, 'bulk' || k AS login, randomblob(16) AS id FROM i;
INSERT INTO account (office, id, login, unix_user, full_name, kana,
	phone_number, birth_date, email, group_list, class, level, roles,
	created_ms, approved_ms, disabled_ms, enrol_by_ms, leaves_on_ms)
	SELECT office, n.id, n.login, '', full_name, kana,
	phone_number, birth_date, email, group_list, class, level, 0, created_ms,
	approved_ms, disabled_ms, enrol_by_ms, leaves_on_ms
	FROM account, n WHERE account.login = 'hana';
INSERT INTO name SELECT login, (SELECT office FROM name WHERE name = 'hana'), id
	FROM n;
INSERT INTO password SELECT office, n.id, hash, changed_ms, is_temporary,
	checked_ms FROM password, n WHERE account =
	(SELECT account FROM name WHERE name = 'hana');
INSERT INTO phone SELECT office, n.id, device, label, state, is_private, digits,
	period, algorithm, sealed, step_offset, last_step, created_ms, expires_ms,
	confirmed_ms, last_used_ms, revoked_ms FROM phone, n WHERE account =
	(SELECT account FROM name WHERE name = 'hana');" || die "no 10,000 accounts"
start_daemon "$DIR"
began=$(date +%s%N)
run sekisho app set "$HOST" --factor password --factor code --level 3 \
	--impact --json
took=$((($(date +%s%N) - began) / 1000000))
is "10,004 accounts are looked at" 0
equal "all of them" "$(json .accounts)" 10004
equal "they are counted" "$(json .locked_out)" 1
equal "those who would get in newly, too" "$(json .admitted)" 2
echo "# $took ms"
run sekisho app set "$HOST" --factor password --factor code --force
began=$(date +%s%N)
run sekisho app set "$HOST" --level 3 --impact --json
took=$((($(date +%s%N) - began) / 1000000))
equal "10,001 are locked out" "$(json .locked_out)" 10001
equal "50 are told by name" "$(json '.people | length')" 50
within "it takes no 5 s" "$took" 5000
began=$(date +%s%N)
run sekisho app set "$HOST" --level 3
took=$((($(date +%s%N) - began) / 1000000))
is "the change itself looks at administrators only" 0
within "and is quick" "$took" 1000
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0

# --- the console at a glance ---
JAR=$T/jar
early_in_step 10
look /login
post /login -d login=boss --data-urlencode "password=$GOOD"
look /login/code
post /login/code -d "code=$(code_of "$SECRET")"
began=$(date +%s%N)
ask /console
took=$((($(date +%s%N) - began) / 1000000))
check "the overview of an office of 10,003" grep -q 10003 "$T/.out"
within "is quick" "$took" 2000
stop_daemon
equal "nothing died" "$DAEMON_RC" 0
exit 0
