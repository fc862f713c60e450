/*
 * Goal of this test: who changes the own password shows the present one; guesses
 * of it count and lock by themselves (R3, R43); a bad new one is told with all
 * reasons; nothing is evaluated while locked (V15).
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/password_own.c authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c tests/fakes/terminal_fake.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c tests/fakes/login_world.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
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

#include "authd/core/account.h"
#include "authd/core/password_own.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define OLD LOGIN_WORLD_ONE
#define NEW LOGIN_WORLD_TWO

static struct core_world w;
static struct person yamada;

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(&w));
	login_world_stop(&w);
	return (0);
}

/* Tries of whoever is logged in, which are not those of strangers. */
static int
failures(void)
{
	struct counter row = { .failures = 0 };
	int r;

	assert_int_equal(
	    login_world_counter(&w, &yamada, COUNTER_PASSWORD).failures, 0);
	r = w.real->counter_get(w.core.store, &yamada.account.office,
	    &yamada.account.id, COUNTER_PASSWORD, "c:own", &row);
	assert_true(r == 0 || r == ERR_NOTFOUND);
	return (row.failures);
}

static void
assert_last(const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "password.change");
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
}

static void
start(struct password_own *q, const char *present, const char *fresh)
{
	memset(q, 0, sizeof(*q));
	snprintf(q->login, sizeof(q->login), "yamada");
	snprintf(q->present, sizeof(q->present), "%s", present);
	snprintf(q->fresh, sizeof(q->fresh), "%s", fresh);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, password_own_start(&w.core, &w.act, q)), 0);
}

static enum password_own_result
settle(struct password_own *q)
{
	assert_int_equal(password_own_hash(&w.policy, w.core.keeper, q), 0);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, password_own_settle(&w.core, &w.act, q)), 0);
	return (q->result);
}

static enum password_own_result
try(const char *present, const char *fresh)
{
	struct password_own q;

	start(&q, present, fresh);
	return (settle(&q));
}

static void
test_R43_present_one_first(void **state)
{
	struct password_own q;

	(void)state;
	assert_int_equal(try("not it", NEW), PASSWORD_OWN_REFUSED);
	assert_last("refuse", "wrong_password");
	assert_int_equal(failures(), 1);
	assert_int_equal(try("", NEW), PASSWORD_OWN_REFUSED);
	assert_int_equal(failures(), 2);
	/* R3: a place is taken before anything is hashed */
	start(&q, OLD, NEW);
	assert_int_equal(failures(), 3);
	assert_int_equal(settle(&q), PASSWORD_OWN_DONE);
	assert_int_equal(failures(), 0);
	assert_int_equal(
	    login_world_try(&w, "yamada", OLD).result, LOGIN_REFUSE);
	assert_int_equal(
	    login_world_try(&w, "yamada", NEW).result, LOGIN_CONTINUE);
}

static void
test_rules(void **state)
{
	struct password_own q;

	(void)state;
	start(&q, OLD, "abc");
	assert_int_equal(settle(&q), PASSWORD_OWN_UNMET);
	assert_true((q.reasons & PASSWORD_TOO_SHORT) != 0);
	assert_true((q.reasons & PASSWORD_NO_UPPER) != 0);
	assert_last("refuse", "policy");
	/* the present one was right: that is no failure */
	assert_int_equal(failures(), 0);
	start(&q, OLD, OLD);
	assert_int_equal(settle(&q), PASSWORD_OWN_UNMET);
	assert_true((q.reasons & PASSWORD_REUSED) != 0);
	/* a wrong present one says nothing of the new one */
	start(&q, "not it", "abc");
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	assert_int_equal(q.reasons, 0);
	assert_int_equal(try(OLD, NEW), PASSWORD_OWN_DONE);
}

static void
test_V15_locked(void **state)
{
	struct password_own q;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_int_equal(try("not it", NEW), PASSWORD_OWN_REFUSED);
	assert_last("refuse", "wrong_password");
	start(&q, OLD, NEW);
	assert_false(q.has_slot);
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	assert_int_equal(q.verdict, PASSHASH_WRONG);
	assert_last("refuse", "locked");
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(try(OLD, NEW), PASSWORD_OWN_DONE);
}

