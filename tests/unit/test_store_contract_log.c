/*
 * Goal of this test: as test_store_contract.c, for the counters, the audit log,
 * transactions and marks.
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
#include "tests/fakes/store_sample.h"

static void
test_counters(void **state)
{
	struct store *s = store_sample_of(state);
	struct counter c = { .office = office_1,
		.account = anna,
		.kind = COUNTER_CODE,
		.bucket = "c:local:cli",
		.failures = 4,
		.in_row = 9,
		.locked_until_steady = INT64_MAX },
		       got;
	struct counter decoy = { .office = nobody,
		.account = nobody,
		.kind = COUNTER_PASSWORD,
		.failures = 1 };
	char bucket[BUCKET_MAX + 2];
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->counter_get(s, &office_1, &anna, COUNTER_CODE,
			     "c:local:cli", &got),
	    0);
	assert_memory_equal(&got.account, &anna, sizeof(anna));
	assert_string_equal(got.bucket, "c:local:cli");
	assert_int_equal(got.kind, COUNTER_CODE);
	assert_int_equal(got.failures + got.in_row, 0);
	assert_int_equal(got.locked_until_steady, 0);
	assert_int_equal(s->ops->counter_put(s, &c), 0);
	assert_int_equal(s->ops->counter_get(s, &office_1, &anna, COUNTER_CODE,
			     "c:local:cli", &got),
	    0);
	store_sample_same_counter(&got, &c);
	/* neither kind nor bucket spills over */
	assert_int_equal(
	    s->ops->counter_get(s, &office_1, &anna, COUNTER_CODE, "", &got),
	    0);
	assert_int_equal(got.failures, 0);
	c.failures = 5;
	c.in_row = 0;
	assert_int_equal(s->ops->counter_put(s, &c), 0);
	c.kind = COUNTER_PASSWORD;
	c.failures = 7;
	assert_int_equal(s->ops->counter_put(s, &c), 0);
	c.kind = COUNTER_CODE;
	c.bucket[0] = '\0';
	assert_int_equal(s->ops->counter_put(s, &c), 0);
	assert_int_equal(s->ops->counter_put(s, &decoy), 0);
	assert_int_equal(s->ops->counter_list(
			     s, &office_1, &anna, store_sample_on_counter, &n),
	    0);
	assert_string_equal(n.text, "1c:local:cli=7,2=7,2c:local:cli=5");
	assert_int_equal(s->ops->counter_clear(s, &office_1, &anna), 0);
	assert_int_equal(s->ops->counter_clear(s, &office_1, &anna), 0);
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(s->ops->counter_list(
			     s, &office_1, &anna, store_sample_on_counter, &n),
	    0);
	assert_int_equal(s->ops->counter_list(
			     s, &nobody, &nobody, store_sample_on_counter, &n),
	    0);
	assert_string_equal(n.text, "1=1");
	c.kind = COUNTER_NONE;
	assert_int_equal(s->ops->counter_put(s, &c), ERR_INVALID);
	decoy.failures = -1;
	assert_int_equal(s->ops->counter_put(s, &decoy), ERR_INVALID);
	memset(bucket, 'b', sizeof(bucket));
	bucket[BUCKET_MAX + 1] = '\0';
	assert_int_equal(s->ops->counter_get(
			     s, &office_1, &anna, COUNTER_CODE, bucket, &got),
	    ERR_INVALID);
	store_sample_commit(s);
}

