/*
 * Goal of this test: a password try takes its place before anything is
 * evaluated, and none goes beyond the limit; each step opens the next one
 * once; codes count for all logins. What happens between steps:
 * test_login_between.c; the forced change: test_login_change.c; a model of the
 * counters: test_login_model.c.
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

static int
failures(const struct person *p, enum counter_kind kind)
{
	return (login_world_counter(&w, p, kind).failures);
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

static void
test_R48_password_then_code(void **state)
{
	struct audit_record rec;
	struct login l;

	(void)state;
	l = login_world_try(&w, "YAMADA", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	assert_int_equal(strlen(l.next_token), LOGINS_TOKEN_LEN);
	assert_last("login.password", "continue", "");
	core_world_last(&w, &rec);
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
	assert_string_equal(rec.detail, "consumer=local:sshd");
	l = code_step(&yamada, l.next_token, 0);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	assert_string_equal(l.next_token, "");
	assert_string_equal(l.consumer, "local:sshd");
	assert_last("verify", "accept", "");
}

static void
test_R3_V11_slot_is_durable_before_the_hash(void **state)
{
	struct login l;
	bool wants;

	(void)state;
	login_world_first(&l, "yamada", RIGHT);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	assert_true(wants);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 1);
	/* the machine stops here: it stays counted */
	login_world_first(&l, "yamada", RIGHT);
	store_mem_knobs(w.core.store)->fail_commit = ERR_FULL;
	assert_int_equal(login_world_run(&w, &l, &wants), ERR_FULL);
	store_mem_knobs(w.core.store)->fail_commit = 0;
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 1);
	/* settling fails: it stays counted, nothing goes on */
	login_world_first(&l, "yamada", RIGHT);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	assert_int_equal(login_world_hash(&w, &l), 0);
	store_mem_knobs(w.core.store)->fail_change = ERR_STORE;
	assert_int_equal(login_world_settle(&w, &l), ERR_STORE);
	store_mem_knobs(w.core.store)->fail_change = 0;
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 2);
}

static void
test_R3_V7_never_a_sixth(void **state)
{
	static struct login many[12];
	bool wants;
	int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		login_world_first(&many[i], "yamada", i < 5 ? WRONG : RIGHT);
		assert_int_equal(login_world_run(&w, &many[i], &wants), 0);
		assert_true(wants);
		assert_int_equal(many[i].has_slot, i < 5);
	}
	for (i = 11; i >= 0; i--) {
		assert_int_equal(login_world_hash(&w, &many[i]), 0);
		assert_int_equal(many[i].verdict, PASSHASH_WRONG);
		assert_int_equal(login_world_settle(&w, &many[i]), 0);
		assert_refused(&many[i]);
		assert_last("login.password", "refuse",
		    i < 5 ? "wrong_password" : "locked");
	}
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 5);
}

/* The right one among those that have a place goes on. */
static void
test_R3_right_in_the_last_place(void **state)
{
	static struct login many[5];
	bool wants;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		login_world_first(&many[i], "yamada", i < 4 ? WRONG : RIGHT);
		assert_int_equal(login_world_run(&w, &many[i], &wants), 0);
	}
	for (i = 0; i < 5; i++) {
		assert_int_equal(login_world_hash(&w, &many[i]), 0);
		assert_int_equal(login_world_settle(&w, &many[i]), 0);
	}
	assert_int_equal(many[4].result, LOGIN_CONTINUE);
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 0);
	assert_int_equal(
	    code_step(&yamada, many[4].next_token, 0).result, LOGIN_ACCEPT);
}

static void
test_V14_V23_success_clears_its_own_counter(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], code[CODE_DIGITS + 1];
	struct login l;

	(void)state;
	l = login_world_try(&w, "keiri-boss", WRONG);
	assert_refused(&l);
	token_of(&yamada, token);
	core_world_wrong(yamada.seed, code);
	login_world_code(&l, token, code);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 1);
	(void)core_world_verify(&w, "yamada", code, "local:other");
	l = login_world_try(&w, "yamada", WRONG);
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 1);
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 0);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 1);
	assert_int_equal(failures(&boss, COUNTER_PASSWORD), 1);
	l = code_step(&yamada, l.next_token, 0);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 0);
	assert_int_equal(failures(&boss, COUNTER_PASSWORD), 1);
	/* the failures elsewhere are not cleared by it */
	{
		struct counter row;

		assert_int_equal(w.real->counter_get(w.core.store,
				     &yamada.account.office, &yamada.account.id,
				     COUNTER_CODE, "c:local:other", &row),
		    0);
		assert_int_equal(row.failures, 1);
	}
}

