/*
 * Goal of this test: a source that guesses at many logins is refused like
 * anybody who is refused: nothing is evaluated or counted, others are not
 * touched, and its records are held back and counted in the log.
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

#define SSHD "local:sshd"
#define EVIL "198.51.100.7"

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

static void
come_from(const char *address)
{
	snprintf(w.act.source, sizeof(w.act.source), "%s", address);
}

static int
failures_of(const struct person *q)
{
	struct counter row;

	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &q->account.office,
		&q->account.id, COUNTER_CODE, "c:" SSHD, &row),
	    0);
	return (row.failures);
}

static enum verdict
ask_right(void)
{
	char code[CODE_DIGITS + 1];

	core_world_code(p.seed, core_world_step(), code);
	return (core_world_verify(&w, "yamada", code, SSHD).verdict);
}

static void
guess(int n, int logins)
{
	char login[16];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(login, sizeof(login), "nobody%d", i % logins);
		core_world_verify(&w, login, "000000", SSHD);
	}
}

static void
assert_last(const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "verify");
	assert_string_equal(rec.reason, reason);
}

/* The 51st is refused though it is right, and looks like any other; a success in
 * between, of the owner and from the very place, takes nothing off the count. */
static void
test_R23_R34_blocked_source(void **state)
{
	unsigned checks;
	struct person second;
	struct verify v;
	char code[CODE_DIGITS + 1];
	int64_t seq;

	(void)state;
	/* of how many phones is not told by the keeper's work either */
	core_world_phone(&w, "yamada", &second);
	come_from(EVIL);
	guess(49, 10);
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS);
	guess(1, 10);
	clock_fake_pass(2 * WORLD_STEP_MS); /* its records are no longer held */
	seq = core_world_seq(&w);
	checks = keeper_fake_knobs(w.core.keeper)->checks;
	core_world_code(p.seed, core_world_step(), code);
	v = core_world_verify(&w, "yamada", code, SSHD);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_false(v.is_used_code);
	assert_int_equal(v.retry_after, 0);
	assert_int_equal(w.counter_puts, 1);
	assert_int_equal(keeper_fake_knobs(w.core.keeper)->checks, checks + 1);
	/* one for the minute before, one for this */
	assert_int_equal(core_world_seq(&w), seq + 2);
	assert_last("source_blocked");
	seq = core_world_seq(&w);
	core_world_verify(&w, "nobody1", "000000", SSHD);
	assert_int_equal(w.counter_puts, 1);
	assert_int_equal(core_world_seq(&w), seq + 1);
	assert_last("source_blocked");
	core_world_verify(&w, "yamada", "000000", SSHD);
	assert_last("source_blocked");
	assert_int_equal(failures_of(&p), 0);
	/* not used up: the owner logs in with it from elsewhere */
	come_from("203.0.113.1");
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS);
	come_from("");
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	/* what was refused did not make it longer */
	clock_fake_pass(SOURCE_BLOCK_MS - 3 * WORLD_STEP_MS);
	come_from(EVIL);
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	assert_true(core_world_log_is_whole(&w));
}

/* A consumer that is taken over can claim what it likes for itself only. */
static void
test_another_consumer_is_not_touched(void **state)
{
	char code[CODE_DIGITS + 1];

	(void)state;
	come_from(EVIL);
	guess(50, 10);
	assert_int_equal(ask_right(), VERDICT_REFUSE);
	core_world_code(p.seed, core_world_step(), code);
	assert_int_equal(
	    core_world_verify(&w, "yamada", code, "local:web").verdict,
	    VERDICT_ACCEPT);
}

/* Every refusal counts for its source, or one could count there who exists and
 * is disabled (F12); but not the code that was used. */
static void
test_what_counts(void **state)
{
	struct source_view *list;
	struct account_view view;
	char bad[CODE_DIGITS + 1];
	size_t n;

	(void)state;
	come_from(EVIL);
	core_world_wrong(p.seed, bad);
	core_world_verify(&w, "yamada", bad, SSHD); /* 1 */
	core_world_verify(&w, "yamada", bad, SSHD); /* 2, the same again */
	core_world_verify(&w, "nobody", bad, SSHD); /* 3 */
	core_world_verify(&w, "", bad, SSHD);       /* 4 */
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	assert_int_equal(ask_right(), VERDICT_REFUSE); /* replayed */
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_enable(&w.core, &w.act, "yamada", false, &view)),
	    0);
	core_world_verify(&w, "yamada", bad, SSHD); /* 5, disabled */
	assert_int_equal(source_list(w.core.sources, &w.act.now, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].failures, 5);
	assert_int_equal(list[0].logins, 3);
	assert_string_equal(list[0].address, EVIL);
	assert_string_equal(list[0].consumer, SSHD);
	free(list);
}

