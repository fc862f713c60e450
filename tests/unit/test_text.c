/*
 * Goal of this test: names, codes, hex and base32 from outside are taken in
 * their exact rules and in nothing near them.
 * Links: authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_copy(void **state)
{
	char out[4] = "zzz";

	(void)state;
	assert_int_equal(text_copy(out, sizeof(out), "abc"), 0);
	assert_string_equal(out, "abc");
	assert_int_equal(text_copy(out, sizeof(out), "abcd"), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(text_copy(out, 1, ""), 0);
	assert_int_equal(text_copy(out, 1, "a"), ERR_INVALID);
}

static void
test_utf8(void **state)
{
	static const char *const good[] = { "", "a", "\x7f", "\xc2\x80",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "関所",
		"\xf0\xa0\x80\x8b" };
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe0\xa0",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xfe", "\xff", "a\xe3\x81", "\xf0\x90\x80" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_true(text_is_utf8(good[i], strlen(good[i])));
	for (i = 0; i < COUNT(bad); i++)
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
	assert_true(text_is_utf8("a\0b", 3)); /* NUL is a character */
}

static void
test_R56_names(void **state)
{
	static const char *const good[] = { "a", "山田 太郎", "O'Brien \"Bob\"",
		"; DROP TABLE account; --", "やまだ　たろう", "<b>", "%s%n",
		"\xc2\xa0.", "😀" };
	static const char *const bad[] = { "", " ", "　", " \xc2\xa0 ", "a\nb",
		"a\rb", "\x1b[31m", "a\x7f", "a\tb", "\xc2\x85", "\xc2\x9b",
		"a\xe2\x80\xa8" /* U+2028 */, "a\xe2\x80\xa9",
		"\xe2\x80\xae"
		"abc" /* U+202E */,
		"\xe2\x80\x8f"
		"a",
		"a\xe2\x81\xa6" /* U+2066 */, "a\xe2\x81\xa9",
		"\xd8\x9c"
		"a" /* U+061C */,
		"\xef\xbb\xbf"
		"a",
		"\xff", "ab\xe3\x81" };
	char longest[NAME_MAX_BYTES + 2];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_true(text_is_name(good[i]));
	for (i = 0; i < COUNT(bad); i++)
		if (text_is_name(bad[i]))
			fail_msg("bad name %zu was taken", i);
	memset(longest, 'a', sizeof(longest));
	longest[NAME_MAX_BYTES] = '\0';
	assert_true(text_is_name(longest));
	longest[NAME_MAX_BYTES] = 'a';
	longest[NAME_MAX_BYTES + 1] = '\0';
	assert_false(text_is_name(longest));
}

static void
test_V6_code_variants(void **state)
{
	static const char *const same[] = { "012345", " 012345", "012345 ",
		"012 345", "0 1 2 3 4 5", "０１２３４５", "012　345",
		"０12３45", "            012345              " };
	static const char *const none[] = { "", " ", "12345", "0123456",
		"01234567", "+12345", "-12345", "+012345", "012,345", "012.345",
		"01234a", "0x1234", "012\t345", "012\n345", "012-345",
		"\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5", /* Arabic */
		"\xe0\xa5\xa6\xe0\xa5\xa7"
		"2345", /* Devanagari */
		"\xc2\xa0"
		"012345",
		"012345\xe2\x80\x8b", "①②③④⑤⑥",
		"\xff"
		"012345",
		"0123\xef\xbc", "１２３４５６７" };
	char out[CODE_DIGITS + 1], wide[80];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(same); i++) {
		memset(out, 'z', sizeof(out));
		assert_int_equal(text_fold_code(same[i], out), 0);
		assert_string_equal(out, "012345");
	}
	for (i = 0; i < COUNT(none); i++) {
		memset(out, 'z', sizeof(out));
		if (text_fold_code(none[i], out) != ERR_INVALID)
			fail_msg("no code %zu was taken", i);
		assert_string_equal(out, "");
	}
	/* Blanks are free up to 64 bytes in all. */
	snprintf(wide, sizeof(wide), "%64s", "012345");
	assert_int_equal(text_fold_code(wide, out), 0);
	snprintf(wide, sizeof(wide), "%65s", "012345");
	assert_int_equal(text_fold_code(wide, out), ERR_INVALID);
}

