/*
 * Goal of this test: a password is judged, hashed and compared in one form and
 * over the pepper of its own account; it is stored with its history; nothing
 * of it is accepted that another account, another row or a broken keeper gave.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/recovery.c authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c tests/fakes/terminal_fake.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: authd/core/passhash.c authd/core/passhash_format.c
 * Links: authd/core/breach.c tests/fakes/login_world.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
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

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define DAY_MS (24 * WORLD_HOUR_MS)

static struct core_world w;
static struct person yamada, suzuki;

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	login_world_person(&w, "tokyo", "suzuki", NULL, &suzuki);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	login_world_stop(&w);
	return (0);
}

static struct password_known
load(const char *login)
{
	struct password_known known;

	core_world_begin(&w);
	assert_int_equal(password_load(&w.core, &w.act, login, &known), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
	return (known);
}

static enum passhash_verdict
verify(const struct password_known *known, const char *text)
{
	enum passhash_verdict verdict = PASSHASH_RIGHT;

	assert_int_equal(
	    password_verify(&w.policy, w.core.keeper, known, text, &verdict),
	    0);
	return (verdict);
}

static uint32_t
judge(const char *login, const char *text)
{
	struct password_known known;
	uint32_t reasons = 0;

	if (login != NULL)
		known = load(login);
	assert_int_equal(password_judge(&w.policy, w.core.keeper,
			     login == NULL ? NULL : &known, text, &reasons),
	    0);
	return (reasons);
}

static int
store(const struct password_known *known, const char *text)
{
	char hash[PASSHASH_MAX + 1];

	assert_int_equal(
	    password_hash(&w.policy, w.core.keeper, known, text, hash), 0);
	core_world_begin(&w);
	return (core_world_ended(&w,
	    password_store(
		&w.core, &w.act, known, hash, false, "password.change")));
}

static void
test_R18_right_and_wrong(void **state)
{
	struct password_known known = load("yamada");

	(void)state;
	assert_memory_equal(known.row.hash, "$y$j9T$", 3);
	assert_string_equal(known.office, "tokyo");
	assert_int_equal(verify(&known, LOGIN_WORLD_ONE), PASSHASH_RIGHT);
	assert_int_equal(verify(&known, LOGIN_WORLD_TWO), PASSHASH_WRONG);
	assert_int_equal(verify(&known, "kx7#vRq2!mWz"), PASSHASH_WRONG);
	assert_int_equal(verify(&known, LOGIN_WORLD_ONE " "), PASSHASH_WRONG);
	assert_int_equal(verify(&known, " " LOGIN_WORLD_ONE), PASSHASH_WRONG);
	assert_int_equal(verify(&known, "Kx7#vRq2!mW"), PASSHASH_WRONG);
	assert_int_equal(verify(&known, ""), PASSHASH_WRONG);
	assert_int_equal(verify(&known, "-"), PASSHASH_WRONG);
}

static void
test_V21_nobody_is_wrong(void **state)
{
	struct password_known known = load("yamada");

	(void)state;
	assert_int_equal(verify(NULL, LOGIN_WORLD_ONE), PASSHASH_WRONG);
	assert_int_equal(verify(NULL, ""), PASSHASH_WRONG);
	assert_int_equal(verify(NULL, "-"), PASSHASH_WRONG);
	known.row.hash[0] = '\0'; /* none was ever set */
	assert_int_equal(verify(&known, LOGIN_WORLD_ONE), PASSHASH_WRONG);
	assert_int_equal(verify(&known, ""), PASSHASH_WRONG);
}

