/*
 * Goal of this test: what a form came to is told by the next page as it was,
 * and anything else in its cookie is nothing.
 * Links: authd/web/flash.c authd/web/cookie.c authd/web/exchange.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/text.c tests/fakes/exchange_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/cookie.h"
#include "authd/web/flash.h"
#include "tests/fakes/exchange_rig.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
take(const char *value, struct flash *f)
{
	char field[COOKIE_VALUE_MAX + 100];
	struct exchange_rig r;

	snprintf(field, sizeof(field), FLASH_COOKIE "=%s", value);
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "Cookie", field);
	flash_take(&r.in, f);
}

static void
test_there_and_back(void **state)
{
	struct flash f = { .kind = FLASH_CODE_USED, .number = 27 }, back;
	char value[COOKIE_VALUE_MAX + 1];
	struct exchange_out out = { 0 };
	size_t n;

	(void)state;
	snprintf(
	    f.request_id, sizeof(f.request_id), "01m8c60pxhq19fgggs9m14gap9");
	for (n = 0; n <= NAME_MAX_BYTES; n += NAME_MAX_BYTES / 2) {
		memset(f.text, 0xe3, n);
		f.text[n] = '\0';
		flash_set(&out, &f);
		assert_false(out.is_broken);
		assert_true(exchange_rig_cookie(
		    &out, FLASH_COOKIE, value, sizeof(value)));
		exchange_out_clear(&out);
		take(value, &back);
		assert_int_equal(back.kind, f.kind);
		assert_int_equal(back.number, 27);
		assert_string_equal(back.request_id, f.request_id);
		assert_string_equal(back.text, f.text);
	}
	flash_told(&out, &back);
	assert_non_null(exchange_rig_find(&out, "Set-Cookie"));
	exchange_out_clear(&out);
	memset(&back, 0, sizeof(back));
	flash_told(&out, &back);
	assert_null(exchange_rig_find(&out, "Set-Cookie"));
	exchange_out_clear(&out);
}

static void
test_V34_nothing_else(void **state)
{
	static const char *const bad[] = { "", "1", "1~0", "1~0~a", "1~0~a~",
		"0~0~a~", "99~0~a~", "-1~0~a~", "x~0~a~", "1~x~a~",
		"1~99999999999~a~", "1~0~a~6", "1~0~a~6G", "1~0~a~6A",
		"1~0~a~61~", "1~0~012345678901234567890123456~", "1~0~a~b~c~d",
		"~~~" };
	char longest[NAME_MAX_BYTES * 2 + 20];
	struct flash f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		take(bad[i], &f);
		/* only the shortest right one is one */
		if (strcmp(bad[i], "1~0~a~") != 0 && f.kind != FLASH_NONE)
			fail_msg("taken: %s", bad[i]);
	}
	memset(longest, '6', sizeof(longest));
	memcpy(longest, "1~0~a~", 6);
	longest[6 + NAME_MAX_BYTES * 2 + 2] = '\0';
	take(longest, &f);
	assert_int_equal(f.kind, FLASH_NONE);
	longest[6 + NAME_MAX_BYTES * 2] = '\0';
	take(longest, &f);
	assert_int_equal(f.kind, FLASH_LOGIN_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_V34_nothing_else),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
