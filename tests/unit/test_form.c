/*
 * Goal of this test: a form is taken apart under its rules and nothing near
 * them; no field can be sent twice (R55).
 * Links: authd/web/form.c authd/base/text.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/limits.h"
#include "authd/web/form.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_fields(void **state)
{
	static const char body[] =
	    "login=130321-01&password=a%2Bb+c%26d%3D%E9%96%A2&empty=&flag"
	    "&text=a%0D%0Ab%09";
	struct form f;
	char out[8];

	(void)state;
	assert_int_equal(form_read(body, sizeof(body) - 1, &f), 0);
	assert_int_equal(f.n, 5);
	assert_string_equal(form_get(&f, "login"), "130321-01");
	assert_string_equal(form_get(&f, "password"), "a+b c&d=関");
	assert_string_equal(form_get(&f, "empty"), "");
	assert_string_equal(form_get(&f, "flag"), "");
	assert_string_equal(form_get(&f, "text"), "a\r\nb\t");
	assert_null(form_get(&f, "Login"));
	assert_int_equal(form_take(&f, "none", out, sizeof(out)), ERR_NOTFOUND);
	assert_string_equal(out, "");
	assert_int_equal(form_take(&f, "login", out, sizeof(out)), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(form_take(&f, "text", out, sizeof(out)), 0);
	assert_string_equal(out, "a\r\nb\t");
	form_clear(&f);
	assert_int_equal(f.n, 0);
	assert_null(form_get(&f, "login"));
	form_clear(&f);
}

static void
test_none(void **state)
{
	struct form f;

	(void)state;
	assert_int_equal(form_read(NULL, 0, &f), 0);
	assert_int_equal(f.n, 0);
	assert_int_equal(form_read("", 0, &f), 0);
	assert_int_equal(f.n, 0);
	form_clear(&f);
}

static void
test_R55_refused(void **state)
{
	static const char *const bad[] = { "a=1&a=2", "a=1&%61=2", "a&a", "=",
		"=1", "&", "a=1&", "&a=1", "a=1&&b=2", "a=%", "a=%4", "a=%4g",
		"a=%g4", "%=1", "a=%00", "a%00=1", "a=%ff", "%ff=1", "a=\xff",
		"a=%E3%81", "a=%C0%80", "a=%1B", "a=%7F", "a%0A=1", "a=\x01" };
	struct form f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		if (form_read(bad[i], strlen(bad[i]), &f) != ERR_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_null(f.memory);
		assert_int_equal(f.n, 0);
	}
	assert_int_equal(form_read("a=b\0c", 5, &f), ERR_INVALID);
}

static void
test_limits(void **state)
{
	char *body = malloc(BODY_MAX + 1);
	struct form f;
	size_t len = 0;
	int i;

	(void)state;
	assert_non_null(body);
	memset(body, 'a', BODY_MAX + 1);
	assert_int_equal(form_read(body, BODY_MAX + 1, &f), ERR_LIMIT);
	assert_int_equal(form_read(body, BODY_MAX, &f), 0);
	form_clear(&f);
	for (i = 0; i < FORM_FIELDS_MAX; i++)
		len += (size_t)snprintf(
		    body + len, BODY_MAX - len, "%sf%d=v", i ? "&" : "", i);
	assert_int_equal(form_read(body, len, &f), 0);
	assert_int_equal(f.n, FORM_FIELDS_MAX);
	form_clear(&f);
	len += (size_t)snprintf(body + len, BODY_MAX - len, "&one=more");
	assert_int_equal(form_read(body, len, &f), ERR_LIMIT);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_R55_refused),
		cmocka_unit_test(test_limits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
