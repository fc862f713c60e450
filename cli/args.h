/*
 * args.h: the words of one command line, checked against the table.
 * Room: cli.
 * Unit test: tests/unit/test_cli_args.c
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stdbool.h>

#include "authd/base/err.h"
#include "cli/verbs.h"

#define ARGS_GIVEN_MAX 128 /* options on one command line */
#define ARGS_CODE_MAX  255 /* bytes of a typed code */

struct args {
	const struct verb *verb; /* NULL: only noun or nothing was given */
	const char *noun;        /* NULL: nothing was given */
	const char *socket;      /* NULL: not given */
	bool is_json, is_help, is_version;
	char *at[VERBS_ARGS_MAX]; /* the arguments; argv's memory */
	int n;
	struct {
		const struct verb_option *option;
		const char *value; /* NULL for a flag */
	} given[ARGS_GIVEN_MAX];
	int given_n;
	/* One-time codes, copied by args_take_code(). Wiped at the end. */
	char codes[2][ARGS_CODE_MAX + 1];
};

/**
 * args_parse(a, argc, argv):
 * Read the command line into ${a}. What is wrong is told on standard error.
 * Options stand anywhere and are never abbreviated; `--` ends them. Nothing is
 * asked of the rules of values: those are the daemon's.
 * Return: 0 or ERR_INVALID. With is_help or is_version nothing is missing.
 */
int args_parse(struct args *a, int argc, char **argv) CHECKED;

/** args_get(a, name): the value of an option, NULL when it was not given. */
const char *args_get(const struct args *a, const char *name);

/** args_has(a, name): whether the option was given. */
bool args_has(const struct args *a, const char *name);

/**
 * args_take_code(a, i, k):
 * Move argument ${i}, a one-time code as the person typed it, into
 * a->codes[k] and out of the process's visible command line. `-` reads one
 * line of standard input.
 * Return: 0 or ERR_INVALID (told on standard error).
 */
int args_take_code(struct args *a, int i, int k) CHECKED;

/** args_wipe(a): wipe the codes. */
void args_wipe(struct args *a);

#endif /* CLI_ARGS_H */
