/*
 * Goal of this test: phones are listed, revoked for good and resynchronised by
 * two consecutive codes only, never backwards, and guessing there locks too.
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
revoke(const char *device, struct phone *out)
{
	core_world_begin(&w);
	return (core_world_ended(
	    &w, phone_revoke(&w.core, &w.act, "yamada", device, out)));
}

static int
resync(
    const char *one, const char *two, enum verdict *verdict, struct phone *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w,
	    phone_resync(&w.core, &w.act, "yamada", one, two, verdict, out)));
}

/* Resync with the codes of ${a} and ${b} steps from now. */
static enum verdict
resync_at(int a, int b, struct phone *out)
{
	enum verdict verdict = VERDICT_ACCEPT;
	char one[CODE_DIGITS + 1], two[CODE_DIGITS + 1];

	core_world_code(p.seed, core_world_step() + a, one);
	core_world_code(p.seed, core_world_step() + b, two);
	assert_int_equal(resync(one, two, &verdict, out), 0);
	return (verdict);
}

static enum verdict
ask(int shift)
{
	char code[CODE_DIGITS + 1];

	core_world_code(p.seed, core_world_step() + shift, code);
	return (core_world_verify(&w, "yamada", code, "local:sshd").verdict);
}

static void
assert_last(const char *action, const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
}

static int
failures(void)
{
	struct counter row;

	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &p.account.office,
		&p.account.id, COUNTER_CODE, "c:resync", &row),
	    0);
	return (row.failures);
}

static int
count(void *arg, const struct phone *row)
{
	int *states = arg;

	states[row->state]++;
	return (0);
}

