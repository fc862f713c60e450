/*
 * Goal of this test: every refusal looks and costs the same and is told apart
 * only in the log; what changes between looking and deciding decides; a failing
 * part is never an acceptance.
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

static int
failures(void)
{
	struct counter row;

	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &p.account.office,
		&p.account.id, COUNTER_CODE, "c:" SSHD, &row),
	    0);
	return (row.failures);
}

static struct verify
ask(const struct person *q, int shift)
{
	char code[CODE_DIGITS + 1];

	core_world_code(q->seed, core_world_step() + shift, code);
	return (core_world_verify(&w, q->login, code, SSHD));
}

/* Run one change of the rules in its own transaction. */
#define CHANGE(call)                                                           \
	do {                                                                   \
		core_world_begin(&w);                                          \
		assert_int_equal(core_world_ended(&w, (call)), 0);             \
	} while (0)

/* One refusal and what it cost: one counter row, one record, one look. */
static void
assert_refused(const char *login, const char *code, const char *reason)
{
	unsigned checks = keeper_fake_knobs(w.core.keeper)->checks;
	int64_t seq = core_world_seq(&w);
	struct audit_record rec;
	struct verify v;

	v = core_world_verify(&w, login, code, SSHD);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_false(v.is_used_code);
	assert_int_equal(v.retry_after, 0);
	assert_int_equal(w.counter_puts, 1);
	assert_int_equal(core_world_seq(&w), seq + 1);
	assert_int_equal(keeper_fake_knobs(w.core.keeper)->checks, checks + 1);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "verify");
	assert_string_equal(rec.result, "refuse");
	assert_string_equal(rec.reason, reason);
}

static void
test_R34_refusals_look_alike(void **state)
{
	struct account_input bare = {
		.login = "bare", .office = "tokyo", .name = "B"
	};
	struct account_input late = { .login = "late",
		.office = "tokyo",
		.name = "L",
		.enrol_by = "2026-11-20" };
	struct account_input leaver = { .login = "left",
		.leaves_on = "2026-11-20" };
	struct person off, left, osaka, locked;
	char good[CODE_DIGITS + 1], bad[CODE_DIGITS + 1];
	struct account_view view;
	struct account pending;
	struct office office;
	struct phone phone;
	int i;

	(void)state;
	core_world_person(&w, "tokyo", "off", NULL, &off);
	core_world_person(&w, "tokyo", "left", NULL, &left);
	core_world_person(&w, "osaka", "osaka", NULL, &osaka);
	core_world_person(&w, "tokyo", "locked", NULL, &locked);
	CHANGE(account_add(&w.core, &w.act, &bare, &view));
	CHANGE(account_add(&w.core, &w.act, &late, &view));
	CHANGE(account_enable(&w.core, &w.act, "off", false, &view));
	CHANGE(account_set(&w.core, &w.act, &leaver, &view));
	CHANGE(office_enable(&w.core, &w.act, "osaka", false, &office));
	for (i = 0; i < 5; i++) {
		clock_fake_pass(WORLD_STEP_MS);
		core_world_wrong(locked.seed, bad);
		core_world_verify(&w, "locked", bad, SSHD);
	}
	core_world_wrong(p.seed, bad);
	core_world_code(off.seed, core_world_step(), good);
	assert_refused("off", good, "disabled");
	assert_refused("off", bad, "disabled");
	core_world_code(left.seed, core_world_step(), good);
	assert_refused("left", good, "left");
	core_world_code(osaka.seed, core_world_step(), good);
	assert_refused("osaka", good, "office_disabled");
	core_world_code(locked.seed, core_world_step(), good);
	assert_refused("locked", good, "locked");
	assert_refused("locked", bad, "locked");
	assert_refused("bare", good, "not_enrolled");
	assert_refused("late", good, "enrol_by_passed");
	assert_refused("nobody", good, "unknown_login");
	assert_refused("", good, "unknown_login");
	assert_refused("山田", good, "unknown_login");
	assert_refused("yamada", bad, "wrong_code");
	assert_refused("yamada", bad, "wrong_code_again");
	assert_refused("yamada", "12345", "bad_code");
	assert_int_equal(failures(), 2);
	/* An account that waits for approval. */
	pending = p.account;
	pending.approved_ms = 0;
	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->account_set(w.core.store, &pending), 0);
	assert_int_equal(core_world_commit(&w), 0);
	core_world_code(p.seed, core_world_step(), good);
	assert_refused("yamada", good, "not_approved");
	CHANGE(phone_revoke(&w.core, &w.act, "yamada", NULL, &phone));
	pending.approved_ms = 1;
	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->account_set(w.core.store, &pending), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_refused("yamada", good, "not_enrolled");
	assert_true(core_world_log_is_whole(&w));
}

