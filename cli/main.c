/*
 * sekisho: the command line. It only asks: every rule is the daemon's.
 * The way of a command: main -> args (by the table in verbs.c) -> cmd_*.c ->
 * ask -> authd/api/client -> the daemon, and back through show.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "authd/api/json.h"
#include "authd/api/version.h"
#include "authd/base/log.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/show.h"

/* `sekisho help --bash` and its like: what is made from the table. */
static int
print_made(const char *what)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} made[] = { { "--synopsis", help_synopsis }, { "--mdoc", help_mdoc },
		{ "--bash", completion_bash }, { "--zsh", completion_zsh } };
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (strcmp(made[i].name, what) == 0) {
			made[i].print(stdout);
			return (QUESTION_DONE);
		}
	}
	show_error("no such help");
	return (QUESTION_USAGE);
}

static int
print_help(const struct args *a)
{
	if (a->verb != NULL)
		help_verb(stdout, a->verb);
	else if (a->noun != NULL)
		help_noun(stdout, a->noun);
	else
		help_overview(stdout);
	return (QUESTION_DONE);
}

static int
run(struct args *a, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "help") == 0) {
		help_overview(stdout);
		return (QUESTION_DONE);
	}
	if (argc == 3 && strcmp(argv[1], "help") == 0)
		return (print_made(argv[2]));
	if (args_parse(a, argc, argv) != 0)
		return (QUESTION_USAGE);
	if (a->is_version) {
		puts("sekisho " VERSION_TEXT);
		return (QUESTION_DONE);
	}
	if (a->is_help)
		return (print_help(a));
	return (a->verb->run(a));
}

int
main(int argc, char **argv)
{
	static const struct rlimit no_core = { 0, 0 };
	struct args a;
	int code;

	/* Codes and new secrets pass through: no core file of them. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	/* Text is UTF-8 whatever the locale; this is for its width only. */
	setlocale(LC_CTYPE, "C.UTF-8");
	log_open("sekisho", LOG_LEVEL_ERROR);
	json_init();
	memset(&a, 0, sizeof(a));
	code = run(&a, argc, argv);
	args_wipe(&a);
	/* An answer that could not be written was not given. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		show_error("standard output cannot be written");
		if (code == QUESTION_DONE)
			code = QUESTION_UNAVAILABLE;
	}
	return (code);
}