static void
lock_by_passwords(const struct person *p, int n)
{
	struct login l;
	int i;

	for (i = 0; i < n; i++) {
		l = login_world_try(&w, p->login, WRONG);
		assert_refused(&l);
		assert_last("login.password", "refuse", "wrong_password");
	}
}

static void
test_V15_right_while_locked_is_not_evaluated(void **state)
{
	struct login right, wrong;
	struct counter before, after;

	(void)state;
	lock_by_passwords(&yamada, 5);
	before = login_world_counter(&w, &yamada, COUNTER_PASSWORD);
	right = login_world_try(&w, "yamada", RIGHT);
	assert_last("login.password", "refuse", "locked");
	wrong = login_world_try(&w, "yamada", WRONG);
	assert_last("login.password", "refuse", "locked");
	assert_refused(&right);
	assert_refused(&wrong);
	assert_int_equal(right.verdict, PASSHASH_WRONG);
	assert_false(right.has_slot);
	after = login_world_counter(&w, &yamada, COUNTER_PASSWORD);
	assert_memory_equal(&before, &after, sizeof(before));
	/* others' logins go on */
	right = login_world_try(&w, "keiri-boss", RIGHT);
	assert_int_equal(right.result, LOGIN_CONTINUE);
}

static void
test_R22_locked_for_its_time(void **state)
{
	const struct {
		struct person *p;
		int tries;
		int64_t ms;
	} rows[] = { { &yamada, 5, WORLD_HOUR_MS },
		{ &boss, 3, 6 * WORLD_HOUR_MS } };
	struct login l;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		lock_by_passwords(rows[i].p, rows[i].tries);
		/* setting the clock helps nobody */
		clock_fake_step(10 * WORLD_HOUR_MS);
		l = login_world_try(&w, rows[i].p->login, RIGHT);
		assert_refused(&l);
		clock_fake_step(-10 * WORLD_HOUR_MS);
		clock_fake_pass(rows[i].ms - 1);
		l = login_world_try(&w, rows[i].p->login, RIGHT);
		assert_refused(&l);
		clock_fake_pass(1);
		/* as many new tries as before, then locked again */
		lock_by_passwords(rows[i].p, rows[i].tries);
		l = login_world_try(&w, rows[i].p->login, RIGHT);
		assert_refused(&l);
		assert_last("login.password", "refuse", "locked");
		clock_fake_pass(rows[i].ms);
		l = login_world_try(&w, rows[i].p->login, RIGHT);
		assert_int_equal(l.result, LOGIN_CONTINUE);
	}
}

static void
test_V29_tokens(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], cut[LOGINS_TOKEN_LEN + 1];
	struct login l;

	(void)state;
	/* another peer; then its own, too late */
	token_of(&yamada, token);
	snprintf(w.act.actor, sizeof(w.act.actor), "unix:33");
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	snprintf(w.act.actor, sizeof(w.act.actor), "unix:0");
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	/* expired */
	token_of(&yamada, token);
	clock_fake_pass(LOGINS_LIFE_MS);
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	/* truncated, empty */
	token_of(&yamada, token);
	snprintf(cut, sizeof(cut), "%.*s", LOGINS_TOKEN_LEN - 1, token);
	l = code_step(&yamada, cut, 0);
	assert_refused(&l);
	l = code_step(&yamada, "", 0);
	assert_refused(&l);
	/* another step: the change is skipped to, and the code after that */
	login_world_change(&l, token, LOGIN_WORLD_TWO);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	assert_last("login.change", "refuse", "no_transaction");
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	/* no code uses the token up */
	token_of(&yamada, token);
	login_world_code(&l, token, "");
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	/* twice */
	token_of(&yamada, token);
	l = code_step(&yamada, token, 0);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	l = code_step(&yamada, token, 1);
	assert_refused(&l);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 0);
	memset(&l, 0, sizeof(l));
	core_world_begin(&w);
	{
		bool wants;

		assert_int_equal(
		    login_run(&w.core, &w.act, &l, &wants), ERR_INVALID);
		assert_false(wants);
		assert_int_equal(
		    login_settle(&w.core, &w.act, &l), ERR_INVALID);
	}
	core_world_rollback(&w);
}

