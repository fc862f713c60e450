/*
 * Goal of this test: after a step of the clock back no code is taken, with the
 * administrator's word new ones are, and none that was accepted ever again.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/clockset.c authd/core/source.c authd/core/source_slot.c authd/core/source_address.c
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/clock.h"
#include "authd/core/clockset.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static struct person p;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "yamada", "general", &p);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(&w));
	core_world_stop(&w);
	return (0);
}

/* The keeper's mark follows the clock, as it does every second. */
static void
see(void)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);

	if (clock_wall_ms() > k->high_water_ms)
		k->high_water_ms = clock_wall_ms();
}

static enum verdict
ask_step(int64_t step)
{
	char code[CODE_DIGITS + 1];

	see();
	core_world_code(p.seed, step, code);
	return (core_world_verify(&w, p.login, code, "local:sshd").verdict);
}

static void
assert_last(const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
}

static int64_t
confirm(void)
{
	struct clockset set;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, clockset_confirm(&w.core, &w.act, &set)), 0);
	assert_int_equal(set.wall_ms, clock_wall_ms());
	return (set.phones);
}

static int
failures(void)
{
	struct counter row;

	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &p.account.office,
		&p.account.id, COUNTER_CODE, "c:local:sshd", &row),
	    0);
	return (row.failures);
}

static void
test_V2_back_one_hour(void **state)
{
	int64_t a = core_world_step(), b;
	struct audit_record rec;

	(void)state;
	assert_int_equal(ask_step(a), VERDICT_ACCEPT);
	clock_fake_pass(WORLD_HOUR_MS);
	b = core_world_step();
	assert_int_equal(ask_step(b), VERDICT_ACCEPT);
	assert_int_equal(ask_step(b + 1), VERDICT_ACCEPT);
	clock_fake_step(-WORLD_HOUR_MS);
	/* nothing is compared, nothing counted */
	assert_int_equal(ask_step(a), VERDICT_REFUSE);
	assert_last("refuse", "clock_behind");
	assert_int_equal(ask_step(a + 1), VERDICT_REFUSE);
	assert_last("refuse", "clock_behind");
	assert_int_equal(failures(), 0);
	assert_int_equal(confirm(), 1);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "clock.confirm");
	assert_string_equal(rec.result, "done");
	assert_string_equal(
	    rec.detail, "from=2026-11-22T01:01:30.000Z phones=1 burned=5");
	assert_int_equal(ask_step(a), VERDICT_REFUSE);
	assert_int_equal(ask_step(a + 1), VERDICT_ACCEPT);
	/* B when it comes again */
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(core_world_step(), b);
	assert_int_equal(ask_step(b), VERDICT_REFUSE);
	assert_int_equal(ask_step(b + 1), VERDICT_REFUSE);
	clock_fake_pass(2 * WORLD_STEP_MS);
	assert_int_equal(ask_step(b + 2), VERDICT_ACCEPT);
	/* a second confirmation brings nobody back */
	assert_int_equal(confirm(), 0);
}

static void
set_offset(int32_t offset, int64_t step)
{
	struct store *s = w.core.store;
	bool took = false;

	see();
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w,
		s->ops->phone_resync(
		    s, &p.phone, offset, step, clock_wall_ms(), &took)),
	    0);
	assert_true(took);
}

/* A phone that was as fast as may be and is as slow now: its code was accepted
 * long before the time the clock goes back to, and is later than it still. */
static void
test_V2_offset_changed_between(void **state)
{
	int64_t a = core_world_step();

	(void)state;
	set_offset(20, a + 19);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask_step(a + 21), VERDICT_ACCEPT);
	clock_fake_pass(60 * WORLD_STEP_MS);
	set_offset(-20, a + 41);
	clock_fake_step(-21 * WORLD_STEP_MS);
	assert_int_equal(core_world_step(), a + 40);
	assert_int_equal(confirm(), 1);
	assert_int_equal(ask_step(a + 21), VERDICT_REFUSE);
	clock_fake_pass(2 * WORLD_STEP_MS);
	assert_int_equal(ask_step(a + 22), VERDICT_ACCEPT);
}

