/*
 * Goal of this test: the records of a transaction are chained, sealed once and
 * stored with it or not at all; a record that could not be read back spoils no
 * other; after every kind of failure the chain goes on.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/logins.c
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

#include "authd/audit/audit_verify.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static const struct journal_entry entry = { .office = "tokyo",
	.account = "yamada",
	.action = "test.act",
	.result = "done" };

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

static int
add(const char *detail)
{
	struct journal_entry e = entry;

	e.detail = detail;
	return (journal_add(w.core.journal, &w.act, &e));
}

static struct audit_row
row_at(int64_t seq)
{
	struct audit_row row;

	assert_int_equal(
	    w.core.store->ops->audit_get(w.core.store, 1, seq, &row), 0);
	return (row);
}

static void
test_R56_record_says_all(void **state)
{
	struct id device = { { 1, 2, 3 } };
	struct journal_entry e = { .office = "tokyo",
		.account = "yamada",
		.device = &device,
		.action = "verify",
		.result = "refuse",
		.reason = "wrong_code",
		.detail = "consumer=local:sshd" };
	struct audit_row row;

	(void)state;
	clock_fake_pass(1234);
	core_world_begin(&w);
	snprintf(w.act.source, sizeof(w.act.source), "host-1 192.0.2.1");
	assert_int_equal(journal_add(w.core.journal, &w.act, &e), 0);
	assert_int_equal(core_world_commit(&w), 0);
	row = row_at(1);
	assert_int_equal(row.record.node, 1);
	assert_true(row.record.at_ms == 1795305600000 + 1234);
	assert_string_equal(row.record.actor, "unix:0");
	assert_string_equal(row.record.source, "host-1 192.0.2.1");
	assert_string_equal(row.record.office, "tokyo");
	assert_string_equal(row.record.account, "yamada");
	assert_string_equal(
	    row.record.device, "01020300-0000-0000-0000-000000000000");
	assert_string_equal(row.record.action, "verify");
	assert_string_equal(row.record.result, "refuse");
	assert_string_equal(row.record.reason, "wrong_code");
	assert_string_equal(
	    row.record.request_id, "0123456789abcdefghjkmnpqrs");
	assert_string_equal(row.record.detail, "consumer=local:sshd");
}

/* The record of that number, which is the next, with a detail. */
static struct audit_row
stored(int64_t seq, const char *detail)
{
	core_world_begin(&w);
	assert_int_equal(add(detail), 0);
	assert_int_equal(core_world_commit(&w), 0);
	return (row_at(seq));
}

/* However long a detail is, who was where and why is told in full, and what
 * was cut shows. */
static void
test_long_detail(void **state)
{
	char longest[AUDIT_DETAIL_MAX + 1], wide[AUDIT_DETAIL_MAX + 1];
	char why[NAME_MAX_BYTES + 1], place[ACT_PLACE_MAX + 1];
	char tail[AUDIT_DETAIL_MAX];
	const char *got;
	struct audit_row row;
	size_t i;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "key=", 4);
	longest[sizeof(longest) - 1] = '\0';
	/* a character of three bytes everywhere */
	for (i = 0; i + 3 < sizeof(wide); i += 3)
		memcpy(wide + i, "\xe9\x96\xa2", 4);
	memset(why, 'w', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	memset(place, 'p', sizeof(place) - 1);
	memcpy(place, "tty=", 4);
	memcpy(place + 70, " ruser=", 7);
	place[sizeof(place) - 1] = '\0';

	row = stored(1, longest);
	assert_string_equal(row.record.detail, longest);
	strcpy(w.act.place, "tty=ssh ruser=root");
	row = stored(2, "step=1");
	assert_string_equal(row.record.detail, "step=1 tty=ssh ruser=root");
	row = stored(3, NULL);
	assert_string_equal(row.record.detail, "tty=ssh ruser=root");
	for (i = 0; i < 4; i++) {
		strcpy(w.act.place, i == 0 ? "tty=ssh ruser=root" : place);
		strcpy(w.act.reason, i < 2 ? "" : why);
		row = stored(4 + (int64_t)i, i == 3 ? wide : longest);
		got = row.record.detail;
		snprintf(tail, sizeof(tail), "%s%s%s %s",
		    i < 2 ? "..." : "... reason=\"", i < 2 ? "" : why,
		    i < 2 ? "" : "\"", w.act.place);
		assert_true(strlen(got) > strlen(tail) + 100);
		assert_string_equal(got + strlen(got) - strlen(tail), tail);
		assert_true(strlen(got) > AUDIT_DETAIL_MAX - 3);
		assert_memory_equal(got, i == 3 ? wide : longest, 99);
	}
}

