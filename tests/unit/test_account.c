/*
 * Goal of this test: one person, one account, one name space; what is shown is
 * what acts; every change leaves its record without personal data.
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
static struct account_view v;

static int
setup(void **state)
{
	static const char *const codes[] = { "tokyo", "osaka" };
	struct office_input in = { .name = "N" };
	struct office office;
	int i;

	(void)state;
	core_world_start(&w);
	for (i = 0; i < 2; i++) {
		in.code = codes[i];
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     office_add(&w.core, &w.act, &in, &office)),
		    0);
	}
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
add(const char *login, const char *unix_user)
{
	struct account_input in = { .login = login,
		.office = "tokyo",
		.name = "N",
		.unix_user = unix_user };

	core_world_begin(&w);
	return (core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)));
}

static int
set(const struct account_input *in)
{
	core_world_begin(&w);
	return (core_world_ended(&w, account_set(&w.core, &w.act, in, &v)));
}

static int
enable(const char *login, bool is_enabled)
{
	core_world_begin(&w);
	return (core_world_ended(
	    &w, account_enable(&w.core, &w.act, login, is_enabled, &v)));
}

static void
assert_last(const char *action, const char *account, const char *detail)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.account, account);
	assert_string_equal(rec.office, "tokyo");
	assert_string_equal(rec.result, "done");
	assert_string_equal(rec.detail, detail);
}

static void
test_add(void **state)
{
	struct account_input in = { .login = "Ｙamada",
		.office = "TOKYO",
		.name = "山田 太郎",
		.kana = "やまだ",
		.birth_date = "1970-04-01",
		.email = "y@example.com",
		.class = "privileged",
		.roles = "administrator auditor",
		.groups = "mynumber",
		.level = 4 };

	(void)state;
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)), 0);
	assert_string_equal(v.account.login, "yamada");
	assert_string_equal(v.office.code, "tokyo");
	assert_int_equal(v.status, ACCOUNT_ACTIVE);
	assert_int_equal(v.lock, LOCK_NONE);
	assert_int_equal(v.phones_n, 0);
	/* No name, no birth date, no address in the log. */
	assert_last("account.add", "yamada",
	    "class=privileged level=4 roles=9 groups=mynumber");
	assert_int_equal(add("plain", NULL), 0);
	assert_int_equal(v.account.class, CLASS_GENERAL);
	assert_int_equal(v.account.level, 1);
	assert_int_equal(v.account.roles, 0);
}

static void
test_add_refused(void **state)
{
	struct account_input in = {
		.login = "aa", .office = "tokyo", .name = "N"
	};
	static const char *const logins[] = { NULL, "", "a", "a b", "山田",
		"a@b" };
	int64_t seq = core_world_seq(&w);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		assert_int_equal(add(logins[i], NULL), ERR_INVALID);
		assert_string_equal(w.act.problem.code, "bad_login");
	}
	in.name = NULL;
	core_world_begin(&w);
	assert_int_equal(account_add(&w.core, &w.act, &in, &v), ERR_INVALID);
	assert_string_equal(w.act.problem.code, "bad_name");
	in.name = "N";
	in.office = "kyoto";
	assert_int_equal(account_add(&w.core, &w.act, &in, &v), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_office");
	in.office = NULL;
	assert_int_equal(account_add(&w.core, &w.act, &in, &v), ERR_NOTFOUND);
	in.office = "tokyo";
	in.level = 9;
	assert_int_equal(account_add(&w.core, &w.act, &in, &v), ERR_INVALID);
	core_world_rollback(&w);
	assert_true(core_world_seq(&w) == seq);
}

static void
test_V12_one_name_space(void **state)
{
	struct account_input in = { .login = "suzuki", .unix_user = "YAMADA" };
	struct account a;

	(void)state;
	assert_int_equal(add("yamada", "taro"), 0);
	assert_int_equal(add("YAMADA", NULL), ERR_EXISTS);
	assert_string_equal(w.act.problem.code, "login_taken");
	assert_int_equal(add("taro", NULL), ERR_EXISTS);
	assert_int_equal(add("hanako", "yamada"), ERR_EXISTS);
	assert_int_equal(add("hanako", "Taro"), ERR_EXISTS);
	assert_int_equal(add("suzuki", NULL), 0);
	assert_int_equal(set(&in), ERR_EXISTS);
	assert_string_equal(w.act.problem.code, "login_taken");
	in.unix_user = "suzuki"; /* one's own login */
	assert_int_equal(set(&in), 0);
	in.unix_user = "";
	assert_int_equal(set(&in), 0);
	assert_int_equal(account_find(&w.core, &w.act, "TARO", &a), 0);
	assert_string_equal(a.login, "yamada");
	/* A name given up is free. */
	in.login = "taro";
	assert_int_equal(set(&in), 0);
	assert_string_equal(v.account.login, "yamada");
	assert_int_equal(add("taro", NULL), 0);
}

