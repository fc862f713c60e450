/*
 * Goal of this test: every option of pam_sekisho(8) is understood, everything
 * else is an error; exempt networks take numeric addresses only; a
 * configuration file that another user could have written is none (V5).
 * Links: pam_module/options.c authd/base/text.c
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_module/options.h"

static struct options o;

static int
parse(const char *a, const char *b)
{
	const char *argv[] = { a, b };

	return (options_parse(&o, b != NULL ? 2 : a != NULL ? 1 : 0, argv));
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL, NULL), 0);
	assert_int_equal(o.mode, OPTIONS_CODE);
	assert_int_equal(o.lang, OPTIONS_BOTH);
	assert_int_equal(o.timeout_ms, 5000);
	assert_string_equal(o.socket, "/run/sekisho/authd.sock");
	assert_false(o.nullok || o.use_first_pass || o.try_first_pass);
}

static void
test_known(void **state)
{
	const char *all[] = { "password+code", "lang=ja", "prompt=Code please ",
		"try_first_pass", "nullok", "exempt_group=ops",
		"exempt_network=10.0.0.0/8,2001:db8::/33", "socket=/s",
		"timeout=1", "breakglass=/b", "debug" };

	(void)state;
	assert_int_equal(
	    options_parse(&o, sizeof(all) / sizeof(all[0]), all), 0);
	assert_int_equal(o.mode, OPTIONS_PASSWORD_CODE);
	assert_int_equal(o.lang, OPTIONS_JA);
	assert_string_equal(o.prompt, "Code please ");
	assert_string_equal(o.exempt_group, "ops");
	assert_int_equal(o.networks_n, 2);
	assert_string_equal(o.socket, "/s");
	assert_int_equal(o.timeout_ms, 1000);
	assert_true(o.nullok && o.try_first_pass && o.is_debug);
	assert_int_equal(parse("mode=password+code", "use_first_pass"), 0);
	assert_int_equal(o.mode, OPTIONS_PASSWORD_CODE);
	assert_int_equal(parse("mode=code", NULL), 0);
	assert_int_equal(o.mode, OPTIONS_CODE);
}

static void
test_bad(void **state)
{
	static const char *const bad[] = { "", "x", "nullok=1", "nullock",
		"debug ", "mode=", "mode=none", "lang=", "lang=fr", "timeout=",
		"timeout=0", "timeout=61", "timeout=5s", "timeout=-1",
		"timeout= 5", "timeout", "socket=s", "socket=", "prompt=",
		"prompt=a\nb", "exempt_group=", "exempt_network=",
		"exempt_network=host", "exempt_network=10.0.0.0/33",
		"exempt_network=10.0.0.0/-1", "exempt_network=10.0.0.0/",
		"exempt_network=::/129", "exempt_network=10.0.0.1,",
		"exempt_network=10.0.0.1 10.0.0.2", "conf=", "conf=x",
		"conf=/nowhere", "failmode=safe", "fail_open", "CODE" };
	char path[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i], NULL) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_true(o.bad[0] != '\0');
	}
	assert_int_not_equal(parse("nullok", "nullok"), 0);
	assert_int_not_equal(parse("code", "mode=password+code"), 0);
	assert_int_not_equal(parse("use_first_pass", "try_first_pass"), 0);
	memset(path, 'a', sizeof(path));
	memcpy(path, "socket=/", 8);
	path[sizeof(path) - 1] = '\0';
	assert_int_not_equal(parse(path, NULL), 0);
}

static void
test_networks(void **state)
{
	(void)state;
	assert_int_equal(
	    parse("exempt_network=192.0.2.0/25,2001:db8::/33,198.51.100.7",
		NULL),
	    0);
	assert_true(options_admits(&o, "192.0.2.127"));
	assert_true(options_admits(&o, "::ffff:192.0.2.1"));
	assert_true(options_admits(&o, "2001:db8:7fff::1"));
	assert_true(options_admits(&o, "198.51.100.7"));
	assert_false(options_admits(&o, "192.0.2.128"));
	assert_false(options_admits(&o, "2001:db8:8000::1"));
	assert_false(options_admits(&o, "198.51.100.8"));
	assert_false(options_admits(&o, ""));
	assert_false(options_admits(&o, "localhost"));
	assert_false(options_admits(&o, "192.0.2.1.evil.example"));
	assert_false(options_admits(&o, "192.0.2.1%eth0"));
	assert_false(options_admits(&o, "3221225985"));
	assert_int_equal(parse("exempt_network=0.0.0.0/0", NULL), 0);
	assert_true(options_admits(&o, "203.0.113.1"));
	assert_false(options_admits(&o, "2001:db8::1"));
	assert_true(options_is_address("fe80::1%eth0"));
	assert_false(options_is_address("192.0.2.1 "));
}

static void
test_file(void **state)
{
	char dir[] = "/tmp/sekisho-pam.XXXXXX", path[64], option[80], to[64];
	static const char text[] = "# ours\n\n  timeout = 3\n";
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/pam.conf", dir);
	snprintf(to, sizeof(to), "%s/link", dir);
	snprintf(option, sizeof(option), "conf=%s", path);
	assert_non_null(f = fopen(path, "w"));
	fputs(text, f);
	fclose(f);
	assert_int_not_equal(parse(option, NULL), 0); /* blanks around = */
	assert_non_null(f = fopen(path, "w"));
	fputs("# ours\n\n  timeout=3 \t\r\nlang=en\n", f);
	fclose(f);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(parse(option, "lang=ja"), 0);
	assert_int_equal(o.timeout_ms, 3000);
	assert_int_equal(o.lang, OPTIONS_JA); /* the line stands above */
	assert_int_not_equal(parse(option, option), 0);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_not_equal(parse(option, NULL), 0);
	assert_int_equal(chmod(path, 0646), 0);
	assert_int_not_equal(parse(option, NULL), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(symlink(path, to), 0);
	snprintf(option, sizeof(option), "conf=%s", to);
	assert_int_not_equal(parse(option, NULL), 0);
	unlink(to);
	assert_int_equal(mkfifo(to, 0600), 0);
	assert_int_not_equal(parse(option, NULL), 0);
	unlink(to);
	unlink(path);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_file),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