static void
test_R39_revoked_is_refused(void **state)
{
	char device[ID_TEXT + 1];
	struct phone out;
	int states[4] = { 0 };

	(void)state;
	id_put_text(&p.phone.device, device);
	assert_int_equal(revoke(device, &out), 0);
	assert_int_equal(out.state, PHONE_REVOKED);
	assert_int_equal(out.sealed.len, 0);
	assert_true(out.revoked_ms == w.act.now.wall_ms);
	assert_last("phone.revoke", "done", "");
	assert_int_equal(ask(0), VERDICT_REFUSE);
	assert_last("verify", "refuse", "not_enrolled");
	assert_int_equal(revoke(device, &out), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "revoked");
	assert_int_equal(revoke(NULL, &out), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_phone");
	assert_int_equal(
	    phone_list(&w.core, &w.act, "YAMADA", count, states), 0);
	assert_int_equal(states[PHONE_REVOKED], 1);
	assert_int_equal(states[PHONE_ACTIVE], 0);
}

static void
test_which_phone(void **state)
{
	char device[ID_TEXT + 1];
	struct person q, other;
	struct phone out;

	(void)state;
	core_world_phone(&w, "yamada", &q);
	core_world_person(&w, "tokyo", "suzuki", NULL, &other);
	assert_int_equal(revoke(NULL, &out), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "not_one_phone");
	assert_int_equal(revoke("", &out), ERR_NOTFOUND);
	assert_int_equal(revoke("1", &out), ERR_NOTFOUND);
	id_put_text(&other.phone.device, device); /* somebody else's */
	assert_int_equal(revoke(device, &out), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_phone");
	id_put_text(&q.phone.device, device);
	assert_int_equal(revoke(device, &out), 0);
	assert_int_equal(ask(0), VERDICT_ACCEPT); /* the other one works */
	assert_int_equal(revoke(NULL, &out), 0);  /* now the only one */
	assert_true(id_equal(&out.device, &p.phone.device));
	core_world_begin(&w);
	assert_int_equal(
	    phone_revoke(&w.core, &w.act, "nobody", NULL, &out), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_account");
	core_world_rollback(&w);
}

static void
test_R5_two_consecutive_codes(void **state)
{
	struct phone out;
	enum verdict verdict;
	char code[CODE_DIGITS + 1];

	(void)state;
	w.policy.general.failures_max = 100;
	assert_int_equal(resync_at(5, 7, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(5, 5, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(6, 5, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(20, 21, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(-21, -20, &out), VERDICT_REFUSE);
	core_world_code(p.seed, core_world_step() + 5, code);
	assert_int_equal(resync(code, "", &verdict, &out), 0); /* one code */
	assert_int_equal(verdict, VERDICT_REFUSE);
	assert_int_equal(resync("", code, &verdict, &out), 0);
	assert_int_equal(verdict, VERDICT_REFUSE);
	assert_last("phone.resync", "refuse", "wrong_code");
	assert_int_equal(failures(), 7);
	assert_int_equal(resync_at(19, 20, &out), VERDICT_ACCEPT);
	assert_int_equal(out.offset, 20);
	assert_int_equal(failures(), 0);
	assert_last("phone.resync", "accept", "");
	assert_int_equal(ask(0), VERDICT_REFUSE);
	assert_int_equal(ask(20), VERDICT_REFUSE); /* used */
	assert_int_equal(ask(21), VERDICT_ACCEPT);
}

/* R5, R12: the step only rises, so a slow phone waits for its turn. */
static void
test_R5_resync_never_lowers_the_step(void **state)
{
	int64_t last = core_world_step();
	struct phone out, stored;

	(void)state;
	assert_int_equal(ask(0), VERDICT_ACCEPT);
	assert_int_equal(resync_at(-6, -5, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(-1, 0, &out), VERDICT_REFUSE);
	assert_int_equal(
	    w.core.store->ops->phone_get(w.core.store, &p.account.office,
		&p.account.id, &p.phone.device, &stored),
	    0);
	assert_true(stored.last_step == last);
	assert_int_equal(stored.offset, 0);
	clock_fake_pass(10 * WORLD_STEP_MS);
	assert_int_equal(resync_at(-6, -5, &out), VERDICT_ACCEPT);
	assert_int_equal(out.offset, -5);
	assert_true(out.last_step == last + 5);
	assert_int_equal(ask(0), VERDICT_REFUSE);
	assert_int_equal(ask(-4), VERDICT_ACCEPT);
}

static void
test_R12_no_walking(void **state)
{
	struct phone out;
	int i;

	(void)state;
	w.policy.general.failures_max = 100;
	assert_int_equal(resync_at(19, 20, &out), VERDICT_ACCEPT);
	/* From there on the bound is still 20 steps from true time. */
	for (i = 21; i < 45; i++)
		assert_int_equal(resync_at(i, i + 1, &out), VERDICT_REFUSE);
}

static void
test_resync_locks(void **state)
{
	struct account_view view;
	struct phone out;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_int_equal(resync_at(5, 7, &out), VERDICT_REFUSE);
	assert_int_equal(resync_at(5, 6, &out), VERDICT_REFUSE);
	assert_last("phone.resync", "refuse", "locked");
	assert_int_equal(failures(), 5);
	assert_int_equal(ask(0), VERDICT_ACCEPT); /* sshd is not locked */
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(resync_at(5, 6, &out), VERDICT_ACCEPT);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_enable(&w.core, &w.act, "yamada", false, &view)),
	    0);
	assert_int_equal(resync_at(7, 8, &out), VERDICT_REFUSE);
	assert_last("phone.resync", "refuse", "disabled");
}

/* What nobody compared costs no try: the phone's seal does not open. */
static void
test_resync_without_a_look_costs_no_try(void **state)
{
	struct phone broken, out;

	(void)state;
	assert_int_equal(revoke(NULL, &out), 0);
	assert_int_equal(resync_at(5, 6, &out), VERDICT_REFUSE);
	assert_last("phone.resync", "refuse", "not_enrolled");
	assert_int_equal(failures(), 0);
	broken = p.phone;
	broken.device.b[15] ^= 1;
	broken.state = PHONE_ACTIVE;
	broken.revoked_ms = 0;
	memset(&broken.sealed, 0, sizeof(broken.sealed));
	broken.sealed.len = 9;
	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->phone_add(w.core.store, &broken), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(resync_at(5, 6, &out), VERDICT_REFUSE);
	assert_last("phone.resync", "refuse", "not_checked");
	assert_int_equal(failures(), 0);
}

static void
test_R57_resync_with_a_broken_keeper(void **state)
{
	enum verdict verdict = VERDICT_ACCEPT;
	struct phone out;

	(void)state;
	keeper_fake_knobs(w.core.keeper)->fail_check = ERR_KEEPER;
	assert_int_equal(
	    resync("123456", "234567", &verdict, &out), ERR_KEEPER);
	assert_int_equal(verdict, VERDICT_REFUSE);
	assert_int_equal(failures(), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R39_revoked_is_refused),
		TEST(test_which_phone),
		TEST(test_R5_two_consecutive_codes),
		TEST(test_R5_resync_never_lowers_the_step),
		TEST(test_R12_no_walking),
		TEST(test_resync_locks),
		TEST(test_resync_without_a_look_costs_no_try),
		TEST(test_R57_resync_with_a_broken_keeper),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
