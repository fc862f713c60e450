/*
 * Goal of this test: while a new password is typed its rules are told, of the
 * very person; of earlier passwords and the present one nothing is, which could
 * be guessed that way without a count (R43, R3).
 * Links: authd/core/known.c
 * Links: authd/core/password_preview.c
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

#include "authd/core/password_preview.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

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
	login_world_stop(&w);
	return (0);
}

static uint32_t
preview(const char *text)
{
	uint32_t reasons = 0;

	assert_int_equal(
	    password_preview(&w.core, &w.act, "yamada", text, &reasons), 0);
	assert_true((reasons & PASSWORD_JUDGED) != 0);
	return (reasons);
}

static void
test_rules(void **state)
{
	(void)state;
	assert_true(password_policy_accepts(preview(LOGIN_WORLD_TWO)));
	assert_int_equal(preview("aB#1") & PASSWORD_TOO_SHORT,
	    PASSWORD_TOO_SHORT);
	assert_int_equal(preview("Yamada#uT4%gNs8") & PASSWORD_PERSONAL,
	    PASSWORD_PERSONAL);
	assert_int_equal(preview("") & PASSWORD_TOO_SHORT, PASSWORD_TOO_SHORT);
}

static void
test_R43_no_oracle(void **state)
{
	struct password_known known;
	uint32_t reasons;

	(void)state;
	/* as the rules say: used before */
	assert_int_equal(password_load(&w.core, &w.act, "yamada", &known), 0);
	assert_int_equal(password_judge(&w.policy, w.core.keeper, &known,
			     LOGIN_WORLD_ONE, &reasons),
	    0);
	assert_int_equal(reasons & PASSWORD_REUSED, PASSWORD_REUSED);
	/* here not a word */
	assert_true(password_policy_accepts(preview(LOGIN_WORLD_ONE)));
	login_world_password(&w, "yamada", LOGIN_WORLD_TWO, false);
	assert_true(password_policy_accepts(preview(LOGIN_WORLD_ONE)));
	assert_true(password_policy_accepts(preview(LOGIN_WORLD_TWO)));
}

static void
test_failures(void **state)
{
	uint32_t reasons = PASSWORD_JUDGED;

	(void)state;
	assert_int_equal(
	    password_preview(&w.core, &w.act, "nobody", "a", &reasons),
	    ERR_NOTFOUND);
	assert_int_equal(reasons, 0);
	reasons = PASSWORD_JUDGED;
	assert_int_equal(
	    password_preview(&w.core, &w.act, "yamada", "\xff", &reasons),
	    ERR_INVALID);
	assert_int_equal(reasons, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rules),
		TEST(test_R43_no_oracle),
		TEST(test_failures),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
