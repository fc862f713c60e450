/*
 * Goal of this test: a code is accepted once and in its time only, whatever
 * the clock, the typing, the phones, or what else happens in the transaction.
 * Locks: test_verify_lock.c. Refusals: test_verify_refuse.c.
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

static int
failures(const char *consumer)
{
	char bucket[BUCKET_MAX + 1];
	struct counter row;

	snprintf(bucket, sizeof(bucket), "c:%s", consumer);
	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &p.account.office,
		&p.account.id, COUNTER_CODE, bucket, &row),
	    0);
	return (row.failures);
}

/* Ask with the code of ${shift} steps from now. */
static struct verify
ask(int shift)
{
	char code[CODE_DIGITS + 1];

	core_world_code(p.seed, core_world_step() + shift, code);
	return (core_world_verify(&w, p.login, code, "local:sshd"));
}

static void
assert_last(const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "verify");
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
}

static void
test_R11_accepted_once(void **state)
{
	struct audit_record rec;
	char want[80];
	struct verify v;

	(void)state;
	v = ask(0);
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
	assert_false(v.is_used_code);
	assert_last("accept", "");
	core_world_last(&w, &rec);
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
	assert_int_equal(strlen(rec.device), ID_TEXT);
	snprintf(want, sizeof(want),
	    "consumer=local:sshd step=%lld failures=0 in_row=0",
	    (long long)core_world_step());
	assert_string_equal(rec.detail, want);
	clock_fake_pass(9001);
	v = ask(0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_true(v.is_used_code);
	assert_int_equal(v.retry_after, 21); /* 20.999 s, rounded up */
	assert_last("refuse", "code_used");
	assert_int_equal(failures("local:sshd"), 0);
	clock_fake_pass(20999); /* the next step; the code still in window */
	v = ask(-1);
	assert_true(v.is_used_code);
	assert_int_equal(v.retry_after, 1);
	assert_int_equal(failures("local:sshd"), 0);
	assert_int_equal(ask(0).verdict, VERDICT_ACCEPT);
	assert_true(core_world_log_is_whole(&w));
}

/* The hot columns can be rebuilt from the log: DESIGN 4. */
static void
test_counters_stand_in_the_record(void **state)
{
	char bad[CODE_DIGITS + 1];
	struct audit_record rec;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		clock_fake_pass(WORLD_STEP_MS);
		core_world_wrong(p.seed, bad);
		core_world_verify(&w, "yamada", bad, "local:sshd");
	}
	core_world_last(&w, &rec);
	assert_string_equal(
	    rec.detail, "consumer=local:sshd step=0 failures=2 in_row=2");
}

static void
test_R10_window_one(void **state)
{
	int shift;

	(void)state;
	for (shift = -4; shift <= 4; shift++) {
		clock_fake_pass(20 * WORLD_STEP_MS);
		assert_int_equal(ask(shift).verdict,
		    shift >= -1 && shift <= 1 ? VERDICT_ACCEPT
					      : VERDICT_REFUSE);
		if (shift < -1 || shift > 1)
			assert_last("refuse", "wrong_code");
		clock_fake_pass(2 * WORLD_HOUR_MS);
	}
}

/* As sekisho.conf(5) says, to the millisecond. */
static void
test_R21_ninety_seconds(void **state)
{
	static const struct {
		int64_t after_ms; /* the phone shows it from 0 on */
		enum verdict verdict;
	} times[] = {
		{ -30001, VERDICT_REFUSE },
		{ -30000, VERDICT_ACCEPT },
		{ 59999, VERDICT_ACCEPT },
		{ 60000, VERDICT_REFUSE },
	};
	char code[CODE_DIGITS + 1];
	int64_t step;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		clock_fake_pass(2 * WORLD_HOUR_MS);
		step = core_world_step() + 10;
		core_world_code(p.seed, step, code);
		clock_fake_pass(step * WORLD_STEP_MS + times[i].after_ms -
		    clock_wall_ms());
		assert_int_equal(
		    core_world_verify(&w, "yamada", code, "local:sshd").verdict,
		    times[i].verdict);
	}
}

static void
test_V8_R38_window_zero(void **state)
{
	int shift;

	(void)state;
	w.policy.totp_window = 0;
	for (shift = -2; shift <= 2; shift++) {
		clock_fake_pass(2 * WORLD_HOUR_MS + 12345);
		assert_int_equal(ask(shift).verdict,
		    shift == 0 ? VERDICT_ACCEPT : VERDICT_REFUSE);
	}
	/* To the last millisecond of its step, and not one longer. */
	clock_fake_pass(WORLD_STEP_MS - clock_wall_ms() % WORLD_STEP_MS - 1);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask(0).verdict, VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS + 1);
	assert_int_equal(ask(-1).verdict, VERDICT_REFUSE);
}

