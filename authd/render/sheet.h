/*
 * sheet.h: the sheet of paper that is handed out with a terminal's
 * certificate: the passphrase and how to import the file, in Japanese and, on
 * its second page, in English. One HTML file without script or reference.
 * Room: render.  Process: cli.  Threads: any.
 * Unit test: tests/unit/test_sheet.c
 */
#ifndef AUTHD_RENDER_SHEET_H
#define AUTHD_RENDER_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define SHEET_MAX (64 * 1024) /* bytes of any sheet, with its NUL */

/* All texts are UTF-8 and none is NULL; lengths as in base/limits.h. */
struct sheet {
	const char *office, *office_name;
	const char *contact; /* whom to tell of a loss; "": not said */
	const char *login, *person;
	const char *label;    /* the terminal's name */
	const char *terminal; /* its certificate's, which devices show */
	const char *serial;
	const char *file; /* name of the PKCS#12 file */
	const char *passphrase;
	int64_t not_after_ms;
	bool is_compatible; /* the file is for old terminals */
};

/**
 * sheet_put(s, out, size, len):
 * Write the sheet and a NUL into ${out} of ${size} bytes, SHEET_MAX being
 * always enough, and its length into ${len}. It holds the passphrase: the
 * caller wipes it. The date is the day in Asia/Tokyo.
 * Return: 0, or ERR_LIMIT with ${out} wiped when it does not fit.
 */
int sheet_put(const struct sheet *s, char *out, size_t size, size_t *len) CHECKED;

#endif /* AUTHD_RENDER_SHEET_H */
