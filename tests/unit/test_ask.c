/*
 * Goal of this test: a damaged value is an error and never a row, a full file
 * undoes the whole transaction, and every statement finds its index.
 *
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_open.c
 * Links: authd/store/store_sqlite_office.c authd/store/store_sqlite_account.c
 * Links: authd/store/store_sqlite_phone.c authd/store/store_sqlite_counter.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_audit.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/store_sample.c
*/
#include "authd/store/store_sqlite_impl.h"
#include "tests/fakes/store_sample.h"

static struct store_sample *
sample(void **state)
{
	return (*state);
}

/* Change the file behind the store's back, checks and all switched off. */
static void
tamper(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
			     "PRAGMA wal_autocheckpoint = 0;"
			     "PRAGMA ignore_check_constraints = ON;",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
put_fact(struct store *s, const char *value)
{
	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "fact", value), 0);
	store_sample_commit(s);
}

static void
expect_fact(struct store *s, const char *wanted)
{
	char out[256];

	assert_int_equal(s->ops->meta_get(s, "fact", out, sizeof(out)), 0);
	assert_string_equal(out, wanted);
}

/* A value that cannot be is an error, never a row. */
static void
test_damaged_values(void **state)
{
	static const char *const damage[] = { "UPDATE phone SET state = 7",
		"UPDATE phone SET state = 0",
		"UPDATE phone SET sealed = zeroblob(97)",
		"UPDATE phone SET label = 'a' || char(0) || 'b'",
		"UPDATE phone SET label = printf('%.*c', 300, 'x')",
		"UPDATE phone SET is_private = 2",
		"UPDATE phone SET step_offset = 5000000000",
		"UPDATE phone SET last_step = -1" };
	struct store_sample *f = sample(state);
	struct store *s = f->s;
	struct phone p = store_sample_phone(&anna, &dev_1, 1), got;
	struct account a;
	struct audit_row row = store_sample_record(1, 1, "alpha", "anna");
	struct store_sample_names n = { .text = "" };
	struct audit_head head;
	bool took = true;
	size_t i;

	for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		store_sample_begin(s);
		if (i == 0) {
			store_sample_fill(s);
			assert_int_equal(s->ops->audit_append(s, &row), 0);
			row = store_sample_record(1, 2, "alpha", "anna");
			assert_int_equal(s->ops->audit_append(s, &row), 0);
		} else
			assert_int_equal(
			    s->ops->account_remove(s, &office_1, &anna), 0);
		if (i > 0) {
			a = store_sample_account(&office_1, &anna, "anna", "");
			assert_int_equal(s->ops->account_add(s, &a), 0);
		}
		assert_int_equal(s->ops->phone_add(s, &p), 0);
		store_sample_commit(s);
		tamper(f->path, damage[i]);
		memset(&got, 0xff, sizeof(got));
		assert_int_equal(
		    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got),
		    ERR_CORRUPT);
		/* and what comes back is nothing at all */
		assert_int_equal(got.state, PHONE_NONE);
		assert_int_equal(s->ops->phone_list(s, &office_1, &anna,
				     store_sample_on_phone, &n),
		    ERR_CORRUPT);
		assert_int_equal(n.seen, 0);
	}
	tamper(f->path, "UPDATE account SET class = 0");
	assert_int_equal(s->ops->account_find(s, "anna", &a), ERR_CORRUPT);
	assert_int_equal(a.class, CLASS_NONE);
	tamper(f->path, "UPDATE audit SET hash = x'00' WHERE seq = 2");
	assert_int_equal(s->ops->audit_head(s, 1, &head), ERR_CORRUPT);
	assert_int_equal(head.seq, 0);
	/* the record before the damaged one was given */
	assert_int_equal(s->ops->audit_read(s, 1, 1, store_sample_on_audit, &n),
	    ERR_CORRUPT);
	assert_string_equal(n.text, "1/1");
	store_sample_begin(s);
	assert_int_equal(
	    s->ops->phone_accept(s, &p, 9, 9, &took), ERR_CORRUPT);
	assert_false(took);
	assert_int_equal(s->ops->rollback(s), 0);
}

/* A full file within a transaction: all of it goes, the store stays usable. */
static void
test_full_rolls_back(void **state)
{
	struct store_sample *f = sample(state);
	struct store *s = f->s;
	sqlite3 *db = store_sqlite_db(s)->db;
	struct audit_row row;
	struct audit_head head;
	int64_t seq = 0;
	int r = 0;

	put_fact(s, "before");
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA max_page_count = 40", 0, 0, 0), 0);
	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "fact", "after"), 0);
	assert_int_equal(s->ops->mark(s), 0);
	while (r == 0 && seq < 10000) {
		row = store_sample_record(1, ++seq, "alpha", "anna");
		r = s->ops->audit_append(s, &row);
	}
	assert_int_equal(r, ERR_FULL);
	assert_int_equal(s->ops->rollback(s), 0);
	expect_fact(s, "before");
	assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
	assert_int_equal(head.seq, 0);
	put_fact(s, "small");
	assert_int_equal(s->ops->checkpoint(s), 0);
	/* full met by a reader of the same pages: nothing was lost */
	expect_fact(s, "small");
}

