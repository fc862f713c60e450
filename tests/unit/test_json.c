/*
 * Goal of this test: JSON from outside is taken only in the one shape we asked
 * for, every other is one clear failure, and answers are written in the
 * house's forms.
 * Links: authd/api/json.c authd/base/mem.c authd/base/timetext.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/json.h"

static const char *const members[] = { "a", "b", "list", NULL };

/* Open ${n} bytes and give the problem's code, "" when there is none. */
static const char *
code_of(const char *p, size_t n, char out[JSON_CODE_MAX])
{
	struct json_in in;
	int r;

	r = json_in_open(&in, p, n, members);
	assert_int_equal(r, json_in_end(&in));
	assert_true((r == 0) == (in.code[0] == '\0'));
	memcpy(out, in.code, JSON_CODE_MAX);
	json_in_close(&in);
	return (out);
}

static void
test_good_object(void **state)
{
	const char *text = "{\"a\":\"x\",\"b\":7,\"list\":[\"p\",\"q\"]}";
	struct json_in in;
	char words[8];

	(void)state;
	assert_int_equal(json_in_open(&in, text, strlen(text), members), 0);
	assert_string_equal(json_in_text(&in, "a", 1), "x");
	assert_string_equal(json_in_need(&in, "a", 1), "x");
	assert_int_equal(json_in_int(&in, "b", 7, 7, 1), 7);
	assert_string_equal(
	    json_in_words(&in, "list", words, sizeof(words)), "p q");
	assert_int_equal(json_in_end(&in), 0);
	json_in_close(&in);
}

static void
test_left_out(void **state)
{
	struct json_in in;
	char words[8];

	(void)state;
	assert_int_equal(json_in_open(&in, "{}", 2, members), 0);
	assert_null(json_in_text(&in, "a", 9));
	assert_int_equal(json_in_int(&in, "b", 1, 2, 42), 42);
	assert_null(json_in_words(&in, "list", words, sizeof(words)));
	assert_int_equal(json_in_end(&in), 0);
	assert_null(json_in_need(&in, "a", 9));
	assert_int_equal(json_in_end(&in), ERR_INVALID);
	assert_string_equal(in.code, "missing_member");
	assert_string_equal(in.detail, "Member \"a\" is missing.");
	json_in_close(&in);
}

static void
test_not_json(void **state)
{
	static const struct {
		const char *at;
		size_t n;
	} bad[] = {
#define BAD(s) { s, sizeof(s) - 1 }
		BAD(""),
		BAD(" "),
		BAD("{"),
		BAD("}"),
		BAD("null"),
		BAD("true"),
		BAD("17"),
		BAD("\"text\""),
		BAD("[]"),
		BAD("[{}]"),
		BAD("{}x"),
		BAD("{}{}"),
		BAD("{\"a\"}"),
		BAD("{\"a\":}"),
		BAD("{a:1}"),
		BAD("{'a':1}"),
		BAD("{\"a\":1,}"),
		BAD("{\"a\":01}"),
		BAD("{\"a\":NaN}"),
		BAD("{\"a\":+1}"),
		BAD("{\"a\":\"\t\"}"),
		BAD("{\"a\":\"\n\"}"),
		BAD("{\"a\":\"\\u0000\"}"),
		BAD("{\"\\u0000\":1}"),
		BAD("{\"a\":\"\0\"}"),
		BAD("{}\0"),
		BAD("\0{}"),
		BAD("{\"a\":\"\\ud800\"}"),
		BAD("{\"a\":\"\xff\"}"),
		BAD("{\"a\":\"\xc0\xaf\"}"),
		BAD("{\"a\":\"\xed\xa0\x80\"}"),
		BAD("{\"\xff\":1}"),
		BAD("\xef\xbb\xbf{}"),
		BAD("{\"a\":1e999}"),
		BAD("{\"a\":99999999999999999999}"),
		BAD("{\"a\":\"x\",\"a\":\"x\"}"),
		BAD("{\"a\":{\"z\":1,\"z\":2}}"),
		BAD("{\"a\":[[[[]]]]}"),
		BAD("/**/{}"),
	};
	char code[JSON_CODE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(code_of(bad[i].at, bad[i].n, code), "bad_json") != 0)
			fail_msg("%zu: %s gave \"%s\"", i, bad[i].at, code);
}

static void
test_R55_duplicate_members(void **state)
{
	const char *text = "{\"a\":\"x\",\"\\u0061\":\"y\"}";
	char code[JSON_CODE_MAX];

	(void)state;
	assert_string_equal(code_of(text, strlen(text), code), "bad_json");
}

