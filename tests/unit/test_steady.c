/*
 * Goal of this test: durations hold over restarts, reboots and every change of
 * the wall clock: nothing sets steady time back, and a lock ends when it ends.
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
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

#define YEAR_MS  (365 * 24 * WORLD_HOUR_MS)
#define START_MS 1795305600000
#define BOOT_A   "00000000-0000-4000-8000-00000000000a"
#define BOOT_B   "00000000-0000-4000-8000-00000000000b"

static struct store *st;

static int
setup(void **state)
{
	(void)state;
	clock_fake_set(START_MS, 3600000);
	assert_int_equal(store_mem_new(&st), 0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	st->ops->close(st);
	return (0);
}

static int64_t
now(const struct steady *s)
{
	struct moment m;

	steady_now(s, &m);
	return (m.steady_ms);
}

static void
save(const struct steady *s)
{
	assert_int_equal(st->ops->begin(st), 0);
	assert_int_equal(steady_save(s, st), 0);
	assert_int_equal(st->ops->commit(st), 0);
}

static void
test_first_start_is_wall_time(void **state)
{
	struct steady s;
	struct moment m;

	(void)state;
	assert_int_equal(steady_load(&s, st, BOOT_A), 0);
	assert_true(now(&s) == START_MS);
	clock_fake_pass(1234);
	clock_fake_step(-YEAR_MS);
	steady_now(&s, &m);
	assert_true(m.steady_ms == START_MS + 1234);
	assert_true(m.wall_ms == START_MS + 1234 - YEAR_MS);
}

static void
test_same_boot_same_offset(void **state)
{
	const int64_t steps[] = { YEAR_MS, -2 * YEAR_MS, 1, -1, 500 };
	struct steady s, again;
	size_t i;

	(void)state;
	assert_int_equal(steady_load(&s, st, BOOT_A), 0);
	save(&s);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		clock_fake_pass(777);
		clock_fake_step(steps[i]);
		assert_int_equal(steady_load(&again, st, BOOT_A), 0);
		assert_true(again.offset_ms == s.offset_ms);
		assert_true(now(&again) == now(&s));
	}
}

static void
test_reboot_counts_the_time_off(void **state)
{
	struct steady s, after;

	(void)state;
	assert_int_equal(steady_load(&s, st, BOOT_A), 0);
	clock_fake_pass(1000);
	save(&s);
	/* Off for ten minutes; the new boot is 20 s old. */
	clock_fake_set(START_MS + 1000 + 600000, 20000);
	assert_int_equal(steady_load(&after, st, BOOT_B), 0);
	assert_true(now(&after) == START_MS + 1000 + 600000);
	save(&after);
	clock_fake_pass(5000);
	assert_int_equal(steady_load(&s, st, BOOT_B), 0);
	assert_true(s.offset_ms == after.offset_ms);
}

/* Wall set back a year before the reboot: time does not go back with it. */
static void
test_reboot_with_wall_set_back(void **state)
{
	struct steady s, after;

	(void)state;
	assert_int_equal(steady_load(&s, st, BOOT_A), 0);
	clock_fake_pass(1000);
	save(&s);
	clock_fake_set(START_MS - YEAR_MS, 5000);
	assert_int_equal(steady_load(&after, st, BOOT_B), 0);
	assert_true(now(&after) == START_MS + 1000); /* the last stored */
	clock_fake_pass(60000);
	assert_true(now(&after) == START_MS + 61000);
}

static void
test_what_is_stored_must_be_numbers(void **state)
{
	struct steady s;

	(void)state;
	assert_int_equal(steady_load(&s, st, BOOT_A), 0);
	save(&s);
	assert_int_equal(st->ops->begin(st), 0);
	assert_int_equal(st->ops->meta_put(st, "steady_offset_ms", "12x"), 0);
	assert_int_equal(st->ops->meta_put(st, "steady_last_ms", ""), 0);
	assert_int_equal(st->ops->commit(st), 0);
	assert_int_equal(steady_load(&s, st, BOOT_A), ERR_CORRUPT);
	assert_int_equal(steady_load(&s, st, BOOT_B), ERR_CORRUPT);
	/* numbers, but no times: nothing can be added to them */
	assert_int_equal(st->ops->begin(st), 0);
	assert_int_equal(st->ops->meta_put(st, "steady_offset_ms",
			     "9223372036854775807"),
	    0);
	assert_int_equal(st->ops->meta_put(st, "steady_last_ms",
			     "-9223372036854775808"),
	    0);
	assert_int_equal(st->ops->commit(st), 0);
	assert_int_equal(steady_load(&s, st, BOOT_A), ERR_CORRUPT);
	assert_int_equal(steady_load(&s, st, BOOT_B), ERR_CORRUPT);
	store_mem_knobs(st)->fail_read = ERR_STORE;
	assert_int_equal(steady_load(&s, st, BOOT_A), ERR_STORE);
	store_mem_knobs(st)->fail_read = 0;
	assert_int_equal(
	    steady_load(&s, st, "an id of more than thirty-nine letters ..."),
	    ERR_INVALID);
}

/* V18: a lock set before a reboot holds for its hour, no more and no less,
 * whether the wall clock was right, a year early or a year late. */
static void
lock_over_reboot(int64_t wall_error, int64_t off_ms, int64_t still_locked_ms)
{
	struct core_world w;
	struct person p;
	struct lock lock;
	struct steady after;
	struct moment m;
	int i;

	core_world_start(&w);
	core_world_person(&w, "tokyo", "yamada", NULL, &p);
	core_world_begin(&w);
	for (i = 0; i < 5; i++) {
		assert_int_equal(lock_load(&w.core, &p.account, COUNTER_CODE,
				     "c:a", &w.act.now, &lock),
		    0);
		assert_int_equal(
		    lock_fail(&w.core, &p.account, &lock, &w.act.now), 0);
	}
	assert_int_equal(steady_save(&w.steady, w.core.store), 0);
	assert_int_equal(core_world_commit(&w), 0);
	clock_fake_set(w.act.now.wall_ms + wall_error + off_ms, 9000);
	assert_int_equal(steady_load(&after, w.core.store, BOOT_B), 0);
	for (i = 0; i < 2; i++) {
		if (still_locked_ms > 0)
			clock_fake_pass(i == 0 ? still_locked_ms - 1 : 1);
		steady_now(&after, &m);
		assert_int_equal(lock_load(&w.core, &p.account, COUNTER_CODE,
				     "c:a", &m, &lock),
		    0);
		assert_int_equal(lock.kind,
		    still_locked_ms > 0 && i == 0 ? LOCK_TIMED : LOCK_NONE);
	}
	core_world_stop(&w);
}

static void
test_V18_lock_over_reboot(void **state)
{
	(void)state;
	lock_over_reboot(0, 600000, WORLD_HOUR_MS - 600000);
	lock_over_reboot(0, 2 * WORLD_HOUR_MS, 0);
	/* Set back: the time off is lost, the hour is not. */
	lock_over_reboot(-YEAR_MS, 600000, WORLD_HOUR_MS);
	lock_over_reboot(-60000, 600000, WORLD_HOUR_MS - 540000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_start_is_wall_time),
		TEST(test_same_boot_same_offset),
		TEST(test_reboot_counts_the_time_off),
		TEST(test_reboot_with_wall_set_back),
		TEST(test_what_is_stored_must_be_numbers),
		TEST(test_V18_lock_over_reboot),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