/* A recovery code is judged by no clock: set back, it hides no guess. */
static void
test_recovery_code_and_clock_count(void **state)
{
	struct source_view *list;
	struct verify v;
	size_t n;

	(void)state;
	come_from(EVIL);
	keeper_fake_knobs(w.core.keeper)->high_water_ms =
	    w.act.now.wall_ms + WORLD_HOUR_MS;
	core_world_verify(&w, "yamada", "000000", SSHD);
	assert_last("clock_behind");
	core_world_ask(&v, "yamada", "", SSHD);
	assert_int_equal(recovery_fold("0123-4567-89ab-cdef", v.recovery), 0);
	assert_int_equal(core_world_batch(&w, &v, 1), 0);
	assert_last("wrong_recovery_code");
	assert_int_equal(source_list(w.core.sources, &w.act.now, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].failures, 1);
	free(list);
}

static void
test_office_address_has_tenfold(void **state)
{
	struct office_input in = { .code = "tokyo",
		.networks = "192.0.2.0/24 198.51.100.0/28" };
	struct person q;
	struct office office;
	char code[CODE_DIGITS + 1];

	(void)state;
	core_world_person(&w, "osaka", "suzuki", "general", &q);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, office_set(&w.core, &w.act, &in, &office)), 0);
	come_from(EVIL);
	guess(50, 10);
	/* open for its own, closed for others */
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	clock_fake_pass(SOURCE_NOTES_MS); /* recorded again */
	core_world_code(q.seed, core_world_step(), code);
	assert_int_equal(core_world_verify(&w, "suzuki", code, SSHD).verdict,
	    VERDICT_REFUSE);
	assert_last("source_blocked");
	come_from("198.51.100.16");
	guess(50, 10);
	assert_int_equal(ask_right(), VERDICT_REFUSE);
}

/* The tenth login's failure in one transaction, a right code in the same. */
static void
test_within_one_transaction(void **state)
{
	char code[CODE_DIGITS + 1];
	struct verify v[3];

	(void)state;
	come_from(EVIL);
	guess(49, 10);
	core_world_code(p.seed, core_world_step(), code);
	core_world_ask(&v[0], "nobody1", "000000", SSHD);
	core_world_ask(&v[1], "yamada", code, SSHD);
	core_world_ask(&v[2], "yamada", code, "local:web");
	assert_int_equal(core_world_batch(&w, v, 3), 0);
	assert_int_equal(v[0].verdict, VERDICT_REFUSE);
	assert_int_equal(v[1].verdict, VERDICT_REFUSE);
	assert_int_equal(v[2].verdict, VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS);
	/* a transaction that fails leaves no count */
	come_from("203.0.113.1");
	guess(49, 10);
	clock_fake_pass(SOURCE_NOTES_MS);
	core_world_ask(&v[0], "nobody1", "000000", SSHD);
	keeper_fake_knobs(w.core.keeper)->fail_seal = ERR_TIMEOUT;
	assert_int_not_equal(core_world_batch(&w, v, 1), 0);
	keeper_fake_knobs(w.core.keeper)->fail_seal = 0;
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
}

static void
test_flood_in_the_log(void **state)
{
	struct audit_record rec;
	int64_t seq;
	size_t i;

	(void)state;
	come_from(EVIL);
	seq = core_world_seq(&w);
	guess(45, 9);
	assert_int_equal(core_world_seq(&w), seq + 20);
	/* an acceptance and an administrator's act are never held back */
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
	assert_int_equal(core_world_seq(&w), seq + 21);
	come_from("");
	guess(30, 9);
	assert_int_equal(core_world_seq(&w), seq + 51);
	/* the timer, a minute later */
	seq = core_world_seq(&w);
	for (i = 0; i < 2; i++) {
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     source_rule_tick(&w.core, &w.act, false)),
		    0);
		assert_int_equal(core_world_seq(&w), seq + (int64_t)i);
		clock_fake_pass(SOURCE_NOTES_MS);
	}
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "source.refused");
	assert_string_equal(rec.result, "refuse");
	assert_string_equal(rec.source, EVIL);
	assert_string_equal(rec.actor, "unix:0");
	assert_string_equal(rec.request_id, w.act.request_id);
	assert_string_equal(rec.detail, "consumer=" SSHD " count=25");
	assert_true(core_world_log_is_whole(&w));
}

static void
test_unlock_is_recorded(void **state)
{
	struct audit_record rec;

	(void)state;
	come_from("2001:db8::7");
	guess(50, 10);
	assert_int_equal(ask_right(), VERDICT_REFUSE);
	come_from("");
	core_world_begin(&w);
	assert_int_equal(
	    source_rule_unlock(&w.core, &w.act, SSHD, "2001:db8:0:1::1"),
	    ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_source");
	assert_int_equal(
	    core_world_ended(&w,
		source_rule_unlock(&w.core, &w.act, SSHD, "2001:db8::9%eth0")),
	    0);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "source.unlock");
	assert_string_equal(rec.result, "done");
	assert_string_equal(
	    rec.detail, "consumer=" SSHD " address=2001:db8::/64");
	come_from("2001:db8::7");
	assert_int_equal(ask_right(), VERDICT_ACCEPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		T(test_R23_R34_blocked_source),
		T(test_another_consumer_is_not_touched),
		T(test_what_counts),
		T(test_recovery_code_and_clock_count),
		T(test_office_address_has_tenfold),
		T(test_within_one_transaction),
		T(test_flood_in_the_log),
		T(test_unlock_is_recorded),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
