/*
 * Goal of this test: every field of an account is taken in its rules and
 * nothing near them, with a word that says which was wrong.
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

#include "authd/core/account_input.h"
#include "tests/fakes/core_world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct policy policy = { .forbidden = { "root", "admin" } };
static struct account row;
static struct act act;

static int
setup(void **state)
{
	(void)state;
	memset(&act, 0, sizeof(act));
	memset(&row, 0, sizeof(row));
	row.class = CLASS_GENERAL;
	row.level = 1;
	snprintf(row.login, sizeof(row.login), "yamada");
	return (0);
}

static int
take(const struct account_input *in)
{
	return (account_input_take(&policy, &act, in, &row));
}

static void
test_everything(void **state)
{
	const struct account_input in = { .name = "山田 太郎",
		.kana = "やまだ たろう",
		.phone_number = "+81-3-0000-0000",
		.birth_date = "1968-02-29",
		.email = "yamada@example.com",
		.unix_user = "YAMADA",
		.groups = "  mynumber   Payroll.1 ",
		.enrol_by = "2026-12-31",
		.leaves_on = "2027-03-31",
		.class = "privileged",
		.roles = "auditor administrator  officer",
		.level = 5 };
	const struct account_input nothing = { 0 };
	struct account before;

	(void)state;
	assert_int_equal(take(&in), 0);
	assert_string_equal(row.name, "山田 太郎");
	assert_string_equal(row.kana, "やまだ たろう");
	assert_string_equal(row.phone_number, "+81-3-0000-0000");
	assert_string_equal(row.birth_date, "1968-02-29");
	assert_string_equal(row.email, "yamada@example.com");
	assert_string_equal(row.unix_user, "yamada");
	assert_string_equal(row.groups, "mynumber Payroll.1");
	assert_true(row.enrol_by_ms == 1798642800000); /* 00:00 in Tokyo */
	assert_true(row.leaves_on_ms == 1806418800000);
	assert_int_equal(row.class, CLASS_PRIVILEGED);
	assert_int_equal(
	    row.roles, ROLE_AUDITOR | ROLE_ADMINISTRATOR | ROLE_OFFICER);
	assert_int_equal(row.level, 5);
	before = row;
	assert_int_equal(take(&nothing), 0);
	assert_memory_equal(&row, &before, sizeof(row));
}

static void
test_emptied(void **state)
{
	const struct account_input full = { .kana = "k",
		.phone_number = "117",
		.birth_date = "2000-01-01",
		.email = "a@b",
		.unix_user = "yy",
		.groups = "g",
		.enrol_by = "2026-12-31",
		.leaves_on = "2026-12-31",
		.roles = "auditor" };
	const struct account_input empty = { .kana = "",
		.phone_number = "",
		.birth_date = "",
		.email = "",
		.unix_user = "",
		.groups = "",
		.enrol_by = "",
		.leaves_on = "",
		.roles = "" };

	(void)state;
	assert_int_equal(take(&full), 0);
	assert_int_equal(take(&empty), 0);
	assert_string_equal(row.kana, "");
	assert_string_equal(row.phone_number, "");
	assert_string_equal(row.birth_date, "");
	assert_string_equal(row.email, "");
	assert_string_equal(row.unix_user, "");
	assert_string_equal(row.groups, "");
	assert_true(row.enrol_by_ms == 0);
	assert_true(row.leaves_on_ms == 0);
	assert_int_equal(row.roles, 0);
}

/* As people type one, with a Japanese keyboard too. */
static void
test_phone_numbers(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "03-0000-0000", "03-0000-0000" },
		{ "+81 3 0000 0000", "+81 3 0000 0000" },
		{ "(03) 0000-0000", "(03) 0000-0000" },
		{ "090 - 0000 - 0000", "090-0000-0000" },
		{ "０３－００００－００００", "03-0000-0000" },
		{ "０３ー００００ー００００", "03-0000-0000" },
		{ "03ｰ0000‐0000", "03-0000-0000" },
		{ "03−0000–0000", "03-0000-0000" },
		{ "（０３）　００００ ００００", "(03) 0000 0000" },
		{ "123456789012345", "123456789012345" },
	};
	struct account_input in;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in = (struct account_input){ .phone_number = rows[i].in };
		assert_int_equal(take(&in), 0);
		assert_string_equal(row.phone_number, rows[i].out);
	}
	/* what is there since a time when nobody asked may stay there */
	snprintf(row.phone_number, sizeof(row.phone_number), "ext. 12");
	in = (struct account_input){ .phone_number = "ext. 12", .name = "N" };
	assert_int_equal(take(&in), 0);
	assert_string_equal(row.phone_number, "ext. 12");
	in.phone_number = "ext. 13";
	assert_int_equal(take(&in), ERR_INVALID);
}