static void
test_hex(void **state)
{
	static const char *const bad[] = { "", "00a", "00af1", "00af1f0",
		"00AF1F", "00ag1f", " 0af1f", "0x0af1", "00af1f00" };
	static const uint8_t bytes[] = { 0x00, 0xaf, 0x1f };
	uint8_t back[3];
	char out[7];
	size_t i;

	(void)state;
	text_put_hex(bytes, sizeof(bytes), out);
	assert_string_equal(out, "00af1f");
	assert_int_equal(text_get_hex(out, back, sizeof(back)), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
	text_put_hex(bytes, 0, out);
	assert_string_equal(out, "");
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    text_get_hex(bad[i], back, sizeof(back)), ERR_INVALID);
}

/* RFC 4648 section 10, without padding; and the RFC 6238 key (R13). */
static void
test_R13_base32(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "MY" },
		{ "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" },
		{ "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" },
		{ "12345678901234567890",
		    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } };
	static const uint8_t ones[] = { 0xff, 0xff, 0xff, 0xff, 0xff };
	char out[40];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(pairs); i++) {
		n = strlen(pairs[i][1]);
		assert_int_equal(text_put_base32((const uint8_t *)pairs[i][0],
				     strlen(pairs[i][0]), out, n + 1),
		    0);
		assert_string_equal(out, pairs[i][1]);
		assert_int_equal(text_put_base32((const uint8_t *)pairs[i][0],
				     strlen(pairs[i][0]), out, n),
		    ERR_INVALID);
	}
	assert_int_equal(text_put_base32(ones, 5, out, sizeof(out)), 0);
	assert_string_equal(out, "77777777");
}

/* Eight bytes are looked at together: what is bad is seen at every place, and
 * what is good beside it is not taken for it. */
static void
test_clean_at_every_place(void **state)
{
	static const struct {
		const char *text;
		bool is_clean;
	} pieces[] = {
		{ "\xe3\x81\x82", true }, { "\xef\xbd\xb1", true },
		{ "\xc2\x85", false }, { "\xe2\x80\xae", false },
		{ "\xd8\x9c", false }, { "\xe3\x81", false },
		{ "\xe3\x81\xe3\x81\x82", false }, { "\x80", false },
		{ "\xc0\xaf", false }, { "\xed\xa0\x80", false },
	};
	char text[40];
	size_t n, at, len, i;
	int c;

	(void)state;
	for (n = 1; n <= 25; n++)
		for (at = 0; at < n; at++)
			for (c = 0; c < 256; c++) {
				memset(text, c % 2 == 0 ? '~' : ' ', n);
				text[at] = (char)c;
				if (text_is_clean(text, n) !=
				    (c >= 0x20 && c < 0x7f))
					fail_msg("%d at %zu of %zu", c, at, n);
			}
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		for (at = 0; at < 18; at++)
			for (n = 0; n < 18; n++) {
				len = strlen(pieces[i].text);
				memset(text, 'x', sizeof(text));
				memcpy(text + at, pieces[i].text, len);
				if (text_is_clean(text, at + len + n) !=
				    pieces[i].is_clean)
					fail_msg("%zu at %zu, %zu after", i,
					    at, n);
			}
	/* not beyond the end */
	assert_true(text_is_clean("12345678\n", 8));
	assert_false(text_is_clean("12345678\n", 9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_R56_names),
		cmocka_unit_test(test_V6_code_variants),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_R13_base32),
		cmocka_unit_test(test_clean_at_every_place),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
