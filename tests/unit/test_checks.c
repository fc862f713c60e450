/*
 * Goal of this test: every code reaches the keeper once, in packets it takes,
 * answers go to the right asker; wrong codes are remembered with the
 * transaction that counted them, and by hash only.
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
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct checks *c;
static struct keeper *k;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(checks_new(&c), 0);
	assert_int_equal(keeper_fake_new(&k), 0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	checks_free(c);
	keeper_client_free(k);
	return (0);
}

/* 1,500 checks, more than one packet holds: each third is right. */
static void
test_many_in_order(void **state)
{
	static struct keeper_check checks[1500];
	static struct person people[3];
	static struct core_world w;
	struct keeper_check *check;
	size_t i;

	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "aa", NULL, &people[0]);
	core_world_person(&w, "tokyo", "bb", NULL, &people[1]);
	core_world_person(&w, "tokyo", "cc", NULL, &people[2]);
	checks_begin(w.core.checks);
	for (i = 0; i < 1500; i++) {
		struct person *q = &people[i % 3];
		struct phone stored;

		assert_int_equal(w.core.store->ops->phone_get(w.core.store,
				     &q->account.office, &q->account.id,
				     &q->phone.device, &stored),
		    0);
		check = &checks[i];
		check->owner.office = q->account.office;
		check->owner.account = q->account.id;
		check->owner.device = q->phone.device;
		check->sealed = stored.sealed;
		if (i % 3 == 1)
			core_world_code(
			    q->seed, core_world_step(), check->code);
		else
			core_world_wrong(q->seed, check->code);
		assert_int_equal(checks_add(w.core.checks, check), 0);
	}
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	for (i = 0; i < 1500; i++)
		assert_int_equal(checks[i].verdict,
		    i % 3 == 1 ? KEEPER_MATCH : KEEPER_NO_MATCH);
	/* They are forgotten: the next ones are judged alone. */
	checks[1].verdict = KEEPER_NO_MATCH;
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	assert_int_equal(checks[1].verdict, KEEPER_NO_MATCH);
	checks[4].verdict = KEEPER_NO_MATCH;
	assert_int_equal(checks_add(w.core.checks, &checks[4]), 0);
	checks_begin(w.core.checks);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	assert_int_equal(checks[4].verdict, KEEPER_NO_MATCH);
	core_world_stop(&w);
}

static void
test_R57_error_matches_nothing(void **state)
{
	static struct keeper_check checks[600];
	size_t i;

	(void)state;
	for (i = 0; i < 600; i++) {
		/* what the caller says is nothing */
		checks[i].verdict = KEEPER_MATCH;
		assert_int_equal(checks_add(c, &checks[i]), 0);
		assert_int_equal(checks[i].verdict, KEEPER_NO_MATCH);
	}
	keeper_fake_knobs(k)->verdict = KEEPER_MATCH;
	assert_int_equal(checks_run(c, k), 0);
	assert_int_equal(checks[599].verdict, KEEPER_MATCH);
	for (i = 0; i < 600; i++) {
		checks[i].verdict = KEEPER_MATCH;
		assert_int_equal(checks_add(c, &checks[i]), 0);
	}
	keeper_fake_knobs(k)->fail_check = ERR_TIMEOUT;
	assert_int_equal(checks_run(c, k), ERR_TIMEOUT);
	for (i = 0; i < 600; i++)
		assert_int_equal(checks[i].verdict, KEEPER_NO_MATCH);
}

static const struct id one = { { 1 } }, two = { { 2 } };

static bool
ask(const struct id *id, const char *bucket, const char *code, int64_t step)
{
	return (checks_is_repeat(c, id, bucket, code, step));
}

static void
test_repeat_is_exact(void **state)
{
	(void)state;
	checks_begin(c);
	assert_false(ask(&one, "c:a", "123456", 7));
	assert_true(ask(&one, "c:a", "123456", 7));
	assert_false(ask(&one, "c:a", "123456", 8));
	assert_false(ask(&one, "c:a", "123457", 7));
	assert_false(ask(&one, "c:b", "123456", 7));
	assert_false(ask(&two, "c:a", "123456", 7));
	assert_false(ask(&one, "c:a", "", 7));
	assert_true(ask(&one, "c:a", "", 7));
	/* What is bucket and what is code is no guess. */
	assert_false(ask(&one, "c:a1", "23456", 7));
	assert_false(ask(&one, "", "", 0));
}