static void
test_set(void **state)
{
	struct account_input in = {
		.login = "yamada", .level = 3, .groups = "a b"
	};
	struct account_input office = { .login = "yamada", .office = "osaka" };
	struct account_input bad = {
		.login = "yamada", .name = "New", .level = 7
	};
	struct account_input number = { .login = "130321",
		.class = "privileged" };
	struct account_input nobody = { .login = "nobody", .name = "N" };
	struct account a;

	(void)state;
	assert_int_equal(add("yamada", NULL), 0);
	assert_int_equal(set(&in), 0);
	assert_int_equal(v.account.level, 3);
	assert_string_equal(v.account.name, "N");
	assert_last("account.set", "yamada",
	    "class=general level=3 roles=0 groups=a b");
	assert_int_equal(set(&office), ERR_INVALID);
	assert_string_equal(w.act.problem.code, "fixed");
	assert_int_equal(set(&bad), ERR_INVALID);
	assert_int_equal(account_find(&w.core, &w.act, "yamada", &a), 0);
	assert_string_equal(a.name, "N");
	assert_int_equal(set(&nobody), ERR_NOTFOUND);
	/* A number cannot become privileged later either. */
	assert_int_equal(add("130321", NULL), 0);
	assert_int_equal(set(&number), ERR_INVALID);
	assert_string_equal(w.act.problem.code, "forbidden_login");
}

static void
test_longest_record(void **state)
{
	char groups[LIST_TEXT_MAX + 1];
	struct account_input in = { .login = "yamada", .groups = groups };
	size_t i;

	(void)state;
	for (i = 0; i < LIST_TEXT_MAX; i++)
		groups[i] = i % 33 == 32 ? ' ' : 'g';
	groups[LIST_TEXT_MAX] = '\0';
	assert_int_equal(add("yamada", NULL), 0);
	assert_int_equal(set(&in), 0);
	assert_int_equal(strlen(v.account.groups), LIST_TEXT_MAX);
	assert_true(core_world_log_is_whole(&w));
}

static void
test_disable(void **state)
{
	int64_t first;

	(void)state;
	assert_int_equal(add("yamada", NULL), 0);
	assert_int_equal(enable("yamada", false), 0);
	first = w.act.now.wall_ms;
	assert_int_equal(v.status, ACCOUNT_DISABLED);
	assert_last("account.disable", "yamada", "");
	clock_fake_pass(1000);
	assert_int_equal(enable("yamada", false), 0);
	assert_true(v.account.disabled_ms == first);
	assert_int_equal(enable("yamada", true), 0);
	assert_int_equal(v.status, ACCOUNT_ACTIVE);
	assert_last("account.enable", "yamada", "");
	assert_int_equal(enable("nobody", false), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_account");
}

static void
test_status_is_derived(void **state)
{
	struct account a = { .approved_ms = 0 };

	(void)state;
	assert_int_equal(account_status(&a), ACCOUNT_PENDING);
	a.approved_ms = 1;
	assert_int_equal(account_status(&a), ACCOUNT_ACTIVE);
	a.disabled_ms = 2;
	assert_int_equal(account_status(&a), ACCOUNT_DISABLED);
	a.approved_ms = 0;
	assert_int_equal(account_status(&a), ACCOUNT_DISABLED);
}

static void
test_remove(void **state)
{
	struct account out;
	struct person p;
	char code[CODE_DIGITS + 1];
	struct counter row;
	struct phone phone;
	int i;

	(void)state;
	core_world_person(&w, "tokyo", "yamada", NULL, &p);
	for (i = 0; i < 5; i++)
		core_world_verify(
		    &w, "yamada", i % 2 == 0 ? "1" : "000000", "local:sshd");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_remove(&w.core, &w.act, "yamada", &out)),
	    0);
	assert_true(id_equal(&out.id, &p.account.id));
	assert_last("account.remove", "yamada", "");
	assert_int_equal(
	    w.core.store->ops->phone_get(w.core.store, &p.account.office,
		&p.account.id, &p.phone.device, &phone),
	    ERR_NOTFOUND);
	assert_int_equal(
	    w.core.store->ops->counter_get(w.core.store, &p.account.office,
		&p.account.id, COUNTER_CODE, "c:local:sshd", &row),
	    0);
	assert_int_equal(row.failures, 0);
	core_world_code(p.seed, core_world_step(), code);
	assert_int_equal(
	    core_world_verify(&w, "yamada", code, "local:sshd").verdict,
	    VERDICT_REFUSE);
	/* The login is free again, and a new person with it starts clean. */
	assert_int_equal(add("yamada", NULL), 0);
	assert_false(id_equal(&v.account.id, &p.account.id));
	assert_int_equal(v.phones_n, 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_remove(&w.core, &w.act, "nobody", &out)),
	    ERR_NOTFOUND);
	assert_true(core_world_log_is_whole(&w));
}

