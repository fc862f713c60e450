#include "authd/store/ask.h"
#include "authd/store/ask_sql_cert.h"
#include "authd/store/ask_sql_ticket.h"
#include "authd/store/ask_found.h"

/*
 * Written so that PostgreSQL and its kin take the same statements: keys begin
 * with the office, no functions of one product, time is a parameter.
 */
#define OFFICE_ROW "id, code, name, contact, networks, created_ms, disabled_ms"
#define ACCOUNT_ROW                                                            \
	"a.office, a.id, a.login, a.unix_user, a.full_name, a.kana,"           \
	" a.phone_number, a.birth_date, a.email, a.group_list, a.class,"       \
	" a.level, a.roles | (a.is_operator << 4), a.created_ms, a.approved_ms, a.disabled_ms,"       \
	" a.enrol_by_ms, a.leaves_on_ms, a.reset_ms"
/* A certificate that is alive at a time, and one that is kept as well. */
#define LIVE(at) " AND c.revoked_ms = 0 AND c.not_after_ms > " at
#define KEPT(since) " (c.first_seen_ms > 0 OR c.issued_ms >= " since ")"
/* In this order and by holder: left to itself SQLite reads all certificates of
 * the office, for each account. */
#define CERT_OF_TERMINAL " CROSS JOIN cert c INDEXED BY cert_holder"
#define OF_HOLDER	 " AND c.office = t.office AND c.holder = t.id"
#define OF_ROW(x) x ".office = a.office AND " x ".account = a.id"
#define ADMITS_ALL(rest)                                                       \
	" EXISTS (SELECT 1 FROM terminal t INDEXED BY terminal_all"            \
	CERT_OF_TERMINAL                                                       \
	" WHERE t.office = a.office AND t.admits_all = 1 AND t.lost_ms = 0"    \
	OF_HOLDER rest ")"
/* What an account has: one look by key for each, nothing is sorted. */
#define MEANS(at, since)                                                       \
	ACCOUNT_ROW ", EXISTS (SELECT 1 FROM password p WHERE " OF_ROW("p")   \
	"), (SELECT count(*) FROM phone p WHERE " OF_ROW("p")                  \
	" AND p.state = 2), EXISTS (SELECT 1 FROM phone p WHERE " OF_ROW("p") \
	" AND p.confirmed_ms > 0), (SELECT count(*) FROM recovery r WHERE "    \
	OF_ROW("r") " AND r.used_ms = 0), (SELECT coalesce(max(CASE WHEN"      \
	KEPT(since) " THEN 2 ELSE 1 END), 0) FROM admitted d CROSS JOIN"       \
	" terminal t" CERT_OF_TERMINAL " WHERE " OF_ROW("d")                   \
	" AND t.office = d.office AND t.id = d.terminal AND t.lost_ms = 0"     \
	OF_HOLDER LIVE(at) "),"                                                \
	ADMITS_ALL(LIVE(at)) "," ADMITS_ALL(LIVE(at) " AND" KEPT(since))      \
	", (SELECT coalesce(max(p.last_used_ms), 0) FROM phone p WHERE "       \
	OF_ROW("p") "), (SELECT coalesce(max(r.used_ms), 0) FROM recovery r"   \
	" WHERE " OF_ROW("r") "), (SELECT coalesce(max(s.seen_ms), 0)"         \
	" FROM session s WHERE " OF_ROW("s") "), coalesce((SELECT s.source"    \
	" FROM session s WHERE " OF_ROW("s")                                   \
	" ORDER BY s.seen_steady DESC LIMIT 1), '')"
#define PHONE_ROW                                                              \
	"office, account, device, label, state, is_private, digits, period,"   \
	" algorithm, sealed, step_offset, last_step, created_ms, expires_ms,"  \
	" confirmed_ms, last_used_ms, revoked_ms"
#define PHONE_KEY " WHERE office = ?1 AND account = ?2 AND device = ?3"
#define COUNTER_ROW                                                            \
	"office, account, kind, bucket, failures, in_row, locked_until_steady"