/* Nothing of what was refused for these reasons is used up by it. */
static void
test_refused_codes_are_not_used_up(void **state)
{
	struct account_view view;
	struct office office;

	(void)state;
	CHANGE(account_enable(&w.core, &w.act, "yamada", false, &view));
	assert_int_equal(ask(&p, 0).verdict, VERDICT_REFUSE);
	CHANGE(account_enable(&w.core, &w.act, "yamada", true, &view));
	CHANGE(office_enable(&w.core, &w.act, "tokyo", false, &office));
	assert_int_equal(ask(&p, 0).verdict, VERDICT_REFUSE);
	CHANGE(office_enable(&w.core, &w.act, "tokyo", true, &office));
	assert_int_equal(failures(), 0);
	assert_int_equal(ask(&p, 0).verdict, VERDICT_ACCEPT);
}

/* The day of leaving, in Japan, is the last one. */
static void
test_last_day_of_work(void **state)
{
	struct account_input in = { .login = "yamada",
		.leaves_on = "2026-11-22" };
	struct account_view view;
	int64_t end = 1795305600000 + 15 * WORLD_HOUR_MS; /* 24:00 in Tokyo */

	(void)state;
	CHANGE(account_set(&w.core, &w.act, &in, &view));
	clock_fake_pass(end - WORLD_STEP_MS - clock_wall_ms());
	assert_int_equal(ask(&p, 0).verdict, VERDICT_ACCEPT);
	clock_fake_pass(WORLD_STEP_MS);
	assert_int_equal(ask(&p, 0).verdict, VERDICT_REFUSE);
}

static void
test_V12_one_counter_for_all_forms(void **state)
{
	static const char *const forms[] = { "k-01", "K-01", "Ｋ－０１",
		"k - 01", "unixk" };
	struct account_input in = { .login = "k-01", .unix_user = "unixk" };
	char bad[CODE_DIGITS + 1];
	struct account_view view;
	struct audit_record rec;
	struct person q;
	size_t i;

	(void)state;
	core_world_person(&w, "tokyo", "k-01", NULL, &q);
	CHANGE(account_set(&w.core, &w.act, &in, &view));
	for (i = 0; i < 5; i++) {
		clock_fake_pass(WORLD_STEP_MS);
		core_world_wrong(q.seed, bad);
		assert_int_equal(
		    core_world_verify(&w, forms[i], bad, SSHD).verdict,
		    VERDICT_REFUSE);
		core_world_last(&w, &rec);
		assert_string_equal(rec.account, "k-01");
	}
	for (i = 0; i < 5; i++) {
		core_world_code(q.seed, core_world_step(), bad);
		core_world_verify(&w, forms[i], bad, SSHD);
		core_world_last(&w, &rec);
		assert_string_equal(rec.reason, "locked");
	}
}

static void
test_V12_wrong_code_counts_once_over_forms(void **state)
{
	struct account_input in = { .login = "yamada", .unix_user = "taro" };
	char bad[CODE_DIGITS + 1];
	struct account_view view;

	(void)state;
	CHANGE(account_set(&w.core, &w.act, &in, &view));
	core_world_wrong(p.seed, bad);
	core_world_verify(&w, "yamada", bad, SSHD);
	core_world_verify(&w, "TARO", bad, SSHD);
	core_world_verify(&w, "Ｙamada", bad, SSHD);
	assert_int_equal(failures(), 1);
}

