/*
 * Goal of this test: guessing codes ends in a lock by the numbers, over any mix
 * of transactions and consumers, and the lock hides and keeps the right code.
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

#include "authd/base/clock.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

#define SSHD "local:sshd"

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
	core_world_stop(&w);
	return (0);
}

static struct counter
counter(const struct person *q, const char *consumer)
{
	char bucket[BUCKET_MAX + 1];
	struct counter row;

	snprintf(bucket, sizeof(bucket), "c:%s", consumer);
	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &q->account.office,
		&q->account.id, COUNTER_CODE, bucket, &row),
	    0);
	return (row);
}

static struct verify
ask(const struct person *q, int shift, const char *consumer)
{
	char code[CODE_DIGITS + 1];

	core_world_code(q->seed, core_world_step() + shift, code);
	return (core_world_verify(&w, q->login, code, consumer));
}

/* n wrong codes, each in a step of its own. */
static void
guess(const struct person *q, const char *consumer, int n)
{
	char bad[CODE_DIGITS + 1];

	for (; n > 0; n--) {
		clock_fake_pass(WORLD_STEP_MS);
		core_world_wrong(q->seed, bad);
		assert_int_equal(
		    core_world_verify(&w, q->login, bad, consumer).verdict,
		    VERDICT_REFUSE);
	}
}

static void
assert_reason(const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.reason, reason);
}

static void
unlock(const char *login)
{
	struct account_view view;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_unlock(&w.core, &w.act, login, &view)),
	    0);
	assert_int_equal(view.lock, LOCK_NONE);
	assert_int_equal(view.locked_until_ms, 0);
}

/* At the limit locked; the right code then neither judged nor used up. */
static void
lock_and_wait(const struct person *q, int limit, int64_t lock_ms)
{
	guess(q, SSHD, limit - 1);
	assert_reason("wrong_code");
	assert_int_equal(ask(q, 0, SSHD).verdict, VERDICT_ACCEPT);
	guess(q, SSHD, limit);
	assert_reason("wrong_code");
	assert_int_equal(ask(q, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
	clock_fake_pass(lock_ms - 1);
	assert_int_equal(ask(q, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
	assert_int_equal(counter(q, SSHD).failures, limit);
	clock_fake_pass(1);
	/* In the next step by now or not: window 1 holds both. */
	assert_int_equal(ask(q, 0, SSHD).verdict, VERDICT_ACCEPT);
	assert_int_equal(counter(q, SSHD).failures, 0);
	assert_int_equal(counter(q, SSHD).in_row, 0);
}

static void
test_R4_general(void **state)
{
	(void)state;
	lock_and_wait(&p, 5, WORLD_HOUR_MS);
}

static void
test_R4_privileged(void **state)
{
	struct person q;

	(void)state;
	core_world_person(&w, "tokyo", "kanri", "privileged", &q);
	lock_and_wait(&q, 3, 6 * WORLD_HOUR_MS);
}

/* The very code that was refused while locked is good when the lock ends. */
static void
test_V14_code_kept_over_the_lock(void **state)
{
	char good[CODE_DIGITS + 1];

	(void)state;
	guess(&p, SSHD, 5);
	clock_fake_pass(WORLD_HOUR_MS - 1);
	core_world_code(p.seed, core_world_step(), good);
	assert_int_equal(core_world_verify(&w, "yamada", good, SSHD).verdict,
	    VERDICT_REFUSE);
	clock_fake_pass(1);
	assert_int_equal(core_world_verify(&w, "yamada", good, SSHD).verdict,
	    VERDICT_ACCEPT);
}

/* No hint while locked, though the code is the one used last. */
static void
test_V15_no_hint_while_locked(void **state)
{
	char bad[CODE_DIGITS + 1];
	struct verify v;
	int i;

	(void)state;
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_ACCEPT);
	core_world_wrong(p.seed, bad);
	for (i = 0; i < 5; i++) {
		bad[0] = (char)('0' + i); /* other codes, the same step */
		core_world_verify(&w, "yamada", bad, SSHD);
	}
	v = ask(&p, 0, SSHD);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_false(v.is_used_code);
	assert_int_equal(v.retry_after, 0);
	assert_reason("locked");
}

static void
test_steady_time_rules_the_lock(void **state)
{
	(void)state;
	guess(&p, SSHD, 5);
	clock_fake_step(24 * WORLD_HOUR_MS);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
	clock_fake_step(-12 * WORLD_HOUR_MS);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_ACCEPT);
}

static void
test_tries_start_anew(void **state)
{
	(void)state;
	guess(&p, SSHD, 5);
	clock_fake_pass(WORLD_HOUR_MS);
	guess(&p, SSHD, 4);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_ACCEPT);
	guess(&p, SSHD, 5);
	clock_fake_pass(WORLD_HOUR_MS);
	guess(&p, SSHD, 5);
	assert_int_equal(counter(&p, SSHD).in_row, 10);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
}

static void
test_consumers_do_not_lock_one_another(void **state)
{
	(void)state;
	guess(&p, SSHD, 5);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_int_equal(ask(&p, 0, "local:sudo").verdict, VERDICT_ACCEPT);
	assert_int_equal(counter(&p, SSHD).failures, 5);
	guess(&p, "local:sudo", 2);
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_ACCEPT);
	assert_int_equal(counter(&p, SSHD).failures, 0);
	assert_int_equal(counter(&p, "local:sudo").failures, 2); /* V23 */
}

