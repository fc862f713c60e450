/*
 * fold.h: bring login names and office codes into their one form, once, at
 * the edge. Apart from text.h because it links libunistring, which a PAM
 * module must not.
 * Room: base.  Process: front, one-shot modes.  Threads: any.
 * Unit test: tests/unit/test_fold.c
 */
#ifndef AUTHD_BASE_FOLD_H
#define AUTHD_BASE_FOLD_H

#include <stddef.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

/**
 * fold_login(in, out):
 * NFKC, lower case, blanks around hyphens removed (`130321 - 01` becomes
 * `130321-01`). The result must match [a-z0-9._-]{2,64}; blanks elsewhere,
 * at the ends too, are refused, not dropped.
 * Shapes: ${in} is any NUL-terminated bytes; ${out} is LOGIN_MAX + 1 bytes.
 * Return: 0, ERR_INVALID or ERR_NOMEM, both with ${out} empty.
 * Source: Unicode Standard Annex 15 (NFKC).
 */
int fold_login(const char *in, char out[LOGIN_MAX + 1]) CHECKED;

/**
 * fold_typed_login(in, out):
 * The same of what a person typed into a page: blanks at the ends, of which a
 * phone's keyboard adds one after each word, are dropped.
 */
int fold_typed_login(const char *in, char out[LOGIN_MAX + 1]) CHECKED;

/**
 * fold_office(in, out):
 * The same for an office code, which must match [a-z0-9][a-z0-9-]{0,31}.
 */
int fold_office(const char *in, char out[OFFICE_CODE_MAX + 1]) CHECKED;

/**
 * fold_part(in, out, size):
 * The same for a part of one that is looked for; nothing is asked of its
 * characters. ERR_INVALID when it is too long.
 */
int fold_part(const char *in, char *out, size_t size) CHECKED;

#endif /* AUTHD_BASE_FOLD_H */
