/*
 * Goal of this test: a text stays a text wherever it stands in a page (R54,
 * V35): no character opens a tag, ends an attribute or begins a script.
 * Links: authd/render/escape.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/render/escape.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
is(enum escape_place place, const char *in, const char *wanted)
{
	size_t n = strlen(in);
	char *out = malloc(escape_most(n) + 1);

	assert_non_null(out);
	out[escape_put(place, in, n, out)] = '\0';
	assert_string_equal(out, wanted);
	free(out);
}

static void
test_text(void **state)
{
	(void)state;
	is(ESCAPE_TEXT, "", "");
	is(ESCAPE_TEXT, "関所 & <b>\"'`</b>",
	    "関所 &amp; &lt;b&gt;&quot;&#39;&#96;&lt;/b&gt;");
	is(ESCAPE_ATTRIBUTE, "\"><script>", "&quot;&gt;&lt;script&gt;");
	is(ESCAPE_TEXT, "&amp;", "&amp;amp;");
	is(ESCAPE_TEXT, "a\tb\r\nc", "a\tb\r\nc");
	is(ESCAPE_TEXT, "😀𠮷", "😀𠮷");
}

static void
test_R56_bytes(void **state)
{
	(void)state;
	is(ESCAPE_TEXT, "\x01\x1b[31m\x7f",
	    "\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd");
	is(ESCAPE_TEXT, "\xc2\x85\xc2\xa0", "\xef\xbf\xbd\xc2\xa0");
	/* cut off, overlong, surrogate, alone: nothing behind it is eaten */
	is(ESCAPE_TEXT, "\xe3\x81<", "\xef\xbf\xbd\xef\xbf\xbd&lt;");
	is(ESCAPE_TEXT, "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd");
	is(ESCAPE_ATTRIBUTE, "\xed\xa0\x80\"",
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&quot;");
	is(ESCAPE_ATTRIBUTE, "\xe3\"", "\xef\xbf\xbd&quot;");
	is(ESCAPE_TEXT, "\xff", "\xef\xbf\xbd");
	/* a line that is none, a text turned around */
	is(ESCAPE_TEXT, "a\u2028b\u2029\u202a\u202egpj.exe",
	    "a\ufffdb\ufffd\ufffd\ufffdgpj.exe");
	is(ESCAPE_ATTRIBUTE, "\u2066\u2069\u200f\u061c\u2027\u202f",
	    "\ufffd\ufffd\ufffd\ufffd\u2027\u202f");
}

static void
test_V36_addresses(void **state)
{
	static const char *const good[] = { "/", "/login", "/login?to=%2F",
		"https://app.example.com/a?b=c#d", "HTTPS://a", "otpauth://x",
		"mailto:a@b", "tel:0312345678" };
	static const char *const bad[] = { "", "//e", "///e", "/\\e", "\\\\e",
		"javascript:alert(1)", "JaVaScRiPt:x", "java\tscript:x",
		"data:text/html,x", "http://a", "https:e", "https://", " /a",
		"/a b", "/\t/e", "/a\n", "vbscript:x", "\x01/a", "login" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		is(ESCAPE_URL, good[i], good[i]);
	for (i = 0; i < COUNT(bad); i++)
		is(ESCAPE_URL, bad[i], "#");
	is(ESCAPE_URL, "/a?b=1&c=\"><x>", "/a?b=1&amp;c=&quot;&gt;&lt;x&gt;");
}

static void
test_part_of_an_address(void **state)
{
	(void)state;
	is(ESCAPE_URL_PART, "aZ09-._~", "aZ09-._~");
	is(ESCAPE_URL_PART, "/a?b=c&d=e #\"<",
	    "%2Fa%3Fb%3Dc%26d%3De%20%23%22%3C");
	is(ESCAPE_URL_PART, "関", "%E9%96%A2");
	is(ESCAPE_URL_PART, "javascript:", "javascript%3A");
}

/* The room that is promised is enough for the worst. */
static void
test_room(void **state)
{
	char in[64];
	char *out;
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		memset(in, c, sizeof(in));
		out = malloc(escape_most(sizeof(in)));
		assert_non_null(out);
		assert_true(escape_put(ESCAPE_TEXT, in, sizeof(in), out) <=
		    escape_most(sizeof(in)));
		assert_true(escape_put(ESCAPE_URL_PART, in, sizeof(in), out) <=
		    escape_most(sizeof(in)));
		free(out);
	}
	assert_true(escape_most(0) >= 1); /* "#" */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_R56_bytes),
		cmocka_unit_test(test_V36_addresses),
		cmocka_unit_test(test_part_of_an_address),
		cmocka_unit_test(test_room),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
