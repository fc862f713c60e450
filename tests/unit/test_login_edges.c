/*
 * Goal of this test: the edges of a login. A try that nobody hashed, for want
 * of room or time, takes no place of the person's and lifts the lock its place
 * had made; a source that is refused is refused at the password whoever is
 * meant, right or wrong, and takes no place either; and what a recovery code
 * has opened half is over when the account is reset or its codes are new.
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

static struct counter
counter(const struct person *p)
{
	return (login_world_counter(&w, p, COUNTER_PASSWORD));
}

static void
assert_last(const char *action, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.result, "refuse");
	assert_string_equal(rec.reason, reason);
}

/* A first step that finds no worker, as the engine has it end. */
static void
unhashed(const char *login)
{
	struct login l;
	bool wants;

	login_world_first(&l, login, RIGHT);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	assert_true(wants);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, login_give_back(&w.core, &w.act, &l)), 0);
	assert_int_equal(w.counter_puts, 1); /* whoever is meant */
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
}

static void
test_F11_V24_an_overload_locks_nobody_out(void **state)
{
	struct login l;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		unhashed("yamada");
		unhashed("keiri-boss");
		unhashed("nobody");
	}
	assert_int_equal(counter(&yamada).failures, 0);
	assert_int_equal(counter(&yamada).in_row, 0);
	assert_int_equal(counter(&boss).failures, 0);
	/* the last place is taken and given back, and its lock with it */
	for (i = 0; i < 4; i++)
		l = login_world_try(&w, "yamada", WRONG);
	unhashed("yamada");
	assert_int_equal(counter(&yamada).failures, 4);
	assert_true(counter(&yamada).locked_until_steady == 0);
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
}

/* What others counted meanwhile, or cleared, stays so. */
static void
test_F11_only_the_own_place_is_given_back(void **state)
{
	static struct login many[5];
	struct login l;
	bool wants;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		login_world_first(&many[i], "yamada", WRONG);
		assert_int_equal(login_world_run(&w, &many[i], &wants), 0);
	}
	assert_true(counter(&yamada).locked_until_steady != 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     login_give_back(&w.core, &w.act, &many[4])),
	    0);
	assert_int_equal(counter(&yamada).failures, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(login_world_hash(&w, &many[i]), 0);
		assert_int_equal(login_world_settle(&w, &many[i]), 0);
	}
	assert_int_equal(counter(&yamada).failures, 4);
	/* a place that had none has none to give: it was locked */
	l = login_world_try(&w, "yamada", WRONG);
	unhashed("yamada");
	assert_int_equal(counter(&yamada).failures, 5);
	assert_true(counter(&yamada).locked_until_steady != 0);
	/* nor below nothing, when it was cleared meanwhile */
	login_world_first(&l, "keiri-boss", RIGHT);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	many[0] = login_world_try(&w, "keiri-boss", RIGHT);
	assert_int_equal(many[0].result, LOGIN_CONTINUE);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, login_give_back(&w.core, &w.act, &l)), 0);
	assert_int_equal(counter(&boss).failures, 0);
	assert_int_equal(counter(&boss).in_row, 0);
}

/* Settle was undone: a right password was no guess, a wrong one was. */
static void
test_R3_undone_after_the_hash(void **state)
{
	static const struct {
		const char *password;
		int failures;
	} cases[] = { { WRONG, 1 }, { RIGHT, 1 }, { WRONG, 2 } };
	struct login l;
	bool wants;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		login_world_first(&l, "yamada", cases[i].password);
		assert_int_equal(login_world_run(&w, &l, &wants), 0);
		assert_int_equal(login_world_hash(&w, &l), 0);
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(&w, login_give_back(&w.core, &w.act, &l)),
		    0);
		assert_int_equal(w.counter_puts, 1); /* right or wrong */
		assert_int_equal(counter(&yamada).failures, cases[i].failures);
	}
}

/* R3: as many logins are under way as there is room for; the place of this one is
 * taken by another of the same transaction. The wrong code is a failure all the
 * same, and the login is over. */
static void
test_R3_wrong_code_counts_without_room(void **state)
{
	struct logins_entry other;
	char token[LOGINS_TOKEN_LEN + 1], unused[LOGINS_TOKEN_LEN + 1];
	struct login l;
	int n, r;

	(void)state;
	login_world_token(&w, &yamada, RIGHT, LOGINS_CODE, token);
	login_world_code(&l, token, "000000");
	l.may_repeat = true;
	core_world_begin(&w);
	assert_int_equal(login_prepare(&w.core, &w.act, &l), 0);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	memset(&other, 0, sizeof(other));
	other.step = LOGINS_CODE;
	for (n = 1, r = 0; r == 0; n++) {
		memcpy(other.account.b, &n, sizeof(n));
		r = logins_put(w.core.logins, &other, &w.act.now, unused);
	}
	assert_int_equal(r, ERR_BUSY);
	r = login_run(&w.core, &w.act, &l, &(bool){ false });
	assert_int_equal(core_world_ended(&w, r), 0);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
	assert_int_equal(
	    login_world_counter(&w, &yamada, COUNTER_CODE).failures, 1);
}

/* Make 192.0.2.1 a source that is refused. */
static void
block_source(void)
{
	struct source_held dropped;
	char login[16];
	int i;

	for (i = 0; i < SOURCE_FAILURES_MAX; i++) {
		snprintf(login, sizeof(login), "guess%d", i % 10);
		assert_int_equal(
		    source_failed(w.core.sources, "local:sshd", "192.0.2.1",
			login, &w.act.now, &dropped),
		    0);
	}
}