static void
test_V20_naughty_logins(void **state)
{
	static const char *const logins[] = { " ", "\t", "'", "\"", "' OR 1=1",
		"%s%s%n", "../..", "\xff", "\xe2\x80\xae", "a", "--", "0x0",
		"null", "NaN", "$(id)", "\x1b[2J", "😀😀", "yamada\\" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++)
		assert_refused(logins[i], "123456", "unknown_login");
	assert_true(core_world_log_is_whole(&w));
}

enum meanwhile {
	REVOKED,
	REMOVED,
	REPLACED,
	DISABLED,
	CLOSED,
	LOCKED,
	MEANWHILES
};

/* Another job of the same transaction, between prepare and run. */
static void
meanwhile(enum meanwhile what)
{
	struct account_input again = {
		.login = "yamada", .office = "tokyo", .name = "Y"
	};
	struct account_view view;
	struct account account;
	struct office office;
	struct phone phone;
	struct lock lock;
	int i, r = 0;

	switch (what) {
	case REVOKED:
		r = phone_revoke(&w.core, &w.act, "yamada", NULL, &phone);
		break;
	case REMOVED:
	case REPLACED:
		r = account_remove(&w.core, &w.act, "yamada", &account);
		if (r == 0 && what == REPLACED)
			r = account_add(&w.core, &w.act, &again, &view);
		break;
	case DISABLED:
		r = account_enable(&w.core, &w.act, "yamada", false, &view);
		break;
	case CLOSED:
		r = office_enable(&w.core, &w.act, "tokyo", false, &office);
		break;
	case LOCKED:
	case MEANWHILES:
		for (i = 0; i < 5 && r == 0; i++) {
			r = lock_load(&w.core, &p.account, COUNTER_CODE,
			    "c:" SSHD, &w.act.now, &lock);
			if (r == 0)
				r = lock_fail(
				    &w.core, &p.account, &lock, &w.act.now);
		}
		break;
	}
	assert_int_equal(r, 0);
}

/* What was read before holds only as long as nobody changed it: told by its
 * number, or (0) by nothing at all. */
static void
run_meanwhile(uint64_t generation)
{
	static const char *const reasons[MEANWHILES] = { "not_enrolled",
		"unknown_login", "not_enrolled", "disabled", "office_disabled",
		"locked" };
	char good[CODE_DIGITS + 1];
	struct audit_record rec;
	struct verify v;
	int what;

	for (what = 0; what < MEANWHILES; what++) {
		teardown(NULL);
		setup(NULL);
		w.core.generation = generation;
		core_world_code(p.seed, core_world_step(), good);
		core_world_ask(&v, "yamada", good, SSHD);
		core_world_begin(&w);
		assert_int_equal(verify_prepare(&w.core, &w.act, &v), 0);
		assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
		assert_int_equal(v.checks[0].verdict, KEEPER_MATCH);
		meanwhile((enum meanwhile)what);
		if (generation != 0)
			w.core.generation++;
		assert_int_equal(verify_run(&w.core, &w.act, &v), 0);
		assert_int_equal(v.verdict, VERDICT_REFUSE);
		assert_int_equal(core_world_commit(&w), 0);
		core_world_last(&w, &rec);
		assert_string_equal(rec.reason, reasons[what]);
	}
}

static void
test_2b_8_revoked_in_the_same_transaction(void **state)
{
	(void)state;
	run_meanwhile(0);
	run_meanwhile(7);
}

/* A phone that came after the codes went to the keeper was not asked: the
 * refusal says so and costs no try. */