static void
test_R56_bad_fields(void **state)
{
	static char long_name[NAME_MAX_BYTES + 2], long_email[300],
	    long_group[34], long_roles[600];
	const struct {
		struct account_input in;
		const char *code;
	} rows[] = {
		{ { .name = "" }, "bad_name" },
		{ { .name = "  " }, "bad_name" },
		{ { .name = "a\nb" }, "bad_name" },
		{ { .name = "\xff" }, "bad_name" },
		{ { .name = long_name }, "bad_name" },
		{ { .kana = "a\rb" }, "bad_kana" },
		{ { .phone_number = "\x1b[2J" }, "bad_phone_number" },
		{ { .phone_number = "abc" }, "bad_phone_number" },
		{ { .phone_number = "03-1234-567x" }, "bad_phone_number" },
		{ { .phone_number = "12" }, "bad_phone_number" },
		{ { .phone_number = "--()" }, "bad_phone_number" },
		{ { .phone_number = "03+12345678" }, "bad_phone_number" },
		{ { .phone_number = "03/1234/5678" }, "bad_phone_number" },
		{ { .phone_number = "1234567890123456" }, "bad_phone_number" },
		{ { .phone_number = "1                               234" },
		    "bad_phone_number" },
		{ { .phone_number = "０３　ａ" }, "bad_phone_number" },
		{ { .email = "a" }, "bad_email" },
		{ { .email = "@" }, "bad_email" },
		{ { .email = "a@" }, "bad_email" },
		{ { .email = "@b" }, "bad_email" },
		{ { .email = "a@b@c" }, "bad_email" },
		{ { .email = "a b@c" }, "bad_email" },
		{ { .email = "a@b\n" }, "bad_email" },
		{ { .email = "<a@b>" }, "bad_email" },
		{ { .email = "a@b,c" }, "bad_email" },
		{ { .email = "山@b" }, "bad_email" },
		{ { .email = "a@\xc2\x9b" }, "bad_email" },
		{ { .email = long_email }, "bad_email" },
		{ { .enrol_by = "tomorrow" }, "bad_date" },
		{ { .enrol_by = "2026-02-29" }, "bad_date" },
		{ { .leaves_on = "2026-13-01" }, "bad_date" },
		{ { .groups = "a,b" }, "bad_group" },
		{ { .groups = "a\tb" }, "bad_group" },
		{ { .groups = "事務" }, "bad_group" },
		{ { .groups = long_group }, "bad_group" },
		{ { .groups = long_roles }, "bad_group" },
		{ { .roles = "root" }, "bad_role" },
		{ { .roles = "auditor,officer" }, "bad_role" },
		{ { .roles = "Auditor" }, "bad_role" },
		{ { .roles = long_roles }, "bad_role" },
		{ { .class = "" }, "bad_class" },
		{ { .class = "Privileged" }, "bad_class" },
		{ { .class = "none" }, "bad_class" },
		{ { .level = 6 }, "bad_level" },
		{ { .level = -1 }, "bad_level" },
		{ { .unix_user = "a" }, "bad_unix_user" },
		{ { .unix_user = "a b" }, "bad_unix_user" },
		{ { .unix_user = "../x" }, "bad_unix_user" },
		{ { .birth_date = "1990-02-30" }, "bad_date" },
		{ { .birth_date = "1968-02-30" }, "bad_date" },
		{ { .birth_date = "1967-02-29" }, "bad_date" },
		{ { .birth_date = "1990-13-01" }, "bad_date" },
		{ { .birth_date = "1955-00-01" }, "bad_date" },
		{ { .birth_date = "19---------" }, "bad_date" },
		{ { .birth_date = "19-------" }, "bad_date" },
		{ { .birth_date = "19--------" }, "bad_date" },
		{ { .birth_date = "1899-12-31" }, "bad_date" },
		{ { .birth_date = "1990/04/01" }, "bad_date" },
		{ { .birth_date = "1990-4-1" }, "bad_date" },
	};
	size_t i;

	(void)state;
	memset(long_name, 'a', sizeof(long_name) - 1);
	memset(long_email, 'a', sizeof(long_email) - 1);
	long_email[1] = '@';
	memset(long_group, 'g', sizeof(long_group) - 1);
	memset(long_roles, ' ', sizeof(long_roles) - 1);
	for (i = 0; i < COUNT(rows); i++) {
		setup(NULL);
		if (take(&rows[i].in) != ERR_INVALID)
			fail_msg("row %zu was taken", i);
		assert_string_equal(act.problem.code, rows[i].code);
	}
}

static void
test_birth_dates(void **state)
{
	static const char *const good[] = { "1900-01-01", "1945-08-15",
		"1968-02-29", "1969-12-31", "1970-01-01", "2008-12-31" };
	struct account_input in = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		in.birth_date = good[i];
		assert_int_equal(take(&in), 0);
		assert_string_equal(row.birth_date, good[i]);
	}
}

static void
test_privileged_logins(void **state)
{
	static const char *const forbidden[] = { "root", "admin", "130321-01",
		"12", "--" };
	struct account_input in = { .class = "privileged" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(forbidden); i++) {
		setup(NULL);
		snprintf(row.login, sizeof(row.login), "%s", forbidden[i]);
		assert_int_equal(take(&in), ERR_INVALID);
		assert_string_equal(act.problem.code, "forbidden_login");
		in.class = "general";
		assert_int_equal(take(&in), 0);
		in.class = "privileged";
	}
	setup(NULL);
	snprintf(row.login, sizeof(row.login), "k130321-01");
	assert_int_equal(take(&in), 0);
	snprintf(row.login, sizeof(row.login), "roots");
	assert_int_equal(take(&in), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_everything),
		TEST(test_emptied),
		TEST(test_phone_numbers),
		TEST(test_R56_bad_fields),
		TEST(test_birth_dates),
		TEST(test_privileged_logins),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
