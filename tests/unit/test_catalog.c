/*
 * Goal of this test: every message is there in both languages; values go to
 * their places; the language is the person's choice, then the browser's.
 * Links: authd/render/catalog.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/text.h"
#include "authd/render/catalog.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A character of Japanese: kana, kanji, full-width forms, their signs. */
static bool
has_japanese(const char *s)
{
	for (; *s != '\0'; s++)
		if ((uint8_t)*s >= 0xe3 && (uint8_t)*s <= 0xef)
			return (true);
	return (false);
}

static void
test_all(void **state)
{
	const char *ja, *en;
	int id;

	(void)state;
	for (id = 1; id < CATALOG_IDS; id++) {
		ja = catalog_text(CATALOG_JA, (enum catalog_id)id);
		en = catalog_text(CATALOG_EN, (enum catalog_id)id);
		assert_true(ja[0] != '\0' && en[0] != '\0');
		assert_true(text_is_utf8(ja, strlen(ja)));
		assert_true(text_is_utf8(en, strlen(en)));
		/* the quotation marks of English begin with e2 */
		assert_false(has_japanese(en));
	}
	assert_string_equal(catalog_text(CATALOG_JA, CATALOG_NONE), "");
	assert_string_equal(
	    catalog_text(CATALOG_EN, (enum catalog_id)CATALOG_IDS), "");
	assert_string_equal(
	    catalog_text(CATALOG_JA, CATALOG_LOGIN_TITLE), "ログイン");
	assert_string_equal(
	    catalog_text(CATALOG_EN, CATALOG_LOGIN_TITLE), "Log in");
}

static void
test_fill(void **state)
{
	const char *args[CATALOG_ARGS_MAX] = { "130321-01", "%2$s%n", NULL };
	char out[CATALOG_TEXT_MAX], longest[CATALOG_TEXT_MAX];

	(void)state;
	assert_int_equal(
	    catalog_fill(CATALOG_EN, CATALOG_HOME_WHO, args, out), 0);
	/* what is filled in is not looked at for places again */
	assert_string_equal(
	    out, "You are logged in with the ID 130321-01 (%2$s%n).");
	args[1] = NULL;
	assert_int_equal(
	    catalog_fill(CATALOG_EN, CATALOG_HOME_WHO, args, out), 0);
	assert_string_equal(out, "You are logged in with the ID 130321-01 ().");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	args[0] = longest;
	assert_int_equal(
	    catalog_fill(CATALOG_EN, CATALOG_HOME_WHO, args, out), ERR_LIMIT);
	assert_string_equal(out, "");
}

static void
test_choose(void **state)
{
	static const struct {
		const char *choice, *accept;
		enum catalog_language wanted;
	} cases[] = {
		{ NULL, NULL, CATALOG_JA },
		{ "", "", CATALOG_JA },
		{ "en", "ja", CATALOG_EN },
		{ "ja", "en", CATALOG_JA },
		{ "fr", "en", CATALOG_EN },
		{ NULL, "en", CATALOG_EN },
		{ NULL, "en-US,en;q=0.9", CATALOG_EN },
		{ NULL, "EN-gb", CATALOG_EN },
		{ NULL, "ja,en-US;q=0.9,en;q=0.8", CATALOG_JA },
		{ NULL, "en;q=0.5, ja;q=0.4", CATALOG_EN },
		{ NULL, "en;q=0.5 , ja ; q=0.6", CATALOG_JA },
		{ NULL, "fr,de;q=0.9", CATALOG_JA },
		{ NULL, "fr, en;q=0.1", CATALOG_EN },
		{ NULL, "*", CATALOG_JA },
		{ NULL, "*;q=1, ja;q=0.1, en;q=0.2", CATALOG_EN },
		{ NULL, "en;q=0", CATALOG_JA },
		{ NULL, "ja;q=0, *;q=0.5", CATALOG_EN },
		{ NULL, "en;q=2", CATALOG_JA },
		{ NULL, "en;q=0.1234", CATALOG_JA },
		{ NULL, "en;q=x", CATALOG_JA },
		{ NULL, "english", CATALOG_JA },
		{ NULL, ",,,;;;q=,", CATALOG_JA },
		{ NULL, "e", CATALOG_JA },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (catalog_choose(cases[i].choice, cases[i].accept,
			cases[i].accept == NULL
			    ? 0
			    : strlen(cases[i].accept)) != cases[i].wanted)
			fail_msg("choice %s, accept %s", cases[i].choice,
			    cases[i].accept);
	/* only the bytes that are the field's */
	assert_int_equal(catalog_choose(NULL, "ja,en", 2), CATALOG_JA);
	assert_int_equal(catalog_choose(NULL, "en,ja", 2), CATALOG_EN);
	assert_int_equal(catalog_choose(NULL, "en,ja", 1), CATALOG_JA);
	assert_string_equal(catalog_code(CATALOG_JA), "ja");
	assert_string_equal(catalog_code(CATALOG_EN), "en");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_choose),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
