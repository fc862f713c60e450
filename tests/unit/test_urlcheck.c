/*
 * Goal of this test: an address is taken in one spelling only; every other one
 * that somebody could read as the same, or as another, is refused.
 * Links: authd/core/urlcheck.c authd/base/err.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/urlcheck.h"

static void
host_is(const char *in, const char *wanted)
{
	char out[HOST_MAX + 1];
	int r = urlcheck_host(in, strlen(in), out);

	if (wanted == NULL) {
		if (r != ERR_INVALID)
			fail_msg("taken: %s", in);
		assert_string_equal(out, "");
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(out, wanted);
}

static void
test_host(void **state)
{
	static const char *const bad[] = { "", ".", "a.", ".a", "a..b", "-a",
		"a-", "a_b", "a b", "a/b", "a@b", "user@a.jp", "a:", "a:0",
		"a:00443", "a:65536", "a:99999", "a:44a", "a:-1", "a:443:443",
		"127.0.0.1", "1", "0x7f000001", "0x7f.1", "a.1", "[::1]", "::1",
		"a.jp\n", "a.jp\t", " a.jp", "a.jp ", "a\\b", "a%2eb", "a#b",
		"a?b", "\xe4\xb8\xad.jp", "\xef\xbd\x81.jp" };
	char name[300];
	size_t i;

	(void)state;
	host_is("pay.example.jp", "pay.example.jp");
	host_is("Pay.Example.JP", "pay.example.jp");
	host_is("localhost", "localhost");
	host_is("xn--fiq228c.jp", "xn--fiq228c.jp");
	host_is("a.jp:8443", "a.jp:8443");
	host_is("a.jp:443", "a.jp");
	host_is("a.jp:1443", "a.jp:1443");
	host_is("4.example.jp", "4.example.jp");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		host_is(bad[i], NULL);
	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	host_is(name, name);
	name[63] = 'a';
	name[64] = '\0';
	host_is(name, NULL);
	for (i = 0; i < 253; i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	memcpy(name + 253, ":65535", 7);
	host_is(name, name);
	memcpy(name + 253, ".a", 3);
	host_is(name, NULL);
}

static int
target(const char *in)
{
	size_t path_len = 77;
	int r = urlcheck_target(in, strlen(in), &path_len);

	if (r == 0)
		assert_int_equal(path_len, strcspn(in, "?"));
	else
		assert_int_equal(path_len, 0);
	return (r);
}

/* V37, V38, V46: what proxies and applications read in two ways. */
static void
test_V46_target(void **state)
{
	static const char *const good[] = { "/", "/a", "/a/", "/a/b.c", "/...",
		"/.well-known/x", "/a.b/..c/c..", "/%E7%B5%A6%E4%B8%8E",
		"/%e7%b5%a6", "/%e0%a4%b9", "/%F0%90%80%80", "/a%20b",
		"/a;b=1/c", "/a:b@c", "/?", "/?a=//", "/?a=../..",
		"/?a=%2e%2F%00", "/?a=b;c&d?e", "/~u/x_y-z",
		"/a/b?rd=https://x/%61" };
	static const char *const bad[] = { "", "a", "//", "//a", "/a//b", "/./",
		"/.", "/a/.", "/../", "/..", "/a/..", "/a/../b", "/a/./b",
		"/%2e%2e/", "/%2E/", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b",
		"\\a", "/%00", "/a%0ab", "/a%0d%0a", "/%7f", "/%61", "/%41dmin",
		"/%30", "/%2d", "/%5f", "/%7E", "/%25", "/%", "/%4", "/%zz",
		"/%u0061", "/a#b", "/?a#b", "/a b", "/a\tb", "/a\nb", "/?a b",
		"/?a\rb", "/\xe7\xb5\xa6", "/?\xe7", "/a\x7f", "/a\"b", "/a<b",
		"/a>b", "/a^b", "/a`b", "/a{b", "/a|b", "/..;/a", "/.;x/a",
		"/a/..;x=1/b", "/;/a", "/a/;b", "*", "/%c0%af",
		"/a%C0%AE%c0%ae/b", "/%c1%9c", "/%e0%80%af", "/%E0%9f%bf",
		"/%f0%80%80%af", "http://a/", "/?a\\b" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (target(good[i]) != 0)
			fail_msg("refused: %s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (target(bad[i]) != ERR_INVALID)
			fail_msg("taken: %s", bad[i]);
	/* a NUL inside */
	assert_int_equal(urlcheck_target("/a\0b", 4, &i), ERR_INVALID);
}

static void
test_url(void **state)
{
	static const char *const bad[] = { "", "https://", "https:///",
		"http://a.jp/", "HTTPS://a.jp/", "https:/a.jp/", "https:a.jp",
		"//a.jp/", "https://a.jp?x", "https://a.jp#x",
		"https://u@a.jp/", "https://a.jp\\@b.jp/", "https://a.jp:/",
		"https://a.jp/..", " https://a.jp/", "https://a.jp/ ",
		"ftp://a.jp/", "https://a.jp:443:1/", "https://[::1]/" };
	char text[URLCHECK_MAX + 2];
	struct urlcheck u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (urlcheck_url(bad[i], strlen(bad[i]), &u) != ERR_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(u.host, "");
		assert_null(u.target);
	}
	assert_int_equal(urlcheck_url("https://A.jp:443/x/y?z=1", 24, &u), 0);
	assert_string_equal(u.host, "a.jp");
	assert_string_equal(u.target, "/x/y?z=1");
	assert_int_equal(u.path_len, 4);
	assert_int_equal(u.target_len, 8);
	assert_int_equal(urlcheck_url("https://a.jp:8443", 17, &u), 0);
	assert_string_equal(u.host, "a.jp:8443");
	assert_string_equal(u.target, "/");
	memset(text, 'a', sizeof(text));
	memcpy(text, "https://a.jp/", 13);
	assert_int_equal(urlcheck_url(text, URLCHECK_MAX, &u), 0);
	assert_int_equal(urlcheck_url(text, URLCHECK_MAX + 1, &u), ERR_INVALID);
}

static void
test_under(void **state)
{
	(void)state;
	assert_true(urlcheck_under("/pay/x", 6, "/pay/"));
	assert_true(urlcheck_under("/PAY/x", 6, "/pay/"));
	assert_true(urlcheck_under("/payroll", 8, "/pay"));
	assert_true(urlcheck_under("/%e7%b5/x", 9, "/%E7%B5/"));
	assert_false(urlcheck_under("/pay", 4, "/pay/"));
	assert_false(urlcheck_under("/pay/x", 4, "/pay/"));
	assert_false(urlcheck_under("/x/pay/", 7, "/pay/"));
	assert_true(urlcheck_under("/", 1, "/"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_V46_target),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_under),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