static void
test_V2_clock_set_back(void **state)
{
	(void)state;
	assert_int_equal(ask(0).verdict, VERDICT_ACCEPT); /* A */
	clock_fake_step(WORLD_HOUR_MS);
	assert_int_equal(ask(0).verdict, VERDICT_ACCEPT); /* B */
	clock_fake_step(-WORLD_HOUR_MS);
	assert_int_equal(ask(0).verdict, VERDICT_REFUSE); /* A again */
	assert_last("refuse", "wrong_code");
	assert_int_equal(ask(1).verdict, VERDICT_REFUSE);
	assert_int_equal(ask(-1).verdict, VERDICT_REFUSE);
	clock_fake_step(WORLD_HOUR_MS);
	assert_true(ask(0).is_used_code); /* B again */
	assert_int_equal(ask(1).verdict, VERDICT_ACCEPT);
}

/* F2 in small: whatever the clock does, steps are accepted only upwards. */
static void
test_V2_random_clock(void **state)
{
	int64_t last = core_world_step() - 3, step;
	struct account_view view;
	int i, accepted = 0;

	(void)state;
	srandom(1);
	w.policy.general.failures_max = 1000000;
	for (i = 0; i < 1500; i++) {
		if (i % 50 == 0) {
			core_world_begin(&w);
			assert_int_equal(core_world_ended(&w,
					     account_unlock(&w.core, &w.act,
						 p.login, &view)),
			    0);
		}
		clock_fake_step((random() % 2 == 0 ? 1 : -1) *
		    (random() % (1 << (random() % 28))));
		if (clock_wall_ms() < 3600000)
			clock_fake_step(1795305600000 - clock_wall_ms());
		step = core_world_step();
		if (ask(0).verdict == VERDICT_ACCEPT) {
			assert_true(step > last);
			last = step;
			accepted++;
		} else
			assert_true(step <= last);
	}
	assert_in_range(accepted, 5, 1490);
}

static void
test_older_code_after_newer(void **state)
{
	(void)state;
	assert_int_equal(ask(1).verdict, VERDICT_ACCEPT);
	assert_int_equal(ask(0).verdict, VERDICT_REFUSE);
	assert_last("refuse", "wrong_code");
	assert_int_equal(ask(-1).verdict, VERDICT_REFUSE);
	assert_int_equal(failures("local:sshd"), 2);
	assert_true(ask(1).is_used_code);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask(1).verdict, VERDICT_ACCEPT);
}

/* However a used code is typed, it is the same used code. */
static void
test_V6_used_code_retyped(void **state)
{
	char c[CODE_DIGITS + 1], typed[64];
	struct verify v;
	int form, i;

	(void)state;
	core_world_code(p.seed, core_world_step(), c);
	assert_int_equal(ask(0).verdict, VERDICT_ACCEPT);
	for (form = 0; form < 4; form++) {
		if (form == 0)
			snprintf(typed, sizeof(typed), " %s", c);
		else if (form == 1)
			snprintf(typed, sizeof(typed), "%.3s %s ", c, c + 3);
		else if (form == 2)
			snprintf(typed, sizeof(typed), "%.3s　%s", c, c + 3);
		else
			for (typed[0] = '\0', i = 0; i < CODE_DIGITS; i++)
				snprintf(typed + 3 * i, 4, "\xef\xbc%c",
				    0x90 + c[i] - '0');
		v = core_world_verify(&w, p.login, typed, "local:sshd");
		assert_int_equal(v.verdict, VERDICT_REFUSE);
		assert_true(v.is_used_code);
	}
	assert_int_equal(failures("local:sshd"), 0);
	clock_fake_pass(WORLD_STEP_MS);
	core_world_code(p.seed, core_world_step(), c);
	snprintf(typed, sizeof(typed), "　%.2s %s", c, c + 2);
	v = core_world_verify(&w, p.login, typed, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
}

/* Lengths, signs and other scripts: refused, and each costs a try. */
static void
test_V3_V6_no_codes_count(void **state)
{
	static const char *const forms[] = { "%.5s", "%s7", "%s78", "12%s",
		"+%.5s", "-%s", "%.3s.%s", "", "%s\xd9\xa0" };
	char c[CODE_DIGITS + 1], typed[64];
	size_t i;

	(void)state;
	w.policy.general.failures_max = 100;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		clock_fake_pass(WORLD_STEP_MS);
		core_world_code(p.seed, core_world_step(), c);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
		snprintf(typed, sizeof(typed), forms[i], c, c + 3);
#pragma GCC diagnostic pop
		assert_int_equal(
		    core_world_verify(&w, p.login, typed, "local:sshd").verdict,
		    VERDICT_REFUSE);
		assert_last("refuse", "bad_code");
		assert_int_equal(failures("local:sshd"), i + 1);
	}
}