/* The token of one person does not take another's code. */
static void
test_V29_token_of_another_account(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;

	(void)state;
	token_of(&yamada, token);
	l = code_step(&boss, token, 0);
	assert_refused(&l);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 1);
	assert_int_equal(failures(&boss, COUNTER_CODE), 0);
}

static void
test_V13_codes_lock_all_logins(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], spare[LOGINS_TOKEN_LEN + 1];
	char wrong[CODE_DIGITS + 1];
	struct verify v;
	struct login l;
	int i;

	(void)state;
	token_of(&yamada, spare);
	for (i = 0; i < 5; i++) {
		/* begun anew each time: the count goes on */
		token_of(&yamada, token);
		core_world_wrong(yamada.seed, wrong);
		clock_fake_pass(WORLD_STEP_MS);
		login_world_code(&l, token, wrong);
		assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
		assert_refused(&l);
		assert_int_equal(failures(&yamada, COUNTER_CODE), i + 1);
	}
	l = code_step(&yamada, spare, 0);
	assert_refused(&l);
	assert_last("verify", "refuse", "locked");
	/* the password is right all the same: the code step says no */
	l = login_world_try(&w, "yamada", RIGHT);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	l = code_step(&yamada, l.next_token, 0);
	assert_refused(&l);
	/* a program that checks passwords itself has its own counter, and the
	 * code offered while locked was not used up */
	core_world_code(yamada.seed, core_world_step(), wrong);
	v = core_world_verify(&w, "yamada", wrong, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
	clock_fake_pass(WORLD_HOUR_MS);
	token_of(&yamada, token);
	assert_int_equal(code_step(&yamada, token, 0).result, LOGIN_ACCEPT);
}

static void
lock_codes(void)
{
	struct counter row = { .office = yamada.account.office,
		.account = yamada.account.id,
		.kind = COUNTER_CODE,
		.failures = 5,
		.in_row = 5 };

	core_world_begin(&w);
	row.locked_until_steady = w.act.now.steady_ms + WORLD_HOUR_MS;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

/* A hundred in a row, from wherever they came: time alone opens nothing. */
static void
test_R22_hundred_codes_in_a_row(void **state)
{
	struct counter row = { .office = yamada.account.office,
		.account = yamada.account.id,
		.kind = COUNTER_CODE,
		.in_row = 59 };
	char token[LOGINS_TOKEN_LEN + 1], wrong[CODE_DIGITS + 1];
	struct account_view view;
	struct login l;
	int i;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	snprintf(row.bucket, sizeof(row.bucket), "c:local:other");
	row.in_row = 39;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
	for (i = 0; i < 2; i++) {
		token_of(&yamada, token);
		core_world_wrong(yamada.seed, wrong);
		clock_fake_pass(WORLD_STEP_MS);
		login_world_code(&l, token, wrong);
		assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
		assert_last("verify", "refuse", "wrong_code");
	}
	clock_fake_pass(100 * WORLD_HOUR_MS);
	token_of(&yamada, token);
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_unlock(&w.core, &w.act, "yamada", &view)),
	    0);
	token_of(&yamada, token);
	assert_int_equal(code_step(&yamada, token, 0).result, LOGIN_ACCEPT);
}

static void
test_R20_used_code_is_hinted(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;

	(void)state;
	token_of(&yamada, token);
	assert_int_equal(code_step(&yamada, token, 0).result, LOGIN_ACCEPT);
	token_of(&yamada, token);
	l = code_step(&yamada, token, 0);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
	assert_true(l.is_used_code);
	assert_in_range(l.retry_after, 1, 30);
	assert_last("verify", "refuse", "code_used");
	assert_int_equal(failures(&yamada, COUNTER_CODE), 0);
	/* not without the first factor */
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
	/* and not while locked */
	token_of(&yamada, token);
	lock_codes();
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
}

static void
test_V9_keeper_down_accepts_nothing(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], code[CODE_DIGITS + 1];
	struct keeper_fake_knobs *knobs = keeper_fake_knobs(w.core.keeper);
	struct login l;
	bool wants;

	(void)state;
	login_world_first(&l, "yamada", RIGHT);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	knobs->fail_mac = ERR_TIMEOUT;
	assert_int_equal(login_world_hash(&w, &l), ERR_TIMEOUT);
	knobs->fail_mac = 0;
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_int_equal(l.verdict, PASSHASH_WRONG);
	assert_int_equal(failures(&yamada, COUNTER_PASSWORD), 1);
	/* settled all the same, it is refused */
	assert_int_equal(login_world_settle(&w, &l), 0);
	assert_refused(&l);

	token_of(&yamada, token);
	core_world_code(yamada.seed, core_world_step(), code);
	login_world_code(&l, token, code);
	knobs->fail_check = ERR_KEEPER;
	assert_int_equal(login_world_run(&w, &l, &wants), ERR_KEEPER);
	knobs->fail_check = 0;
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_string_equal(l.next_token, "");
	l = code_step(&yamada, token, 0);
	assert_refused(&l);
}

