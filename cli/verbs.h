/*
 * verbs.h: the one table of everything `sekisho NOUN VERB` can do. Parsing,
 * --help, the man page's list, and both completions are made from it.
 * Room: cli.
 * Unit test: tests/unit/test_cli_table.c
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include <stdbool.h>
#include <stddef.h>

struct args; /* cli/args.h */

#define VERBS_OPTIONS_MAX 20 /* of one verb, the common ones not counted */
#define VERBS_ARGS_MAX    3

enum verb_kind {
	VERB_FLAG = 0, /* takes no value */
	VERB_TEXT,     /* sent as a JSON text */
	VERB_LIST,     /* may be repeated; sent as a list, one "" as [] */
	VERB_INT       /* sent as a JSON number */
};

struct verb_option {
	const char *name; /* without the dashes; NULL ends a list */
	enum verb_kind kind;
	const char *value;   /* what its value is called; FILE, DIR, PATH are
			      * completed as names of files */
	const char *member;  /* of the question it becomes; NULL: not sent */
	const char *choices; /* `a|b`: what may be completed; else NULL */
	const char *help;    /* one line, no full stop */
	bool is_needed;
};

struct verb {
	const char *noun; /* NULL ends the table */
	const char *name; /* NULL: the noun is the whole command */
	/*
	 * Its arguments, such as `LOGIN [DEVICE]`: those in brackets may be
	 * left out. In lower case they are members of the question.
	 */
	const char *args;
	const struct verb_option *options; /* NULL: none */
	int (*run)(struct args *a);        /* gives the exit code */
	const char *help;                  /* one line, no full stop */
};

/** verbs_all(): the table, in the order people read it. */
const struct verb *verbs_all(void);

/** verbs_common(): the options that every verb takes. */
const struct verb_option *verbs_common(void);

/** verbs_has_noun(noun): whether any verb is of it. */
bool verbs_has_noun(const char *noun);

/**
 * verbs_find(noun, name):
 * The verb, or NULL; with a NULL ${name} only a noun that is a command alone.
 */
const struct verb *verbs_find(const char *noun, const char *name);

/** verbs_option(v, name): an option of ${v} or a common one, or NULL. */
const struct verb_option *verbs_option(const struct verb *v, const char *name);

/**
 * verbs_arg(v, i, name, size):
 * Copy the name of argument ${i} (without brackets) into ${name}.
 * Return: -1 when there is none, 0 when it may be left out, 1 when not.
 */
int verbs_arg(const struct verb *v, int i, char *name, size_t size);

#endif /* CLI_VERBS_H */