static void
test_V18_leading_zero(void **state)
{
	char c[CODE_DIGITS + 1];

	(void)state;
	for (;;) {
		core_world_code(p.seed, core_world_step(), c);
		if (c[0] == '0')
			break;
		clock_fake_pass(WORLD_STEP_MS);
	}
	assert_int_equal(
	    core_world_verify(&w, p.login, c + 1, "local:sshd").verdict,
	    VERDICT_REFUSE);
	assert_int_equal(
	    core_world_verify(&w, p.login, c, "local:sshd").verdict,
	    VERDICT_ACCEPT);
}

static void
test_V1_one_transaction_one_accept(void **state)
{
	struct verify v[64];
	char c[CODE_DIGITS + 1];
	int i, accepted, used;

	(void)state;
	core_world_code(p.seed, core_world_step(), c);
	for (i = 0; i < 64; i++)
		core_world_ask(&v[i], p.login, c,
		    i % 2 == 0 ? "local:sshd" : "local:sudo");
	assert_int_equal(core_world_batch(&w, v, 64), 0);
	for (i = accepted = used = 0; i < 64; i++) {
		accepted += v[i].verdict == VERDICT_ACCEPT;
		used += v[i].is_used_code;
	}
	assert_int_equal(v[0].verdict, VERDICT_ACCEPT);
	assert_int_equal(accepted, 1);
	assert_int_equal(used, 63);
	assert_int_equal(failures("local:sshd"), 0);
}

static void
test_V7_confirming_uses_the_code_up(void **state)
{
	char c[CODE_DIGITS + 1];
	struct person q;
	struct verify v;

	(void)state;
	core_world_person(&w, "tokyo", "suzuki", NULL, &q);
	clock_fake_pass(-3 * WORLD_STEP_MS); /* back to the confirmation */
	core_world_code(q.seed, core_world_step(), c);
	v = core_world_verify(&w, "suzuki", c, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_true(v.is_used_code);
	assert_int_equal(v.retry_after, 30);
}

static void
test_several_phones(void **state)
{
	char one[CODE_DIGITS + 1], two[CODE_DIGITS + 1];
	struct person q;
	struct verify v;

	(void)state;
	core_world_phone(&w, p.login, &q);
	core_world_code(p.seed, core_world_step(), one);
	core_world_code(q.seed, core_world_step(), two);
	v = core_world_verify(&w, p.login, two, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
	assert_int_equal(v.checks_n, 2);
	v = core_world_verify(&w, p.login, two, "local:sshd");
	assert_true(v.is_used_code);
	v = core_world_verify(&w, p.login, one, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
	v = core_world_verify(&w, p.login, one, "local:sshd");
	assert_true(v.is_used_code);
	assert_int_equal(failures("local:sshd"), 0);
}

static void
test_R12_phone_with_an_offset(void **state)
{
	char one[CODE_DIGITS + 1], two[CODE_DIGITS + 1];
	enum verdict verdict;
	struct phone phone;
	struct verify v;

	(void)state;
	core_world_code(p.seed, core_world_step() + 6, one);
	core_world_code(p.seed, core_world_step() + 7, two);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     phone_resync(&w.core, &w.act, p.login, one, two,
				 &verdict, &phone)),
	    0);
	assert_int_equal(verdict, VERDICT_ACCEPT);
	assert_int_equal(phone.offset, 7);
	v = ask(7); /* used by the resync */
	assert_true(v.is_used_code);
	assert_int_equal(v.retry_after, 30);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask(0).verdict, VERDICT_REFUSE);
	assert_int_equal(ask(9).verdict, VERDICT_REFUSE);
	assert_int_equal(ask(7).verdict, VERDICT_ACCEPT);
	assert_int_equal(ask(8).verdict, VERDICT_ACCEPT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R11_accepted_once),
		TEST(test_counters_stand_in_the_record),
		TEST(test_R10_window_one),
		TEST(test_R21_ninety_seconds),
		TEST(test_V8_R38_window_zero),
		TEST(test_V2_clock_set_back),
		TEST(test_V2_random_clock),
		TEST(test_older_code_after_newer),
		TEST(test_V6_used_code_retyped),
		TEST(test_V3_V6_no_codes_count),
		TEST(test_V18_leading_zero),
		TEST(test_V1_one_transaction_one_accept),
		TEST(test_V7_confirming_uses_the_code_up),
		TEST(test_several_phones),
		TEST(test_R12_phone_with_an_offset),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