/* Same password, same salt: the pepper is over the account as well. */
static void
test_R18_row_of_another_account(void **state)
{
	struct password_known mine = load("yamada"), his = load("suzuki");
	char hash[PASSHASH_MAX + 1];
	struct password_known moved = his;

	(void)state;
	assert_string_not_equal(mine.row.hash, his.row.hash);
	memcpy(moved.row.hash, mine.row.hash, sizeof(moved.row.hash));
	assert_int_equal(verify(&moved, LOGIN_WORLD_ONE), PASSHASH_WRONG);
	assert_int_equal(password_hash(&w.policy, w.core.keeper, &moved,
			     LOGIN_WORLD_ONE, hash),
	    0);
	assert_string_not_equal(hash, mine.row.hash);
	moved = mine;
	moved.account.office.b[0] ^= 1;
	assert_int_equal(verify(&moved, LOGIN_WORLD_ONE), PASSHASH_WRONG);
	moved = mine;
	moved.account.id.b[15] ^= 1;
	assert_int_equal(verify(&moved, LOGIN_WORLD_ONE), PASSHASH_WRONG);
}

static void
test_R14_one_form(void **state)
{
	struct password_known known = load("yamada");

	(void)state;
	/* full width, as a Japanese input method types it */
	assert_int_equal(
	    verify(&known, "Ｋｘ７＃ｖＲｑ２！ｍＷｚ"), PASSHASH_RIGHT);
	/* half-width kana, composed and decomposed */
	assert_int_equal(store(&known, "Kx7#ガヴvRq2!mé"), 0);
	known = load("yamada");
	assert_int_equal(
	    verify(&known, "Kx7#ｶﾞｳﾞvRq2!me\xcc\x81"), PASSHASH_RIGHT);
	assert_int_equal(verify(&known, "Kx7#カウvRq2!mé"), PASSHASH_WRONG);
}

static void
test_R14_not_truncated(void **state)
{
	static const size_t lengths[] = { 64, 128, 1024 };
	struct password_known known;
	char text[1026];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		n = lengths[i];
		memset(text, 'a', sizeof(text));
		memcpy(text, LOGIN_WORLD_ONE, strlen(LOGIN_WORLD_ONE));
		text[n] = '\0';
		known = load("yamada");
		assert_int_equal(store(&known, text), 0);
		known = load("yamada");
		assert_int_equal(verify(&known, text), PASSHASH_RIGHT);
		text[n - 1] = 'b';
		assert_int_equal(verify(&known, text), PASSHASH_WRONG);
		text[n - 1] = '\0';
		assert_int_equal(verify(&known, text), PASSHASH_WRONG);
		memset(text + n - 1, 'a', 2);
		text[n + 1] = '\0'; /* the last: 1,025 bytes */
		assert_int_equal(verify(&known, text), PASSHASH_WRONG);
	}
	assert_int_equal(strlen(text), 1025);
	assert_int_equal(
	    judge("yamada", text), PASSWORD_JUDGED | PASSWORD_TOO_LONG);
	assert_int_equal(
	    judge(NULL, text), PASSWORD_JUDGED | PASSWORD_TOO_LONG);
}

static void
test_R14_what_is_no_text(void **state)
{
	static const char *const bad[] = { "Kx7#v\nRq2!mWz", "Kx7#vRq2!mWz\x7f",
		"\x01Kx7#vRq2!mWz", "Kx7#vRq2!mWz\xff", "Kx7#vRq2!mW\xe3\x81" };
	struct password_known known = load("yamada");
	char hash[PASSHASH_MAX + 1];
	uint32_t reasons;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(verify(&known, bad[i]), PASSHASH_WRONG);
		reasons = PASSWORD_JUDGED;
		assert_int_equal(password_judge(&w.policy, w.core.keeper,
				     &known, bad[i], &reasons),
		    ERR_INVALID);
		assert_int_equal(reasons, 0);
		assert_int_equal(password_hash(&w.policy, w.core.keeper, &known,
				     bad[i], hash),
		    ERR_INVALID);
		assert_string_equal(hash, "");
	}
}

/* Nothing typed is a password that is too short, not something broken. */
static void
test_V29_empty_is_too_short(void **state)
{
	uint32_t reasons = judge("yamada", "");

	(void)state;
	assert_true((reasons & PASSWORD_JUDGED) != 0);
	assert_true((reasons & PASSWORD_TOO_SHORT) != 0);
	assert_true((reasons & PASSWORD_REUSED) == 0);
	assert_int_equal(judge(NULL, ""), reasons);
}