static void
test_unlock(void **state)
{
	struct person p;
	char code[16];
	int i;

	(void)state;
	core_world_person(&w, "tokyo", "yamada", NULL, &p);
	for (i = 0; i < 5; i++) {
		core_world_wrong(p.seed, code);
		core_world_verify(&w, "yamada", code, "local:sshd");
		clock_fake_pass(WORLD_STEP_MS);
	}
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(account_show(&w.core, &w.act, "yamada", &v), 0);
	assert_int_equal(v.lock, LOCK_TIMED);
	assert_true(v.locked_until_ms ==
	    w.act.now.wall_ms + WORLD_HOUR_MS - WORLD_STEP_MS);
	assert_int_equal(v.phones_n, 1);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_unlock(&w.core, &w.act, "yamada", &v)),
	    0);
	assert_int_equal(v.lock, LOCK_NONE);
	assert_true(v.locked_until_ms == 0);
	assert_last("account.unlock", "yamada", "");
}

static struct account_state
state_of(const char *login)
{
	struct account_state s;

	steady_now(&w.steady, &w.act.now);
	assert_int_equal(account_state(&w.core, &w.act, login, &s), 0);
	return (s);
}

/* A phone that was there once ends the time of grace for good. */
static void
test_enrol_by(void **state)
{
	struct account_input in = { .login = "yamada",
		.enrol_by = "2026-11-22" }; /* today, in Japan */
	struct account_state s;
	struct person p;
	struct phone phone;
	bool late;

	(void)state;
	assert_int_equal(add("yamada", "taro"), 0);
	s = state_of("taro");
	assert_string_equal(s.login, "yamada");
	assert_int_equal(s.status, ACCOUNT_ACTIVE);
	assert_false(s.is_enrolled);
	assert_true(s.enrol_by_ms == 0);
	assert_null(s.obstacle);
	assert_int_equal(set(&in), 0);
	clock_fake_pass(15 * WORLD_HOUR_MS - 1);
	s = state_of("yamada"); /* the last millisecond of that day */
	assert_true(s.enrol_by_ms == v.account.enrol_by_ms);
	assert_null(s.obstacle);
	clock_fake_pass(1);
	s = state_of("yamada");
	assert_string_equal(s.obstacle, "enrol_by_passed");
	assert_false(s.is_enrolled);
	assert_int_equal(enable("yamada", false), 0);
	s = state_of("yamada");
	assert_string_equal(s.obstacle, "disabled");
	assert_int_equal(s.status, ACCOUNT_DISABLED);
	assert_int_equal(enable("yamada", true), 0);
	core_world_phone(&w, "yamada", &p);
	s = state_of("yamada");
	assert_true(s.is_enrolled);
	assert_null(s.obstacle);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     phone_revoke(
				 &w.core, &w.act, "yamada", NULL, &phone)),
	    0);
	s = state_of("yamada");
	assert_true(s.is_enrolled);
	assert_null(s.obstacle);
	assert_int_equal(
	    account_state(&w.core, &w.act, "nobody", &s), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_account");
	/* What cannot be told is late. */
	store_mem_knobs(w.core.store)->fail_read = ERR_STORE;
	assert_int_equal(account_late(&w.core, &v.account,
			     w.act.now.wall_ms + 48 * WORLD_HOUR_MS, &late),
	    ERR_STORE);
	assert_true(late);
	store_mem_knobs(w.core.store)->fail_read = 0;
}

struct seen {
	char logins[8][LOGIN_MAX + 1];
	int n;
};

static int
see(void *arg, const struct account *row)
{
	struct seen *s = arg;

	assert_in_range(s->n, 0, 7);
	snprintf(s->logins[s->n++], LOGIN_MAX + 1, "%s", row->login);
	return (0);
}

static void
test_list(void **state)
{
	struct account_input in = {
		.login = "osaka1", .office = "osaka", .name = "N"
	};
	struct seen s = { .n = 0 };

	(void)state;
	assert_int_equal(add("cc", NULL), 0);
	assert_int_equal(add("aa", "zz"), 0);
	assert_int_equal(add("bb", NULL), 0);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)), 0);
	assert_int_equal(
	    account_list(&w.core, &w.act, "TOKYO", NULL, 10, see, &s), 0);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.logins[0], "aa");
	assert_string_equal(s.logins[2], "cc");
	s.n = 0;
	assert_int_equal(
	    account_list(&w.core, &w.act, NULL, "BB", 1, see, &s), 0);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.logins[0], "cc");
	assert_int_equal(
	    account_list(&w.core, &w.act, "none", NULL, 1, see, &s),
	    ERR_NOTFOUND);
	assert_int_equal(account_list(&w.core, &w.act, NULL, "b b", 1, see, &s),
	    ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add),
		TEST(test_add_refused),
		TEST(test_V12_one_name_space),
		TEST(test_set),
		TEST(test_longest_record),
		TEST(test_disable),
		TEST(test_status_is_derived),
		TEST(test_remove),
		TEST(test_unlock),
		TEST(test_enrol_by),
		TEST(test_list),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
