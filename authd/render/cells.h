/*
 * cells.h: rows for people's spreadsheets, no cell of which turns into a
 * formula.
 * Room: render.  Process: front, cli.
 * Unit test: tests/unit/test_csv.c
 */
#ifndef AUTHD_RENDER_CELLS_H
#define AUTHD_RENDER_CELLS_H

#include <stddef.h>
#include <stdio.h>

/* Before the first row: without it Excel takes UTF-8 for something else. */
#define CELLS_MARK "\xef\xbb\xbf"

/** cells_blank_len(s, end): bytes of a blank, a tab or an ideographic space
 * (U+3000) at ${s}; 0 when there is none. */
size_t cells_blank_len(const char *s, const char *end);

/**
 * cells_put(out, fields, n):
 * Write a row, every field in quotes, ended by CRLF. A field that a
 * spreadsheet would take for a formula is preceded by an apostrophe.
 * Source: RFC 4180 section 2; OWASP, CSV injection.
 */
void cells_put(FILE *out, const char *const *fields, int n);

#endif /* AUTHD_RENDER_CELLS_H */