static void
test_2b_9_one_seal_a_transaction(void **state)
{
	struct audit_head head;
	int i, k;

	(void)state;
	for (i = 0; i < 3; i++) {
		core_world_begin(&w);
		for (k = 0; k < 4; k++)
			assert_int_equal(add("x"), 0);
		assert_int_equal(core_world_commit(&w), 0);
	}
	for (i = 1; i <= 12; i++) {
		assert_int_equal(row_at(i).has_seal, i % 4 == 0);
		assert_true(row_at(i).record.seq == i);
	}
	assert_int_equal(keeper_fake_knobs(w.core.keeper)->seals, 3);
	journal_head(w.core.journal, &head);
	assert_true(head.seq == 12);
	assert_memory_equal(head.hash, row_at(12).hash, AUDIT_HASH_LEN);
	assert_true(core_world_log_is_whole(&w));
}

static void
test_nothing_noted_nothing_sealed(void **state)
{
	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(keeper_fake_knobs(w.core.keeper)->seals, 0);
	assert_true(core_world_seq(&w) == 0);
	assert_int_equal(journal_confirm(w.core.journal, w.core.keeper), 0);
}

static void
test_rewind_drops_the_job(void **state)
{
	(void)state;
	core_world_begin(&w);
	journal_mark(w.core.journal);
	assert_int_equal(add("first"), 0);
	journal_mark(w.core.journal);
	assert_int_equal(add("undone"), 0);
	assert_int_equal(add("undone"), 0);
	journal_rewind(w.core.journal);
	journal_mark(w.core.journal);
	assert_int_equal(add("second"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == 2);
	assert_string_equal(row_at(1).record.detail, "first");
	assert_string_equal(row_at(2).record.detail, "second");
	assert_true(core_world_log_is_whole(&w));
}

/* Whatever broke, the next transaction continues the committed chain. */
static void
test_R57_goes_on_after_failures(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);
	int part;

	(void)state;
	for (part = 0; part < 12; part++) {
		k->fail_seal = part % 4 == 0 ? ERR_TIMEOUT : 0;
		s->fail_change = part % 4 == 1 ? ERR_FULL : 0;
		s->fail_commit = part % 4 == 2 ? ERR_FULL : 0;
		core_world_begin(&w);
		assert_int_equal(add("x"), 0);
		assert_int_equal(add("y"), 0);
		assert_int_equal(core_world_commit(&w),
		    part % 4 == 0       ? ERR_TIMEOUT
			: part % 4 == 3 ? 0
					: ERR_FULL);
		assert_true(core_world_seq(&w) == 2 * ((part + 1) / 4));
		if (part % 3 == 0)
			assert_int_equal(
			    journal_confirm(w.core.journal, w.core.keeper), 0);
	}
	core_world_begin(&w);
	assert_int_equal(add("dropped"), 0);
	core_world_rollback(&w);
	core_world_begin(&w);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == 6);
	assert_true(core_world_log_is_whole(&w));
}

/* What was sealed are not our records: nothing of it is kept, and what is
 * sealed of them afterwards continues the log. */
