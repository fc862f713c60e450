/*
 * Goal of this test: the flat reader takes one object of scalars and nothing
 * else; what the writer writes is read again as the same, by jansson too.
 * Links: authd/api/flat.c authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "authd/api/flat.h"

static int
read_text(struct flat *f, const char *s)
{
	return (flat_open(f, s, strlen(s)));
}

static void
test_scalars(void **state)
{
	struct flat f;
	int64_t n;

	(void)state;
	assert_int_equal(read_text(&f,
			     " {\"a\":\"x\\n\\u3042\\ud83d\\ude00\",\"n\":-12,"
			     "\"t\":true , \"f\":false,\"z\":null,\"e\":\"\"} "),
	    0);
	assert_string_equal(flat_text(&f, "a"), "x\nあ😀");
	assert_string_equal(flat_text(&f, "e"), "");
	assert_true(flat_int(&f, "n", -12, 0, &n) && n == -12);
	assert_false(flat_int(&f, "n", -11, 0, &n));
	assert_int_equal(flat_kind(&f, "t"), FLAT_TRUE);
	assert_int_equal(flat_kind(&f, "f"), FLAT_FALSE);
	assert_int_equal(flat_kind(&f, "z"), FLAT_NULL);
	assert_int_equal(flat_kind(&f, "none"), FLAT_NOTHING);
	assert_null(flat_text(&f, "n"));
	flat_close(&f);
	assert_null(flat_text(&f, "a"));
	assert_int_equal(read_text(&f, "{}"), 0);
	assert_int_equal(
	    read_text(&f, "{\"n\":9223372036854775807}"), 0);
	assert_true(flat_int(&f, "n", 0, INT64_MAX, &n) && n == INT64_MAX);
	assert_int_equal(
	    read_text(&f, "{\"n\":-9223372036854775808}"), 0);
	assert_true(flat_int(&f, "n", INT64_MIN, 0, &n) && n == INT64_MIN);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", " ", "[]", "\"a\"", "{", "}",
		"{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1}x",
		"{\"a\":1}{}", "{\"a\":[]}", "{\"a\":{}}", "{\"a\":1.0}",
		"{\"a\":1e3}", "{\"a\":01}", "{\"a\":-}", "{\"a\":+1}",
		"{\"a\":tru}", "{\"a\":truex}", "{\"a\":nul}", "{a:1}",
		"{'a':1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"{\"a\":\"\\u0000\"}", "{\"a\\u0000\":1}", "{\"a\":\"\\x\"}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\n\"}", "{\"a\":\"x}",
		"{\"a\":\"\xff\"}", "{\"a\":9223372036854775808}",
		"{\"a\":-9223372036854775809}", "\xef\xbb\xbf{}" };
	char big[FLAT_MAX + 16];
	struct flat f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (read_text(&f, bad[i]) != ERR_PROTO)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(f.n, 0);
	}
	assert_int_equal(flat_open(&f, "{\"a\":\"\0\"}", 9), ERR_PROTO);
	memset(big, ' ', sizeof(big));
	memcpy(big, "{}", 2);
	assert_int_equal(flat_open(&f, big, FLAT_MAX), 0);
	assert_int_equal(flat_open(&f, big, FLAT_MAX + 1), ERR_PROTO);
	for (i = 0; i < FLAT_MEMBERS_MAX + 1; i++)
		snprintf(big + i * 8, 9, "%c\"m%02zu\":1", i == 0 ? '{' : ',',
		    i);
	big[FLAT_MEMBERS_MAX * 8] = '}';
	assert_int_equal(flat_open(&f, big, FLAT_MEMBERS_MAX * 8 + 1), 0);
	big[FLAT_MEMBERS_MAX * 8] = ',';
	strcpy(big + (FLAT_MEMBERS_MAX + 1) * 8, "}");
	assert_int_equal(read_text(&f, big), ERR_PROTO);
}

static void
test_written(void **state)
{
	static const char text[] = "a\"\\\x01\x1f/あ\x7f";
	char out[256];
	struct flat f;
	struct buf b;
	json_t *v;

	(void)state;
	buf_init(&b, out, sizeof(out));
	flat_put_open(&b);
	flat_put_text(&b, "a", text);
	flat_put_text(&b, "{", "{");
	flat_put_int(&b, "n", -5);
	assert_int_equal(flat_put_close(&b), 0);
	assert_int_equal(flat_open(&f, out, strlen(out)), 0);
	assert_string_equal(flat_text(&f, "a"), text);
	assert_non_null(v = json_loads(out, 0, NULL));
	assert_string_equal(json_string_value(json_object_get(v, "a")), text);
	assert_int_equal(json_integer_value(json_object_get(v, "n")), -5);
	json_decref(v);
	buf_init(&b, out, 8);
	flat_put_open(&b);
	flat_put_text(&b, "a", "123456789");
	assert_int_equal(flat_put_close(&b), ERR_LIMIT);
	buf_init(&b, out, sizeof(out));
	flat_put_open(&b);
	flat_put_text(&b, "a", "\xff");
	assert_int_equal(flat_put_close(&b), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_written),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
