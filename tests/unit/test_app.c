/*
 * Goal of this test: an application's rule is taken whole or not at all, and
 * in one spelling; a code's age follows the path.
 * Links: authd/core/known.c
 * Links: authd/core/app.c authd/core/urlcheck.c
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
#include <string.h>

#include <cmocka.h>

#include "authd/core/app.h"
#include "tests/fakes/core_world.h"

static struct core_world w;

static int
setup(void **state)
{
	struct person p;

	(void)state;
	core_world_start(&w);
	core_world_person(&w, "alpha", "yamada", "general", &p);
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
add(const struct app_input *in, struct app *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w, app_add(&w.core, &w.act, in, out)));
}

static int
set(const struct app_input *in, struct app *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w, app_set(&w.core, &w.act, in, out)));
}

static void
test_add(void **state)
{
	struct app_input in = { .host = "Pay.Example.JP:443" };
	struct audit_record last;
	struct app row;

	(void)state;
	assert_int_equal(add(&in, &row), 0);
	assert_string_equal(row.host, "pay.example.jp");
	assert_string_equal(row.name, "pay.example.jp");
	assert_int_equal(row.factors, SESSION_PASSWORD | SESSION_CODE);
	assert_int_equal(row.level, 1);
	assert_int_equal(row.idle_ms, 0);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "app.add");
	in.host = "pay.example.jp";
	assert_int_equal(add(&in, &row), ERR_EXISTS);
	assert_string_equal(w.act.problem.code, "app_taken");
	in.host = "pay.example.jp:8443";
	assert_int_equal(add(&in, &row), 0);
}

static void
test_set(void **state)
{
	struct app_input in = { .host = "pay.example.jp",
		.name = "給与",
		.factors = "terminal  password",
		.networks = "192.0.2.1/24 2001:db8::/32 192.0.2.0/24",
		.level = 3,
		.groups = "payroll staff",
		.offices = "alpha",
		.idle = "10m",
		.absolute = "2h",
		.paths = "300=/pay/ 60=/pay/transfer" };
	struct app_input empty = { .host = "pay.example.jp",
		.networks = "",
		.groups = "",
		.offices = "",
		.idle = "",
		.paths = "" };
	struct app row, got;

	(void)state;
	assert_int_equal(add(&in, &row), 0);
	assert_int_equal(row.factors, SESSION_PASSWORD | SESSION_TERMINAL);
	assert_true(row.idle_ms == 600000 && row.absolute_ms == 7200000);
	assert_string_equal(row.networks, "192.0.2.0/24 2001:db8::/32");
	assert_string_equal(row.groups, "payroll staff");
	assert_int_equal(set(&empty, &row), 0);
	assert_int_equal(
	    app_find(&w.core, &w.act, "PAY.example.jp", &got), 0);
	assert_string_equal(got.networks, "");
	assert_string_equal(got.groups, "");
	assert_string_equal(got.offices, "");
	assert_string_equal(got.paths, "");
	assert_true(got.idle_ms == 0 && got.absolute_ms == 7200000);
	assert_int_equal(got.level, 3);
	assert_string_equal(got.name, "給与");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     app_remove(&w.core, &w.act, "pay.example.jp", &got)),
	    0);
	assert_int_equal(app_find(&w.core, &w.act, "pay.example.jp", &got),
	    ERR_NOTFOUND);
}

static void
test_refused(void **state)
{
	static const struct {
		struct app_input in;
		const char *code;
	} cases[] = {
		{ { .host = NULL }, "bad_host" },
		{ { .host = "" }, "bad_host" },
		{ { .host = "a/b" }, "bad_host" },
		{ { .host = "192.0.2.1" }, "bad_host" },
		{ { .host = "a.jp", .name = "a\nb" }, "bad_name" },
		{ { .host = "a.jp", .factors = "" }, "bad_factors" },
		{ { .host = "a.jp", .factors = "password sms" }, "bad_factors" },
		{ { .host = "a.jp", .networks = "192.0.2.0/33" }, "bad_network" },
		{ { .host = "a.jp", .level = 6 }, "bad_level" },
		{ { .host = "a.jp", .groups = "a,b" }, "bad_group" },
		{ { .host = "a.jp", .offices = "Alpha" }, "bad_office" },
		{ { .host = "a.jp", .offices = "nowhere" }, "no_such_office" },
		{ { .host = "a.jp", .idle = "30" }, "bad_time" },
		{ { .host = "a.jp", .idle = "59s" }, "bad_time" },
		{ { .host = "a.jp", .idle = "8d" }, "bad_time" },
		{ { .host = "a.jp", .idle = "-1h" }, "bad_time" },
		{ { .host = "a.jp", .absolute = "4m" }, "bad_time" },
		{ { .host = "a.jp", .paths = "/pay" }, "bad_path" },
		{ { .host = "a.jp", .paths = "59=/pay" }, "bad_path" },
		{ { .host = "a.jp", .paths = "300=pay" }, "bad_path" },
		{ { .host = "a.jp", .paths = "300=/a/../b" }, "bad_path" },
		{ { .host = "a.jp", .paths = "300=/a?b" }, "bad_path" },
		{ { .host = "a.jp", .paths = "300=/a!b" }, "bad_path" },
		{ { .host = "a.jp", .paths = "300=/a%20b" }, "bad_path" },
	};
	struct app row;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (add(&cases[i].in, &row) == 0)
			fail_msg("%zu was taken", i);
		assert_string_equal(w.act.problem.code, cases[i].code);
	}
	assert_int_equal(
	    app_find(&w.core, &w.act, "a.jp", &row), ERR_NOTFOUND);
}

static void
test_V46_code_age(void **state)
{
	const struct app app = { .paths =
		"300=/pay/ 60=/pay/transfer 600=/%E7%B5%A6" };
	const struct app broken = { .paths = "x=/" };
	int64_t ms;

	(void)state;
	assert_false(app_code_age(app.paths, "/", 1, &ms));
	assert_false(app_code_age(app.paths, "/pay", 4, &ms));
	assert_true(app_code_age(app.paths, "/pay/", 5, &ms));
	assert_int_equal(ms, 300000);
	/* of several the strictest; whatever the case of letters */
	assert_true(app_code_age(app.paths, "/PAY/Transfers", 14, &ms));
	assert_int_equal(ms, 60000);
	assert_true(app_code_age(app.paths, "/%e7%b5%a6/1", 12, &ms));
	assert_int_equal(ms, 600000);
	/* a rule nobody can read lets nothing by */
	assert_true(app_code_age(broken.paths, "/", 1, &ms));
	assert_int_equal(ms, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_add), T(test_set),
		T(test_refused), T(test_V46_code_age) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
