/*
 * Goal of this test: counting and locking by the numbers: limits by class,
 * tries that start anew after a timed lock, directions that do not lock one
 * another, and the hundred in a row that only an administrator ends.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/logins.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c authd/audit/audit_verify.c
 * Links: authd/base/err.c authd/base/log.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c tests/fakes/keeper_fake.c
 * Links: tests/fakes/store_mem.c tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/lock.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static struct account a;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	memset(&a, 0, sizeof(a));
	a.office.b[0] = 1;
	a.id.b[0] = 2;
	a.class = CLASS_GENERAL;
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

static struct lock
load(const char *bucket)
{
	struct lock lock;

	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    lock_load(&w.core, &a, COUNTER_CODE, bucket, &w.act.now, &lock), 0);
	return (lock);
}

/* Count n failures, each in its own transaction, looking before each. */
static void
count_failures(const char *bucket, int n)
{
	struct lock lock;

	for (; n > 0; n--) {
		core_world_begin(&w);
		lock = load(bucket);
		assert_int_equal(lock_fail(&w.core, &a, &lock, &w.act.now), 0);
		assert_int_equal(core_world_commit(&w), 0);
	}
}

static void
succeed(const char *bucket)
{
	struct lock lock;

	core_world_begin(&w);
	lock = load(bucket);
	assert_int_equal(lock_succeed(&w.core, &lock), 0);
	assert_int_equal(core_world_commit(&w), 0);
}

static void
test_R3_limits_by_class(void **state)
{
	static const struct {
		enum account_class class;
		int limit;
		int64_t lock_ms;
	} rows[] = {
		{ CLASS_GENERAL, 5, WORLD_HOUR_MS },
		{ CLASS_PRIVILEGED, 3, 6 * WORLD_HOUR_MS },
		{ CLASS_NONE, 3, 6 * WORLD_HOUR_MS },
	};
	struct lock lock;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a.id.b[1] = (uint8_t)i;
		a.class = rows[i].class;
		assert_int_equal(load("c:a").kind, LOCK_NONE);
		count_failures("c:a", rows[i].limit - 1);
		lock = load("c:a");
		assert_int_equal(lock.kind, LOCK_NONE);
		assert_int_equal(lock.own.failures, rows[i].limit - 1);
		count_failures("c:a", 1);
		lock = load("c:a");
		assert_int_equal(lock.kind, LOCK_TIMED);
		assert_true(
		    lock.until_steady == w.act.now.steady_ms + rows[i].lock_ms);
	}
}

static void
test_lock_ends_to_the_millisecond(void **state)
{
	struct lock lock;

	(void)state;
	count_failures("c:a", 5);
	clock_fake_pass(WORLD_HOUR_MS - 1);
	assert_int_equal(load("c:a").kind, LOCK_TIMED);
	clock_fake_pass(1);
	lock = load("c:a");
	assert_int_equal(lock.kind, LOCK_NONE);
	assert_int_equal(lock.own.failures, 0); /* tries start anew */
	assert_int_equal(lock.own.in_row, 5);   /* the row goes on */
	count_failures("c:a", 4);
	assert_int_equal(load("c:a").kind, LOCK_NONE);
	count_failures("c:a", 1);
	assert_int_equal(load("c:a").kind, LOCK_TIMED);
	assert_int_equal(load("c:a").own.in_row, 10);
}

static void
test_wall_clock_does_not_matter(void **state)
{
	(void)state;
	count_failures("c:a", 5);
	clock_fake_step(365 * 24 * WORLD_HOUR_MS);
	assert_int_equal(load("c:a").kind, LOCK_TIMED);
	clock_fake_step(-2 * 365 * 24 * WORLD_HOUR_MS);
	assert_int_equal(load("c:a").kind, LOCK_TIMED);
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(load("c:a").kind, LOCK_NONE);
}

static void
test_buckets_and_kinds_are_apart(void **state)
{
	struct lock lock;

	(void)state;
	count_failures("c:a", 5);
	count_failures("c:b", 2);
	assert_int_equal(load("c:a").kind, LOCK_TIMED);
	assert_int_equal(load("c:b").kind, LOCK_NONE);
	assert_int_equal(load("").kind, LOCK_NONE);
	assert_int_equal(load("").own.failures, 0);
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    lock_load(&w.core, &a, COUNTER_PASSWORD, "c:a", &w.act.now, &lock),
	    0);
	assert_int_equal(lock.kind, LOCK_NONE);
	a.id.b[0] = 3; /* another account */
	assert_int_equal(load("c:a").kind, LOCK_NONE);
}

static void
test_V23_success_clears_its_own_only(void **state)
{
	(void)state;
	count_failures("c:a", 4);
	count_failures("c:b", 3);
	succeed("c:a");
	assert_int_equal(load("c:a").own.failures, 0);
	assert_int_equal(load("c:a").own.in_row, 0);
	assert_int_equal(load("c:b").own.failures, 3);
	assert_int_equal(load("c:b").own.in_row, 3);
}