/* Of one account each; the key is in their order. */
#define LOCKED(where)                                                          \
	"SELECT office, account,"                                              \
	" sum(CASE WHEN kind = 2 THEN in_row ELSE 0 END),"                     \
	" max(locked_until_steady) FROM counter" where                         \
	" GROUP BY office, account"                                            \
	" HAVING max(locked_until_steady) > ?1"                                \
	" OR sum(CASE WHEN kind = 2 THEN in_row ELSE 0 END) >= ?2"             \
	" ORDER BY office, account LIMIT ?3"
#define PASSWORD_ROW                                                           \
	"office, account, hash, changed_ms, is_temporary, checked_ms"
#define PAST_ROW   "office, account, replaced_ms, changed_ms, hash"
#define OF_ACCOUNT " WHERE office = ?1 AND account = ?2"
#define TERMINAL_ROW                                                           \
	"office, id, label, is_private, admits_all, created_ms, lost_ms"
#define HOST_ROW "name, id, rights, created_ms"
#define SESSION_ROW                                                            \
	"office, account, id, token, app, parent, factors, password_ms,"       \
	" password_steady, code_steady, terminal_steady, device, terminal,"    \
	" source, created_ms, seen_ms, login_steady, created_steady,"          \
	" seen_steady, until_steady"
#define APP_ROW                                                                \
	"host, name, factors, networks, level, group_list, offices, idle_ms,"  \
	" absolute_ms, paths, created_ms"
#define AUDIT_ROW                                                              \
	"node, seq, at_ms, actor, source, office, account, device, action,"    \
	" result, reason, request_id, detail, hash, seal"
/* What every listing of the log ends with; ?1 to ?3 name what is sought. */
#define AUDIT_REST                                                             \
	" AND seq < ?4 AND (?5 = '' OR device = ?5)"                           \
	" AND (?6 = '' OR action = ?6) AND (?7 = '' OR result = ?7)"           \
	" AND seq >= ?10"                                                      \
	" AND (?11 = '' OR ' ' || detail || ' ' LIKE ?11)"                     \
	" ORDER BY seq DESC, node DESC LIMIT ?8"
#define OFFICE_OR_ANY  " (?1 = '' OR office = ?1)"
#define ACCOUNT_OR_ANY " (?2 = '' OR account = ?2)"