static void
test_depth(void **state)
{
	char code[JSON_CODE_MAX];
	char *deep;
	size_t n = 10000;

	(void)state;
	/* four levels are allowed, brackets inside a text do not count */
	assert_string_equal(code_of("{\"a\":[[[]]]}", 12, code), "");
	assert_string_equal(
	    code_of("{\"a\":\"[[[[[[\\\"[[[\",\"b\":[]}", 26, code), "");
	deep = malloc(2 * n + 6);
	assert_non_null(deep);
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 5, '[', n);
	memset(deep + 5 + n, ']', n);
	deep[2 * n + 5] = '}';
	assert_string_equal(code_of(deep, 2 * n + 6, code), "bad_json");
	memset(deep, '{', n);
	assert_string_equal(code_of(deep, n, code), "bad_json");
	free(deep);
}

static void
test_unknown_member(void **state)
{
	struct json_in in;
	char code[JSON_CODE_MAX];

	(void)state;
	assert_string_equal(code_of("{\"c\":1}", 7, code), "unknown_member");
	assert_string_equal(code_of("{\"A\":1}", 7, code), "unknown_member");
	assert_string_equal(code_of("{\"\":1}", 6, code), "unknown_member");
	assert_int_equal(
	    json_in_open(&in, "{\"c\":1}", 7, members), ERR_INVALID);
	assert_string_equal(in.detail, "Member \"c\" is not known here.");
	json_in_close(&in);
	/* R56: a name that could forge a line is not repeated */
	assert_int_equal(
	    json_in_open(&in, "{\"c\\n\":1}", 9, members), ERR_INVALID);
	assert_string_equal(in.detail, "A member is not known here.");
	json_in_close(&in);
}

/* One getter over one value: what it says. */
static void
expect_bad(const char *text, int which)
{
	struct json_in in;
	char words[8];

	assert_int_equal(json_in_open(&in, text, strlen(text), members), 0);
	if (which == 0)
		assert_null(json_in_text(&in, "a", 3));
	else if (which == 1)
		assert_int_equal(json_in_int(&in, "a", 1, 5, -9), -9);
	else
		assert_null(json_in_words(&in, "a", words, sizeof(words)));
	assert_int_equal(json_in_end(&in), ERR_INVALID);
	assert_string_equal(in.code, "bad_member");
	if (which == 1)
		assert_string_equal(in.detail,
		    "Member \"a\" is a whole number from 1 to 5.");
	json_in_close(&in);
}

static void
test_wrong_types(void **state)
{
	(void)state;
	expect_bad("{\"a\":1}", 0);
	expect_bad("{\"a\":null}", 0);
	expect_bad("{\"a\":[\"x\"]}", 0);
	expect_bad("{\"a\":\"four\"}", 0);
	expect_bad("{\"a\":0}", 1);
	expect_bad("{\"a\":6}", 1);
	expect_bad("{\"a\":-9223372036854775808}", 1);
	expect_bad("{\"a\":1.0}", 1);
	expect_bad("{\"a\":\"1\"}", 1);
	expect_bad("{\"a\":true}", 1);
	expect_bad("{\"a\":\"p q\"}", 2);
	expect_bad("{\"a\":[\"\"]}", 2);
	expect_bad("{\"a\":[\"p q\"]}", 2);
	expect_bad("{\"a\":[\"p\\nq\"]}", 2);
	expect_bad("{\"a\":[\"p\",1]}", 2);
	expect_bad("{\"a\":[\"1234\",\"678\"]}", 2);
	expect_bad("{\"a\":[\"12345678\"]}", 2);
}

static void
test_first_failure_stays(void **state)
{
	struct json_in in;

	(void)state;
	assert_int_equal(json_in_open(&in, "{\"a\":1}", 7, members), 0);
	assert_null(json_in_need(&in, "b", 3));
	assert_null(json_in_text(&in, "a", 3));
	json_in_fail(&in, "bad_login", "x");
	assert_string_equal(in.code, "missing_member");
	json_in_close(&in);
}

