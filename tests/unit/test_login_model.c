/*
 * Goal of this test: 20,000 random events (tries left in the middle, settled in
 * any order, codes, time, unlocks, new passwords, transactions that fail) end
 * as a small model of the two counters, written from DESIGN 4, 6.2 and 8,
 * says. (R3, V7, V11, V14)
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

#ifdef __SANITIZE_ADDRESS__ /* five times slower */
#define EVENTS 6000
#else
#define EVENTS 20000
#endif
#define PEOPLE   2
#define FLIGHT   6  /* tries between run and settle */
#define TOKENS   64 /* under way, ended ones too */
#define MINUTE   60000
#define IN_A_ROW 100

static const char *const texts[] = { LOGIN_WORLD_ONE, LOGIN_WORLD_TWO,
	LOGIN_WORLD_THREE };

struct tries {
	int n, row;
	int64_t until; /* 0: not locked */
};

struct token {
	char text[LOGINS_TOKEN_LEN + 1];
	int who;
	int64_t until;
	bool is_there, is_ghost; /* ghost: nobody was told of it */
};

struct flight {
	struct login login;
	int who, typed, was;
	bool is_there, has_slot;
};

static const int limits[PEOPLE] = { 5, 3 };
static const int64_t lock_ms[PEOPLE] = { WORLD_HOUR_MS, 6 * WORLD_HOUR_MS };

static struct core_world w;
static struct person people[PEOPLE];
static struct {
	struct tries password, code;
	int text; /* which is the password */
	int64_t last_step;
} model[PEOPLE];
static struct token tokens[TOKENS];
static struct flight flights[FLIGHT];
static unsigned long seed;
static unsigned wrong_codes;
static int counts[7];

static int
any(int n)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return ((int)((seed >> 33) % (unsigned long)n));
}

static int64_t
now(void)
{
	struct moment m;

	steady_now(&w.steady, &m);
	return (m.steady_ms);
}

/* A lock that has ended gives new tries. */
static void
refresh(struct tries *t)
{
	if (t->until != 0 && t->until <= now()) {
		t->until = 0;
		t->n = 0;
	}
}

static bool
is_locked(struct tries *t)
{
	refresh(t);
	return (t->until != 0);
}

static void
count(struct tries *t, int who)
{
	refresh(t);
	t->row++;
	if (++t->n >= limits[who])
		t->until = now() + lock_ms[who];
}

/* Another one under way; the oldest of nine ends. */
static struct token *
add_token(int who)
{
	struct token *free_one = NULL, *oldest = NULL, *t;
	int n = 0;

	for (t = tokens; t < tokens + TOKENS; t++) {
		if (t->is_there && t->until <= now())
			t->is_there = false;
		if (!t->is_there) {
			free_one = t;
		} else if (t->who == who) {
			n++;
			if (oldest == NULL || t->until < oldest->until)
				oldest = t;
		}
	}
	t = n >= LOGINS_EACH_MAX ? oldest : free_one;
	assert_non_null(t);
	memset(t, 0, sizeof(*t));
	t->is_there = true;
	t->who = who;
	t->until = now() + LOGINS_LIFE_MS;
	return (t);
}

/* One transaction of twenty does not reach the disk. */
static bool
break_commit(void)
{
	bool is_broken = any(20) == 0;

	store_mem_knobs(w.core.store)->fail_commit = is_broken ? ERR_FULL : 0;
	return (is_broken);
}

static void
repair(void)
{
	store_mem_knobs(w.core.store)->fail_commit = 0;
}

static void
try_password(void)
{
	struct flight *f = &flights[any(FLIGHT)];
	bool is_broken, has_slot, wants;
	int who = any(PEOPLE);

	memset(f, 0, sizeof(*f)); /* one left in the middle stays counted */
	f->who = who;
	f->typed = any(5) < 3 ? model[who].text : any(4) - 1;
	login_world_first(&f->login, people[who].login,
	    f->typed < 0 ? LOGIN_WORLD_WRONG : texts[f->typed]);
	is_broken = break_commit();
	has_slot = !is_locked(&model[who].password);
	assert_int_equal(
	    login_world_run(&w, &f->login, &wants), is_broken ? ERR_FULL : 0);
	repair();
	if (is_broken)
		return;
	assert_int_equal(f->login.has_slot, has_slot);
	f->is_there = true;
	f->has_slot = has_slot;
	f->was = model[who].text;
	if (has_slot)
		count(&model[who].password, who);
}

static void
settle_password(void)
{
	struct flight *f = &flights[any(FLIGHT)];
	struct token *t;
	bool is_broken, is_right;

	if (!f->is_there)
		return;
	f->is_there = false;
	is_right =
	    f->has_slot && f->typed == f->was && model[f->who].text == f->was;
	assert_int_equal(login_world_hash(&w, &f->login), 0);
	is_broken = break_commit();
	assert_int_equal(
	    login_world_settle(&w, &f->login), is_broken ? ERR_FULL : 0);
	repair();
	if (is_right) {
		t = add_token(f->who);
		memcpy(t->text, f->login.next_token, sizeof(t->text));
		t->is_ghost = is_broken;
	}
	if (is_broken)
		return;
	assert_int_equal(
	    f->login.result, is_right ? LOGIN_CONTINUE : LOGIN_REFUSE);
	counts[is_right]++;
	if (is_right)
		memset(&model[f->who].password, 0, sizeof(struct tries));
}