static void
test_all_reasons_at_once(void **state)
{
	(void)state;
	assert_int_equal(judge("yamada", LOGIN_WORLD_TWO), PASSWORD_JUDGED);
	assert_int_equal(judge("yamada", "yamada1"),
	    PASSWORD_JUDGED | PASSWORD_TOO_SHORT | PASSWORD_NO_UPPER |
		PASSWORD_NO_SYMBOL | PASSWORD_PERSONAL | PASSWORD_WEAK);
	/* nobody is known: nothing personal */
	assert_int_equal(judge(NULL, "yamada1") & PASSWORD_PERSONAL, 0);
	/* reuse comes with the others */
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	assert_int_equal(judge("suzuki", LOGIN_WORLD_TWO), PASSWORD_JUDGED);
	assert_int_equal(judge(NULL, LOGIN_WORLD_ONE), PASSWORD_JUDGED);
}

static void
test_reuse_in_the_same_form(void **state)
{
	(void)state;
	assert_int_equal(judge("yamada", "Ｋｘ７＃ｖＲｑ２！ｍＷｚ"),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
}

/* A year from when it was replaced; the one in use, for as long as it is. */
static void
test_reuse_within_a_year(void **state)
{
	struct password_known known = load("yamada");

	(void)state;
	clock_fake_pass(400 * DAY_MS);
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	clock_fake_pass(100 * DAY_MS);
	known = load("yamada");
	assert_int_equal(store(&known, LOGIN_WORLD_THREE), 0);
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	clock_fake_pass(265 * DAY_MS - 1);
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	clock_fake_pass(2);
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE), PASSWORD_JUDGED);
	assert_int_equal(judge("yamada", LOGIN_WORLD_TWO),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	clock_fake_pass(100 * DAY_MS);
	assert_int_equal(judge("yamada", LOGIN_WORLD_TWO), PASSWORD_JUDGED);
	assert_int_equal(judge("yamada", LOGIN_WORLD_THREE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
}

/* The salt changes with the cost; the history is compared all the same. */
static void
test_reuse_over_several_salts(void **state)
{
	struct password_known known = load("yamada");
	char before[PASSHASH_MAX + 1];

	(void)state;
	memcpy(before, known.row.hash, sizeof(before));
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	known = load("yamada");
	/* one salt for one cost */
	assert_int_equal(strrchr(before, '$') - before,
	    strrchr(known.row.hash, '$') - known.row.hash);
	assert_memory_equal(
	    before, known.row.hash, (size_t)(strrchr(before, '$') - before));
	w.policy.password_cost++;
	assert_int_equal(store(&known, LOGIN_WORLD_THREE), 0);
	known = load("yamada");
	assert_int_equal(known.past_n, 2);
	assert_memory_not_equal(
	    before, known.row.hash, (size_t)(strrchr(before, '$') - before));
	assert_int_equal(judge("yamada", LOGIN_WORLD_ONE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	assert_int_equal(judge("yamada", LOGIN_WORLD_TWO),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	assert_int_equal(judge("yamada", LOGIN_WORLD_THREE),
	    PASSWORD_JUDGED | PASSWORD_REUSED);
	assert_int_equal(judge("yamada", LOGIN_WORLD_WRONG), PASSWORD_JUDGED);
}

static void
test_R18_nothing_without_the_keeper(void **state)
{
	static const int fails[] = { ERR_KEEPER, ERR_TIMEOUT };
	struct password_known known = load("yamada");
	char hash[PASSHASH_MAX + 1];
	enum passhash_verdict verdict;
	uint32_t reasons;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		keeper_fake_knobs(w.core.keeper)->fail_mac = fails[i];
		verdict = PASSHASH_RIGHT;
		assert_int_equal(password_verify(&w.policy, w.core.keeper,
				     &known, LOGIN_WORLD_ONE, &verdict),
		    fails[i]);
		assert_int_equal(verdict, PASSHASH_WRONG);
		verdict = PASSHASH_RIGHT;
		assert_int_equal(password_verify(&w.policy, w.core.keeper, NULL,
				     LOGIN_WORLD_ONE, &verdict),
		    fails[i]);
		assert_int_equal(verdict, PASSHASH_WRONG);
		reasons = PASSWORD_JUDGED;
		assert_int_equal(password_judge(&w.policy, w.core.keeper,
				     &known, LOGIN_WORLD_TWO, &reasons),
		    fails[i]);
		assert_false(password_policy_accepts(reasons));
		assert_int_equal(password_hash(&w.policy, w.core.keeper, &known,
				     LOGIN_WORLD_TWO, hash),
		    fails[i]);
		assert_string_equal(hash, "");
	}
}

static void
test_R48_changed_meanwhile(void **state)
{
	struct password_known known = load("yamada"), his = load("suzuki");
	struct account gone;

	(void)state;
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	assert_int_equal(store(&known, LOGIN_WORLD_THREE), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "changed_meanwhile");
	known = load("yamada");
	assert_int_equal(verify(&known, LOGIN_WORLD_TWO), PASSHASH_RIGHT);
	/* removed, and removed and added again */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_remove(&w.core, &w.act, "suzuki", &gone)),
	    0);
	assert_int_equal(store(&his, LOGIN_WORLD_TWO), ERR_NOTFOUND);
	core_world_person(&w, "tokyo", "suzuki", NULL, &suzuki);
	assert_int_equal(store(&his, LOGIN_WORLD_TWO), ERR_WRONG_STATE);
	his = load("suzuki");
	assert_string_equal(his.row.hash, "");
	assert_int_equal(his.past_n, 0);
}

static void
test_store_clears_password_failures_only(void **state)
{
	struct password_known known = load("yamada");
	struct counter row = { .office = yamada.account.office,
		.account = yamada.account.id,
		.kind = COUNTER_PASSWORD,
		.failures = 5,
		.in_row = 9,
		.locked_until_steady = INT64_MAX / 2 };
	static const char *const buckets[] = {
		"01234567-89ab-7cde-8f01-23456789abcd", "c:ticket" };
	struct audit_record rec;
	int i;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(w.real->counter_put(w.core.store, &row), 0);
	/* at the own terminal, and on a slip */
	for (i = 0; i < 2; i++) {
		memcpy(row.bucket, buckets[i], strlen(buckets[i]) + 1);
		assert_int_equal(w.real->counter_put(w.core.store, &row), 0);
	}
	row.bucket[0] = '\0';
	row.kind = COUNTER_CODE;
	assert_int_equal(w.real->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	row = login_world_counter(&w, &yamada, COUNTER_PASSWORD);
	assert_int_equal(row.failures + row.in_row, 0);
	assert_true(row.locked_until_steady == 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(w.real->counter_get(w.core.store,
				     &yamada.account.office,
				     &yamada.account.id, COUNTER_PASSWORD,
				     buckets[i], &row),
		    0);
		assert_int_equal(row.failures + row.in_row, 0);
		assert_true(row.locked_until_steady == 0);
	}
	row = login_world_counter(&w, &yamada, COUNTER_CODE);
	assert_int_equal(row.failures, 5);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "password.change");
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
	assert_string_equal(rec.detail, "temporary=0");
	assert_true(core_world_log_is_whole(&w));
}

static bool
must_change(const char *login)
{
	struct password_known known = load(login);
	bool must = false;

	assert_int_equal(password_must_change(&w.core, &known, &must), 0);
	return (must);
}

static int
order(const char *login, const char *office)
{
	core_world_begin(&w);
	return (core_world_ended(
	    &w, password_order(&w.core, &w.act, login, office)));
}

static void
test_R15_change_is_ordered(void **state)
{
	struct password_known known;
	struct person osaka;
	struct audit_record rec;

	(void)state;
	login_world_person(&w, "osaka", "tanaka", NULL, &osaka);
	clock_fake_pass(1000);
	assert_false(must_change("yamada"));
	assert_int_equal(order("yamada", NULL), 0);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "password.force_reset");
	assert_string_equal(rec.account, "yamada");
	assert_true(must_change("yamada"));
	assert_false(must_change("suzuki"));
	known = load("yamada");
	assert_int_equal(verify(&known, LOGIN_WORLD_ONE), PASSHASH_RIGHT);
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	assert_false(must_change("yamada"));

	clock_fake_pass(1000);
	assert_int_equal(order(NULL, "tokyo"), 0);
	assert_true(must_change("yamada"));
	assert_true(must_change("suzuki"));
	assert_false(must_change("tanaka"));
	clock_fake_pass(1000);
	known = load("yamada");
	assert_int_equal(store(&known, LOGIN_WORLD_THREE), 0);
	assert_false(must_change("yamada"));
	assert_true(must_change("suzuki"));

	clock_fake_pass(1000);
	assert_int_equal(order(NULL, NULL), 0);
	assert_true(must_change("yamada"));
	assert_true(must_change("tanaka"));
	/* in the same millisecond: better once too often */
	known = load("yamada");
	assert_int_equal(store(&known, "wQ6!xJt9@rFb"), 0);
	assert_true(must_change("yamada"));
}

/* F2: ordered while the clock was ahead, the change is due once, not until that
 * time has come; and the next order counts as well. */
static void
test_F2_order_of_a_wrong_clock(void **state)
{
	struct password_known known;

	(void)state;
	clock_fake_step(24 * WORLD_HOUR_MS);
	assert_int_equal(order(NULL, "tokyo"), 0);
	clock_fake_step(-24 * WORLD_HOUR_MS);
	clock_fake_pass(1000);
	assert_true(must_change("yamada"));
	known = load("yamada");
	assert_int_equal(store(&known, LOGIN_WORLD_TWO), 0);
	assert_false(must_change("yamada"));
	assert_true(must_change("suzuki"));
	clock_fake_pass(1000);
	assert_int_equal(order(NULL, NULL), 0);
	assert_true(must_change("yamada"));
	clock_fake_pass(1000);
	known = load("yamada");
	assert_int_equal(store(&known, LOGIN_WORLD_THREE), 0);
	assert_false(must_change("yamada"));
	clock_fake_pass(1000);
	assert_int_equal(order(NULL, "tokyo"), 0);
	assert_true(must_change("yamada"));
}

static void
test_order_of_what_is_not_there(void **state)
{
	struct person nobody;

	(void)state;
	core_world_person(&w, "tokyo", "kato", NULL, &nobody);
	assert_int_equal(order("kato", NULL), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "no_password");
	assert_int_equal(order("who", NULL), ERR_NOTFOUND);
	assert_int_equal(order(NULL, "kyoto"), ERR_NOTFOUND);
}

/* A store that does not answer is no reason to let anybody by. */
static void
test_must_change_when_unknown(void **state)
{
	struct password_known known = load("yamada");
	bool must = false;

	(void)state;
	store_mem_knobs(w.core.store)->fail_read = ERR_STORE;
	assert_int_equal(
	    password_must_change(&w.core, &known, &must), ERR_STORE);
	assert_true(must);
	store_mem_knobs(w.core.store)->fail_read = 0;
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R18_right_and_wrong),
		T(test_V21_nobody_is_wrong),
		T(test_R18_row_of_another_account),
		T(test_R14_one_form),
		T(test_R14_not_truncated),
		T(test_R14_what_is_no_text),
		T(test_V29_empty_is_too_short),
		T(test_all_reasons_at_once),
		T(test_reuse_in_the_same_form),
		T(test_reuse_within_a_year),
		T(test_reuse_over_several_salts),
		T(test_R18_nothing_without_the_keeper),
		T(test_R48_changed_meanwhile),
		T(test_store_clears_password_failures_only),
		T(test_R15_change_is_ordered),
		T(test_F2_order_of_a_wrong_clock),
		T(test_order_of_what_is_not_there),
		T(test_must_change_when_unknown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
