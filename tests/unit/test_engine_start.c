/*
 * Goal of this test: a start goes on where the log and the keeper are one, even
 * when the keeper is behind; a log that was cut, rewritten or cannot be read
 * refuses every change, while reads and status work. (2b.9, F19, F26)
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
 * Links: authd/core/session_keep.c authd/core/session_seen.c
 * Links: authd/core/handover.c authd/core/token.c
 * Links: authd/core/hashpool.c authd/core/logins.c
 * Links: authd/core/engine.c authd/core/engine_work.c authd/core/engine_ahead.c authd/core/engine_start.c
 * Links: authd/core/authz_kept.c
 * Links: tests/fakes/crl_fake.c
 * Links: authd/core/seen.c tests/fakes/cert_life_fake.c
 * Links: tests/fakes/ticket_fake.c
 * Links: authd/core/urlcheck.c
 * Links: authd/core/auditlog.c authd/store/writer.c authd/store/job_queue.c
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_office.c
 * Links: authd/store/store_sqlite_account.c authd/store/store_sqlite_phone.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_counter.c authd/store/store_sqlite_audit.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_open.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: tests/fakes/engine_rig.c
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

#include "authd/store/store_sqlite.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"

static struct engine_rig g;

/* Ten records: a person, then six verifications of one transaction each. */
static int
setup(void **state)
{
	int i;

	(void)state;
	engine_rig_start(&g);
	engine_rig_person(&g, "yamada");
	for (i = 0; i < 6; i++)
		(void)engine_rig_verify(&g, "yamada", 0);
	engine_rig_close(&g);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	engine_rig_stop(&g);
	return (0);
}

/* As after a kill: the keeper only knows the log up to ${seq}. */
static void
keeper_knows(int64_t seq)
{
	struct audit_head head = { .node = 1 };
	struct audit_row row;
	struct store *s;

	if (seq > 0) {
		assert_int_equal(store_sqlite_open(g.path, STORE_READ, &s), 0);
		assert_int_equal(s->ops->audit_get(s, 1, seq, &row), 0);
		s->ops->close(s);
		head.seq = seq;
		memcpy(head.hash, row.hash, sizeof(head.hash));
	}
	keeper_fake_head(g.keeper, &head);
}

static int64_t
confirmed(void)
{
	struct keeper_hello hello;

	assert_int_equal(keeper_client_hello(g.keeper, &hello), 0);
	return (hello.confirmed.seq);
}

static int
show_run(struct core *c, struct work *w)
{
	return (account_show(c, &w->act, "yamada", w->arg));
}

static void
assert_gap(void)
{
	struct account_view view;
	struct work read = { .run = show_run, .arg = &view };
	struct engine_rig_work change;
	struct engine_status status;
	int64_t seq = engine_rig_seq(&g);

	engine_rig_open(&g);
	assert_int_equal(engine_status(g.engine, &status), 0);
	assert_true(status.has_gap);
	assert_false(status.is_ready);
	engine_rig_nothing(&change);
	assert_int_equal(engine_rig_submit(&g, &change), ERR_WRONG_STATE);
	assert_int_equal(engine_read(g.engine, &read), 0);
	assert_string_equal(view.account.login, "yamada");
	engine_rig_close(&g);
	assert_true(engine_rig_seq(&g) == seq);
}

/* Ready, ${noted} records of its own written, and the chain continues. */
static void
assert_goes_on(int64_t noted)
{
	int64_t seq = engine_rig_seq(&g) + noted;
	struct engine_status status;

	clock_fake_pass(WORLD_STEP_MS);
	engine_rig_open(&g);
	assert_int_equal(engine_status(g.engine, &status), 0);
	assert_true(status.is_ready);
	assert_true(status.head.seq == seq);
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
	assert_true(engine_rig_seq(&g) == seq + 1);
	assert_true(engine_rig_log_is_whole(&g));
	engine_rig_close(&g);
}

static void
test_clean_stop_confirms_all(void **state)
{
	(void)state;
	assert_true(engine_rig_seq(&g) == 10);
	assert_true(confirmed() == 10);
	assert_goes_on(0);
}

/* F3: the keeper may be behind by a second, or by everything. */
static void
test_follows_from_where_the_keeper_stands(void **state)
{
	static const int64_t known[] = { 9, 5, 4, 3, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		keeper_knows(known[i]);
		assert_goes_on(0);
		assert_true(confirmed() == 11 + (int64_t)i);
	}
}

/* A confirmed head lies at the end of a transaction, never within one. */
static void
test_head_within_a_transaction(void **state)
{
	(void)state;
	keeper_knows(2);
	assert_goes_on(0); /* the rest of it follows under its seal */
}

