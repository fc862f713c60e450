/*
 * Goal of this test: 20,000 random events (time, clock steps, codes of every
 * kind, unlocks, disabling, transactions that roll back) end as a small model
 * written from DESIGN 6.1, 6.2 and 6.4 says. (V14)
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/clock.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

#ifdef __SANITIZE_ADDRESS__ /* five times slower */
#define EVENTS 6000
#else
#define EVENTS 20000
#endif
#define PEOPLE    3
#define CONSUMERS 3
#define BATCH     8
#define CODE_MAX  32
#define SEEN_MAX  8192 /* as many wrong codes as the daemon remembers */

enum answer { REFUSED, ACCEPTED, USED };

struct seen {
	int who, consumer;
	int64_t step;
	char code[CODE_DIGITS + 1];
};

/* All the model knows; copied to be taken back. */
struct model {
	struct {
		int64_t last_step, until[CONSUMERS];
		int tries[CONSUMERS], row[CONSUMERS];
		bool is_disabled;
	} of[PEOPLE];
	size_t seen_n;
};

static struct core_world w;
static struct person people[PEOPLE];
static struct model m;
static struct seen seen[SEEN_MAX];
static const char *const consumers[CONSUMERS] = { "local:sshd", "local:sudo",
	"host-1" };
static int limits[PEOPLE];
static int accepted, used, forever; /* seen in all runs */
static int victim = -1;             /* only wrong codes, for this one */
static const int64_t lock_ms[PEOPLE] = { WORLD_HOUR_MS, WORLD_HOUR_MS,
	6 * WORLD_HOUR_MS };

static bool
is_seen(int who, int consumer, const char *code, int64_t step)
{
	size_t i;

	for (i = 0; i < m.seen_n; i++)
		if (seen[i].who == who && seen[i].consumer == consumer &&
		    seen[i].step == step && strcmp(seen[i].code, code) == 0)
			return (true);
	assert_true(m.seen_n < SEEN_MAX);
	seen[m.seen_n].who = who;
	seen[m.seen_n].consumer = consumer;
	seen[m.seen_n].step = step;
	snprintf(seen[m.seen_n++].code, CODE_DIGITS + 1, "%s", code);
	return (false);
}

static enum answer
predict(int who, int consumer, const char *code)
{
	int64_t now = core_world_step(), boot = clock_boot_ms(), step, hit = 0;
	char right[CODE_DIGITS + 1];
	int i, row = 0;

	if (m.of[who].is_disabled)
		return (REFUSED);
	for (i = 0; i < CONSUMERS; i++)
		row += m.of[who].row[i];
	if (row >= 100 || m.of[who].until[consumer] > boot)
		return (REFUSED);
	if (m.of[who].until[consumer] != 0) {
		m.of[who].until[consumer] = 0;
		m.of[who].tries[consumer] = 0;
	}
	for (step = now - 1; step <= now + 1; step++) {
		core_world_code(people[who].seed, step, right);
		if (strcmp(right, code) == 0)
			hit = step;
	}
	if (hit != 0 && hit > m.of[who].last_step) {
		m.of[who].last_step = hit;
		m.of[who].tries[consumer] = m.of[who].row[consumer] = 0;
		return (ACCEPTED);
	}
	if (hit != 0 && hit == m.of[who].last_step)
		return (USED);
	if (is_seen(who, consumer, code, now))
		return (REFUSED);
	m.of[who].row[consumer]++;
	if (++m.of[who].tries[consumer] == limits[who])
		m.of[who].until[consumer] = boot + lock_ms[who];
	return (REFUSED);
}

static long
pick(long n)
{
	return (random() % n);
}

/* A code near now, one of a few wrong ones, or no code. */
static void
make_code(int who, char code[CODE_MAX])
{
	long kind = victim < 0 ? pick(10) : 6;

	if (kind < 6)
		core_world_code(people[who].seed,
		    core_world_step() + (kind < 3 ? 0 : pick(7) - 3), code);
	else if (kind < 9)
		snprintf(code, CODE_MAX, "%06ld", pick(200));
	else
		snprintf(code, CODE_MAX, "%07ld", pick(10000000));
}