/* A success with nothing to clear writes nothing. */
static void
test_clean_success_is_free(void **state)
{
	(void)state;
	succeed("c:a");
	assert_int_equal(w.counter_puts, 0);
	count_failures("c:a", 1);
	succeed("c:a");
	assert_int_equal(w.counter_puts, 1);
}

static void
test_hundred_in_a_row(void **state)
{
	char bucket[16] = "c:x";
	int64_t until_ms;
	enum lock_kind kind;
	int i;

	(void)state;
	/* 33 directions with 3 each: none of them is locked by itself. */
	for (i = 0; i < 33; i++) {
		bucket[2] = (char)('A' + i);
		count_failures(bucket, 3);
		assert_int_equal(load(bucket).kind, LOCK_NONE);
	}
	count_failures("c:last", 1);
	assert_int_equal(load("c:last").kind, LOCK_ADMINISTRATOR);
	assert_int_equal(load("c:A").kind, LOCK_ADMINISTRATOR);
	assert_int_equal(load("c:never-seen").kind, LOCK_ADMINISTRATOR);
	clock_fake_pass(10 * 365 * 24 * WORLD_HOUR_MS); /* time is no help */
	assert_int_equal(load("c:A").kind, LOCK_ADMINISTRATOR);
	assert_int_equal(
	    lock_summary(&w.core, &a, &w.act.now, &kind, &until_ms), 0);
	assert_int_equal(kind, LOCK_ADMINISTRATOR);
	assert_int_equal(until_ms, 0);
}

/* One short of it, then a success in one direction takes its own share. */
static void
test_row_and_success(void **state)
{
	(void)state;
	w.policy.general.failures_max = 100;
	count_failures("c:a", 50);
	count_failures("c:b", 49);
	assert_int_equal(load("c:a").kind, LOCK_NONE);
	succeed("c:a");
	count_failures("c:a", 50);
	assert_int_equal(load("c:b").kind, LOCK_NONE);
	count_failures("c:b", 1);
	assert_int_equal(load("c:a").kind, LOCK_ADMINISTRATOR);
}

/* Password failures have a lock of their own, not the hundred of codes. */
static void
test_row_counts_codes_only(void **state)
{
	struct counter row = { .kind = COUNTER_PASSWORD, .in_row = 1000 };

	(void)state;
	row.office = a.office;
	row.account = a.id;
	core_world_begin(&w);
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(load("c:a").kind, LOCK_NONE);
}

static void
test_summary_is_the_latest_end(void **state)
{
	enum lock_kind kind = LOCK_TIMED;
	int64_t until_ms = 1;

	(void)state;
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    lock_summary(&w.core, &a, &w.act.now, &kind, &until_ms), 0);
	assert_int_equal(kind, LOCK_NONE);
	assert_int_equal(until_ms, 0);
	count_failures("c:a", 5);
	clock_fake_pass(1000);
	count_failures("c:b", 5);
	count_failures("c:c", 2);
	clock_fake_step(-7 * WORLD_HOUR_MS); /* told by the wall clock */
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    lock_summary(&w.core, &a, &w.act.now, &kind, &until_ms), 0);
	assert_int_equal(kind, LOCK_TIMED);
	assert_true(until_ms == w.act.now.wall_ms + WORLD_HOUR_MS);
	clock_fake_pass(WORLD_HOUR_MS);
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    lock_summary(&w.core, &a, &w.act.now, &kind, &until_ms), 0);
	assert_int_equal(kind, LOCK_NONE);
}

/* What cannot be read is locked, not open. */
static void
test_R57_store_error_is_no_free_try(void **state)
{
	struct lock lock;

	(void)state;
	steady_now(&w.steady, &w.act.now);
	store_mem_knobs(w.core.store)->fail_read = ERR_STORE;
	memset(&lock, 0, sizeof(lock));
	assert_int_equal(
	    lock_load(&w.core, &a, COUNTER_CODE, "c:a", &w.act.now, &lock),
	    ERR_STORE);
	assert_int_equal(lock.kind, LOCK_ADMINISTRATOR);
}

static void
test_R34_decoy_counts_nothing(void **state)
{
	(void)state;
	core_world_begin(&w);
	assert_int_equal(lock_decoy(&w.core), 0);
	assert_int_equal(lock_decoy(&w.core), 0);
	assert_int_equal(w.counter_puts, 2);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(load("").own.failures, 0);
	memset(&a, 0, sizeof(a));
	assert_int_equal(load("").own.failures, 0);
	assert_int_equal(load("").kind, LOCK_NONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R3_limits_by_class),
		TEST(test_lock_ends_to_the_millisecond),
		TEST(test_wall_clock_does_not_matter),
		TEST(test_buckets_and_kinds_are_apart),
		TEST(test_V23_success_clears_its_own_only),
		TEST(test_clean_success_is_free),
		TEST(test_hundred_in_a_row),
		TEST(test_row_and_success),
		TEST(test_row_counts_codes_only),
		TEST(test_summary_is_the_latest_end),
		TEST(test_R57_store_error_is_no_free_try),
		TEST(test_R34_decoy_counts_nothing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
