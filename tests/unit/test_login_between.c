/*
 * Goal of this test: every refusal costs the same and says the same; and what
 * is done to an account, its office, phone or password between any two steps of
 * a login, or between the parts of one step, is seen by the next.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
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

#include "authd/base/clock.h"
#include "authd/core/recovery.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define RIGHT LOGIN_WORLD_ONE
#define WRONG LOGIN_WORLD_WRONG

static struct core_world w;
static struct person yamada, boss;

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	login_world_person(&w, "tokyo", "keiri-boss", "privileged", &boss);
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

static void
assert_last(const char *action, const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
}

static void
assert_refused(const struct login *l)
{
	assert_int_equal(l->result, LOGIN_REFUSE);
	assert_string_equal(l->next_token, "");
	assert_false(l->is_used_code);
	assert_int_equal(l->retry_after, 0);
	assert_int_equal(l->reasons, 0);
}

/* The code step with the code of ${shift} steps from now. */
static struct login
code_step(const struct person *p, const char *token, int shift)
{
	char code[CODE_DIGITS + 1];
	struct login l;

	core_world_code(p->seed, core_world_step() + shift, code);
	login_world_code(&l, token, code);
	(void)login_world_step(&w, &l);
	return (l);
}

static void
token_of(const struct person *p, char token[LOGINS_TOKEN_LEN + 1])
{
	login_world_token(&w, p, RIGHT, LOGINS_CODE, token);
}

/* Things that administrators and others do. */
static void
set_account(const char *login, const char *leaves_on, int64_t approved_ms)
{
	struct account a;

	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->account_find(w.core.store, login, &a), 0);
	a.approved_ms = approved_ms;
	a.leaves_on_ms = leaves_on == NULL ? 0 : clock_wall_ms() - 86400001;
	assert_int_equal(w.core.store->ops->account_set(w.core.store, &a), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
do_left(void)
{
	set_account("yamada", "2026-11-20", 1);
}

static void
do_pending(void)
{
	set_account("yamada", NULL, 0);
}

static void
do_disable(void)
{
	struct account_view view;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_enable(&w.core, &w.act, "yamada", false, &view)),
	    0);
}

static void
do_office(void)
{
	struct office office;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, office_enable(&w.core, &w.act, "tokyo", false, &office)),
	    0);
}

static void
do_revoke(void)
{
	struct phone phone;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, phone_revoke(&w.core, &w.act, "yamada", NULL, &phone)),
	    0);
}

static void
do_remove(void)
{
	struct account gone;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_remove(&w.core, &w.act, "yamada", &gone)),
	    0);
}

static void
do_password(void)
{
	clock_fake_pass(1);
	login_world_password(&w, "yamada", LOGIN_WORLD_TWO, false);
}

static void
do_replace(void)
{
	struct person other;

	do_remove();
	login_world_person(&w, "tokyo", "yamada", NULL, &other);
	memcpy(yamada.seed, other.seed, sizeof(yamada.seed));
}

/* The same name, and a password of the very same millisecond: another person
 * all the same. */
static void
do_replace_alike(void)
{
	const struct store_ops *ops = w.core.store->ops;
	struct account a;
	struct password was, row;

	assert_int_equal(ops->password_get(w.core.store,
			     &yamada.account.office, &yamada.account.id, &was),
	    0);
	do_replace();
	core_world_begin(&w);
	assert_int_equal(ops->account_find(w.core.store, "yamada", &a), 0);
	assert_int_equal(
	    ops->password_get(w.core.store, &a.office, &a.id, &row), 0);
	row.changed_ms = was.changed_ms;
	assert_int_equal(ops->password_put(w.core.store, &row, 0), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
put_lock(enum counter_kind kind)
{
	struct counter row = { .office = yamada.account.office,
		.account = yamada.account.id,
		.kind = kind,
		.failures = 5,
		.in_row = 5 };

	core_world_begin(&w);
	row.locked_until_steady = w.act.now.steady_ms + WORLD_HOUR_MS;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
do_lock_password(void)
{
	put_lock(COUNTER_PASSWORD);
}

static void
do_lock_code(void)
{
	put_lock(COUNTER_CODE);
}

/* Never enrolled in time; recovery codes are no help. */
static void
do_late(void)
{
	struct account_input in = { .login = "late",
		.office = "tokyo",
		.name = "L",
		.enrol_by = "2026-11-20" };
	struct recovery_codes codes;
	struct account_view view;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(
			     &w, account_add(&w.core, &w.act, &in, &view)),
	    0);
	login_world_password(&w, "late", RIGHT, false);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(&w.core, &w.act, "late", &codes)),
	    0);
}