static void
test_writing(void **state)
{
	json_t *o = json_object();
	char *text;
	size_t n;

	(void)state;
	assert_int_equal(json_put_text(o, "t", "\x1b[31m\n"), 0);
	assert_int_equal(json_put_text(o, "none", NULL), 0);
	assert_int_equal(json_put_int(o, "i", -5), 0);
	assert_int_equal(json_put_bool(o, "b", true), 0);
	assert_int_equal(json_put_time(o, "at", 1763843487123), 0);
	assert_int_equal(json_put_time(o, "never", 0), 0);
	assert_int_equal(json_put_date(o, "day", 1774969200000), 0);
	assert_int_equal(json_put_words(o, "w", " p  q "), 0);
	assert_int_equal(json_put_words(o, "e", ""), 0);
	text = json_text(o, &n);
	assert_non_null(text);
	assert_int_equal(strlen(text), n);
	assert_string_equal(text,
	    "{\"t\":\"\\u001B[31m\\n\",\"none\":null,\"i\":-5,\"b\":true,"
	    "\"at\":\"2025-11-22T20:31:27.123Z\",\"never\":null,"
	    "\"day\":\"2026-04-01\",\"w\":[\"p\",\"q\"],\"e\":[]}");
	json_text_free(text);
	assert_string_equal(json_of_text(o, "at"), "2025-11-22T20:31:27.123Z");
	assert_string_equal(json_of_text(o, "never"), "");
	assert_string_equal(json_of_text(o, "nothing"), "");
	assert_int_equal(json_of_int(o, "i"), -5);
	assert_true(json_of_bool(o, "b"));
	assert_false(json_of_bool(o, "i"));
	json_decref(o);
	/* no object is no memory, not a crash */
	assert_int_equal(json_put_text(NULL, "t", "x"), ERR_NOMEM);
	o = json_object();
	assert_int_equal(json_put_take(o, "t", NULL), ERR_NOMEM);
	json_decref(o);
}

/* The next allocation of that size fails, once. */
static size_t failing_size;
static json_malloc_t real_malloc;

static void *
fail_once(size_t n)
{
	if (n != failing_size)
		return (real_malloc(n));
	failing_size = 0;
	return (NULL);
}

/*
 * F5: a text of which a character was lost for want of memory is not a text, nor
 * malformed: it is read whole, or it is said that there is no memory.
 * The lexer's buffer grows from 16 to 32, 64, 128 bytes while it reads this.
 */
static void
test_a_lost_character_is_an_error(void **state)
{
	static const char text[] =
	    "{\"login\": \"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv"
	    "wxyzabcdefghijklm\", \"n\": [\"\\u00e9\\ud83d\\ude00\\n\\u8a8d\", 7]}";
	json_free_t real_free;
	struct json_in in;
	size_t size, failed = 0;
	int r;

	(void)state;
	json_get_alloc_funcs(&real_malloc, &real_free);
	json_set_alloc_funcs(fail_once, real_free);
	for (size = 1; size <= 256; size++) {
		failing_size = size;
		r = json_in_open(&in, text, sizeof(text) - 1, NULL);
		if (failing_size == 0) {
			failed += r != 0;
			assert_true(r == 0 || r == ERR_NOMEM);
		} else
			assert_int_equal(r, 0);
		if (r == 0)
			assert_string_equal(json_of_text(in.root, "login"),
			    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv"
			    "wxyzabcdefghijklm");
		json_in_close(&in);
	}
	json_set_alloc_funcs(real_malloc, real_free);
	assert_true(failed >= 5);
}

/* Short or long, it is all there: of every length about 4096 and of a long one. */
static void
test_writing_of_any_length(void **state)
{
	static char long_text[100000];
	size_t lengths[65], i, n;
	char *text;
	json_t *o;

	(void)state;
	for (i = 0; i < 64; i++)
		lengths[i] = 4096 - 32 + i;
	lengths[64] = sizeof(long_text) - 1;
	for (i = 0; i < 65; i++) {
		memset(long_text, 'a' + (int)i % 26, lengths[i]);
		long_text[lengths[i]] = '\0';
		o = json_pack("{s:s}", "t", long_text);
		assert_non_null(text = json_text(o, &n));
		assert_int_equal(n, lengths[i] + strlen("{\"t\":\"\"}"));
		assert_int_equal(strlen(text), n);
		assert_memory_equal(text, "{\"t\":\"", 6);
		assert_memory_equal(text + 6, long_text, lengths[i]);
		assert_string_equal(text + 6 + lengths[i], "\"}");
		json_text_free(text);
		json_decref(o);
	}
}

/* F5: what is written is whole or nothing. */
static void
test_writing_without_memory(void **state)
{
	json_t *o = json_pack("{s:s, s:s}", "result", "accept", "request_id",
	    "01m8c5xxw667reqgtj3kw4rwsn");
	json_free_t real_free;
	size_t size, n, failed = 0;
	char *whole, *text;

	(void)state;
	assert_non_null(whole = json_text(o, &n));
	json_get_alloc_funcs(&real_malloc, &real_free);
	json_set_alloc_funcs(fail_once, real_free);
	for (size = 1; size <= 512; size++) {
		failing_size = size;
		text = json_text(o, &n);
		if (failing_size == 0)
			failed++;
		if (text != NULL)
			assert_string_equal(text, whole);
		json_text_free(text);
	}
	json_set_alloc_funcs(real_malloc, real_free);
	assert_true(failed > 0);
	json_text_free(whole);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_object),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_R55_duplicate_members),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_unknown_member),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_first_failure_stays),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_a_lost_character_is_an_error),
		cmocka_unit_test(test_writing_of_any_length),
		cmocka_unit_test(test_writing_without_memory),
	};

	json_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
