/*
 * Goal of this test: records are found by person, office, device, action,
 * result and request as they were typed, newest first, page by page.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/logins.c
 * Links: authd/core/urlcheck.c
 * Links: authd/core/auditlog.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/auditlog.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static struct person yamada, suzuki;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	core_world_person(&w, "osaka", "suzuki", NULL, &suzuki);
	snprintf(w.act.request_id, sizeof(w.act.request_id),
	    "zzzzzzzzzzzzzzzzzzzzzzzzzz");
	core_world_verify(&w, "yamada", "1", "local:sshd");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

struct seen {
	int64_t seq[64];
	int n;
};

static int
see(void *arg, const struct audit_row *row)
{
	struct seen *s = arg;

	assert_in_range(s->n, 0, 63);
	s->seq[s->n++] = row->record.seq;
	return (0);
}

/* How many the query finds, which come newest first. */
static int
find(const struct auditlog_query *q)
{
	struct seen s = { .n = 0 };
	int i;

	assert_int_equal(auditlog_list(&w.core, &w.act, q, see, &s), 0);
	for (i = 1; i < s.n; i++)
		assert_true(s.seq[i] < s.seq[i - 1]);
	return (s.n);
}

static void
test_filters(void **state)
{
	struct auditlog_query q = { 0 };
	char device[ID_TEXT + 1];
	int64_t all = core_world_seq(&w);

	(void)state;
	/* office, account, enrol, confirm; twice; and one verification */
	assert_true(all == 9);
	assert_int_equal(find(&q), 9);
	q.office = "ＯＳＡＫＡ";
	assert_int_equal(find(&q), 4);
	q.account = "Suzuki";
	assert_int_equal(find(&q), 3);
	q.action = "phone.confirm";
	assert_int_equal(find(&q), 1);
	q.result = "refuse";
	assert_int_equal(find(&q), 0);
	memset(&q, 0, sizeof(q));
	q.account = "yamada";
	assert_int_equal(find(&q), 4);
	q.office = "osaka";
	assert_int_equal(find(&q), 0);
	memset(&q, 0, sizeof(q));
	id_put_text(&yamada.phone.device, device);
	q.device = device;
	assert_int_equal(find(&q), 2);
	memset(&q, 0, sizeof(q));
	q.request_id = "zzzzzzzzzzzzzzzzzzzzzzzzzz";
	assert_int_equal(find(&q), 1);
	q.request_id = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"; /* as read out */
	assert_int_equal(find(&q), 1);
	q.request_id = "zz";
	assert_int_equal(find(&q), 0);
}

static void
test_pages(void **state)
{
	struct auditlog_query q = { .limit = 4 };
	struct seen s = { .n = 0 };

	(void)state;
	assert_int_equal(auditlog_list(&w.core, &w.act, &q, see, &s), 0);
	assert_int_equal(s.n, 4);
	assert_true(s.seq[0] == 9 && s.seq[3] == 6);
	q.before = s.seq[3];
	s.n = 0;
	assert_int_equal(auditlog_list(&w.core, &w.act, &q, see, &s), 0);
	assert_int_equal(s.n, 4);
	assert_true(s.seq[0] == 5 && s.seq[3] == 2);
	q.before = 2;
	assert_int_equal(find(&q), 1);
	q.before = 1;
	assert_int_equal(find(&q), 0);
}

static void
test_bad_queries(void **state)
{
	static const struct {
		struct auditlog_query q;
		const char *code;
	} rows[] = {
		{ { .limit = -1 }, "bad_limit" },
		{ { .limit = 1001 }, "bad_limit" },
		{ { .before = -1 }, "bad_limit" },
		{ { .office = "a b" }, "bad_filter" },
		{ { .office = "" }, "bad_filter" },
		{ { .account = "x" }, "bad_filter" },
		{ { .account = "' OR 1=1" }, "bad_filter" },
		{ { .device = "0123456789012345678901234567890123456" },
		    "bad_filter" },
		{ { .action = "a_word_of_more_than_32_characters" },
		    "bad_filter" },
		{ { .result = "a_word_of_more_than_32_characters" },
		    "bad_filter" },
		{ { .request_id = "zzzzzzzzzzzzzzzzzzzzzzzzzzz" },
		    "bad_filter" },
	};
	struct seen s = { .n = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    auditlog_list(&w.core, &w.act, &rows[i].q, see, &s),
		    ERR_INVALID);
		assert_string_equal(w.act.problem.code, rows[i].code);
	}
	assert_int_equal(s.n, 0);
}

static int
stop(void *arg, const struct audit_row *row)
{
	(void)row;
	++*(int *)arg;
	return (ERR_BUSY);
}

static void
test_callback_ends_it(void **state)
{
	const struct auditlog_query q = { 0 };
	int n = 0;

	(void)state;
	assert_int_equal(
	    auditlog_list(&w.core, &w.act, &q, stop, &n), ERR_BUSY);
	assert_int_equal(n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_filters),
		TEST(test_pages),
		TEST(test_bad_queries),
		TEST(test_callback_ends_it),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