static void
test_phone_that_came_meanwhile(void **state)
{
	char good[CODE_DIGITS + 1];
	struct enrol_secret secret;
	struct audit_record rec;
	enum verdict verdict;
	struct phone phone;
	struct verify v;
	struct person q;

	(void)state;
	CHANGE(phone_revoke(&w.core, &w.act, "yamada", NULL, &phone));
	CHANGE(enrol_start(&w.core, &w.act, "yamada", NULL, false, &secret));
	core_world_seed(secret.secret, q.seed);
	core_world_code(q.seed, core_world_step(), good);
	core_world_ask(&v, "yamada", good, SSHD);
	core_world_begin(&w);
	assert_int_equal(verify_prepare(&w.core, &w.act, &v), 0);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	assert_int_equal(
	    enrol_confirm(&w.core, &w.act, "yamada", good, &verdict, &phone),
	    0);
	assert_int_equal(verdict, VERDICT_ACCEPT);
	assert_int_equal(verify_run(&w.core, &w.act, &v), 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_int_equal(core_world_commit(&w), 0);
	core_world_last(&w, &rec);
	assert_string_equal(rec.reason, "not_checked");
	assert_int_equal(failures(), 0);
}

static void
test_keeper_rate_costs_no_try(void **state)
{
	struct audit_record rec;
	struct verify v;

	(void)state;
	keeper_fake_knobs(w.core.keeper)->verdict = KEEPER_TOO_MANY;
	v = ask(&p, 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_int_equal(w.counter_puts, 1); /* the decoy's */
	core_world_last(&w, &rec);
	assert_string_equal(rec.reason, "not_checked");
	keeper_fake_knobs(w.core.keeper)->verdict = KEEPER_BAD_SEAL;
	assert_int_equal(ask(&p, 0).verdict, VERDICT_REFUSE);
	assert_int_equal(failures(), 0);
	keeper_fake_knobs(w.core.keeper)->verdict = 0;
	assert_int_equal(ask(&p, 0).verdict, VERDICT_ACCEPT);
}

/* The same right code while one part after the other breaks. */
static void
test_R57_a_broken_part_accepts_nothing(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);
	int64_t seq = core_world_seq(&w);
	char good[CODE_DIGITS + 1];
	struct verify v;
	int part;

	(void)state;
	core_world_code(p.seed, core_world_step(), good);
	for (part = 0; part < 5; part++) {
		k->fail_check = part == 0 ? ERR_KEEPER : 0;
		k->fail_seal = part == 1 ? ERR_TIMEOUT : 0;
		k->fail_all = part == 2 ? ERR_KEEPER : 0;
		s->fail_change = part == 3 ? ERR_FULL : 0;
		s->fail_commit = part == 4 ? ERR_FULL : 0;
		core_world_ask(&v, "yamada", good, SSHD);
		assert_int_not_equal(core_world_batch(&w, &v, 1), 0);
		if (part == 0 || part == 2 || part == 3)
			assert_int_equal(v.verdict, VERDICT_REFUSE);
		assert_true(core_world_seq(&w) == seq);
	}
	s->fail_commit = 0;
	s->fail_read = ERR_STORE;
	core_world_ask(&v, "yamada", good, SSHD);
	core_world_begin(&w);
	v.verdict = VERDICT_ACCEPT;
	assert_int_equal(verify_prepare(&w.core, &w.act, &v), ERR_STORE);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	v.is_known = true;
	v.verdict = VERDICT_ACCEPT;
	assert_int_equal(verify_run(&w.core, &w.act, &v), ERR_STORE);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	s->fail_read = 0;
	core_world_rollback(&w);
	assert_int_equal(failures(), 0);
	assert_int_equal(ask(&p, 0).verdict, VERDICT_ACCEPT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R34_refusals_look_alike),
		TEST(test_refused_codes_are_not_used_up),
		TEST(test_last_day_of_work),
		TEST(test_V12_one_counter_for_all_forms),
		TEST(test_V12_wrong_code_counts_once_over_forms),
		TEST(test_V20_naughty_logins),
		TEST(test_2b_8_revoked_in_the_same_transaction),
		TEST(test_phone_that_came_meanwhile),
		TEST(test_keeper_rate_costs_no_try),
		TEST(test_R57_a_broken_part_accepts_nothing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