static void
test_F26_log_cut(void **state)
{
	(void)state;
	engine_rig_edit(&g, "DELETE FROM audit WHERE seq >= 9");
	assert_gap();
	engine_rig_edit(&g, "DELETE FROM audit");
	assert_gap();
}

static void
test_F19_record_missing(void **state)
{
	(void)state;
	keeper_knows(5);
	engine_rig_edit(&g, "DELETE FROM audit WHERE seq = 8");
	assert_gap();
}

static void
test_F19_head_rewritten(void **state)
{
	(void)state;
	engine_rig_edit(&g,
	    "UPDATE audit SET hash = zeroblob(32) "
	    "WHERE seq = 10");
	assert_gap();
}

/* What came after the keeper's head is not believed for being stored. */
static void
test_F19_tail_rewritten(void **state)
{
	static const char *const edits[] = {
		"UPDATE audit SET result = 'accept' WHERE seq = 8",
		"UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 10",
		"UPDATE audit SET hash = zeroblob(32) WHERE seq = 10",
		"UPDATE audit SET hash = zeroblob(32) WHERE seq = 7",
		"UPDATE audit SET seal = zeroblob(64) WHERE seq = 9",
		"UPDATE audit SET seal = NULL WHERE seq = 10",
		"UPDATE audit SET detail = 'a' || char(10) WHERE seq = 10",
		"UPDATE audit SET detail = printf('%.600c', 'x') "
		"WHERE seq = 10",
		"UPDATE audit SET seq = 12 WHERE seq = 10",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		if (i > 0) {
			teardown(NULL);
			setup(NULL);
		}
		keeper_knows(5);
		print_message("%s\n", edits[i]);
		engine_rig_edit(&g, edits[i]);
		assert_gap();
	}
}

/* Nothing of it is a gap: what does not work ends the start. */
static void
test_R57_start_without_keeper(void **state)
{
	(void)state;
	keeper_fake_knobs(g.keeper)->fail_all = ERR_KEEPER;
	assert_int_equal(engine_rig_try(&g), ERR_KEEPER);
	keeper_fake_knobs(g.keeper)->fail_all = 0;
	assert_goes_on(0);
}

struct gaps {
	struct audit_record last;
	int n;
};

static int
see_gap(void *arg, const struct audit_row *row)
{
	struct gaps *gaps = arg;

	if (strcmp(row->record.action, "audit.gap") == 0) {
		gaps->last = row->record;
		gaps->n++;
	}
	return (0);
}

static struct gaps
find_gaps(void)
{
	struct gaps gaps = { .n = 0 };
	struct store *s;

	assert_int_equal(store_sqlite_open(g.path, STORE_READ, &s), 0);
	assert_int_equal(s->ops->audit_read(s, 1, 1, see_gap, &gaps), 0);
	s->ops->close(s);
	return (gaps);
}

/* An accepted gap is written down before anything else, and once. */
static void
test_accepted_gap_is_noted_once(void **state)
{
	struct audit_head head = { .node = 1 }, gap;
	struct audit_row row;
	struct gaps gaps;
	struct store *s;

	(void)state;
	engine_rig_edit(&g, "DELETE FROM audit WHERE seq >= 9");
	assert_gap();
	assert_int_equal(store_sqlite_open(g.path, STORE_READ, &s), 0);
	assert_int_equal(s->ops->audit_get(s, 1, 8, &row), 0);
	s->ops->close(s);
	head.seq = 8;
	memcpy(head.hash, row.hash, sizeof(head.hash));
	gap = head;
	keeper_fake_head(g.keeper, &head);
	keeper_fake_gap(g.keeper, &gap);
	assert_goes_on(1);
	gaps = find_gaps();
	assert_int_equal(gaps.n, 1);
	assert_true(gaps.last.seq == 9);
	assert_string_equal(gaps.last.actor, "system");
	assert_string_equal(gaps.last.reason, "accepted");
	assert_int_equal(
	    strncmp(gaps.last.detail, "after_seq=8 after_hash=", 23), 0);
	assert_goes_on(0); /* the keeper still tells of it */
	assert_goes_on(0);
	assert_int_equal(find_gaps().n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_clean_stop_confirms_all),
		TEST(test_follows_from_where_the_keeper_stands),
		TEST(test_head_within_a_transaction),
		TEST(test_F26_log_cut),
		TEST(test_F19_record_missing),
		TEST(test_F19_head_rewritten),
		TEST(test_F19_tail_rewritten),
		TEST(test_R57_start_without_keeper),
		TEST(test_accepted_gap_is_noted_once),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