/* Right now at some step; or a new wrong one. */
static void
make_code(const struct person *p, bool is_right, char code[CODE_DIGITS + 1])
{
	char other[CODE_DIGITS + 1];
	int d;

	core_world_code(p->seed, core_world_step(), code);
	if (is_right)
		return;
	do {
		snprintf(
		    code, CODE_DIGITS + 1, "%06u", wrong_codes++ % 1000000);
		for (d = -1; d <= 1; d++) {
			core_world_code(p->seed, core_world_step() + d, other);
			if (strcmp(code, other) == 0)
				break;
		}
	} while (d <= 1);
}

static void
try_code(void)
{
	struct token *t = &tokens[any(TOKENS)];
	bool is_right = any(3) == 0, is_live, is_broken, is_used = false;
	enum login_result want = LOGIN_REFUSE;
	char code[CODE_DIGITS + 1];
	struct login l;
	int i, who;

	/* mostly one that is under way */
	for (i = 0; i < 4 * TOKENS && !t->is_there; i++)
		t = &tokens[any(TOKENS)];
	if (any(8) == 0)
		t = &tokens[any(TOKENS)];
	if (t->text[0] == '\0' || t->is_ghost)
		return;
	who = t->who;
	is_live = t->is_there && t->until > now();
	t->is_there = false; /* used up, whatever comes of it */
	make_code(&people[who], is_right, code);
	login_world_code(&l, t->text, code);
	is_broken = break_commit();
	{
		bool wants;

		assert_int_equal(
		    login_world_run(&w, &l, &wants), is_broken ? ERR_FULL : 0);
		assert_false(wants);
	}
	repair();
	if (is_broken)
		return;
	if (is_live && !is_locked(&model[who].password) &&
	    !is_locked(&model[who].code) && model[who].code.row < IN_A_ROW) {
		if (is_right && core_world_step() > model[who].last_step) {
			want = LOGIN_ACCEPT;
			model[who].last_step = core_world_step();
			memset(&model[who].code, 0, sizeof(struct tries));
		} else if (is_right)
			is_used = true;
		else
			count(&model[who].code, who);
	}
	assert_int_equal(l.result, want);
	assert_int_equal(l.is_used_code, is_used);
	counts[want == LOGIN_ACCEPT ? 2 : is_used ? 3 : 4]++;
}

static void
unlock(void)
{
	struct account_view view;
	int who = any(PEOPLE);

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_unlock(&w.core, &w.act, people[who].login, &view)),
	    0);
	memset(&model[who].password, 0, sizeof(struct tries));
	memset(&model[who].code, 0, sizeof(struct tries));
}

/* Ends what is under way, and clears the failures of passwords only. */
static void
new_password(void)
{
	struct token *t;
	int who = any(PEOPLE);

	model[who].text = (model[who].text + 1) % 3;
	login_world_password(
	    &w, people[who].login, texts[model[who].text], false);
	memset(&model[who].password, 0, sizeof(struct tries));
	for (t = tokens; t < tokens + TOKENS; t++)
		if (t->is_there && t->who == who)
			t->is_ghost = true;
	counts[5]++;
}

static void
compare_one(int who, enum counter_kind kind, struct tries *t)
{
	struct counter row = login_world_counter(&w, &people[who], kind);

	refresh(t);
	if (row.locked_until_steady != 0 && row.locked_until_steady <= now()) {
		row.locked_until_steady = 0;
		row.failures = 0;
	}
	assert_int_equal(row.failures, t->n);
	assert_int_equal(row.in_row, t->row);
	assert_true(row.locked_until_steady == t->until);
	assert_true(t->n <= limits[who]);
	counts[6] += t->until != 0;
}

static void
pass(void)
{
	static const int64_t most[] = { 100, 100, 2000, 40000, 40000,
		6 * MINUTE, 90 * MINUTE };

	clock_fake_pass(1 + any((int)most[any(7)]));
}

static void
event(void)
{
	int i = any(100);

	if (i < 40)
		try_password();
	else if (i < 70)
		settle_password();
	else if (i < 98)
		try_code();
	else if (any(6) == 0)
		unlock();
	else if (any(3) == 0)
		new_password();
	if (any(3) == 0)
		pass();
	clock_fake_pass(1); /* no two of the same time */
}

static void
test_V14_counters_as_the_model(void **state)
{
	int i, who;

	(void)state;
	seed = 20261122;
	login_world_start(&w);
	login_world_person(&w, "tokyo", "yamada", NULL, &people[0]);
	login_world_person(&w, "tokyo", "keiri-boss", "privileged", &people[1]);
	for (who = 0; who < PEOPLE; who++)
		model[who].last_step = people[who].phone.last_step;
	for (i = 0; i < EVENTS; i++) {
		event();
		for (who = 0; who < PEOPLE; who++) {
			compare_one(
			    who, COUNTER_PASSWORD, &model[who].password);
			compare_one(who, COUNTER_CODE, &model[who].code);
		}
	}
	/* every way was gone often enough to mean something */
	for (i = 0; i < 7; i++)
		assert_true(counts[i] > EVENTS / 2000);
	assert_true(core_world_log_is_whole(&w));
	login_world_stop(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V14_counters_as_the_model),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
