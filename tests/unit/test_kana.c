/*
 * Goal of this test: kana read as the letters people type, in each spelling.
 * Links: authd/core/kana.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/text.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <unistr.h>

#include "authd/core/kana.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *
romaji(const char *kana, enum kana_spelling s)
{
	static char text[256];
	uint32_t in[64], out[sizeof(text)];
	size_t n = COUNT(in), i, got;

	assert_non_null(u8_to_u32((const uint8_t *)kana, strlen(kana), in, &n));
	got = kana_romaji(in, n, s, out, COUNT(out));
	for (i = 0; i < got; i++)
		text[i] = out[i] < 0x80 ? (char)out[i] : '?';
	text[got] = '\0';
	return (text);
}

static void
test_spellings(void **state)
{
	static const struct {
		const char *kana, *want[KANA_SPELLINGS];
	} table[] = {
		{ "たろう",
		    { "tarou", "taro", "taroh", "tarou", "tarou", "taro" } },
		{ "じゅん", { "jun", "jun", "jun", "jyun", "zyun", "zyun" } },
		{ "ほんま",
		    { "honma", "homma", "homma", "honma", "honma", "honma" } },
		{ "こっち",
		    { "kocchi", "kotchi", "kotchi", "kocchi", "kotti",
			"kotti" } },
		{ "おおの", { "oono", "ono", "ohno", "oono", "oono", "ono" } },
		{ "シンジ",
		    { "shinji", "shinji", "shinji", "shinji", "sinzi",
			"sinzi" } },
		{ "しゃちょう",
		    { "shachou", "shacho", "shachoh", "shachou", "syatyou",
			"syatyo" } },
		{ "ひゃくつふ",
		    { "hyakutsufu", "hyakutsufu", "hyakutsufu", "hyakutsufu",
			"hyakutuhu", "hyakutuhu" } },
		{ "パスワード",
		    { "pasuwaado", "pasuwado", "pasuwado", "pasuwaado",
			"pasuwaado", "pasuwado" } },
		{ "ウィファティえぇっ",
		    { "wifatiee", "wifatiee", "wifatiee", "wifatiee",
			"wihatiee", "wihatiee" } },
		{ "お疲れA",
		    { "o?reA", "o?reA", "o?reA", "o?reA", "o?reA", "o?reA" } },
		{ "ーゃん", { "yan", "yan", "yan", "yan", "yan", "yan" } },
		{ "", { "", "", "", "", "", "" } },
	};
	size_t i, s;

	(void)state;
	for (i = 0; i < COUNT(table); i++)
		for (s = 0; s < KANA_SPELLINGS; s++)
			assert_string_equal(
			    romaji(table[i].kana, (enum kana_spelling)s),
			    table[i].want[s]);
}

static void
test_bounds(void **state)
{
	uint32_t in[4] = { 0x3057, 0x3087, 0x3046, 'x' }, out[4];

	(void)state;
	out[2] = 77;
	assert_int_equal(kana_romaji(in, 4, KANA_TYPED, out, 2), 2);
	assert_int_equal(out[0], 's');
	assert_int_equal(out[1], 'h');
	assert_int_equal(out[2], 77);
	assert_true(kana_is(0x30AB));
	assert_true(kana_is(0x30FC));
	assert_false(kana_is('a'));
	assert_false(kana_is(0x6F22));
	assert_int_equal(kana_fold(0x30AB), 0x304B);
	assert_int_equal(kana_fold('K'), 'K');
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_bounds) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
