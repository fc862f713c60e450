/*
 * Goal of this test: the configuration of a backup comes to its new place
 * without a word of where the old instance was, in whatever form that stands
 * there, and with all the rest of it as it was.
 * Links: authd/restore_conf.c authd/conf_strip.c authd/place.c authd/user.c
 * Links: authd/place_left.c
 * Links: authd/base/file.c
 * Links: authd/base/text.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/restore_conf.h"

/* What it becomes, or NULL when it is refused. The caller frees it. */
static char *
moved(const char *text, bool is_packaged)
{
	struct place p = { .is_packaged = is_packaged };
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	int r;

	assert_non_null(f);
	r = restore_conf_write(&p, text, f);
	fclose(f);
	if (r == 0)
		return (out);
	assert_int_equal(r, ERR_INVALID);
	free(out);
	return (NULL);
}

static void
test_forms(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "", "" },
		{ "issuer = 'A'", "issuer = 'A'\n" },
		{ "store = 'sqlite:/a/b'\nissuer = A\n", "\nissuer = A\n" },
		{ "  keys_dir='/a'\n", "  \n" },
		{ "keys_dir\n\t= '/a' # why\n", " # why\n" },
		{ "state_file/**/= /a/b\n", "\n" },
		{ "state_file = /* here */ /a/b issuer = x\n",
		    " issuer = x\n" },
		{ "issuer = x audit_pub = \"/a \\\" b\" level = 1\n",
		    "issuer = x  level = 1\n" },
		{ "data_dir\n=\n\n\"/a\"", "\n" },
		/* what only looks like one */
		{ "# store = 'x'\n", "# store = 'x'\n" },
		{ "issuer = 'a\nstore = x'\n", "issuer = 'a\nstore = x'\n" },
		{ "issuer = \"store = x\"\n", "issuer = \"store = x\"\n" },
		{ "stores = 1\nmy_store = 2\n", "stores = 1\nmy_store = 2\n" },
		{ "forbidden_logins = { 'a', \"}\" , c }\nca_chain=x\n",
		    "forbidden_logins = { 'a', \"}\" , c }\n\n" },
		{ "forbidden_logins += {store, b} socket_dir=.\n",
		    "forbidden_logins += {store, b} \n" },
		/* no configuration: left for conf_read() to refuse */
		{ "= = {} store\n", "= = {} store\n" },
		{ "issuer = 'open", "issuer = 'open\n" },
		{ "store =", "\n" },
	};
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		got = moved(rows[i].text, false);
		assert_non_null(got);
		assert_string_equal(got, rows[i].wanted);
		free(got);
	}
	assert_null(moved("issuer = x /* open", false));
}

static void
test_packaged(void **state)
{
	char *got = moved("socket_dir = '/a'\nissuer = x", true);

	(void)state;
	assert_non_null(got);
	assert_null(strstr(got, "/a'"));
	assert_non_null(strstr(got, "\nissuer = x\nstore = \"sqlite:/var/"));
	assert_non_null(strstr(got, "socket_dir = \"/run/sekisho\"\n"));
	free(got);
}

/* What is named and is no part of a backup, and is not there. */
static void
test_files_of_no_backup(void **state)
{
	static struct place p;
	static struct conf c;
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	(void)state;
	assert_non_null(f);
	snprintf(p.sites[0].dir, sizeof(p.sites[0].dir), "/no-place");
	snprintf(p.sites[0].tmp, sizeof(p.sites[0].tmp), "/no-place/.new-x");
	restore_conf_say(&p, &c, f);
	snprintf(c.breach_file, sizeof(c.breach_file), "/dev/null");
	restore_conf_say(&p, &c, f);
	assert_int_equal(fflush(f), 0);
	assert_int_equal(len, 0);
	snprintf(c.breach_file, sizeof(c.breach_file), "/no-place/.new-x/b");
	snprintf(c.proxy_key_file, sizeof(c.proxy_key_file), "/no-place/.new-xy");
	restore_conf_say(&p, &c, f);
	assert_int_equal(fclose(f), 0);
	assert_non_null(strstr(out, " /no-place/b (breach_file)"));
	assert_non_null(strstr(out, " /no-place/.new-xy (proxy_key_file)"));
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_packaged),
		cmocka_unit_test(test_files_of_no_backup),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
