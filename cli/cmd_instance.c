/* What sekisho-authd does itself, without a running daemon. */
#include <string.h>

#include "cli/args.h"
#include "cli/ask.h"
#include "cli/cmd.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define PATH_LEN 4096

int
cmd_instance_init(struct args *a)
{
	const char *argv[5] = { "", "--init", args_get(a, "dir") };

	if (a->is_json)
		argv[3] = "--json";
	return (sibling_run(argv));
}

static int
run_with_config(struct args *a, const char *mode, const char *reason)
{
	const char *argv[8] = { "", mode, "-c" };
	char config[PATH_LEN];
	size_t n = 3;
	int code;

	if ((code = sibling_config(a, config, sizeof(config))) != ASK_DONE)
		return (code);
	argv[n++] = config;
	if (reason != NULL) {
		argv[n++] = "--reason";
		argv[n++] = reason;
	}
	if (a->is_json)
		argv[n++] = "--json";
	argv[n] = NULL;
	return (sibling_run(argv));
}

int
cmd_instance_check(struct args *a)
{
	return (run_with_config(a, "--check", NULL));
}

int
cmd_instance_show(struct args *a)
{
	return (run_with_config(a, "--show", NULL));
}

int
cmd_instance_accept(struct args *a)
{
	return (run_with_config(a, "--accept-gap", args_get(a, "reason")));
}

int
cmd_instance_verify(struct args *a)
{
	const char *db = args_get(a, "db"), *pub = args_get(a, "pub");
	const char *argv[8] = { "", "--verify-log", "--db", db, "--pub", pub };

	if (db == NULL && pub == NULL)
		return (run_with_config(a, "--verify-log", NULL));
	if (db == NULL || pub == NULL || args_has(a, "config") ||
	    args_has(a, "dir")) {
		show_error("a copy is checked with --db and --pub together, "
			   "and without --config and --dir");
		return (ASK_USAGE);
	}
	if (a->is_json)
		argv[6] = "--json";
	return (sibling_run(argv));
}
