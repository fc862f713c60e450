/*
 * help.h: how commands are used, made from the table.
 * Room: cli.
 * Unit test: tests/unit/test_cli_table.c
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/verbs.h"

/** help_overview(out): every command in a line. */
void help_overview(FILE *out);

/** help_noun(out, noun): the commands of one noun. */
void help_noun(FILE *out, const char *noun);

/** help_verb(out, v): one command with its options. */
void help_verb(FILE *out, const struct verb *v);

/** help_synopsis(out): each command with everything it takes in one line. */
void help_synopsis(FILE *out);

/** help_mdoc(out): the man page's list of commands. */
void help_mdoc(FILE *out);

#endif /* CLI_HELP_H */
