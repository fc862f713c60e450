/*
 * csv_text.h: the bytes of a file that a spreadsheet wrote, as UTF-8.
 * Room: cli.
 * Unit test: tests/unit/test_csv.c
 */
#ifndef CLI_CSV_TEXT_H
#define CLI_CSV_TEXT_H

#include <stddef.h>

#include "authd/base/err.h"

/**
 * csv_text_new(bytes, n, text, size, why):
 * Bring ${n} bytes into UTF-8: as they are when they are UTF-8, without the
 * byte order mark that Excel puts before it, else from CP932, which Excel
 * calls CSV and which has more characters than Shift_JIS. What could be either
 * is refused: 50 names garbled in silence are worse than a question. So is
 * UTF-16, Excel's "Unicode text", and a zero byte.
 * Return: 0; ERR_INVALID with *why saying what to do; ERR_NOMEM.
 * Owns:   the caller frees *text, ${size} bytes and a NUL.
 */
int csv_text_new(const void *bytes, size_t n, char **text, size_t *size,
    const char **why) CHECKED;

#endif /* CLI_CSV_TEXT_H */
