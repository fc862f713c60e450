#!/usr/bin/env bash
# Goal of this test: F8, R42, V28: what was revoked is refused by the very next
# answer of the hook, 200 of 200 each: a session, a login's, an office's and
# everybody's sessions, a certificate, a terminal, a phone, an account, an office.
# Each time it was let in just before; the answer to the command and the question
# after it are as close as one program can have them. The people and sessions are
# rows written beside the daemon (tests/e2e/72-hook.sh logs in); what revokes them
# are the shipped questions of the API. SEKISHO_REVOKE_ROUNDS=200
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin
N=${SEKISHO_REVOKE_ROUNDS:-200}
PAY=pay.example.jp
DESK=desk.example.jp

new_dir revoke
proxy_key "$T/proxy-key.conf"
set_conf 'password_cost = 5' "portal_url = 'https://login.example.jp'" \
	'connections_peer_max = 256'
start_daemon "$DIR"
run sekisho app add $PAY
run sekisho app add $DESK --factor password --factor code --factor terminal
run sekisho office add demo0 --name Demo
run sekisho account add u0 --name Taro --office demo0
run sekisho phone enroll u0 --json
SECRET=$(json .secret)
early_in_step 20
run sekisho phone confirm u0 "$(code_of "$SECRET" -30)"
is "one person with a phone" 0
printf 'u0:%s\n' "$(openssl passwd -6 'Kb7#wolfram-Teapot')" >"$T/hashes"
run sekisho password import "$T/hashes"
is "and a password" 0

# sql: run on the store beside the daemon.
sql() {
	sqlite3 -bail -cmd '.timeout 10000' "$DIR/data/sekisho.db" ||
		die "sqlite3"
}
# the first tick stores what sessions count by
timed() {
	[ -n "$(echo "SELECT 1 FROM meta WHERE name = 'steady_last_ms'" | sql)" ]
}
until_true 10 timed || die "the steady time was not stored"
# Everybody else is the same person again, in an office of the own.
sql <<-SQL
	CREATE TABLE crowd (n INTEGER PRIMARY KEY, office BLOB, account BLOB,
		device BLOB);
	WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up
		WHERE n < $N)
	INSERT INTO crowd SELECT n, randomblob(16), randomblob(16),
		randomblob(16) FROM up;
SQL
# again TABLE WHAT: rows of TABLE for everybody, changed by WHAT.
again() {
	cat <<-SQL
		CREATE TEMP TABLE one AS SELECT * FROM $1;
		CREATE TEMP TABLE more AS SELECT one.*, crowd.n AS n_,
			crowd.office AS office_, crowd.account AS account_,
			crowd.device AS device_ FROM one, crowd;
		UPDATE more SET $2;
		ALTER TABLE more DROP COLUMN n_;
		ALTER TABLE more DROP COLUMN office_;
		ALTER TABLE more DROP COLUMN account_;
		ALTER TABLE more DROP COLUMN device_;
		INSERT INTO $1 SELECT * FROM more;
		DROP TABLE one;
		DROP TABLE more;
	SQL
}
{
	echo 'BEGIN IMMEDIATE;'
	again office "id = office_, code = 'demo' || n_"
	again account "office = office_, id = account_, login = 'u' || n_"
	again name "office = office_, account = account_, name = 'u' || n_"
	again phone "office = office_, account = account_, device = device_"
	again password "office = office_, account = account_"
	echo 'COMMIT;'
} | sql
run sekisho account show "u$N" --json
equal "there are $N more" "$(json .office)" "demo$N"

