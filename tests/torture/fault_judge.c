#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/torture/fault_run.h"

/*
 * Each must give no row. Nothing is half there: what stands in the tables
 * stands in the log, and the other way round.
 */
static const char *const rules[] = {
	"SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
	"SELECT * FROM pragma_foreign_key_check",
	"SELECT 'records', count(*), max(seq) FROM audit"
	" HAVING count(*) <> max(seq)",
	"SELECT 'a login without its account', name FROM name"
	" WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = account)",
	"SELECT 'offices', (SELECT count(*) FROM office) AS n,"
	" (SELECT count(*) FROM audit"
	" WHERE action = 'office.add' AND result = 'done') AS said"
	" WHERE n <> said OR n <> 1",
	"SELECT 'accounts', (SELECT count(*) FROM account) AS n,"
	" (SELECT count(*) FROM audit"
	" WHERE action = 'account.add' AND result = 'done') AS said"
	" WHERE n <> said OR n <> 1",
	"SELECT 'confirmed phones',"
	" (SELECT count(*) FROM phone WHERE confirmed_ms > 0) AS n,"
	" (SELECT count(*) FROM audit"
	" WHERE action = 'phone.confirm' AND result = 'accept') AS said"
	" WHERE n <> said OR n <> 1",
	"SELECT 'recovery codes', count(*) FROM recovery"
	" HAVING count(*) <> 10",
	"SELECT 'a phone that is not revoked', device FROM phone"
	" WHERE state <> 3 AND confirmed_ms > 0",
	"SELECT 'revocations', count(*) FROM audit"
	" WHERE action = 'phone.revoke' HAVING count(*) <> 1",
	"SELECT 'an account that is not disabled', login FROM account"
	" WHERE disabled_ms = 0",
	/* an accepted code's step is never above the phone's */
	"SELECT 'a step that is not the last', max(step), max(last) FROM"
	" (SELECT CAST(substr(detail, instr(detail, 'step=') + 5) AS INTEGER)"
	" AS step FROM audit WHERE result IN ('accept', 'change_password')"
	" AND instr(detail, 'step=') > 0),"
	" (SELECT max(last_step) AS last FROM phone)"
	" HAVING max(step) <> max(last)",
	/* a code once */
	"SELECT 'accepted twice', detail FROM audit"
	" WHERE action = 'verify' AND result = 'accept'"
	" GROUP BY substr(detail, instr(detail, 'step=')) HAVING count(*) > 1",
	"SELECT 'certificates', (SELECT count(*) FROM cert) AS n,"
	" (SELECT count(*) FROM audit"
	" WHERE action = 'cert.issue' AND result = 'done') AS said"
	" WHERE n <> said OR n = 0",
	"SELECT 'revoked certificates',"
	" (SELECT count(*) FROM cert WHERE revoked_ms > 0) AS n,"
	" (SELECT count(*) FROM audit"
	" WHERE action = 'cert.revoke' AND result = 'done') AS said"
	" WHERE n <> said OR n = 0",
	"SELECT 'live certificates', count(*) FROM cert WHERE revoked_ms = 0"
	" HAVING count(*) > 0",
	"SELECT 'a terminal that nobody holds', count(*) FROM terminal t"
	" WHERE NOT EXISTS (SELECT 1 FROM cert c WHERE c.holder = t.id)"
	" HAVING count(*) > 0",
	"SELECT 'passwords', count(*) FROM password HAVING count(*) <> 1",
};

static void
judge_rule(struct fault_run *r, sqlite3 *db, const char *rule)
{
	sqlite3_stmt *st = NULL;
	char text[256] = "";
	size_t n = 0;
	int i, rc;

	rc = sqlite3_prepare_v2(db, rule, -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		for (i = 0; i < sqlite3_column_count(st) && n < 200; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, " %s",
			    sqlite3_column_type(st, i) == SQLITE_BLOB
				? "(bytes)"
				: (const char *)sqlite3_column_text(st, i));
		fault_run_complain(r, "the store:%s", text);
	} else if (rc != SQLITE_DONE)
		fault_run_complain(
		    r, "the store: %s: %s", sqlite3_errmsg(db), rule);
	sqlite3_finalize(st);
}

/* Whoever was let in stands in the log as let in. */
static void
judge_grant(struct fault_run *r, sqlite3 *db, const char *request)
{
	static const char sql[] =
	    "SELECT count(*) FROM audit"
	    " WHERE request_id = ?1 AND result = 'accept'";
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(st, 1, request, -1, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW || sqlite3_column_int(st, 0) < 1)
		fault_run_complain(
		    r, "accepted, and not in the log: %s", request);
	sqlite3_finalize(st);
}

void
fault_judge(struct fault_run *r)
{
	sqlite3 *db = NULL;
	size_t i;
	int k;

	if (sqlite3_open_v2(r->db, &db, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK)
		fault_run_complain(r, "the store cannot be opened");
	for (i = 0; r->complaints == 0 && i < sizeof(rules) / sizeof(rules[0]);
	     i++)
		judge_rule(r, db, rules[i]);
	for (k = 0; r->complaints == 0 && k < r->grants_n; k++)
		judge_grant(r, db, r->grants[k]);
	sqlite3_close(db);
}