static void
test_V11_remembered_by_commit_only(void **state)
{
	(void)state;
	checks_begin(c);
	assert_false(ask(&one, "c:a", "111111", 1));
	checks_ended(c, ERR_FULL);
	checks_begin(c);
	assert_false(ask(&one, "c:a", "111111", 1));
	checks_ended(c, 0);
	checks_begin(c);
	assert_true(ask(&one, "c:a", "111111", 1));
	checks_ended(c, 0);
	/* A job that is undone alone. */
	checks_begin(c);
	checks_mark(c);
	assert_false(ask(&one, "c:a", "222222", 1));
	checks_mark(c);
	assert_false(ask(&one, "c:a", "333333", 1));
	checks_rewind(c);
	checks_mark(c);
	assert_false(ask(&one, "c:a", "333333", 1));
	checks_rewind(c);
	checks_ended(c, 0);
	checks_begin(c);
	assert_true(ask(&one, "c:a", "222222", 1));
	assert_false(ask(&one, "c:a", "333333", 1));
}

/* Bounded: the oldest go first, and are then counted again. */
static void
test_memory_is_a_ring(void **state)
{
	char code[16];
	int i;

	(void)state;
	for (i = 0; i < 8192 + 100; i++) {
		if (i % 200 == 0) {
			checks_ended(c, 0);
			checks_begin(c);
		}
		snprintf(code, sizeof(code), "%06d", i);
		assert_false(ask(&one, "c:a", code, 5));
	}
	checks_ended(c, 0);
	checks_begin(c);
	assert_false(ask(&one, "c:a", "000000", 5));
	assert_true(ask(&one, "c:a", "008291", 5));
	assert_true(ask(&one, "c:a", "000200", 5));
}

/* R6: the code itself stays nowhere once it is judged. */
static void
test_no_code_is_kept(void **state)
{
	struct keeper_check check;

	(void)state;
	memset(&check, 0, sizeof(check));
	memcpy(check.code, "918273", 7);
	assert_int_equal(checks_add(c, &check), 0);
	assert_string_equal(check.code, "918273");
	assert_int_equal(checks_run(c, k), 0);
	assert_string_equal(check.code, "");
	memcpy(check.code, "918273", 7);
	assert_int_equal(checks_add(c, &check), 0);
	keeper_fake_knobs(k)->fail_check = ERR_KEEPER;
	assert_int_equal(checks_run(c, k), ERR_KEEPER);
	assert_string_equal(check.code, "");
}

/* R57: the message after one that went well is lost: what the first one said is
 * no answer either, for the caller is told of an error. */
static void
test_R57_second_message_lost(void **state)
{
	static struct keeper_check checks[KEEPER_CHECKS_MAX + 1];
	size_t i;

	(void)state;
	memset(checks, 0, sizeof(checks));
	for (i = 0; i <= KEEPER_CHECKS_MAX; i++) {
		memcpy(checks[i].code, "918273", 7);
		assert_int_equal(checks_add(c, &checks[i]), 0);
	}
	keeper_fake_knobs(k)->verdict = KEEPER_MATCH;
	keeper_fake_knobs(k)->good_checks = 1;
	keeper_fake_knobs(k)->fail_check = ERR_TIMEOUT;
	assert_int_equal(checks_run(c, k), ERR_TIMEOUT);
	assert_int_equal(keeper_fake_knobs(k)->good_checks, 0);
	for (i = 0; i <= KEEPER_CHECKS_MAX; i++) {
		assert_int_equal(checks[i].verdict, KEEPER_NO_MATCH);
		assert_true(checks[i].step == 0);
		assert_string_equal(checks[i].code, "");
	}
}

/* R6: nor in the packet that went to the keeper, which lies in the memory of
 * these checks, whether it was answered or not. */
static void
test_R6_packet_is_wiped(void **state)
{
	struct keeper_check check;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		memset(&check, 0, sizeof(check));
		memcpy(check.code, "918273", 7);
		memset(check.sealed.at, 0xa7, sizeof(check.sealed.at));
		check.sealed.len = sizeof(check.sealed.at);
		assert_int_equal(checks_add(c, &check), 0);
		if (i == 1)
			keeper_fake_knobs(k)->fail_check = ERR_TIMEOUT;
		assert_int_equal(checks_run(c, k), i == 0 ? 0 : ERR_TIMEOUT);
		assert_null(memmem(
		    c, malloc_usable_size((void *)c), "918273", 6));
		assert_null(memmem(c, malloc_usable_size((void *)c),
		    check.sealed.at, sizeof(check.sealed.at)));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many_in_order),
		TEST(test_R57_error_matches_nothing),
		TEST(test_repeat_is_exact),
		TEST(test_V11_remembered_by_commit_only),
		TEST(test_memory_is_a_ring),
		TEST(test_no_code_is_kept),
		TEST(test_R57_second_message_lost),
		TEST(test_R6_packet_is_wiped),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