/* What an earlier confirmation burned, forgotten since, is burned again. */
static void
test_V2_back_twice(void **state)
{
	int64_t a = core_world_step();

	(void)state;
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(ask_step(core_world_step()), VERDICT_ACCEPT);
	clock_fake_step(-WORLD_HOUR_MS);
	assert_int_equal(confirm(), 1);
	assert_int_equal(ask_step(a + 1), VERDICT_ACCEPT);
	clock_fake_pass(2 * WORLD_HOUR_MS);
	assert_int_equal(ask_step(core_world_step()), VERDICT_ACCEPT);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, w.core.store->ops->phone_burned_clear(w.core.store)),
	    0);
	clock_fake_step(-2 * WORLD_HOUR_MS);
	assert_int_equal(confirm(), 1);
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(ask_step(a + 120), VERDICT_REFUSE);
	assert_int_equal(ask_step(a + 121), VERDICT_ACCEPT);
}

/* A phone may be one window ahead of the clock without being in the future. */
static void
test_window_is_no_future(void **state)
{
	int64_t a = core_world_step();

	(void)state;
	assert_int_equal(ask_step(a + 1), VERDICT_ACCEPT);
	assert_int_equal(confirm(), 0);
	clock_fake_step(-WORLD_STEP_MS);
	assert_int_equal(confirm(), 1);
	/* one step below: it might be of the last one's own transaction */
	assert_int_equal(ask_step(a), VERDICT_REFUSE);
	clock_fake_pass(2 * WORLD_STEP_MS);
	assert_int_equal(ask_step(a + 1), VERDICT_REFUSE);
	assert_int_equal(ask_step(a + 2), VERDICT_ACCEPT);
}

/* The keeper gone: no phone is touched. */
static void
test_keeper_gone(void **state)
{
	struct clockset set;

	(void)state;
	keeper_fake_knobs(w.core.keeper)->fail_all = ERR_KEEPER;
	core_world_begin(&w);
	assert_int_equal(clockset_confirm(&w.core, &w.act, &set), ERR_KEEPER);
	core_world_rollback(&w);
	keeper_fake_knobs(w.core.keeper)->fail_all = 0;
}

/* F2: 600 steps, 1 s to 10 years both ways: no code is taken twice. */
static void
test_F2_random_steps(void **state)
{
	static int64_t taken[20000];
	int64_t step, ms, n_accepted = 0;
	size_t n = 0, i;
	unsigned r = 1;
	int k, j;

	(void)state;
	for (k = 0; k < 600; k++) {
		r = r * 1103515245u + 12345u;
		ms = 1000LL << (r >> 16) % 29;
		if ((r & 0x80000000u) != 0 && clock_wall_ms() > ms)
			ms = -ms;
		if (clock_wall_ms() + ms < 4102444800000LL)
			clock_fake_step(ms);
		clock_fake_pass(1000);
		if (r % 3 != 0)
			(void)confirm();
		for (j = -1; j <= 1; j++) {
			step = core_world_step() + j;
			if (ask_step(step) != VERDICT_ACCEPT)
				continue;
			for (i = 0; i < n; i++)
				assert_int_not_equal(taken[i], step);
			taken[n++] = step;
			n_accepted++;
		}
		if (r % 5 == 0) {
			core_world_begin(&w);
			assert_int_equal(
			    core_world_ended(&w,
				w.core.store->ops->phone_burned_clear(w.core.store)),
			    0);
		}
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(&w,
			w.core.store->ops->counter_clear(
			    w.core.store, &p.account.office, &p.account.id)),
		    0);
	}
	assert_true(n_accepted > 150);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_V2_back_one_hour),
		T(test_V2_offset_changed_between), T(test_window_is_no_future),
		T(test_V2_back_twice), T(test_window_is_no_future),
		T(test_keeper_gone), T(test_F2_random_steps) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