static void
test_R56_another_head_is_sealed(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);

	(void)state;
	core_world_begin(&w);
	assert_int_equal(add("first"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	k->seals_another = true;
	core_world_begin(&w);
	assert_int_equal(add("second"), 0);
	assert_int_equal(core_world_commit(&w), ERR_KEEPER);
	assert_true(core_world_seq(&w) == 1);
	k->seals_another = false;
	core_world_begin(&w);
	assert_int_equal(add("third"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == 2);
	assert_string_equal(row_at(2).record.detail, "third");
	assert_true(core_world_log_is_whole(&w));
}

/* The keeper learns the head; asked again it need not be told. */
static void
test_confirm(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);
	struct keeper_hello hello;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(add("x"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(keeper_client_hello(w.core.keeper, &hello), 0);
	assert_true(hello.confirmed.seq == 0);
	k->fail_confirm = ERR_TIMEOUT;
	assert_int_equal(
	    journal_confirm(w.core.journal, w.core.keeper), ERR_TIMEOUT);
	k->fail_confirm = 0;
	assert_int_equal(journal_confirm(w.core.journal, w.core.keeper), 0);
	assert_int_equal(keeper_client_hello(w.core.keeper, &hello), 0);
	assert_true(hello.confirmed.seq == 1);
	assert_memory_equal(
	    hello.confirmed.hash, row_at(1).hash, AUDIT_HASH_LEN);
	k->fail_confirm = ERR_TIMEOUT; /* not asked again */
	assert_int_equal(journal_confirm(w.core.journal, w.core.keeper), 0);
}

/* The keeper refuses a head it does not know: a mistake on our side. */
static void
test_foreign_head_is_no_seal(void **state)
{
	struct audit_head other = { .node = 1, .seq = 7 };

	(void)state;
	keeper_fake_head(w.core.keeper, &other);
	core_world_begin(&w);
	assert_int_equal(add("x"), 0);
	assert_int_equal(core_world_commit(&w), ERR_KEEPER);
	assert_true(core_world_seq(&w) == 0);
}

static void
test_R56_no_forged_record(void **state)
{
	static const char *const bad[] = { "a\nb", "\x1b[2J", "\x7f",
		"\xc2\x9b", "\xff", "\xe3\x81" };
	struct journal_entry e;
	char longest[AUDIT_DETAIL_MAX + 2];
	size_t i;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(add("good"), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(add(bad[i]), ERR_INVALID);
		e = entry;
		e.account = bad[i];
		assert_int_equal(
		    journal_add(w.core.journal, &w.act, &e), ERR_INVALID);
	}
	memset(longest, 'a', sizeof(longest));
	longest[AUDIT_DETAIL_MAX + 1] = '\0';
	assert_int_equal(add(longest), ERR_INVALID);
	longest[AUDIT_DETAIL_MAX] = '\0';
	assert_int_equal(add(longest), 0);
	e = entry;
	e.reason = "a_reason_of_more_than_32_characters";
	assert_int_equal(journal_add(w.core.journal, &w.act, &e), ERR_INVALID);
	assert_int_equal(add("good too"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == 3);
	assert_true(core_world_log_is_whole(&w));
}

static void
test_full_journal(void **state)
{
	int i;

	(void)state;
	core_world_begin(&w);
	for (i = 0; i < JOURNAL_MAX; i++)
		assert_int_equal(add("x"), 0);
	assert_int_equal(add("x"), ERR_BUSY);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == JOURNAL_MAX);
	assert_true(core_world_log_is_whole(&w));
}

static int
check_row(void *arg, const struct audit_row *row)
{
	audit_verify_add(
	    arg, &row->record, row->hash, row->has_seal ? row->seal : NULL);
	return (0);
}

/* A journal that is made anew over the stored head continues the log. */
static void
test_continues_after_restart(void **state)
{
	struct audit_head head;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(add("x"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(
	    w.core.store->ops->audit_head(w.core.store, 1, &head), 0);
	journal_free(w.core.journal);
	assert_int_equal(journal_new(1, &head, &w.core.journal), 0);
	core_world_begin(&w);
	assert_int_equal(add("y"), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_true(core_world_seq(&w) == 2);
	assert_true(core_world_log_is_whole(&w));
}

static struct audit_row *tampered;
static int64_t victim;

static int
check_tampered(void *arg, const struct audit_row *row)
{
	return (check_row(arg, row->record.seq == victim ? tampered : row));
}

/* The stored rows under audit_verify: one changed letter is named. */
static void
test_F19_a_change_is_named(void **state)
{
	struct keeper_hello hello;
	struct audit_verify v;
	struct audit_row row;

	(void)state;
	for (victim = 0; victim < 9; victim++) {
		core_world_begin(&w);
		assert_int_equal(add("a"), 0);
		assert_int_equal(core_world_commit(&w), 0);
	}
	assert_int_equal(keeper_client_hello(w.core.keeper, &hello), 0);
	for (victim = 1; victim <= 9; victim++) {
		row = row_at(victim);
		row.record.detail[0] = 'b';
		tampered = &row;
		audit_verify_init(&v, hello.audit_pub, 1);
		assert_int_equal(w.core.store->ops->audit_read(
				     w.core.store, 1, 1, check_tampered, &v),
		    0);
		assert_false(audit_verify_end(&v));
		assert_true(v.first_bad == victim);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R56_record_says_all),
		TEST(test_long_detail),
		TEST(test_2b_9_one_seal_a_transaction),
		TEST(test_nothing_noted_nothing_sealed),
		TEST(test_rewind_drops_the_job),
		TEST(test_R57_goes_on_after_failures),
		TEST(test_R56_another_head_is_sealed),
		TEST(test_confirm),
		TEST(test_foreign_head_is_no_seal),
		TEST(test_R56_no_forged_record),
		TEST(test_full_journal),
		TEST(test_continues_after_restart),
		TEST(test_F19_a_change_is_named),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
