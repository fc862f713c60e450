/*
 * csv.h: rows of a CSV file as people's spreadsheets write it. Written they are
 * by authd/render/cells.h.
 * Room: cli.
 * Unit test: tests/unit/test_csv.c
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stddef.h>
#include <stdio.h>

#include "authd/base/err.h"

#define CSV_FILE_MAX   (4 * 1024 * 1024) /* bytes of a file */
#define CSV_ROWS_MAX   10000
#define CSV_FIELDS_MAX 16   /* of a row, empty ones at its end not counted */
#define CSV_FIELD_MAX  1000 /* bytes of a field */

struct csv_row {
	size_t number; /* as the spreadsheet counts, from 1 */
	int n;         /* fields up to the last that is not empty; 0: none */
	char *at[CSV_FIELDS_MAX]; /* the others are "" */
};

struct csv {
	char *text; /* the fields are in it */
	struct csv_row *rows;
	size_t n;
};

/* What is wrong with a file, to be told to a person. */
struct csv_fault {
	size_t row; /* 0: the file as a whole */
	const char *why;
};

/**
 * csv_open(c, bytes, n, fault):
 * Read ${n} bytes of a file, of any encoding that csv_text_new() takes.
 * Fields are separated by commas; in quotes a field may hold commas, line ends
 * and doubled quotes. A line ends with CRLF, LF or CR. Blanks around a field,
 * also U+3000, are dropped.
 * Return: 0; ERR_INVALID with *fault set; ERR_NOMEM.
 * Source: RFC 4180 section 2, and what Excel writes beyond it.
 */
int csv_open(
    struct csv *c, const void *bytes, size_t n, struct csv_fault *fault) CHECKED;

/** csv_close(c): free; also after a failed csv_open(). */
void csv_close(struct csv *c);

#endif /* CLI_CSV_H */
