/*
 * Goal of this test: the person's address is believed when the proxy gives
 * exactly one, and nothing near that is taken (V40).
 * Links: authd/web/proxied.c authd/web/exchange.c authd/core/act.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/text.c tests/fakes/exchange_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/proxied.h"
#include "tests/fakes/exchange_rig.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_V40_source(void **state)
{
	static const char *const good[] = { "192.0.2.1", "::1", "2001:db8::7",
		"::ffff:192.0.2.1",
		"abcd:abcd:abcd:abcd:abcd:abcd:192.168.100.200" };
	static const char *const bad[] = { "", "unknown", "192.0.2.1, 10.0.0.1",
		"192.0.2.1,10.0.0.1", "192.0.2.1:80", "[::1]", "192.0.2.256",
		"192.0.2.1 x", "fe80::1%eth0", "localhost", "_secret",
		"192.0.2.0/24",
		"abcd:abcd:abcd:abcd:abcd:abcd:192.168.100.2000",
		"2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:1:2" };
	struct exchange_rig r;
	struct act act;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		memset(&act, 0, sizeof(act));
		exchange_rig_begin(&r, "GET", "/", NULL, NULL);
		exchange_rig_header(&r, "X-Forwarded-For", good[i]);
		assert_int_equal(proxied_source(&r.in, &act), 0);
		assert_string_equal(act.source, good[i]);
	}
	for (i = 0; i < COUNT(bad); i++) {
		memset(&act, 0, sizeof(act));
		exchange_rig_begin(&r, "GET", "/", NULL, NULL);
		exchange_rig_header(&r, "X-Forwarded-For", bad[i]);
		assert_int_equal(proxied_source(&r.in, &act), ERR_INVALID);
		assert_string_equal(act.source, "");
	}
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	assert_int_equal(proxied_source(&r.in, &act), ERR_INVALID);
	exchange_rig_header(&r, "X-Forwarded-For", "192.0.2.1");
	exchange_rig_header(&r, "x-forwarded-for", "192.0.2.1");
	assert_int_equal(proxied_source(&r.in, &act), ERR_INVALID);
	/* an address with something behind its end */
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "X-Forwarded-For", "192.0.2.1\0 x");
	r.headers[0].value_len = sizeof("192.0.2.1\0 x") - 1;
	assert_int_equal(proxied_source(&r.in, &act), ERR_INVALID);
	/* what another field says is not asked */
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "X-Real-IP", "192.0.2.1");
	exchange_rig_header(&r, "Forwarded", "for=192.0.2.1");
	assert_int_equal(proxied_source(&r.in, &act), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_V40_source) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