# sessions HOST: each has a login on the portal, since the last order to end them,
# and from it one in HOST; lines NUMBER|ID|TOKEN in T/sessions.
sessions() {
	"$BIN/tests/revoke" tokens "$N" >"$T/tokens"
	{
		echo 'BEGIN IMMEDIATE;'
		echo 'CREATE TEMP TABLE t (n INTEGER PRIMARY KEY, hash BLOB);'
		sed "s/.* \(.*\)/INSERT INTO t (hash) VALUES (x'\1');/" "$T/tokens"
		cat <<-SQL
			CREATE TEMP TABLE s AS SELECT c.n, c.office, c.account,
				c.device, randomblob(16) AS portal,
				randomblob(16) AS id, t.hash, p.changed_ms,
				(SELECT max(CAST(value AS INTEGER)) + 1 FROM meta
				WHERE name = 'steady_last_ms' OR
				name LIKE 'session\_order%' ESCAPE '\') AS at
				FROM crowd c JOIN t USING (n)
				JOIN password p USING (office, account);
			INSERT INTO session SELECT office, account, portal,
				randomblob(32), '', NULL, 3, changed_ms, at, at, 0,
				device, NULL, '192.0.2.7', 1, 1, at, at, at,
				at + 8 * 3600000 FROM s;
			INSERT INTO session SELECT office, account, id, hash,
				'$1', portal, 3, changed_ms, at, at, 0, device,
				NULL, '192.0.2.7', 1, 1, at, at, at,
				at + 8 * 3600000 FROM s;
			SELECT n, lower(hex(id)) FROM s ORDER BY n;
			COMMIT;
		SQL
	} | sql >"$T/ids"
	paste -d '|' "$T/ids" <(cut -d ' ' -f 1 "$T/tokens") >"$T/sessions"
}
# uuid: 32 hex digits as an id is written.
uuid() {
	sed -E 's/^(.{8})(.{4})(.{4})(.{4})/\1-\2-\3-\4-/'
}
# gone NAME [all]: of the lines in T/lines.
gone() {
	run_stdin "$(cat "$T/lines")"$'\n' "$BIN/tests/revoke" ask \
		"$DIR/authd.sock" "$DIR/hook.sock" "$DIR/proxy.key" "${@:2}"
	if [ "$RC" -eq 0 ]; then
		ok "F8 $1: $OUT"
	else
		fail "F8 $1" "$OUT" "$ERR"
	fi
}
# each NAME PATH JSON [all]: with a session of each person; %n is the number, %s
# the session.
each() {
	local n id token json
	sessions $PAY
	while IFS='|' read -r n id token; do
		json=${3//%n/$n}
		[ "${json/\%s/}" = "$json" ] || json=${json//%s/$(uuid <<<"$id")}
		printf '%s\t%s\t%s\t%s\n' $PAY "$token" "$2" "$json"
	done <"$T/sessions" >"$T/lines"
	gone "$1" "${@:4}"
}
SECONDS=0
each "a session is ended" /v1/session/end '{"session":"%s"}'
each "a login's sessions" /v1/session/end '{"login":"u%n"}'
each "a phone is revoked" /v1/phone/revoke '{"login":"u%n"}'
# with NAME PATH COLUMN MEMBER: certificates beside the sessions; what is revoked is
# in that column of what was signed.
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x \
	-keyout "$T/csr.key" -out "$T/csr.pem" 2>/dev/null
with() {
	local name=$1 path=$2 column=$3 member=$4
	seq -f 'u%.0f' "$N" | "$BIN/tests/revoke" sign "$DIR/authd.sock" "$name" "$T/csr.pem" \
		>"$T/certs" || fail "$name: certificates"
	sessions $DESK
	paste "$T/certs" <(cut -d '|' -f 3 "$T/sessions") |
		awk -F '\t' -v OFS='\t' -v h=$DESK -v p="$path" -v m="$member" \
			-v c="$column" '{ print h, $5, p, "{\"" m "\":\"" $c "\"}", $4 }' \
			>"$T/lines"
	gone "$name"
}
with "a certificate is revoked" /v1/cert/revoke 2 serial
with "a terminal is lost" /v1/terminal/lost 3 terminal
each "an office is disabled" /v1/office/disable '{"code":"demo%n"}'
sql <<<'UPDATE office SET disabled_ms = 0;'
each "an account is disabled" /v1/account/disable '{"login":"u%n"}'
sql <<<'UPDATE account SET disabled_ms = 0;'
each "an office's sessions" /v1/session/end '{"office":"demo%n"}'
each "everybody's sessions at once" /v1/session/end '{"all":1}' all
echo "# $SECONDS s"
run sekisho audit verify --json
equal "the log is whole" "$(json .ok)" true
stop_daemon