/* R29, F11: strangers who guess at the login keep nobody from stopping what is
 * lost or from changing the password; nor does a thief at an open page lock the
 * login. */
static void
test_R29_strangers_lock_nothing_here(void **state)
{
	struct password_own q;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_int_equal(
		    login_world_try(&w, "yamada", "not it").result,
		    LOGIN_REFUSE);
	assert_int_equal(
	    login_world_try(&w, "yamada", OLD).result, LOGIN_REFUSE);
	start(&q, OLD, "");
	q.is_check = true;
	assert_int_equal(settle(&q), PASSWORD_OWN_DONE);
	/* and clears nothing of theirs (V23) */
	assert_int_equal(
	    login_world_counter(&w, &yamada, COUNTER_PASSWORD).failures, 5);
	clock_fake_pass(WORLD_HOUR_MS);
	assert_int_equal(
	    login_world_try(&w, "yamada", OLD).result, LOGIN_CONTINUE);
	for (i = 0; i < 5; i++)
		assert_int_equal(try("not it", NEW), PASSWORD_OWN_REFUSED);
	assert_int_equal(try(OLD, NEW), PASSWORD_OWN_REFUSED);
	assert_int_equal(
	    login_world_try(&w, "yamada", OLD).result, LOGIN_CONTINUE);
}

/* Nothing was hashed, for there was no room: it was no try. */
static void
test_given_back(void **state)
{
	struct password_own q;

	(void)state;
	start(&q, "not it", NEW);
	assert_int_equal(failures(), 1);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     password_own_give_back(&w.core, &w.act, &q)),
	    0);
	assert_int_equal(failures(), 0);
}

/* What the right one was shown for is refused, and settle undone: that is no
 * try. With a wrong one it stays a try, whatever becomes of settle. */
static void
test_R3_undone(void **state)
{
	static const struct {
		const char *present;
		int failures;
	} cases[] = { { "not it", 1 }, { OLD, 1 }, { "not it", 2 }, { OLD, 2 } };
	struct password_own q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&q, cases[i].present, "");
		q.is_check = true;
		assert_int_equal(
		    password_own_hash(&w.policy, w.core.keeper, &q), 0);
		core_world_begin(&w);
		assert_int_equal(password_own_settle(&w.core, &w.act, &q), 0);
		core_world_rollback(&w);
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(
			&w, password_own_give_back(&w.core, &w.act, &q)),
		    0);
		assert_int_equal(w.counter_puts, 1); /* right or wrong */
		assert_int_equal(failures(), cases[i].failures);
	}
}

/* What happens while the new one is hashed. */
static void
test_between(void **state)
{
	struct password_own q;
	struct account_view v;

	(void)state;
	start(&q, OLD, NEW);
	login_world_password(&w, "yamada", LOGIN_WORLD_THREE, false);
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	assert_last("refuse", "changed_meanwhile");
	start(&q, LOGIN_WORLD_THREE, NEW);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_enable(&w.core, &w.act, "yamada", false, &v)),
	    0);
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	assert_last("refuse", "disabled");
}

/* Shown before something that matters: it counts the same and changes nothing. */
static void
test_R43_check(void **state)
{
	struct password_own q;
	struct audit_record rec;

	(void)state;
	start(&q, "not it", "");
	q.is_check = true;
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	assert_int_equal(failures(), 1);
	start(&q, OLD, "");
	q.is_check = true;
	assert_int_equal(settle(&q), PASSWORD_OWN_DONE);
	assert_int_equal(failures(), 0);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "password.check");
	assert_string_equal(rec.result, "accept");
	assert_int_equal(
	    login_world_try(&w, "yamada", OLD).result, LOGIN_CONTINUE);
	/* one that is no longer the present one shows nothing */
	start(&q, OLD, "");
	q.is_check = true;
	login_world_password(&w, "yamada", LOGIN_WORLD_THREE, false);
	assert_int_equal(settle(&q), PASSWORD_OWN_REFUSED);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "password.check");
	assert_string_equal(rec.reason, "changed_meanwhile");
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R43_present_one_first),
		T(test_rules),
		T(test_V15_locked),
		T(test_R29_strangers_lock_nothing_here),
		T(test_given_back),
		T(test_R3_undone),
		T(test_between),
		T(test_R43_check),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
