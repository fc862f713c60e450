/*
 * Goal of this test: where a person wanted to go is kept with its whole query,
 * and leads to the application's own host and nowhere else (V36, R46).
 * Links: authd/web/handover_url.c authd/render/escape.c authd/core/urlcheck.c
 * Links: authd/base/err.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/handover_url.h"

#define HOST "pay.example.jp"

static void
leads(const char *rd, const char *wanted)
{
	char out[HANDOVER_RD_MAX + 1];
	int r = handover_url_rd(rd, HOST, out);

	if (wanted == NULL) {
		if (r != ERR_INVALID)
			fail_msg("leads somewhere: %s -> %s", rd, out);
		assert_string_equal(out, "/");
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(out, wanted);
}

/* 60 spellings of another host, and what only looks like ours. */
static void
test_V36_rd(void **state)
{
	static const char *const bad[] = { "//evil.jp", "///evil.jp", "/\\evil.jp",
		"\\\\evil.jp", "\\/evil.jp", "https:evil.jp", "https:/evil.jp",
		"https:///evil.jp", "https://evil.jp", "https://evil.jp/",
		"http://" HOST "/", "HTTPS://" HOST "/", "hTTps://" HOST "/",
		"//" HOST "/", "ftp://" HOST "/", "javascript:alert(1)",
		"JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
		"https://" HOST ".evil.jp/", "https://evil.jp/" HOST,
		"https://" HOST "@evil.jp/", "https://" HOST ":@evil.jp/",
		"https://evil.jp@" HOST "/", "https://a:b@" HOST "/",
		"https://" HOST ":444/", "https://" HOST ":80/",
		"https://" HOST ":/", "https://" HOST ":0443/",
		"https://" HOST "./", "https://." HOST "/",
		"https://" HOST "\\@evil.jp/", "https://" HOST "\\.evil.jp/",
		"https://" HOST "#@evil.jp/", "https://" HOST "?@evil.jp/",
		"https://" HOST "%2eevil.jp/", "https://" HOST "%00.evil.jp/",
		"https://" HOST "%0d%0aX:y/", "https://evil.jp%2f" HOST "/",
		"https://pay.example\xe3\x80\x82jp/",
		"https://pay.ex\xc3\xa4mple.jp/", "https://p\xd0\xb0y.example.jp/",
		"https://xpay.example.jp/", "https://example.jp/",
		"https://a." HOST "/", "\thttps://" HOST "/",
		" https://" HOST "/", "https://" HOST "/ ", "https://" HOST "/\n",
		"ht\ttps://" HOST "/", "https://\t" HOST "/", "/\t/evil.jp",
		"/\n/evil.jp", "\n//evil.jp", "/%2f/evil.jp", "/%2fevil.jp",
		"/.//evil.jp", "/..//evil.jp", "/a/..//evil.jp", "/%5cevil.jp",
		"/%09/evil.jp", "evil.jp", "", ".", "..", "?x", "#x", "*",
		"/a#//evil.jp", "https://[::1]/", "https://127.0.0.1/",
		"https://0x7f.1/", "https://2130706433/" };
	size_t i;

	(void)state;
	assert_true(sizeof(bad) / sizeof(bad[0]) >= 60);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		leads(bad[i], NULL);
	leads(NULL, NULL);
	leads("/", "/");
	leads("/a/b?x=1&y=https://evil.jp/", "/a/b?x=1&y=https://evil.jp/");
	leads("https://" HOST, "/");
	leads("https://" HOST "/a?b", "/a?b");
	leads("https://PAY.example.jp:443/a", "/a");
	leads("/?rd=//evil.jp", "/?rd=//evil.jp");
}

static struct urlcheck
at(const char *url)
{
	struct urlcheck u;

	assert_int_equal(urlcheck_url(url, strlen(url), &u), 0);
	return (u);
}

static void
test_start(void **state)
{
	char out[HANDOVER_URL_MAX + 1], url[1200];
	struct urlcheck u = at("https://" HOST "/a/b?x=1&y=%E3%81%82");

	(void)state;
	handover_url_start(&u, false, out);
	assert_string_equal(out,
	    "https://" HOST "/.sekisho/start?rd=https%3A%2F%2F" HOST
	    "%2Fa%2Fb%3Fx%3D1%26y%3D%25E3%2581%2582");
	/* what was sent is lost: the first page */
	handover_url_start(&u, true, out);
	assert_string_equal(out,
	    "https://" HOST "/.sekisho/start?rd=https%3A%2F%2F" HOST
	    "%2F&lost=1");
	/* longer than a proxy takes: the first page */
	memset(url, 'a', sizeof(url));
	memcpy(url, "https://" HOST "/", strlen("https://" HOST "/"));
	url[strlen("https://" HOST) + HANDOVER_RD_MAX] = '\0';
	u = at(url);
	handover_url_start(&u, false, out);
	assert_int_equal(strlen(out), strlen("https://" HOST) +
		strlen("/.sekisho/start?rd=https%3A%2F%2F" HOST) +
		HANDOVER_RD_MAX + 2);
	url[strlen(url)] = 'a';
	url[strlen("https://" HOST) + HANDOVER_RD_MAX + 1] = '\0';
	u = at(url);
	handover_url_start(&u, false, out);
	assert_string_equal(
	    out, "https://" HOST "/.sekisho/start?rd=https%3A%2F%2F" HOST "%2F");
}

static void
test_rest(void **state)
{
	char out[HANDOVER_URL_MAX + 1];

	(void)state;
	handover_url_go(HOST ":8443", "NONCE", "/a?b=c&d", 0, out);
	assert_string_equal(out,
	    "/.sekisho/go?app=" HOST "%3A8443&nonce=NONCE&rd=%2Fa%3Fb%3Dc%26d");
	handover_url_go(HOST, "NONCE", "/", HANDOVER_LOST, out);
	assert_string_equal(
	    out, "/.sekisho/go?app=" HOST "&nonce=NONCE&rd=%2F&lost=1");
	assert_true(handover_url_is_lost(out));
	handover_url_go(HOST, "NONCE", "/?lost=1", HANDOVER_AGAIN, out);
	assert_string_equal(out,
	    "/.sekisho/go?app=" HOST "&nonce=NONCE&rd=%2F%3Flost%3D1&again=1");
	assert_false(handover_url_is_lost(out));
	assert_true(handover_url_is_lost("/mine?lost=1"));
	assert_false(handover_url_is_lost("/xlost=1"));
	assert_false(handover_url_is_lost("lost=1"));
	assert_false(handover_url_is_lost(""));
	handover_url_finish("TOKEN", "/", true, out);
	assert_string_equal(
	    out, "/.sekisho/finish?token=TOKEN&rd=%2F&again=1");
	handover_url_again("/x", out);
	assert_string_equal(out, "/.sekisho/start?rd=%2Fx&again=1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V36_rd),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_rest),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
