/*
 * Goal of this test: a cookie of ours is read when it is there once, whole and
 * of our characters (V34); a second one beside it makes it none; what is set is
 * for this host alone (R44).
 * Links: authd/web/cookie.c authd/web/exchange.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/text.c tests/fakes/exchange_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/err.h"
#include "authd/web/cookie.h"
#include "tests/fakes/exchange_rig.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME     "__Host-sekisho"

/* What is read of this field; "" is none. */
static const char *
read_one(const char *field)
{
	static char out[16];
	struct exchange_rig r;
	int e;

	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	if (field != NULL)
		exchange_rig_header(&r, "cookie", field);
	e = cookie_get(&r.in, NAME, out, sizeof(out));
	assert_true(e == 0 || e == ERR_NOTFOUND);
	assert_true((e == 0) == (out[0] != '\0'));
	return (out);
}

static void
test_read(void **state)
{
	static const char *const good[] = { NAME "=aB3-._~", NAME "=aB3-._~ ",
		"a=b; " NAME "=aB3-._~", NAME "=aB3-._~; a=b;c",
		";;" NAME "=aB3-._~;;", "x" NAME "=no; " NAME "=aB3-._~",
		NAME "-form=no; " NAME "=aB3-._~",
		"a=\"" NAME "=q\"; " NAME "=aB3-._~" };
	static const char *const none[] = { NULL, "", ";", "a=b", NAME,
		NAME "=", NAME " =a", NAME "==a", NAME "=a=", NAME "=a b",
		NAME "=\"a\"", NAME "=a,b", NAME "=a%41", NAME "=\xe9\x96\xa2",
		"__host-sekisho=a", NAME "=0123456789abcdef" /* does not fit */,
		/* V33: two of them, whichever comes first */
		NAME "=a; " NAME "=b", NAME "=a; " NAME "=a", NAME "=a;" NAME,
		NAME "=; " NAME "=a", "a; " NAME "=a; b; " NAME "=%" };
	struct exchange_rig r;
	char out[16];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_string_equal(read_one(good[i]), "aB3-._~");
	for (i = 0; i < COUNT(none); i++)
		if (read_one(none[i])[0] != '\0')
			fail_msg("taken: %s", none[i]);
	/* two fields */
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "Cookie", NAME "=a");
	exchange_rig_header(&r, "Cookie", "b=c");
	assert_int_equal(
	    cookie_get(&r.in, NAME, out, sizeof(out)), ERR_NOTFOUND);
}

static void
test_R44_set(void **state)
{
	struct exchange_out out = { 0 };
	char value[COOKIE_VALUE_MAX + 2];

	(void)state;
	cookie_set(&out, NAME, "abc");
	assert_string_equal(out.headers[0].name, "Set-Cookie");
	assert_string_equal(out.headers[0].value,
	    NAME "=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
	cookie_keep(&out, NAME, "abc", 60);
	assert_string_equal(out.headers[1].value,
	    NAME "=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax");
	cookie_end(&out, NAME);
	assert_string_equal(out.headers[2].value,
	    NAME "=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
	assert_false(out.is_broken);
	exchange_out_clear(&out);
	/* nothing can be added to it */
	cookie_set(&out, NAME, "abc; Domain=example.com");
	assert_true(out.is_broken);
	exchange_out_clear(&out);
	memset(value, 'a', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	value[COOKIE_VALUE_MAX] = '\0';
	cookie_set(&out, NAME, value);
	assert_false(out.is_broken);
	exchange_out_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_R44_set),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