struct event {
	void (*happen)(void);
	const char *reason;
};

static const struct event events[] = {
	{ do_disable, "disabled" },
	{ do_office, "office_disabled" },
	{ do_left, "left" },
	{ do_pending, "not_approved" },
	{ do_revoke, "not_enrolled" },
	{ do_remove, "unknown_login" },
	{ do_password, "changed_meanwhile" },
	{ do_replace, "changed_meanwhile" },
	{ do_replace_alike, "changed_meanwhile" },
	{ do_lock_password, "locked" },
	{ do_lock_code, "locked" },
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

static void
again(void)
{
	login_world_stop(&w);
	(void)setup(NULL);
}

/* Every reason: same answer, as many rows written, one record. */
static void
test_R34_V21_refusals_are_alike(void **state)
{
	static const struct {
		void (*happen)(void);
		const char *login, *password, *reason;
	} rows[] = {
		{ NULL, "yamada", WRONG, "wrong_password" },
		{ NULL, "yamada", "", "wrong_password" },
		{ NULL, "yamada", "a\nb", "wrong_password" },
		{ NULL, "who", RIGHT, "unknown_login" },
		{ NULL, "no login!", RIGHT, "unknown_login" },
		{ NULL, "", "", "unknown_login" },
		{ do_disable, "yamada", RIGHT, "disabled" },
		{ do_office, "yamada", RIGHT, "office_disabled" },
		{ do_left, "yamada", RIGHT, "left" },
		{ do_pending, "yamada", RIGHT, "not_approved" },
		{ do_revoke, "yamada", RIGHT, "not_enrolled" },
		{ do_late, "late", RIGHT, "enrol_by_passed" },
		{ do_remove, "yamada", RIGHT, "unknown_login" },
		{ do_lock_password, "yamada", RIGHT, "locked" },
		{ do_disable, "yamada", WRONG, "wrong_password" },
		{ do_lock_password, "yamada", WRONG, "locked" },
	};
	struct login l;
	int64_t seq;
	size_t i;
	bool wants;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again();
		if (rows[i].happen != NULL)
			rows[i].happen();
		seq = core_world_seq(&w);
		login_world_first(&l, rows[i].login, rows[i].password);
		assert_int_equal(login_world_run(&w, &l, &wants), 0);
		assert_int_equal(w.counter_puts, 1);
		assert_true(wants);
		assert_int_equal(login_world_hash(&w, &l), 0);
		assert_int_equal(login_world_settle(&w, &l), 0);
		assert_int_equal(w.counter_puts, 1);
		assert_refused(&l);
		assert_int_equal(core_world_seq(&w), seq + 1);
		assert_last("login.password", "refuse", rows[i].reason);
	}
}

/* Not evaluated before its time: taken between run, hash and settle. */
static void
test_V9_between_the_parts_of_the_password(void **state)
{
	struct login l;
	bool wants;
	size_t i;
	int k;

	(void)state;
	/* locks come of places taken; who has one is judged */
	for (i = 0; i < EVENTS - 2; i++)
		for (k = 0; k < 2; k++) {
			again();
			login_world_first(&l, "yamada", RIGHT);
			assert_int_equal(login_world_run(&w, &l, &wants), 0);
			if (k == 0)
				events[i].happen();
			assert_int_equal(login_world_hash(&w, &l), 0);
			if (k == 1)
				events[i].happen();
			assert_int_equal(login_world_settle(&w, &l), 0);
			assert_refused(&l);
			assert_last(
			    "login.password", "refuse", events[i].reason);
		}
}