static void
test_audit(void **state)
{
	struct store *s = store_sample_of(state);
	struct audit_row row = store_sample_record(1, 1, "alpha", "anna"), got;
	struct audit_head head;
	struct store_sample_names n = { .text = "" };

	memset(&head, 0xff, sizeof(head));
	assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
	assert_int_equal(head.node, 1);
	assert_int_equal(head.seq, 0);
	assert_int_equal(head.hash[31], 0);
	store_sample_begin(s);
	row.record.seq = 2;
	assert_int_equal(s->ops->audit_append(s, &row), ERR_CORRUPT);
	row.record.seq = 0;
	assert_int_equal(s->ops->audit_append(s, &row), ERR_INVALID);
	row.record.seq = 1;
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->audit_append(s, &row), ERR_CORRUPT);
	row = store_sample_record(1, 2, "alpha", "anna");
	row.has_seal = true;
	memset(row.seal, 0x7e, sizeof(row.seal));
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->audit_get(s, 1, 2, &got), 0);
	store_sample_same_audit(&got, &row);
	row = store_sample_record(1, 4, "alpha", "anna");
	assert_int_equal(s->ops->audit_append(s, &row), ERR_CORRUPT);
	/* another node counts for itself */
	row = store_sample_record(7, 1, "alpha", "anna");
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	store_sample_commit(s);
	assert_int_equal(s->ops->audit_get(s, 7, 1, &got), 0);
	store_sample_same_audit(&got, &row);
	assert_int_equal(s->ops->audit_get(s, 1, 3, &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
	assert_int_equal(head.seq, 2);
	assert_int_equal(head.hash[31], 2);
	assert_int_equal(
	    s->ops->audit_read(s, 1, 0, store_sample_on_audit, &n), 0);
	assert_int_equal(
	    s->ops->audit_read(s, 1, 2, store_sample_on_audit, &n), 0);
	assert_int_equal(
	    s->ops->audit_read(s, 1, 3, store_sample_on_audit, &n), 0);
	assert_string_equal(n.text, "1/1,1/2,1/2");
	n.stop_at = 4;
	assert_int_equal(
	    s->ops->audit_read(s, 1, 1, store_sample_on_audit, &n), -77);
	assert_int_equal(n.seen, 4);
}

static void
expect_list(struct store *s, struct audit_filter f, const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(
	    s->ops->audit_list(s, &f, store_sample_on_audit, &n), 0);
	assert_string_equal(n.text, wanted);
}

static void
test_audit_list(void **state)
{
	static const char *const of[][2] = { { "alpha", "anna" },
		{ "alpha", "" }, { "beta", "cleo" }, { "", "ghost" },
		{ "beta", "anna" }, { "", "" } };
	struct store *s = store_sample_of(state);
	struct audit_row row;
	int i;

	expect_list(s, (struct audit_filter){ .limit = 9 }, "");
	expect_list(s, (struct audit_filter){ .limit = 9, .account = "a" }, "");
	store_sample_begin(s);
	for (i = 0; i < 6; i++) {
		row = store_sample_record(1, i + 1, of[i][0], of[i][1]);
		if (i == 4) {
			snprintf(row.record.action, 32, "phone.revoke");
			snprintf(row.record.result, 32, "done");
			snprintf(row.record.device, 37, "dev");
			snprintf(row.record.detail, 64,
			    "factors=3 app=pay.example.jp from=x");
		}
		if (i == 5)
			row.record.request_id[0] = '\0';
		assert_int_equal(s->ops->audit_append(s, &row), 0);
	}
	row = store_sample_record(2, 1, "alpha", "anna");
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	store_sample_commit(s);
#define F(...) ((struct audit_filter){ .limit = 9, __VA_ARGS__ })
	expect_list(s, F(.device = ""), "1/6,1/5,1/4,1/3,1/2,2/1,1/1");
	expect_list(s, (struct audit_filter){ .limit = 2 }, "1/6,1/5");
	expect_list(s, F(.before_seq = 3), "1/2,2/1,1/1");
	expect_list(s, F(.office = "alpha"), "1/2,2/1,1/1");
	expect_list(s, F(.account = "anna"), "1/5,2/1,1/1");
	expect_list(s, F(.account = "ghost"), "1/4");
	expect_list(s, F(.office = "beta", .account = "anna"), "1/5");
	expect_list(s, F(.office = "gamma"), "");
	expect_list(s, F(.action = "phone.revoke"), "1/5");
	expect_list(s, F(.result = "refuse", .office = "beta"), "1/3");
	expect_list(s, F(.device = "dev", .account = "anna"), "1/5");
	expect_list(s, F(.request_id = "REQ1003"), "1/3");
	expect_list(s, F(.request_id = "REQ1003", .office = "alpha"), "");
	expect_list(s,
	    F(.request_id = "REQ1001", .account = "anna", .office = "alpha"),
	    "1/1");
	expect_list(s, F(.request_id = "REQ1"), "");
	expect_list(s, F(.from_seq = 4), "1/6,1/5,1/4");
	expect_list(s, F(.from_seq = 2, .before_seq = 4), "1/3,1/2");
	expect_list(s, F(.from_seq = 2, .account = "anna"), "1/5");
	expect_list(s, F(.from_seq = 2, .office = "alpha"), "1/2");
	expect_list(s, F(.app = "pay.example.jp"), "1/5");
	expect_list(s, F(.app = "pay.example.jp", .office = "beta"), "1/5");
	expect_list(s, F(.app = "ay.example.jp"), "");
	expect_list(s, F(.app = "pay.example.j"), "");
	expect_list(s, F(.app = "example.jp", .account = "anna"), "");
#undef F
	assert_int_equal(
	    s->ops->audit_list(s, &(struct audit_filter){ .limit = 0 },
		store_sample_on_audit, NULL),
	    ERR_INVALID);
	assert_int_equal(
	    s->ops->audit_list(s, &(struct audit_filter){ .limit = 1001 },
		store_sample_on_audit, NULL),
	    ERR_INVALID);
}

/* Newest first over a log of some thousand records, whoever is looked for. */
static void
test_audit_list_of_a_long_log(void **state)
{
	struct store *s = store_sample_of(state);
	struct audit_row row;
	int i;

	store_sample_begin(s);
	for (i = 1; i <= 3100; i++) {
		/* anna is rare and far apart, cleo has the last of all */
		row = store_sample_record(1, i, i % 2 == 0 ? "alpha" : "beta",
		    i == 1 || i == 1023 || i == 1024 || i == 3000
			? "anna"
			: (i > 3097 ? "cleo" : "dora"));
		assert_int_equal(s->ops->audit_append(s, &row), 0);
	}
	row = store_sample_record(2, 1, "beta", "anna");
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	store_sample_commit(s);
#define F(...) ((struct audit_filter){ .limit = 4, __VA_ARGS__ })
	expect_list(s, F(.account = "anna"), "1/3000,1/1024,1/1023,2/1");
	expect_list(
	    s, F(.account = "anna", .before_seq = 1024), "1/1023,2/1,1/1");
	expect_list(s, F(.account = "anna", .before_seq = 1025),
	    "1/1024,1/1023,2/1,1/1");
	expect_list(s, F(.account = "anna", .before_seq = 1), "");
	expect_list(
	    s, F(.account = "anna", .office = "alpha"), "1/3000,1/1024");
	expect_list(s, F(.account = "cleo"), "1/3100,1/3099,1/3098");
	expect_list(s, F(.office = "beta", .before_seq = 1026),
	    "1/1025,1/1023,1/1021,1/1019");
	expect_list(s, F(.office = "beta", .before_seq = 4), "1/3,2/1,1/1");
	expect_list(s, F(.account = "nobody"), "");
#undef F
}

/* What was seen of a log read from a time on. */
struct since {
	int64_t at_ms, last_seq;
	int late, all;
	bool is_upwards;
};

static int
on_since(void *arg, const struct audit_row *row)
{
	struct since *n = arg;

	n->is_upwards = n->is_upwards && row->record.seq > n->last_seq;
	n->last_seq = row->record.seq;
	n->late += row->record.at_ms >= n->at_ms;
	n->all++;
	return (0);
}

static void
expect_since(struct store *s, int64_t at_ms, int late, int all_max)
{
	struct since n = { .at_ms = at_ms, .is_upwards = true };

	assert_int_equal(
	    s->ops->audit_read_since(s, 1, at_ms, on_since, &n), 0);
	assert_true(n.is_upwards);
	assert_int_equal(n.late, late);
	assert_in_range(n.all, late, all_max);
}

/* A clock that was ahead for a while and went back: nothing that was recorded
 * then is missed, and not all is read for it. */
static void
test_audit_read_since(void **state)
{
	struct store *s = store_sample_of(state);
	struct audit_row row;
	int i;

	store_sample_begin(s);
	for (i = 1; i <= 9000; i++) {
		row = store_sample_record(1, i, "alpha", "anna");
		row.record.at_ms = 1000 * i;
		if (i >= 3000 && i < 3050)
			row.record.at_ms += 100 * 1000000;
		assert_int_equal(s->ops->audit_append(s, &row), 0);
		if (i == 100)
			expect_since(s, 60 * 1000, 41, 100);
	}
	row = store_sample_record(2, 1, "alpha", "anna");
	row.record.at_ms = INT64_MAX / 2;
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	store_sample_commit(s);
	expect_since(s, 10 * 1000000, 50, 2 * 1024 + 1024);
	expect_since(s, 8990 * 1000, 11 + 50, 3 * 1024);
	expect_since(s, 200 * 1000000, 0, 1024);
	expect_since(s, 0, 9000, 9000);
}

static void
test_transactions(void **state)
{
	struct store *s = store_sample_of(state);
	struct office o = store_sample_office(&office_1, "alpha"), got;
	struct audit_row row = store_sample_record(1, 1, "alpha", "");
	struct audit_head head;

	assert_int_equal(s->ops->office_add(s, &o), ERR_WRONG_STATE);
	assert_int_equal(s->ops->meta_put(s, "k", "v"), ERR_WRONG_STATE);
	assert_int_equal(s->ops->commit(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->mark(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->rollback(s), 0);
	store_sample_begin(s);
	assert_int_equal(s->ops->begin(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->release(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->rewind(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->checkpoint(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->office_add(s, &o), 0);
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->rollback(s), 0);
	assert_int_equal(
	    s->ops->office_by_id(s, &office_1, &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
	assert_int_equal(head.seq, 0);
	store_sample_begin(s);
	assert_int_equal(s->ops->office_add(s, &o), 0);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->commit(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->release(s), 0);
	store_sample_commit(s);
	assert_int_equal(s->ops->rollback(s), 0);
	assert_int_equal(s->ops->office_by_id(s, &office_1, &got), 0);
	assert_int_equal(s->ops->checkpoint(s), 0);
}

/* What a session that was let in may not outlive, and what it may. */
static void
test_F8_touched(void **state)
{
	struct store *s = store_sample_of(state);
	struct office o = store_sample_office(&office_1, "alpha");
	struct account a =
	    store_sample_account(&office_1, &anna, "anna", "");
	struct audit_row row = store_sample_record(1, 1, "alpha", "");
	struct counter count = { .office = office_1,
		.account = anna,
		.kind = COUNTER_CODE,
		.failures = 1 };
	struct session on = { .office = office_1,
		.account = anna,
		.id = { { 7 } },
		.token = { 7 },
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.created_ms = 1,
		.seen_ms = 1,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = 1,
		.password_ms = 1,
		.until_steady = 9 };
	struct session_pick one = { .by = SESSION_BY_ID,
		.office = office_1,
		.account = anna,
		.id = on.id };
	char text[8];
	int ended;

	store_sample_begin(s);
	assert_false(s->ops->is_touched(s));
	assert_int_equal(s->ops->office_add(s, &o), 0);
	assert_true(s->ops->is_touched(s));
	assert_int_equal(s->ops->account_add(s, &a), 0);
	store_sample_commit(s);
	store_sample_begin(s);
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->counter_put(s, &count), 0);
	assert_int_equal(
	    s->ops->counter_clear(s, &office_1, &anna), 0);
	assert_int_equal(s->ops->phone_burned_clear(s), 0);
	assert_int_equal(s->ops->session_add(s, &on), 0);
	assert_int_equal(s->ops->session_seen(s, &on, 5, 5), 0);
	assert_int_equal(s->ops->session_expire(s, 8, 500, &ended), 0);
	assert_int_equal(s->ops->ticket_forget(s, 8, 500, &ended), 0);
	assert_int_equal(s->ops->meta_note(s, "steady_last_ms", "1"), 0);
	assert_false(s->ops->is_touched(s));
	store_sample_commit(s);
	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "session_order", "1"), 0);
	assert_int_equal(s->ops->meta_note(s, "steady_last_ms", "2"), 0);
	assert_true(s->ops->is_touched(s));
	store_sample_commit(s);
	assert_int_equal(
	    s->ops->meta_get(s, "steady_last_ms", text, sizeof(text)), 0);
	assert_string_equal(text, "2");
	store_sample_begin(s);
	assert_int_equal(s->ops->session_end(s, &one, &ended), 0);
	assert_true(s->ops->is_touched(s));
	/* what is undone counts too */
	assert_int_equal(s->ops->rollback(s), 0);
	store_sample_begin(s);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->meta_put(s, "session_order", "1"), 0);
	assert_int_equal(s->ops->rewind(s), 0);
	assert_true(s->ops->is_touched(s));
	store_sample_commit(s);
	store_sample_begin(s);
	a.level = 2;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_true(s->ops->is_touched(s));
	store_sample_commit(s);
}

static void
test_marks(void **state)
{
	struct store *s = store_sample_of(state);
	struct office o1 = store_sample_office(&office_1, "alpha"), got;
	struct office o2 = store_sample_office(&office_2, "beta");
	struct audit_row row = store_sample_record(1, 1, "alpha", "");
	struct audit_head head;

	store_sample_begin(s);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->mark(s), ERR_WRONG_STATE);
	assert_int_equal(s->ops->office_add(s, &o1), 0);
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->release(s), 0);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->office_add(s, &o2), 0);
	o1.disabled_ms = 5;
	assert_int_equal(s->ops->office_set(s, &o1), 0);
	row = store_sample_record(1, 2, "beta", "");
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	/* a question that fails inside leaves the mark usable */
	assert_int_equal(s->ops->office_add(s, &o2), ERR_EXISTS);
	assert_int_equal(s->ops->rewind(s), 0);
	assert_int_equal(
	    s->ops->office_by_id(s, &office_2, &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->audit_append(s, &row), 0);
	assert_int_equal(s->ops->release(s), 0);
	store_sample_commit(s);
	assert_int_equal(s->ops->office_by_id(s, &office_1, &got), 0);
	assert_int_equal(got.disabled_ms, 0);
	assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
	assert_int_equal(head.seq, 2);
	/* a mark is undone with all by rollback */
	store_sample_begin(s);
	assert_int_equal(s->ops->office_add(s, &o2), 0);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->rollback(s), 0);
	store_sample_begin(s);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->office_add(s, &o2), 0);
	assert_int_equal(s->ops->release(s), 0);
	store_sample_commit(s);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_counters), RUN(up, test_audit), RUN(up, test_audit_list), \
	    RUN(up, test_audit_list_of_a_long_log), RUN(up, test_audit_read_since),                            \
	    RUN(up, test_transactions), RUN(up, test_F8_touched),             \
	    RUN(up, test_marks)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
