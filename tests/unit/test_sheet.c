/*
 * Goal of this test: a sheet says whose certificate it is, until when, with
 * which passphrase, in both languages; nothing that a person typed gets out of
 * its place; and what does not fit is no sheet.
 * Links: authd/render/sheet.c authd/render/fill.c authd/render/escape.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/timetext.c authd/base/clock.c authd/base/log.c
 * Links: authd/base/err.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/limits.h"
#include "authd/render/sheet.h"

#define PHRASE "mK7rTw3xHq9pYd4nVb6f"

static const struct sheet sample = { .office = "demo",
	.office_name = "デモ社会保険労務士事務所",
	.contact = "総務 03-0000-0000",
	.login = "130321-01",
	.person = "髙橋 花子",
	.label = "受付PC ①",
	.terminal = "0f6a1b2c3d4e5f60718293a4b5c6d7e8",
	.serial = "4A1B2C3D4E5F60718293A4B5C6D7E8F9",
	.file = "002-130321-01.p12",
	.passphrase = PHRASE,
	/* 2027-11-25 15:00 UTC: the 26th in Tokyo */
	.not_after_ms = 1827154800000 };

static char out[SHEET_MAX];

static int
times(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		n++;
	return (n);
}

static void
make(const struct sheet *s)
{
	size_t len;

	memset(out, 'x', sizeof(out));
	assert_int_equal(sheet_put(s, out, sizeof(out), &len), 0);
	assert_int_equal(strlen(out), len);
	assert_null(strstr(out, "{{"));
	assert_null(strstr(out, "}}"));
}

/* What a reader sees: without tags. */
static void
strip_tags(char *text)
{
	char *to = text;
	int depth = 0;

	for (; *text != '\0'; text++) {
		depth += *text == '<';
		if (depth == 0)
			*to++ = *text;
		depth -= *text == '>';
	}
	*to = '\0';
}

static void
test_says_all_in_both_languages(void **state)
{
	(void)state;
	make(&sample);
	assert_int_equal(times(out, "デモ社会保険労務士事務所"), 2);
	assert_int_equal(times(out, "受付PC ①"), 2);
	assert_int_equal(times(out, "髙橋 花子"), 2);
	assert_int_equal(times(out, "130321-01（"), 1);
	assert_int_equal(times(out, "0f6a1b2c3d4e5f60718293a4b5c6d7e8"), 2);
	assert_int_equal(times(out, "4A1B2C3D4E5F60718293A4B5C6D7E8F9"), 2);
	assert_int_equal(times(out, "002-130321-01.p12"), 3); /* title */
	assert_int_equal(times(out, "総務 03-0000-0000"), 2);
	assert_int_equal(times(out, "2027年11月26日"), 1);
	assert_int_equal(times(out, "26 November 2027"), 1);
	assert_int_equal(times(out, "Windows 10 / 11"), 2);
	assert_int_equal(times(out, "<h3>macOS"), 2);
	assert_int_equal(times(out, "<h3>iPhone / iPad"), 2);
	assert_int_equal(times(out, "<h3>Android"), 2);
	assert_int_equal(times(out, "chrome://certificate-manager"), 2);
	/* nothing is fetched and nothing runs */
	assert_null(strstr(out, "<script"));
	assert_null(strstr(out, "http:"));
	assert_null(strstr(out, "https:"));
	assert_null(strstr(out, "src="));
	assert_non_null(strstr(out, "default-src 'none'"));
}

static void
test_passphrase_in_groups_that_copy_as_one(void **state)
{
	(void)state;
	make(&sample);
	assert_non_null(strstr(out,
	    "<span>mK7r</span><span>Tw3x</span><span>Hq9p</span>"
	    "<span>Yd4n</span><span>Vb6f</span>"));
	/* and not in the title, which browsers print and keep */
	assert_null(strstr(out, PHRASE));
	strip_tags(out);
	assert_int_equal(times(out, PHRASE), 1);
}

static void
test_kind_of_file(void **state)
{
	struct sheet s = sample;

	(void)state;
	make(&s);
	assert_non_null(strstr(out, "標準形式"));
	assert_null(strstr(out, "3DES"));
	assert_non_null(strstr(out, "Ask an administrator for a compatible"));
	s.is_compatible = true;
	make(&s);
	assert_non_null(strstr(out, "互換形式（古い端末用）"));
	assert_int_equal(times(out, "3DES"), 2);
	assert_null(strstr(out, "標準形式"));
	assert_null(strstr(out, "Ask an administrator for a compatible"));
}

static void
test_no_contact_is_not_said(void **state)
{
	struct sheet s = sample;

	(void)state;
	s.contact = "";
	make(&s);
	assert_null(strstr(out, "連絡先"));
	assert_null(strstr(out, "Contact:"));
	assert_non_null(strstr(out, "Windows 10 / 11"));
}

static void
test_names_stay_in_their_place(void **state)
{
	struct sheet s = sample;

	(void)state;
	s.label = "<script>alert('1')</script>";
	s.office_name = "A&B \"C\"";
	s.person = "{{passphrase}}";
	s.contact = "{{?standard}}";
	memset(out, 'x', sizeof(out));
	{
		size_t len;

		assert_int_equal(sheet_put(&s, out, sizeof(out), &len), 0);
	}
	assert_null(strstr(out, "<script"));
	assert_int_equal(
	    times(out, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"), 2);
	assert_int_equal(times(out, "A&amp;B &quot;C&quot;"), 2);
	/* a value is not looked at again */
	assert_int_equal(times(out, "{{passphrase}}"), 2);
	assert_int_equal(times(out, "{{?standard}}"), 2);
	assert_int_equal(times(out, "<span>mK7r</span>"), 1);
}

static void
test_longest_names_fit_and_less_room_is_no_sheet(void **state)
{
	char name[NAME_MAX_BYTES + 1], login[LOGIN_MAX + 1];
	struct sheet s = sample;
	size_t len, i;

	(void)state;
	memset(name, '"', NAME_MAX_BYTES);
	name[NAME_MAX_BYTES] = '\0';
	memset(login, 'a', LOGIN_MAX);
	login[LOGIN_MAX] = '\0';
	s.office_name = s.contact = s.person = s.label = name;
	s.login = login;
	make(&s);
	len = strlen(out);
	memset(out, 'x', sizeof(out));
	assert_int_equal(sheet_put(&s, out, len, &i), ERR_LIMIT);
	for (i = 0; i < len; i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(out[len], 'x');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_all_in_both_languages),
		cmocka_unit_test(test_passphrase_in_groups_that_copy_as_one),
		cmocka_unit_test(test_kind_of_file),
		cmocka_unit_test(test_no_contact_is_not_said),
		cmocka_unit_test(test_names_stay_in_their_place),
		cmocka_unit_test(
		    test_longest_names_fit_and_less_room_is_no_sheet),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
