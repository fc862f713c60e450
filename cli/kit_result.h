/*
 * kit_result.h: what became of each terminal of a list, for the office's
 * spreadsheet and for programs. Never a passphrase.
 * Room: cli.
 * Unit test: tests/unit/test_kit_result.c
 */
#ifndef CLI_KIT_RESULT_H
#define CLI_KIT_RESULT_H

#include <jansson.h>
#include <stdio.h>

#include "cli/kit_list.h"

#define KIT_RESULT_NAME "result.csv"
#define KIT_RESULT_FILE 100 /* bytes of a file's name, with its NUL */

/* What became of one. Texts that there are none of are "". */
struct kit_outcome {
	char code[40]; /* "": the certificate was made; else why not */
	char detail[400]; /* the same as an English sentence */
	char terminal[40], serial[40], until[40];
	char file[KIT_RESULT_FILE], sheet[KIT_RESULT_FILE];
};

struct kit_result {
	FILE *csv;
	json_t *list; /* NULL: out of memory */
	size_t made, failed;
};

/**
 * kit_result_open(r, path):
 * Begin the CSV file ${path}, which must not exist yet, of mode 0600: UTF-8
 * with a byte order mark and CRLF, so that Excel reads it. What is wrong is
 * told on standard error.
 * Return: 0, ERR_SYS, ERR_NOMEM.
 */
int kit_result_open(struct kit_result *r, const char *path) CHECKED;

/**
 * kit_result_put(r, line, outcome):
 * Add a row, which is in the file when this returns: a kit that is cut off
 * leaves a true account of itself.
 * Return: 0, ERR_IO (told), ERR_NOMEM.
 */
int kit_result_put(struct kit_result *r, const struct kit_line *line,
    const struct kit_outcome *outcome) CHECKED;

/** kit_result_close(r): sync and close. Return: 0 or ERR_IO (told). */
int kit_result_close(struct kit_result *r) CHECKED;

#endif /* CLI_KIT_RESULT_H */