static int
plan_line(void *arg, int n, char **values, char **names)
{
	char *text = arg;
	size_t len = strlen(text);

	(void)names;
	snprintf(text + len, 4000 - len, "%s;", values[n - 1]);
	return (0);
}

/* Rows that a statement has gathered before, within a LIMIT, are no table. */
static bool
reads_a_whole_table(const char *plan)
{
	static const char *const no_tables[] = { "CONSTANT", "(subquery-", "n;",
		"terminal;" };
	const char *at;
	size_t i;

	/* the table itself is found by an index, and only then gathered */
	if (strstr(plan, "SCAN terminal;") != NULL &&
	    (strstr(plan, "CO-ROUTINE terminal;") == NULL ||
		strstr(plan, "SEARCH terminal USING") == NULL))
		return (true);
	for (at = plan; (at = strstr(at, "SCAN ")) != NULL;) {
		at += sizeof("SCAN ") - 1;
		for (i = 0; i < sizeof(no_tables) / sizeof(no_tables[0]); i++)
			if (strncmp(at, no_tables[i], strlen(no_tables[i])) == 0)
				break;
		if (i == sizeof(no_tables) / sizeof(no_tables[0]))
			return (true);
	}
	return (false);
}

/* No question reads a table from end to end, nor keeps rows to sort them. */
static void
test_statements_find_their_index(void **state)
{
	struct store_sample *f = sample(state);
	sqlite3 *db = store_sqlite_db(f->s)->db;
	char sql[4000], plan[4000];
	int q;

	for (q = ASK_META_GET; q < ASK_SQL_COUNT; q++) {
		/* Phones at a clock.confirm; who is locked, in all offices; codes
		 * accepted lately, at the start; tables mostly empty. */
		if (q == ASK_PHONE_AHEAD ||
		    q == ASK_COUNTER_LOCKED_ALL ||
		    q == ASK_ACCEPTED_LIST || q == ASK_BURNED_ANY ||
		    q == ASK_BURNED_CLEAR)
			continue;
		plan[0] = '\0';
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
		    ask_sql_text((enum ask_sql)q));
		assert_int_equal(
		    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
		if (reads_a_whole_table(plan))
			fail_msg("%d: %s", q, plan);
		if (strstr(plan, "TEMP B-TREE") != NULL &&
		    q != ASK_PHONE_LIST && q != ASK_AUDIT_LIST_REQUEST &&
		    q != ASK_AUDIT_LIST && /* of one part of the log */
		    q != ASK_ADMITTED_LIST && /* of one terminal */
		    /* no more than is looked at */
		    q != ASK_ACCOUNT_SEARCH_ALL && q != ASK_PHONE_SEARCH_ALL &&
		    q != ASK_TERMINAL_SEARCH_ALL &&
		    /* of the few sessions of one account */
		    (q < ASK_ACCOUNT_MEANS || q > ASK_ACCOUNT_MEANS_OF))
			fail_msg("%d: %s", q, plan);
	}
	for (q = ASK_ACCOUNT_ADMINISTRATORS;
	     q <= ASK_ACCOUNT_ADMINISTRATORS_ALL; q++) {
		plan[0] = '\0';
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
		    ask_sql_text((enum ask_sql)q));
		assert_int_equal(
		    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
		assert_non_null(strstr(plan, "INDEX account_administrator"));
	}
	for (q = ASK_ACCOUNT_MEANS; q <= ASK_ACCOUNT_MEANS_OF; q++) {
		plan[0] = '\0';
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
		    ask_sql_text((enum ask_sql)q));
		assert_int_equal(
		    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
		assert_non_null(strstr(plan, "INDEX terminal_all"));
		assert_non_null(strstr(plan, "INDEX cert_holder"));
		assert_null(strstr(plan, "INDEX cert_end_office"));
	}
	/* the few it admits, not the whole office */
	plan[0] = '\0';
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
	    ask_sql_text(ASK_ADMITTED_LIST));
	assert_int_equal(
	    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
	assert_non_null(
	    strstr(plan, "SEARCH a USING PRIMARY KEY (office=? AND id=?)"));
	plan[0] = '\0';
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
	    ask_sql_text(ASK_AUDIT_LIST_ACCOUNT));
	assert_int_equal(
	    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
	assert_non_null(strstr(plan,
	    "SEARCH audit USING INDEX audit_account (<expr>=? AND account=?"));
	plan[0] = '\0';
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
	    ask_sql_text(ASK_AUDIT_LIST_OFFICE));
	assert_int_equal(
	    sqlite3_exec(db, sql, plan_line, plan, NULL), SQLITE_OK);
	assert_non_null(strstr(plan,
	    "SEARCH audit USING INDEX audit_office (<expr>=? AND office=?"));
}

int
main(void)
{
#define RUN(f)                                                                 \
	cmocka_unit_test_setup_teardown(                                       \
	    f, store_sample_sqlite, store_sample_end)
	const struct CMUnitTest tests[] = {
		RUN(test_damaged_values),
		RUN(test_full_rolls_back),
		RUN(test_statements_find_their_index),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