static void
test_V9_between_password_and_code(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	struct phone phone;
	int64_t seq;
	size_t i;

	(void)state;
	for (i = 0; i < EVENTS; i++) {
		again();
		token_of(&yamada, token);
		events[i].happen();
		seq = core_world_seq(&w);
		l = code_step(&yamada, token, 0);
		assert_refused(&l);
		assert_int_equal(w.counter_puts, 1);
		assert_int_equal(core_world_seq(&w), seq + 1);
		if (w.real->phone_get(w.core.store, &yamada.phone.office,
			&yamada.phone.account, &yamada.phone.device,
			&phone) == 0)
			assert_true(phone.last_step == yamada.phone.last_step);
		/* and it is over */
		l = code_step(&yamada, token, 0);
		assert_refused(&l);
	}
}

/* A change is due: an administrator chose the password. */
static void
change_token(char token[LOGINS_TOKEN_LEN + 1])
{
	login_world_password(&w, "yamada", RIGHT, true);
	login_world_token(&w, &yamada, RIGHT, LOGINS_NEW_PASSWORD, token);
}

static bool
is_stored(const char *text)
{
	struct password_known known;
	enum passhash_verdict verdict;

	if (password_load(&w.core, &w.act, "yamada", &known) != 0)
		return (false);
	assert_int_equal(
	    password_verify(&w.policy, w.core.keeper, &known, text, &verdict),
	    0);
	return (verdict == PASSHASH_RIGHT);
}

/* Before the change is asked, and between each two of its parts. */
static void
test_V9_R36_between_code_and_change(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	int64_t seq;
	size_t i;
	bool wants;
	int k;

	(void)state;
	for (i = 0; i < EVENTS; i++)
		for (k = 0; k < 3; k++) {
			again();
			change_token(token);
			if (k == 0)
				events[i].happen();
			seq = core_world_seq(&w);
			login_world_change(&l, token, LOGIN_WORLD_THREE);
			assert_int_equal(login_world_run(&w, &l, &wants), 0);
			if (k == 1) {
				events[i].happen();
				seq = core_world_seq(&w);
			}
			if (wants) {
				assert_int_equal(login_world_hash(&w, &l), 0);
				if (k == 2) {
					events[i].happen();
					seq = core_world_seq(&w);
				}
				assert_int_equal(login_world_settle(&w, &l), 0);
			}
			assert_int_equal(l.result, LOGIN_REFUSE);
			assert_string_equal(l.next_token, "");
			assert_int_equal(core_world_seq(&w), seq + 1);
			assert_false(is_stored(LOGIN_WORLD_THREE));
		}
}

/* A second phone does not keep what a stolen one has opened. */
static void
test_V9_one_of_two_phones_is_revoked(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], device[ID_TEXT + 1];
	struct person second;
	struct phone phone;
	struct login l;

	(void)state;
	core_world_phone(&w, "yamada", &second);
	change_token(token);
	id_put_text(&yamada.phone.device, device);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, phone_revoke(&w.core, &w.act, "yamada", device, &phone)),
	    0);
	login_world_change(&l, token, LOGIN_WORLD_THREE);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	assert_last("login.change", "refuse", "phone_revoked");
	assert_false(is_stored(LOGIN_WORLD_THREE));
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R34_V21_refusals_are_alike),
		T(test_V9_between_the_parts_of_the_password),
		T(test_V9_between_password_and_code),
		T(test_V9_R36_between_code_and_change),
		T(test_V9_one_of_two_phones_is_revoked),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
