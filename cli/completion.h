/*
 * completion.h: completion for bash and zsh, made from the table. What it
 * prints is kept in contrib/completion; a test compares.
 * Room: cli.
 * Unit test: tests/unit/test_cli_table.c
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <stdio.h>

void completion_bash(FILE *out);
void completion_zsh(FILE *out);

#endif /* CLI_COMPLETION_H */
