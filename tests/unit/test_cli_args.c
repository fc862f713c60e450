/*
 * Goal of this test: a command line is read by the table and by nothing else;
 * every wrong one is refused before anything is asked, and codes leave the
 * visible command line.
 * Links: cli/args.c cli/verbs.c cli/verbs_table.c tests/fakes/cmd_fake.c cli/show.c
 * Links: authd/api/json.c
 * Links: authd/base/text.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/args.h"

#define WORDS_MAX 20

/* Parse words separated by `|`, in memory that may be wiped. */
static int
parse(struct args *a, const char *line)
{
	static char words[1000], self[] = "sekisho";
	char *argv[WORDS_MAX + 1] = { self }, *rest = words;
	int argc = 1;

	snprintf(words, sizeof(words), "%s", line);
	while (rest != NULL && *line != '\0' && argc < WORDS_MAX)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	return (args_parse(a, argc, argv));
}

static void
test_options_stand_anywhere(void **state)
{
	struct args a;

	(void)state;
	assert_int_equal(parse(&a,
			     "--socket|/x|account|--name|A B|add|"
			     "--json|--role=officer|taro|--office|demo|"
			     "--role|auditor"),
	    ERR_INVALID);
	assert_int_equal(parse(&a,
			     "--socket|/x|account|add|--name|A B|"
			     "--json|--role=officer|taro|--office|demo|"
			     "--role|auditor"),
	    0);
	assert_string_equal(a.verb->noun, "account");
	assert_string_equal(a.verb->name, "add");
	assert_string_equal(a.socket, "/x");
	assert_true(a.is_json);
	assert_int_equal(a.n, 1);
	assert_string_equal(a.at[0], "taro");
	assert_string_equal(args_get(&a, "name"), "A B");
	assert_string_equal(args_get(&a, "role"), "officer");
	assert_null(args_get(&a, "email"));
	assert_false(args_has(&a, "email"));
	assert_int_equal(a.given_n, 4);
	assert_string_equal(a.given[3].value, "auditor");
}

static void
test_words_after_dashes_are_arguments(void **state)
{
	struct args a;

	(void)state;
	assert_int_equal(parse(&a, "office|show|--|--json"), 0);
	assert_string_equal(a.at[0], "--json");
	assert_false(a.is_json);
	assert_int_equal(parse(&a, "verify|taro|-"), 0);
	assert_string_equal(a.at[1], "-");
	assert_int_equal(parse(&a, "account|set|taro|--email="), 0);
	assert_string_equal(args_get(&a, "email"), "");
}

static void
test_wrong_lines_are_refused(void **state)
{
	static const char *const lines[] = { "", "nothing", "office",
		"office|nothing", "office|add", "office|add|x",
		"office|show|a|b", "office|show|a|--name|b", "verify|taro",
		"verify|taro|1|2", "verify|a|1|--serv|x", "verify|a|1|--js",
		"verify|a|1|--service", "verify|a|1|--json=1",
		"verify|a|1|--service|x|--service|y", "verify|a|1|-x",
		"verify|a|1|--socket|", "account|add|x|--name|n",
		"--name|x|account|add|y|--office|z", "init", "status|now",
		"\xff", "office|show|a\xc0\x80", "verify|a|1|--version",
		"audit|accept-gap" };
	struct args a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (parse(&a, lines[i]) != ERR_INVALID)
			fail_msg("taken: %s", lines[i]);
	}
}

static void
test_help_needs_nothing_else(void **state)
{
	struct args a;

	(void)state;
	assert_int_equal(parse(&a, "--help"), 0);
	assert_true(a.is_help);
	assert_null(a.noun);
	assert_int_equal(parse(&a, "office|--help"), 0);
	assert_true(a.is_help);
	assert_null(a.verb);
	assert_int_equal(parse(&a, "office|add|-h"), 0);
	assert_true(a.is_help);
	assert_string_equal(a.verb->name, "add");
	assert_int_equal(parse(&a, "--version"), 0);
	assert_true(a.is_version);
}

static void
test_code_leaves_the_command_line(void **state)
{
	char login[] = "taro", code[] = "１２３ 456", name[] = "verify";
	char self[] = "sekisho";
	char *argv[] = { self, name, login, code, NULL };
	struct args a;
	size_t i;

	(void)state;
	assert_int_equal(args_parse(&a, 4, argv), 0);
	assert_int_equal(args_take_code(&a, 1, 0), 0);
	assert_string_equal(a.at[1], "１２３ 456");
	for (i = 0; i < sizeof(code); i++)
		assert_int_equal(code[i], '\0');
	args_wipe(&a);
	assert_string_equal(a.at[1], "");
}

/* One line of standard input for each `-`. */
static void
test_code_from_standard_input(void **state)
{
	static const char lines[] = "123 456\r\n654321";
	struct args a;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(
	    write(fd[1], lines, sizeof(lines) - 1), sizeof(lines) - 1);
	close(fd[1]);
	assert_int_equal(dup2(fd[0], STDIN_FILENO), STDIN_FILENO);
	close(fd[0]);
	assert_int_equal(parse(&a, "phone|resync|taro|-|-"), 0);
	assert_int_equal(args_take_code(&a, 1, 0), 0);
	assert_int_equal(args_take_code(&a, 2, 1), 0);
	assert_string_equal(a.at[1], "123 456");
	assert_string_equal(a.at[2], "654321");
	assert_int_equal(parse(&a, "verify|taro|-"), 0);
	assert_int_equal(args_take_code(&a, 1, 0), ERR_INVALID);
}

static void
test_long_code_is_refused(void **state)
{
	char line[400];
	struct args a;

	(void)state;
	snprintf(line, sizeof(line), "verify|taro|%0300d", 1);
	assert_int_equal(parse(&a, line), 0);
	assert_int_equal(args_take_code(&a, 1, 0), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_stand_anywhere),
		cmocka_unit_test(test_words_after_dashes_are_arguments),
		cmocka_unit_test(test_wrong_lines_are_refused),
		cmocka_unit_test(test_help_needs_nothing_else),
		cmocka_unit_test(test_code_leaves_the_command_line),
		cmocka_unit_test(test_code_from_standard_input),
		cmocka_unit_test(test_long_code_is_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
