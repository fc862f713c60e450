/*
 * Goal of this test: words, quotations, comments, blocks and includes are read
 * as nginx reads them, with file and line; what nginx would not take is an error;
 * the output of nginx -T stands for the files it holds.
 * Links: cli/nginxconf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/nginxconf.h"

static char dir[64], file[100], why[300];

static void
put(const char *name, const char *text)
{
	FILE *f;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-nginxconf.XXXXXX");
	return (mkdtemp(dir) == NULL);
}

static int
teardown(void **state)
{
	static const char *const names[] = { "a", "b", "c.conf", "d.conf" };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
	return (rmdir(dir));
}

/* The tree as text: words in <>, blocks in (). */
static void
draw(const struct nginxconf_line *l, char *out, size_t size)
{
	size_t n;
	int i;

	for (; l != NULL; l = l->next) {
		for (i = 0; i < l->n; i++) {
			n = strlen(out);
			snprintf(out + n, size - n, "<%s>", l->words[i]);
		}
		n = strlen(out);
		snprintf(out + n, size - n, "@%d", l->line);
		if (l->is_block) {
			strcat(out, "(");
			draw(l->first, out, size);
			strcat(out, ")");
		}
	}
}

static void
expect(const char *wanted)
{
	char got[2000] = "";
	struct nginxconf *c;

	snprintf(file, sizeof(file), "%s/a", dir);
	if (nginxconf_read(file, &c, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	draw(nginxconf_top(c), got, sizeof(got));
	nginxconf_free(c);
	assert_string_equal(got, wanted);
}

static void
refuse(int error, const char *part)
{
	struct nginxconf *c = NULL;

	snprintf(file, sizeof(file), "%s/a", dir);
	assert_int_equal(nginxconf_read(file, &c, why, sizeof(why)), error);
	assert_null(c);
	if (strstr(why, part) == NULL)
		fail_msg("%s: not %s", why, part);
}

static void
test_words(void **state)
{
	(void)state;
	put("a", "a b;c\t'd e'  \"f;{}\" ; # g {\nh i\\ j k\\;l \"\\\"\\\\\\n\";\n");
	expect("<a><b>@1<c><d e><f;{}>@1<h><i\\ j><k\\;l><\"\\\\n>@2");
	put("a", "set $x ${a}b#c;\nif ($y = 'z') {return\n200;}");
	expect("<set><$x><${a}b#c>@1<if><($y><=><z><)>@2(<return><200>@2)");
	put("a", "a{b{}c;}d;\n\n e\n\n;");
	expect("<a>@1(<b>@1()<c>@1)<d>@1<e>@3");
	put("a", "");
	expect("");
}

static void
test_errors(void **state)
{
	char text[3000] = "";
	int i;

	(void)state;
	put("a", "a {\nb;\n");
	refuse(ERR_INVALID, "a:1: a { is not closed");
	put("a", "a;\n}");
	refuse(ERR_INVALID, "a:2: } without {");
	put("a", "\na b");
	refuse(ERR_INVALID, "a:2: ");
	put("a", "a 'b;\n");
	refuse(ERR_INVALID, "a:1: ");
	put("a", ";");
	refuse(ERR_INVALID, "without a name");
	put("a", "a b }");
	refuse(ERR_INVALID, "} in a directive");
	for (i = 0; i < NGINXCONF_DEPTH_MAX + 1; i++)
		strcat(text, "x{");
	put("a", text);
	refuse(ERR_LIMIT, "too deep");
	text[0] = '\0';
	for (i = 0; i < NGINXCONF_ARGS_MAX + 1; i++)
		strcat(text, "x ");
	strcat(text, ";");
	put("a", text);
	refuse(ERR_LIMIT, "too many words");
	unlink(file);
	refuse(ERR_IO, "/a: No such file");
	put("a", "");
}

static void
test_includes(void **state)
{
	(void)state;
	put("b", "in b;");
	put("c.conf", "c;");
	put("d.conf", "d { include b; }");
	put("a", "x;include *.conf;\ny { include b; }include none*;z;");
	expect("<x>@1<c>@1<d>@1(<in><b>@1)<y>@2(<in><b>@1)<z>@2");
	put("a", "include nothing;");
	refuse(ERR_IO, "a:1: ");
	put("b", "x {");
	put("a", "include b; }");
	refuse(ERR_INVALID, "b:1: ");
	put("a", "include a;");
	refuse(ERR_LIMIT, "too deep");
}

static void
test_dump(void **state)
{
	(void)state;
	put("a",
	    "# configuration file /e/n.conf:\nx;\ninclude c/*.conf;\n"
	    "include /e/m;\n\n"
	    "# configuration file /e/c/2.conf:\ntwo;\n\n"
	    "# configuration file /e/c/1.conf:\n\none;\n\n"
	    "# configuration file /e/m:\nm { };\n");
	refuse(ERR_INVALID, "/e/m:1: ");
	put("a",
	    "# configuration file /e/n.conf:\nx;\ninclude c/*.conf;\n"
	    "include /e/m;\n\n"
	    "# configuration file /e/c/2.conf:\ntwo;\n\n"
	    "# configuration file /e/c/1.conf:\n\none;\n\n"
	    "# configuration file /e/m:\nm { }\n");
	expect("<x>@1<one>@2<two>@1<m>@1()");
	put("a", "# configuration file /e/n.conf:\ninclude gone;\n");
	refuse(ERR_INVALID, "not in this output");
	put("a", "# configuration file /e/n.conf");
	refuse(ERR_INVALID, "not the output");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_dump),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
