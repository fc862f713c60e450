/*
 * kit_list.h: the terminals that a CSV file asks certificates for.
 * Room: cli.
 * Unit test: tests/unit/test_kit_list.c
 */
#ifndef CLI_KIT_LIST_H
#define CLI_KIT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/csv.h"

/* Why nothing can be made of a row. */
struct kit_fault {
	const char *code;   /* a stable word */
	const char *detail; /* an English sentence */
};

/* One terminal. The texts are the file's, blanks around them dropped. */
struct kit_line {
	size_t row; /* as the spreadsheet counts */
	const char *office, *login, *label;
	bool is_compatible; /* a file for an old terminal is wanted */
	const struct kit_fault *fault; /* NULL: none is seen */
};

struct kit_list {
	struct csv csv;
	struct kit_line *lines;
	size_t n;
};

/**
 * kit_list_open(list, bytes, n, is_compatible, fault):
 * Read a file of office, ID and label in each row, in this order or, when the
 * first row has their names in Japanese or English, as that says; then columns
 * of other names are passed over and one called 形式 or file may choose the
 * kind of file (標準, 互換, standard, compatible; empty: ${is_compatible}).
 * Empty rows are passed over. What is wrong with one row is its fault alone:
 * missing_field, extra_field, bad_kind, or repeated (the same three as before).
 * Return: 0; ERR_INVALID with *fault set (the file is no CSV, or has no row, or
 *         its first row lacks a name); ERR_NOMEM.
 */
int kit_list_open(struct kit_list *list, const void *bytes, size_t n,
    bool is_compatible, struct csv_fault *fault) CHECKED;

/** kit_list_close(list): free; also after a failed kit_list_open(). */
void kit_list_close(struct kit_list *list);

#endif /* CLI_KIT_LIST_H */
