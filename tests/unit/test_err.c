/*
 * Goal of this test: every error number has a text of its own, and a number
 * that is none has one too.
 * Links: authd/base/err.c
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/err.h"

static void
test_texts_are_distinct(void **state)
{
	int a, b;

	(void)state;
	for (a = 0; a >= ERR_FATAL; a--) {
		assert_string_not_equal(err_text(a), "unknown error");
		assert_true(strlen(err_text(a)) > 3);
		for (b = 0; b > a; b--)
			assert_string_not_equal(err_text(a), err_text(b));
	}
	assert_string_equal(err_text(0), "no error");
	assert_string_equal(err_text(ERR_KEEPER), "keeper failed");
	assert_string_equal(err_text(ERR_FATAL), "must stop");
}

static void
test_other_numbers(void **state)
{
	const int none[] = { 1, 99, INT_MAX, ERR_FATAL - 1, -1000, INT_MIN + 1,
		INT_MIN };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_string_equal(err_text(none[i]), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts_are_distinct),
		cmocka_unit_test(test_other_numbers),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