static const char *const texts[ASK_SQL_COUNT] = {
	/* IMMEDIATE: the lock is had before the first question, never within. */
	[ASK_BEGIN] = "BEGIN IMMEDIATE",
	/* One read lock for all the questions of a request. */
	[ASK_VIEW] = "BEGIN DEFERRED",
	[ASK_VERSION] = "PRAGMA data_version",
	[ASK_MARK] = "SAVEPOINT job",
	[ASK_RELEASE] = "RELEASE SAVEPOINT job",
	[ASK_REWIND] = "ROLLBACK TO SAVEPOINT job",
	[ASK_COMMIT] = "COMMIT",
	[ASK_ROLLBACK] = "ROLLBACK",
	[ASK_INNER_MARK] = "SAVEPOINT question",
	[ASK_INNER_RELEASE] = "RELEASE SAVEPOINT question",
	[ASK_INNER_REWIND] = "ROLLBACK TO SAVEPOINT question",

	[ASK_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[ASK_META_PUT] =
	    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",

	[ASK_OFFICE_ADD] = "INSERT INTO office (" OFFICE_ROW
			   ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[ASK_OFFICE_SET] = "UPDATE office SET name = ?2, contact = ?3,"
			   " networks = ?4, disabled_ms = ?5 WHERE id = ?1",
	[ASK_OFFICE_BY_CODE] =
	    "SELECT " OFFICE_ROW " FROM office WHERE code = ?1",
	[ASK_OFFICE_BY_ID] = "SELECT " OFFICE_ROW " FROM office WHERE id = ?1",
	[ASK_OFFICE_LIST] = "SELECT " OFFICE_ROW " FROM office WHERE code > ?1"
			    " ORDER BY code LIMIT ?2",

	[ASK_ACCOUNT_ADD] =
	    "INSERT INTO account (office, id, login, unix_user, full_name, kana,"
	    " phone_number, birth_date, email, group_list, class, level, roles,"
	    " is_operator, approved_ms, disabled_ms, enrol_by_ms, leaves_on_ms,"
	    " reset_ms, created_ms)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
	    " ?13 & 15, ?13 >> 4, ?14, ?15, ?16, ?17, ?18, ?19)",
	[ASK_ACCOUNT_SET] =
	    "UPDATE account SET unix_user = ?4, full_name = ?5, kana = ?6,"
	    " phone_number = ?7, birth_date = ?8, email = ?9, group_list = ?10,"
	    " class = ?11, level = ?12, roles = ?13 & 15,"
	    " is_operator = ?13 >> 4, approved_ms = ?14,"
	    " disabled_ms = ?15, enrol_by_ms = ?16, leaves_on_ms = ?17,"
	    " reset_ms = ?18"
	    " WHERE office = ?1 AND id = ?2 AND login = ?3",
	[ASK_ACCOUNT_NAMES] = "SELECT login, unix_user FROM account"
			      " WHERE office = ?1 AND id = ?2",
	[ASK_ACCOUNT_REMOVE] =
	    "DELETE FROM account WHERE office = ?1 AND id = ?2",
	[ASK_ACCOUNT_REMOVE_PHONES] =
	    "DELETE FROM phone WHERE office = ?1 AND account = ?2",
	[ASK_ACCOUNT_FIND] =
	    "SELECT " ACCOUNT_ROW " FROM name n JOIN account a"
	    " ON a.office = n.office AND a.id = n.account WHERE n.name = ?1",
	[ASK_ACCOUNT_BY_ID] = "SELECT " ACCOUNT_ROW " FROM account a"
			      " WHERE a.office = ?1 AND a.id = ?2",
	[ASK_ACCOUNT_LIST] =
	    "SELECT " ACCOUNT_ROW " FROM account a"
	    " WHERE a.office = ?1 AND a.login > ?2 ORDER BY a.login LIMIT ?3",
	[ASK_ACCOUNT_LIST_ALL] =
	    "SELECT " ACCOUNT_ROW " FROM name n JOIN account a"
	    " ON a.office = n.office AND a.id = n.account AND a.login = n.name"
	    " WHERE n.name > ?1 ORDER BY n.name LIMIT ?2",
	/* The very expression of the index; left to itself SQLite reads all
	 * accounts of the office. */
	[ASK_ACCOUNT_ADMINISTRATORS] =
	    "SELECT " ACCOUNT_ROW " FROM account a"
	    " INDEXED BY account_administrator"
	    " WHERE (a.roles & 1) = 1 AND a.office = ?1"
	    " ORDER BY a.office, a.id",
	[ASK_ACCOUNT_ADMINISTRATORS_ALL] =
	    "SELECT " ACCOUNT_ROW " FROM account a"
	    " WHERE (a.roles & 1) = 1 ORDER BY a.office, a.id",
	[ASK_ACCOUNT_SEARCH] = "SELECT " ACCOUNT_ROW " FROM account a"
			       " WHERE a.office = ?7" ACCOUNT_FOUND
			       " ORDER BY a.login LIMIT ?6",
	[ASK_ACCOUNT_SEARCH_ALL] =
	    LOOKED_AT("?7", "?8", "?9") "SELECT " ACCOUNT_ROW " FROM n"
	    " CROSS JOIN account a" OF_N ACCOUNT_FOUND " ORDER BY n.name"
	    " LIMIT ?6",
	[ASK_ACCOUNT_MEANS] =
	    "SELECT " MEANS("?4", "?5") " FROM account a"
	    " WHERE a.office = ?1 AND a.login > ?2 ORDER BY a.login LIMIT ?3",
	[ASK_ACCOUNT_MEANS_ALL] =
	    "SELECT " MEANS("?3", "?4") " FROM name n JOIN account a"
	    " ON a.office = n.office AND a.id = n.account AND a.login = n.name"
	    " WHERE n.name > ?1 ORDER BY n.name LIMIT ?2",
	[ASK_ACCOUNT_MEANS_OF] = "SELECT " MEANS("?3", "?4") " FROM account a"
				 " WHERE a.office = ?1 AND a.id = ?2",
	[ASK_NAME_ADD] = "INSERT INTO name (name, office, account)"
			 " VALUES (?1, ?2, ?3)",
	[ASK_NAME_REMOVE] = "DELETE FROM name WHERE name = ?1 AND office = ?2"
			    " AND account = ?3",

	[ASK_PHONE_ADD] = "INSERT INTO phone (" PHONE_ROW
			  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
			  " ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
	[ASK_PHONE_GET] = "SELECT " PHONE_ROW " FROM phone" PHONE_KEY,
	[ASK_PHONE_STATE] = "SELECT state FROM phone" PHONE_KEY,
	[ASK_PHONE_LIST] = "SELECT " PHONE_ROW " FROM phone"
			   " WHERE office = ?1 AND account = ?2"
			   " ORDER BY created_ms, device",
	/* In the order of the key: nothing is sorted. */
	[ASK_PHONE_LIST_ACTIVE] =
	    "SELECT " PHONE_ROW " FROM phone WHERE office = ?1"
	    " AND account = ?2 AND state = 2 ORDER BY device",
	[ASK_PHONE_BY_DEVICE] =
	    "SELECT " PHONE_ROW " FROM phone WHERE device = ?1 LIMIT 1",
	[ASK_PHONE_SEARCH] = "SELECT p.office, p.account, p.device"
			     " FROM account a CROSS JOIN phone p"
			     " WHERE a.office = ?6" PHONE_FOUND
			     " ORDER BY a.login, p.device LIMIT ?5",
	[ASK_PHONE_SEARCH_ALL] =
	    LOOKED_AT("?6", "?7", "?8") "SELECT p.office, p.account, p.device"
	    " FROM n CROSS JOIN account a CROSS JOIN phone p" OF_N PHONE_FOUND
	    " ORDER BY n.name, p.device LIMIT ?5",
	[ASK_NAME_COUNT] = COUNT_UP_TO("name", "name > ''"),
	[ASK_PHONE_CONFIRM] =
	    "UPDATE phone SET state = 2, sealed = ?4, last_step ="
	    " CASE WHEN last_step < ?5 THEN ?5 ELSE last_step END,"
	    " confirmed_ms = ?6, last_used_ms = ?6" PHONE_KEY " AND state = 1",
	[ASK_PHONE_REVOKE] = "UPDATE phone SET state = 3, sealed = ?4,"
	    " revoked_ms = ?5" PHONE_KEY " AND state IN (1, 2)",
	[ASK_PHONE_LAST] = "SELECT state, last_step FROM phone" PHONE_KEY,
	[ASK_PHONE_FOLD] = "UPDATE phone SET last_step = ?4, last_used_ms = ?5"
			   PHONE_KEY " AND last_step < ?4",
	[ASK_PHONE_RESYNC] = "UPDATE phone SET last_step = ?4,"
			     " last_used_ms = ?5, step_offset = ?6" PHONE_KEY
			     " AND state = 2 AND last_step < ?4",
	[ASK_PHONE_AHEAD] = "SELECT " PHONE_ROW " FROM phone WHERE state = 2"
	    " AND last_step - step_offset > ?1"
	    " ORDER BY office, account, device",
	[ASK_PHONE_REWIND] = "UPDATE phone SET last_step = ?4" PHONE_KEY
			     " AND state = 2 AND last_step > ?4",
	[ASK_ACCEPTED_ADD] = "INSERT INTO accepted (office, account, device,"
	    " seq, step, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[ASK_ACCEPTED_LIST] = "SELECT seq, office, account, device, step, at_ms"
	    " FROM accepted ORDER BY seq",
	[ASK_ACCEPTED_FORGET] = "DELETE FROM accepted WHERE seq <= ?1",
	[ASK_BURNED_HAS] = "SELECT 1 FROM burned" PHONE_KEY " AND step = ?4",
	[ASK_BURNED_ANY] = "SELECT 1 FROM burned LIMIT 1",
	[ASK_BURNED_ADD] = "INSERT INTO burned (office, account, device, step)"
	    " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[ASK_BURNED_CLEAR] =
	    "DELETE FROM burned WHERE EXISTS (SELECT 1 FROM phone p"
	    " WHERE p.office = burned.office AND p.account = burned.account"
	    " AND p.device = burned.device"
	    " AND (p.state = 3 OR p.last_step >= burned.step))",
	[ASK_BURNED_REMOVE] = "DELETE FROM burned" OF_ACCOUNT,

	[ASK_COUNTER_GET] =
	    "SELECT " COUNTER_ROW " FROM counter WHERE office = ?1"
	    " AND account = ?2 AND kind = ?3 AND bucket = ?4",
	[ASK_COUNTER_PUT] =
	    "INSERT INTO counter (" COUNTER_ROW
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	    " ON CONFLICT (office, account, kind, bucket) DO UPDATE SET"
	    " failures = excluded.failures, in_row = excluded.in_row,"
	    " locked_until_steady = excluded.locked_until_steady",
	[ASK_COUNTER_LIST] = "SELECT " COUNTER_ROW " FROM counter"
			     " WHERE office = ?1 AND account = ?2"
			     " ORDER BY kind, bucket",
	[ASK_COUNTER_LOCKED] = LOCKED(" WHERE office = ?4"),
	[ASK_COUNTER_LOCKED_ALL] = LOCKED(""),
	[ASK_COUNTER_CLEAR] =
	    "DELETE FROM counter WHERE office = ?1 AND account = ?2",

	[ASK_PASSWORD_GET] = "SELECT " PASSWORD_ROW " FROM password" OF_ACCOUNT,
	[ASK_PASSWORD_PUT] =
	    "INSERT INTO password (" PASSWORD_ROW
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT (office, account) DO UPDATE SET"
	    " hash = excluded.hash, changed_ms = excluded.changed_ms,"
	    " is_temporary = excluded.is_temporary,"
	    " checked_ms = excluded.checked_ms",
	[ASK_PASSWORD_REMOVE] = "DELETE FROM password" OF_ACCOUNT,
	/* The one that ?3 is about to replace, unless it is the same. */
	[ASK_PASSWORD_HISTORY_ADD] =
	    "INSERT INTO password_history (" PAST_ROW
	    ") SELECT office, account, ?4, changed_ms, hash"
	    " FROM password" OF_ACCOUNT " AND hash <> ?3"
	    " ON CONFLICT (office, account, replaced_ms, changed_ms, hash)"
	    " DO NOTHING",
	[ASK_PASSWORD_HISTORY_LIST] =
	    "SELECT office, account, hash, changed_ms"
	    " FROM password_history" OF_ACCOUNT
	    " ORDER BY replaced_ms DESC, changed_ms DESC, hash DESC",
	[ASK_PASSWORD_HISTORY_FORGET] =
	    "DELETE FROM password_history" OF_ACCOUNT " AND replaced_ms < ?3",
	[ASK_PASSWORD_HISTORY_REMOVE] =
	    "DELETE FROM password_history" OF_ACCOUNT,

	[ASK_RECOVERY_ADD] =
	    "INSERT INTO recovery (office, account, mac, created_ms, used_ms)"
	    " VALUES (?1, ?2, ?3, ?4, 0)",
	[ASK_RECOVERY_USE] = "UPDATE recovery SET used_ms = ?4" OF_ACCOUNT
			     " AND mac = ?3 AND used_ms = 0",
	[ASK_RECOVERY_COUNT] =
	    "SELECT count(*) FROM recovery" OF_ACCOUNT " AND used_ms = 0",
	[ASK_RECOVERY_REMOVE] = "DELETE FROM recovery" OF_ACCOUNT,

	[ASK_TERMINAL_ADD] = "INSERT INTO terminal (" TERMINAL_ROW
			     ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[ASK_TERMINAL_SET] =
	    "UPDATE terminal SET label = ?3, is_private = ?4, admits_all = ?5,"
	    " lost_ms = ?6 WHERE office = ?1 AND id = ?2",
	[ASK_TERMINAL_GET] =
	    "SELECT " TERMINAL_ROW " FROM terminal WHERE id = ?1",
	[ASK_TERMINAL_BY_LABEL] =
	    "SELECT " TERMINAL_ROW " FROM terminal WHERE office = ?1"
	    " AND label = ?2 AND lost_ms = 0",
	[ASK_TERMINAL_LIST] = "SELECT " TERMINAL_ROW " FROM terminal"
			      " WHERE office = ?1 AND id > ?2"
			      " ORDER BY id LIMIT ?3",
	[ASK_TERMINAL_LIST_ALL] = "SELECT " TERMINAL_ROW " FROM terminal"
				  " WHERE id > ?1 ORDER BY id LIMIT ?2",
	[ASK_TERMINAL_SEARCH] = "SELECT " TERMINAL_ROW " FROM terminal"
				" WHERE office = ?6" TERMINAL_FOUND
				" ORDER BY id LIMIT ?5",
	[ASK_TERMINAL_SEARCH_ALL] = "SELECT " TERMINAL_ROW " FROM (SELECT *"
	    " FROM terminal WHERE id > x'00' ORDER BY id LIMIT ?6) AS terminal"
	    " WHERE id > x'00'" TERMINAL_FOUND " ORDER BY id LIMIT ?5",
	[ASK_TERMINAL_COUNT] = COUNT_UP_TO("terminal", "id > x'00'"),
	[ASK_ADMITTED_ADD] =
	    "INSERT INTO admitted (office, terminal, account)"
	    " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[ASK_ADMITTED_REMOVE] = "DELETE FROM admitted WHERE office = ?1"
				" AND terminal = ?2 AND account = ?3",
	[ASK_ADMITTED_REMOVE_ACCOUNT] = "DELETE FROM admitted" OF_ACCOUNT,
	/* In this order: left to itself SQLite reads all accounts of the office
	 * by login, to sort nothing. */
	[ASK_ADMITTED_LIST] =
	    "SELECT " ACCOUNT_ROW " FROM admitted d CROSS JOIN account a"
	    " WHERE d.office = ?1 AND d.terminal = ?2 AND a.office = d.office"
	    " AND a.id = d.account ORDER BY a.login",
	[ASK_TERMINAL_OF_ACCOUNT] =
	    "SELECT t.office, t.id, t.label, t.is_private, t.admits_all,"
	    " t.created_ms, t.lost_ms FROM admitted d CROSS JOIN terminal t"
	    " WHERE d.office = ?1 AND d.account = ?2 AND t.office = d.office"
	    " AND t.id = d.terminal AND t.lost_ms = 0"
	    " ORDER BY d.terminal LIMIT ?3",

	[ASK_HOST_ADD] =
	    "INSERT INTO host (" HOST_ROW ") VALUES (?1, ?2, ?3, ?4)",
	[ASK_HOST_SET] = "UPDATE host SET rights = ?2 WHERE name = ?1",
	[ASK_HOST_BY_NAME] = "SELECT " HOST_ROW " FROM host WHERE name = ?1",
	[ASK_HOST_BY_ID] = "SELECT " HOST_ROW " FROM host WHERE id = ?1",
	[ASK_HOST_LIST] = "SELECT " HOST_ROW " FROM host WHERE name > ?1"
			  " ORDER BY name LIMIT ?2",

	ASK_SQL_CERTS
	[ASK_SESSION_ADD] =
	    "INSERT INTO session (" SESSION_ROW
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	[ASK_SESSION_FIND] =
	    "SELECT " SESSION_ROW " FROM session WHERE token = ?1",
	[ASK_SESSION_BY_ID] =
	    "SELECT " SESSION_ROW " FROM session WHERE id = ?1",
	[ASK_SESSION_SET] =
	    "UPDATE session SET token = ?4, factors = ?5, password_steady = ?6,"
	    " code_steady = ?7, terminal_steady = ?8, device = ?9,"
	    " terminal = ?10, seen_ms = ?11, seen_steady = ?12" OF_ACCOUNT
	    " AND id = ?3",
	[ASK_SESSION_SEEN] =
	    "UPDATE session SET seen_ms ="
	    " CASE WHEN seen_ms < ?4 THEN ?4 ELSE seen_ms END,"
	    " seen_steady = ?5" OF_ACCOUNT " AND id = ?3 AND seen_steady < ?5",
	[ASK_SESSION_LIST] = "SELECT " SESSION_ROW " FROM session" OF_ACCOUNT
			     " AND id > ?3 ORDER BY id LIMIT ?4",
	[ASK_SESSION_LIST_OFFICE] =
	    "SELECT " SESSION_ROW " FROM session WHERE office = ?1"
	    " AND id > ?2 ORDER BY id LIMIT ?3",
	[ASK_SESSION_LIST_ALL] = "SELECT " SESSION_ROW " FROM session"
				 " WHERE id > ?1 ORDER BY id LIMIT ?2",
	[ASK_SESSION_END] = "DELETE FROM session" OF_ACCOUNT
			    " AND (id = ?3 OR parent = ?3)",
	[ASK_SESSION_END_OFFICE] = "DELETE FROM session WHERE office = ?1",
	[ASK_SESSION_END_ACCOUNT] = "DELETE FROM session" OF_ACCOUNT,
	[ASK_SESSION_END_DEVICE] =
	    "DELETE FROM session" OF_ACCOUNT " AND device = ?3",
	[ASK_SESSION_END_TERMINAL] =
	    "DELETE FROM session WHERE office = ?1 AND terminal = ?2",
	[ASK_SESSION_EXPIRE] =
	    "DELETE FROM session WHERE (office, account, id) IN"
	    " (SELECT office, account, id FROM session"
	    " WHERE until_steady <= ?1 ORDER BY until_steady LIMIT ?2)",

	[ASK_APP_ADD] = "INSERT INTO app (" APP_ROW
			") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
			" ?11)",
	[ASK_APP_SET] =
	    "UPDATE app SET name = ?2, factors = ?3, networks = ?4, level = ?5,"
	    " group_list = ?6, offices = ?7, idle_ms = ?8, absolute_ms = ?9,"
	    " paths = ?10 WHERE host = ?1",
	[ASK_APP_REMOVE] = "DELETE FROM app WHERE host = ?1",
	[ASK_APP_FIND] = "SELECT " APP_ROW " FROM app WHERE host = ?1",
	[ASK_APP_LIST] = "SELECT " APP_ROW " FROM app WHERE host > ?1"
			 " ORDER BY host LIMIT ?2",

	ASK_SQL_TICKETS

	[ASK_AUDIT_APPEND] =
	    "INSERT INTO audit (" AUDIT_ROW
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15)",
	[ASK_AUDIT_HEAD] = "SELECT seq, hash FROM audit WHERE node = ?1"
			   " ORDER BY seq DESC LIMIT 1",
	[ASK_AUDIT_GET] =
	    "SELECT " AUDIT_ROW " FROM audit WHERE node = ?1 AND seq = ?2",
	[ASK_AUDIT_READ] = "SELECT " AUDIT_ROW " FROM audit WHERE node = ?1"
			   " AND seq >= ?2 AND seq <= ?3 ORDER BY seq",
	[ASK_AUDIT_TIME_PUT] =
	    "INSERT INTO audit_time (node, part, last_ms) SELECT ?1, ?2,"
	    " max(at_ms) FROM audit WHERE node = ?1 AND seq >= ?3 AND seq <= ?4"
	    " ON CONFLICT (node, part) DO UPDATE SET last_ms = excluded.last_ms",
	[ASK_AUDIT_TIME] = "SELECT part FROM audit_time WHERE node = ?1"
			   " AND part >= ?2 AND last_ms >= ?3 ORDER BY part LIMIT 1",
	/* The next part below ?1, by the numbers of its records. */
	[ASK_AUDIT_PART] = "SELECT seq / 1024 FROM audit WHERE seq / 1024 < ?1"
			   " ORDER BY seq / 1024 DESC LIMIT 1",
	/* One text for each way in, so that each finds its index. */
	/* Of one part of the log, ?9, so that each finds its index. */
	[ASK_AUDIT_LIST] = "SELECT " AUDIT_ROW " FROM audit WHERE"
			   " seq / 1024 = ?9 AND ?1 = '' AND ?2 = ''"
			   " AND ?3 = ''" AUDIT_REST,
	[ASK_AUDIT_LIST_OFFICE] =
	    "SELECT " AUDIT_ROW " FROM audit WHERE seq / 1024 = ?9"
	    " AND office = ?1 AND ?2 = '' AND ?3 = ''" AUDIT_REST,
	[ASK_AUDIT_LIST_ACCOUNT] =
	    "SELECT " AUDIT_ROW " FROM audit WHERE seq / 1024 = ?9"
	    " AND account = ?2 AND" OFFICE_OR_ANY " AND ?3 = ''" AUDIT_REST,
	[ASK_AUDIT_LIST_REQUEST] =
	    "SELECT " AUDIT_ROW " FROM audit WHERE request_id = ?3"
	    " AND request_id <> '' AND" OFFICE_OR_ANY
	    " AND" ACCOUNT_OR_ANY AUDIT_REST,
};

const char *
ask_sql_text(enum ask_sql q)
{
	return (texts[q]);
}
