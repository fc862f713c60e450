/*
 * Goal of this test: every way of typing one login folds to one name, and
 * what is no login is refused, not repaired.
 * Links: authd/base/fold.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/fold.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_V12_one_login(void **state)
{
	static const char *const same[] = { "k130321-01", "K130321-01",
		"k130321 - 01", "k130321- 01", "k130321   -   01",
		"Ｋ１３０３２１－０１", "k130321　-　01",
		"\xe2\x84\xaa"
		"130321-01" /* KELVIN SIGN */ };
	char out[LOGIN_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(same); i++) {
		assert_int_equal(fold_login(same[i], out), 0);
		assert_string_equal(out, "k130321-01");
	}
}

/* A page takes what a phone's keyboard makes of it; nothing else does. */
static void
test_V12_typed_login(void **state)
{
	static const char *const same[] = { "k130321-01", "k130321-01 ",
		"  K130321 - 01", "　k130321-01　 ", " 　k130321-01" };
	char out[LOGIN_MAX + 1], blanks[600];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(same); i++) {
		assert_int_equal(fold_typed_login(same[i], out), 0);
		assert_string_equal(out, "k130321-01");
	}
	memset(blanks, ' ', sizeof(blanks));
	blanks[599] = '\0';
	assert_int_equal(fold_typed_login(blanks, out), ERR_INVALID);
	memset(blanks, 'a', 599);
	assert_int_equal(fold_typed_login(blanks, out), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(fold_typed_login("　", out), ERR_INVALID);
	assert_int_equal(fold_typed_login("ya mada", out), ERR_INVALID);
	assert_int_equal(fold_typed_login("\xe3\x80", out), ERR_INVALID);
	assert_int_equal(fold_typed_login("", out), ERR_INVALID);
}

static void
test_V12_V20_no_logins(void **state)
{
	static const char *const none[] = { "", " ", "a", "-", " yamada",
		"yamada ", "ya mada", "DOMAIN\\yamada", "yamada@example.com",
		"yamada\n", "yama\tda", "山田", "ya\xc4\xb1", "yama/da",
		"../../bin/ls", "yamada\xe2\x80\x8b",
		"yama\xe2\x80\x90"
		"da",
		"\xff\xfe", "yamada\xe3\x81", "yamada'--", "%s", "ya+mada",
		"ya,mada", "ya:mada",
		"\xe2\x80\xae"
		"yamada",
		"ﷺ" };
	char out[LOGIN_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(none); i++) {
		memset(out, 'z', sizeof(out));
		if (fold_login(none[i], out) != ERR_INVALID)
			fail_msg("no login %zu was taken", i);
		assert_string_equal(out, "");
	}
}

static void
test_lengths(void **state)
{
	char in[1025], out[LOGIN_MAX + 1];

	(void)state;
	memset(in, 'A', sizeof(in));
	in[LOGIN_MAX] = '\0';
	assert_int_equal(fold_login(in, out), 0);
	assert_int_equal(strlen(out), LOGIN_MAX);
	assert_int_equal(out[LOGIN_MAX - 1], 'a');
	in[LOGIN_MAX] = 'A';
	in[LOGIN_MAX + 1] = '\0';
	assert_int_equal(fold_login(in, out), ERR_INVALID);
	memset(in, ' ', sizeof(in));
	in[0] = 'a';
	in[300] = '-';
	in[301] = 'b';
	in[302] = '\0';
	assert_int_equal(fold_login(in, out), 0);
	assert_string_equal(out, "a-b");
	in[301] = ' ';
	in[302] = ' ';
	in[sizeof(in) - 1] = '\0';
	assert_int_equal(fold_login(in, out), ERR_INVALID);
	assert_int_equal(fold_login("ab", out), 0);
	assert_string_equal(out, "ab");
	assert_int_equal(fold_login("_.", out), 0);
	assert_string_equal(out, "_.");
}

/* One character can become 18 under NFKC: bounded, and no leak (sanitizer). */
static void
test_growth_is_bounded(void **state)
{
	char in[513], out[LOGIN_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i + 3 < sizeof(in); i += 3)
		memcpy(in + i, "\xef\xb7\xba", 3); /* U+FDFA */
	in[i] = '\0';
	assert_int_equal(fold_login(in, out), ERR_INVALID);
	assert_string_equal(out, "");
}

static void
test_office(void **state)
{
	static const char *const none[] = { "", "-a", "a_b", "a.b", " a", "a b",
		"事務所", "a/b", "123456789012345678901234567890123" };
	char out[OFFICE_CODE_MAX + 1];
	size_t i;

	(void)state;
	assert_int_equal(fold_office("Ａ", out), 0);
	assert_string_equal(out, "a");
	assert_int_equal(fold_office("TOKYO - 01", out), 0);
	assert_string_equal(out, "tokyo-01");
	assert_int_equal(
	    fold_office("12345678901234567890123456789012", out), 0);
	for (i = 0; i < COUNT(none); i++) {
		memset(out, 'z', sizeof(out));
		assert_int_equal(fold_office(none[i], out), ERR_INVALID);
		assert_string_equal(out, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V12_one_login),
		cmocka_unit_test(test_V12_typed_login),
		cmocka_unit_test(test_V12_V20_no_logins),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_growth_is_bounded),
		cmocka_unit_test(test_office),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