static void
test_refused_source_at_the_password(void **state)
{
	struct login l;

	(void)state;
	memcpy(w.act.source, "192.0.2.1", sizeof("192.0.2.1"));
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	block_source();
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
	assert_last("login.password", "source_blocked");
	l = login_world_try(&w, "yamada", WRONG);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_last("login.password", "source_blocked");
	assert_int_equal(counter(&yamada).failures, 0);
	l = login_world_try(&w, "nobody", WRONG);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_last("login.password", "source_blocked");
	/* from elsewhere the same person gets in */
	memcpy(w.act.source, "192.0.2.2", sizeof("192.0.2.2"));
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	/* what is refused makes it no longer */
	memcpy(w.act.source, "192.0.2.1", sizeof("192.0.2.1"));
	clock_fake_pass(SOURCE_BLOCK_MS / 2);
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_REFUSE);
	clock_fake_pass(SOURCE_BLOCK_MS / 2);
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
}

/* A login goes on from where it began: guesses at its code count there, whatever
 * the later steps claim. */
static void
test_R3_code_counts_where_the_password_came_from(void **state)
{
	struct audit_record rec;
	struct source_view *list;
	char wrong[CODE_DIGITS + 1], token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	size_t n;

	(void)state;
	memcpy(w.act.source, "192.0.2.1", sizeof("192.0.2.1"));
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	memcpy(w.act.source, "192.0.2.9", sizeof("192.0.2.9"));
	core_world_wrong(yamada.seed, wrong);
	memcpy(token, l.next_token, sizeof(token));
	login_world_code(&l, token, wrong);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "verify");
	assert_string_equal(rec.source, "192.0.2.1");
	assert_int_equal(source_list(w.core.sources, &w.act.now, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].address, "192.0.2.1");
	free(list);
}

static void
new_codes(struct recovery_codes *codes)
{
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(&w.core, &w.act, "yamada", codes)),
	    0);
}

/* Somebody with password and sheet has come as far as the new password. */
static void
open_by_recovery(char token[LOGINS_TOKEN_LEN + 1])
{
	struct recovery_codes codes;
	struct login l;

	new_codes(&codes);
	login_world_password(&w, "yamada", RIGHT, true);
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	memcpy(token, l.next_token, sizeof(l.next_token));
	login_world_code(&l, token, "");
	assert_int_equal(recovery_fold(codes.text[0], l.recovery), 0);
	assert_int_equal(login_world_step(&w, &l), LOGIN_CHANGE_PASSWORD);
	memcpy(token, l.next_token, sizeof(l.next_token));
}

static void
do_nothing(void)
{
}

static void
do_reset(void)
{
	struct account_view view;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_reset(&w.core, &w.act, "yamada",
				 "everything was stolen", &view)),
	    0);
}

static void
do_new_codes(void)
{
	struct recovery_codes codes;

	new_codes(&codes);
}

static void
test_V9_V28_recovery_between_code_and_change(void **state)
{
	static const struct {
		void (*happen)(void);
		enum login_result result;
	} rows[] = {
		{ do_nothing, LOGIN_ACCEPT },
		{ do_reset, LOGIN_REFUSE },
		{ do_new_codes, LOGIN_REFUSE },
	};
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	bool wants;
	size_t i;
	int k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; k < 3; k++) {
			login_world_stop(&w);
			(void)setup(state);
			open_by_recovery(token);
			if (k == 0)
				rows[i].happen();
			login_world_change(&l, token, LOGIN_WORLD_TWO);
			assert_int_equal(login_world_run(&w, &l, &wants), 0);
			if (k == 1)
				rows[i].happen();
			if (wants)
				assert_int_equal(login_world_hash(&w, &l), 0);
			if (k == 2)
				rows[i].happen();
			if (wants)
				assert_int_equal(
				    login_world_settle(&w, &l), 0);
			assert_int_equal(l.result, rows[i].result);
		}
}

/* F2: the phone that let somebody come so far is revoked, and the clock was set
 * back before: it is noticed all the same; another one's end does no harm. */
static void
test_F2_phone_revoked_before_the_change(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], device[ID_TEXT + 1];
	struct person second;
	struct phone phone;
	struct login l;
	int i;

	for (i = 0; i < 2; i++) {
		login_world_stop(&w);
		(void)setup(state);
		core_world_phone(&w, "yamada", &second);
		login_world_password(&w, "yamada", RIGHT, true);
		login_world_token(
		    &w, &yamada, RIGHT, LOGINS_NEW_PASSWORD, token);
		clock_fake_step(i == 0 ? -WORLD_HOUR_MS : 1000);
		id_put_text(i == 0 ? &yamada.phone.device
				   : &second.phone.device,
		    device);
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     phone_revoke(&w.core, &w.act, "yamada",
					 device, &phone)),
		    0);
		login_world_change(&l, token, LOGIN_WORLD_TWO);
		assert_int_equal(login_world_step(&w, &l),
		    i == 0 ? LOGIN_REFUSE : LOGIN_ACCEPT);
		if (i == 0)
			assert_last("login.change", "phone_revoked");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_F11_V24_an_overload_locks_nobody_out, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_F11_only_the_own_place_is_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_R3_undone_after_the_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_R3_wrong_code_counts_without_room, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_refused_source_at_the_password, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_R3_code_counts_where_the_password_came_from, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    test_F2_phone_revoked_before_the_change, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_V9_V28_recovery_between_code_and_change, setup,
		    teardown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