static void
test_R3_eight_under_way(void **state)
{
	char tokens[LOGINS_EACH_MAX + 1][LOGINS_TOKEN_LEN + 1];
	int i;

	(void)state;
	for (i = 0; i <= LOGINS_EACH_MAX; i++) {
		token_of(&yamada, tokens[i]);
		clock_fake_pass(1);
	}
	assert_int_equal(code_step(&yamada, tokens[0], 0).result, LOGIN_REFUSE);
	assert_int_equal(code_step(&yamada, tokens[1], 0).result, LOGIN_ACCEPT);
	assert_int_equal(code_step(&yamada, tokens[LOGINS_EACH_MAX], 1).result,
	    LOGIN_ACCEPT);
}

/* An account without a password has none that is right. */
static void
test_V29_no_password_set(void **state)
{
	struct person kato;
	struct login l;

	(void)state;
	core_world_person(&w, "tokyo", "kato", NULL, &kato);
	l = login_world_try(&w, "kato", "");
	assert_refused(&l);
	assert_last("login.password", "refuse", "wrong_password");
	l = login_world_try(&w, "kato", RIGHT);
	assert_refused(&l);
	assert_int_equal(failures(&kato, COUNTER_PASSWORD), 2);
}

/* A wrong code with the wish to go on; the next step's token in ${token}. */
static struct login
mistype(const struct person *p, char token[LOGINS_TOKEN_LEN + 1])
{
	char code[CODE_DIGITS + 1];
	struct login l;

	core_world_wrong(p->seed, code);
	login_world_code(&l, token, code);
	l.may_repeat = true;
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	memcpy(token, l.next_token, sizeof(l.next_token));
	return (l);
}

/* The page asks again; each try counts, and none lasts longer than one would. */
static void
test_V29_code_once_more(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], first[LOGINS_TOKEN_LEN + 1];
	struct login l;
	int i;

	(void)state;
	token_of(&yamada, token);
	memcpy(first, token, sizeof(first));
	l = mistype(&yamada, token);
	assert_int_equal(strlen(token), LOGINS_TOKEN_LEN);
	assert_int_equal(failures(&yamada, COUNTER_CODE), 1);
	/* the one that was used opens nothing */
	l = code_step(&yamada, first, 0);
	assert_refused(&l);
	l = code_step(&yamada, token, 0);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	/* five minutes from the password, however often */
	token_of(&yamada, token);
	clock_fake_pass(LOGINS_LIFE_MS - 2);
	l = mistype(&yamada, token);
	clock_fake_pass(1);
	l = mistype(&yamada, token);
	assert_int_equal(strlen(token), LOGINS_TOKEN_LEN);
	clock_fake_pass(1);
	l = mistype(&yamada, token);
	assert_string_equal(token, "");
	/* locked: it looks the same, and the right code is not looked at */
	token_of(&boss, token);
	for (i = 0; i < 5; i++) {
		l = mistype(&boss, token);
		assert_int_equal(strlen(token), LOGINS_TOKEN_LEN);
		/* the same one in the same step counts once */
		clock_fake_pass(STEP_SECONDS * 1000);
	}
	assert_last("verify", "refuse", "locked");
	l = code_step(&boss, token, 0);
	assert_refused(&l);
	assert_last("verify", "refuse", "locked");
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R48_password_then_code),
		T(test_R3_V11_slot_is_durable_before_the_hash),
		T(test_R3_V7_never_a_sixth),
		T(test_R3_right_in_the_last_place),
		T(test_V14_V23_success_clears_its_own_counter),
		T(test_V15_right_while_locked_is_not_evaluated),
		T(test_R22_locked_for_its_time),
		T(test_V29_tokens),
		T(test_V29_token_of_another_account),
		T(test_V13_codes_lock_all_logins),
		T(test_R22_hundred_codes_in_a_row),
		T(test_R20_used_code_is_hinted),
		T(test_V9_keeper_down_accepts_nothing),
		T(test_R3_eight_under_way),
		T(test_V29_no_password_set),
		T(test_V29_code_once_more),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