/* R22, F9: over all consumers, whatever locks ended in between. */
static void
test_R22_F9_hundred_needs_an_administrator(void **state)
{
	char consumer[16] = "local:x";
	struct account_view view;
	unsigned round, evaluated = 0;
	char bad[CODE_DIGITS + 1];
	struct audit_record rec;

	(void)state;
	for (round = 0; round < 130; round++) {
		clock_fake_pass(WORLD_HOUR_MS);
		consumer[6] = (char)('a' + round % 7);
		core_world_wrong(p.seed, bad);
		core_world_verify(&w, "yamada", bad, consumer);
		core_world_last(&w, &rec);
		evaluated += strcmp(rec.reason, "wrong_code") == 0;
		if (round >= 100)
			assert_string_equal(rec.reason, "locked_for_good");
	}
	assert_int_equal(evaluated, IN_ROW_MAX);
	clock_fake_pass(365 * 24 * WORLD_HOUR_MS);
	assert_int_equal(ask(&p, 0, "local:new").verdict, VERDICT_REFUSE);
	assert_reason("locked_for_good");
	assert_int_equal(account_show(&w.core, &w.act, "yamada", &view), 0);
	assert_int_equal(view.lock, LOCK_ADMINISTRATOR);
	unlock("yamada");
	assert_int_equal(ask(&p, 0, "local:a").verdict, VERDICT_ACCEPT);
}

static void
test_unlock_clears_every_bucket(void **state)
{
	struct person q;

	(void)state;
	core_world_person(&w, "tokyo", "suzuki", NULL, &q);
	guess(&p, SSHD, 5);
	guess(&p, "local:sudo", 5);
	guess(&q, SSHD, 5);
	unlock("YAMADA");
	assert_int_equal(ask(&p, 0, SSHD).verdict, VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask(&p, 0, "local:sudo").verdict, VERDICT_ACCEPT);
	assert_int_equal(ask(&q, 0, SSHD).verdict, VERDICT_REFUSE);
	assert_reason("locked");
}

/* 256 guesses in one transaction, limit 5: five are judged. */
static void
test_R3_V7_F10_never_a_sixth(void **state)
{
	static struct verify v[256];
	struct audit_row row;
	char code[16];
	int64_t seq = core_world_seq(&w);
	int i, judged = 0;

	(void)state;
	for (i = 0; i < 256; i++) {
		snprintf(code, sizeof(code), "%06d", 1000 + i);
		core_world_ask(&v[i], "yamada", code, SSHD);
	}
	core_world_code(p.seed, core_world_step(), code);
	core_world_ask(&v[255], "yamada", code, SSHD); /* too late */
	assert_int_equal(core_world_batch(&w, v, 256), 0);
	for (i = 0; i < 256; i++) {
		assert_int_equal(v[i].verdict, VERDICT_REFUSE);
		assert_int_equal(w.core.store->ops->audit_get(
				     w.core.store, 1, seq + 1 + i, &row),
		    0);
		judged += strcmp(row.record.reason, "wrong_code") == 0;
	}
	assert_int_equal(judged, 5);
	assert_int_equal(counter(&p, SSHD).failures, 5);
	assert_true(core_world_log_is_whole(&w));
}

static void
test_same_wrong_code_counts_once_a_step(void **state)
{
	char bad[CODE_DIGITS + 1];
	struct verify v[3];
	int i;

	(void)state;
	core_world_wrong(p.seed, bad);
	for (i = 0; i < 10; i++)
		core_world_verify(&w, "yamada", bad, SSHD);
	assert_int_equal(counter(&p, SSHD).failures, 1);
	assert_reason("wrong_code_again");
	core_world_verify(&w, "yamada", bad, "local:sudo");
	assert_int_equal(counter(&p, "local:sudo").failures, 1);
	clock_fake_pass(WORLD_STEP_MS); /* the next step is another try */
	core_world_wrong(p.seed, bad);
	for (i = 0; i < 3; i++) /* thrice in one transaction */
		core_world_ask(&v[i], "yamada", bad, SSHD);
	assert_int_equal(core_world_batch(&w, v, 3), 0);
	assert_int_equal(counter(&p, SSHD).failures, 2);
}

/* What was rolled back was not counted, so it must count the next time. */
static void
test_V11_rolled_back_is_not_remembered(void **state)
{
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);
	char bad[CODE_DIGITS + 1];
	struct verify v;

	(void)state;
	core_world_wrong(p.seed, bad);
	s->fail_commit = ERR_FULL;
	core_world_ask(&v, "yamada", bad, SSHD);
	assert_int_equal(core_world_batch(&w, &v, 1), ERR_FULL);
	s->fail_commit = 0;
	assert_int_equal(counter(&p, SSHD).failures, 0);
	core_world_verify(&w, "yamada", bad, SSHD);
	assert_int_equal(counter(&p, SSHD).failures, 1);
	assert_reason("wrong_code");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R4_general),
		TEST(test_R4_privileged),
		TEST(test_V14_code_kept_over_the_lock),
		TEST(test_V15_no_hint_while_locked),
		TEST(test_steady_time_rules_the_lock),
		TEST(test_tries_start_anew),
		TEST(test_consumers_do_not_lock_one_another),
		TEST(test_R22_F9_hundred_needs_an_administrator),
		TEST(test_unlock_clears_every_bucket),
		TEST(test_R3_V7_F10_never_a_sixth),
		TEST(test_same_wrong_code_counts_once_a_step),
		TEST(test_V11_rolled_back_is_not_remembered),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