static void
verify_some(size_t n, int fail)
{
	struct model before = m;
	struct verify v[BATCH];
	enum answer want[BATCH];
	char code[CODE_MAX];
	int who, consumer;
	size_t i;

	for (i = 0; i < n; i++) {
		who = victim < 0 ? (int)pick(PEOPLE) : victim;
		consumer = (int)pick(CONSUMERS);
		make_code(who, code);
		core_world_ask(
		    &v[i], people[who].login, code, consumers[consumer]);
		want[i] = predict(who, consumer, v[i].code);
	}
	store_mem_knobs(w.core.store)->fail_commit = fail;
	assert_int_equal(core_world_batch(&w, v, n), fail);
	store_mem_knobs(w.core.store)->fail_commit = 0;
	if (fail != 0) {
		m = before;
		return;
	}
	for (i = 0; i < n; i++) {
		accepted += want[i] == ACCEPTED;
		used += want[i] == USED;
		if (v[i].verdict != (want[i] == ACCEPTED) ||
		    v[i].is_used_code != (want[i] == USED))
			fail_msg("%s at %s: %d, the model says %d", v[i].login,
			    v[i].consumer, v[i].verdict, want[i]);
	}
}

static void
unlock(int who)
{
	struct account_view view;
	int i;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_unlock(&w.core, &w.act, people[who].login, &view)),
	    0);
	for (i = 0; i < CONSUMERS; i++)
		m.of[who].until[i] = m.of[who].tries[i] = m.of[who].row[i] = 0;
}

static void
enable(int who, bool is_enabled)
{
	struct account_view view;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_enable(&w.core, &w.act, people[who].login,
				 is_enabled, &view)),
	    0);
	m.of[who].is_disabled = !is_enabled;
}

/* The lock people are shown is the one that acts. */
static void
compare_view(int who)
{
	struct account_view view;
	int64_t latest = 0;
	int i, row = 0;

	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    account_show(&w.core, &w.act, people[who].login, &view), 0);
	for (i = 0; i < CONSUMERS; i++) {
		row += m.of[who].row[i];
		if (m.of[who].until[i] > clock_boot_ms() &&
		    m.of[who].until[i] > latest)
			latest = m.of[who].until[i];
	}
	assert_int_equal(view.lock,
	    row >= 100        ? LOCK_ADMINISTRATOR
		: latest != 0 ? LOCK_TIMED
			      : LOCK_NONE);
	forever += view.lock == LOCK_ADMINISTRATOR;
	if (view.lock == LOCK_TIMED)
		assert_true(view.locked_until_ms ==
		    clock_wall_ms() + latest - clock_boot_ms());
}

/* Somebody guesses, 120 times within an hour. */
static void
attack(void)
{
	int i;

	victim = (int)pick(PEOPLE);
	for (i = 0; i < 15; i++) {
		verify_some(BATCH, 0);
		clock_fake_pass(4 * 60000);
	}
	victim = -1;
}

static size_t
event(void)
{
	long kind = pick(100);
	size_t n = 1;

	if (kind < 55)
		verify_some(n = (size_t)pick(BATCH) + 1, 0);
	else if (kind < 60)
		verify_some(n = (size_t)pick(BATCH) + 1, ERR_FULL);
	else if (kind < 85)
		clock_fake_pass(pick(45000));
	else if (kind < 88)
		clock_fake_pass(pick(2 * WORLD_HOUR_MS));
	else if (kind < 91)
		clock_fake_step(pick(240000) - 120000);
	else if (kind < 92)
		unlock((int)pick(PEOPLE));
	else if (kind < 93) {
		attack();
		n = 15 * BATCH;
	} else if (kind < 95)
		enable((int)pick(PEOPLE), pick(4) != 0);
	else
		compare_view((int)pick(PEOPLE));
	return (n);
}

static void
run(unsigned seed, int general, int privileged)
{
	size_t n;
	int i;

	core_world_start(&w);
	memset(&m, 0, sizeof(m));
	srandom(seed);
	limits[0] = limits[1] = w.policy.general.failures_max = general;
	limits[2] = w.policy.privileged.failures_max = privileged;
	for (i = 0; i < PEOPLE; i++) {
		core_world_person(&w, "tokyo",
		    i == 0       ? "yamada"
			: i == 1 ? "suzuki"
				 : "kanri",
		    i == 2 ? "privileged" : "general", &people[i]);
		m.of[i].last_step = people[i].phone.last_step;
	}
	for (n = 0; n < EVENTS / 2;)
		n += event();
	assert_true(core_world_log_is_whole(&w));
	core_world_stop(&w);
}

static void
test_V14_model(void **state)
{
	(void)state;
	run(20261122, 5, 3);
	run(42, 60, 25); /* so that the hundred comes before the lock */
	assert_in_range(accepted, EVENTS / 40, EVENTS);
	assert_in_range(used, EVENTS / 200, EVENTS);
	assert_in_range(forever, 3, EVENTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V14_model),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
